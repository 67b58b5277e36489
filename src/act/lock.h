// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/*
 * Makes this program ready for a machine without memory: locks what it holds, now and later, and
 * lowers its own OOM adjustment to LOCK_ADJ. To be called before threads are started; what it
 * starts afterwards inherits the adjustment, so nothing may be started.
 *
 * What is refused is told by `complain`, one line each: what, why, and what would grant it.
 */
enum { LOCK_ADJ = -900 };

void lock_self(void (*complain)(void *context, const char *message), void *context);
