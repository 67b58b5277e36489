// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/rows.h"

/*
 * A process that has ended since the last refresh, as the kernel reported it (kernel/taskstats.c).
 * Bytes, counts, nanoseconds. The snapshot owns its texts.
 */
struct process_exit {
	int64_t pid, parent;
	int64_t uid;     /* the real user */
	int64_t started; /* nanoseconds since the epoch */
	int64_t ended;   /* the same; at least in the right second */
	int64_t lifetime;
	int64_t peak, peak_virtual;
	/* Of all threads; UNKNOWN if not all of them have been seen. */
	int64_t minor_faults, major_faults, cpu_time;
	int64_t status; /* exit status, 0 to 255; UNKNOWN if a signal has ended it */
	int64_t signal; /* that signal; UNKNOWN if there was none */
	const char *user, *comm;
};

extern const struct table exit_table;

static inline struct process_exit *
exit_at(const struct rows *rows, size_t i)
{
	return (struct process_exit *)rows->data + i;
}
