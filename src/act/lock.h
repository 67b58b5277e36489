// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/*
 * Prepares this program for a machine without memory: locks its memory, present and future, and
 * lowers its own OOM adjustment to LOCK_ADJ. Call it before threads start. A program that is
 * started afterwards inherits the adjustment: it must give it up, as sampler/demangle-child.c does.
 *
 * Calls `complain` for each refusal with one line: the action, the reason and the remedy.
 */
enum { LOCK_ADJ = -900 };

void lock_self(void (*complain)(void *context, const char *message), void *context);
