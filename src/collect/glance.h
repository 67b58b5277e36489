// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What the text of /proc/PID/status tells without being parsed: whether anything in it is other
 * than before. It has all memory figures, the user, and how often its first thread gave up the CPU
 * (fs/proc/array.c, proc_pid_status).
 */
struct glance {
	uint64_t hash; /* 0: nothing is known */
	bool asleep;   /* its only thread sleeps: with the same hash it has not run since */
};

struct glance glance_of(const char *text, size_t length);

/* Whether a text shows nothing else than the one before. */
bool glance_is_same(const struct glance *before, const char *text, size_t length);
