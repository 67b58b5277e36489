// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/growth.h"

#include <stddef.h>
#include <stdint.h>

struct process;
struct snapshot;
struct system;

/*
 * The last minutes of a machine: how the memory in use has changed, and how much the processes with
 * at least 8 MiB held every 25 seconds; at most 4,096 of them. A zeroed one is empty.
 */
enum { COURSE_MARKS = 5 };
struct course {
	struct growth_ring used;   /* MemTotal - available + used swap */
	enum growth growth;        /* of the last windows */
	unsigned growing;          /* windows in a row with steady growth */
	struct growth_slope slope; /* of the last windows, while it grows */
	struct mark {
		int64_t time, shared, kernel;
		struct size {
			int64_t pid, start_time, bytes;
		} * sizes;
		size_t count, capacity;
	} marks[COURSE_MARKS];
	size_t mark_count, next_mark;
};

void course_finish(struct course *course);

/* How long a course must be to tell steady growth, in nanoseconds. */
int64_t course_least(int64_t interval);

/*
 * Notes the next snapshot; the usual time between two is `interval` nanoseconds. If that changes,
 * the course begins anew.
 */
void course_follow(struct course *course, const struct snapshot *now, int64_t interval);

/* Fills growth and exhaustion of the verdict in `system`, while memory in use grows steadily. */
void course_estimate(const struct course *course, struct system *system);

/*
 * Who makes it grow: the process, shared memory or the kernel, whichever has grown most in the last
 * two minutes. Its growth is in bytes per minute. Without a name if that is less than a third of
 * all growth.
 */
struct user {
	const char *name; /* of the snapshot */
	int64_t pid, use, growth;
};
struct user course_who_grows(const struct course *course, const struct snapshot *now);

/* What is freed if the process ends: its anonymous memory and its swap. */
int64_t course_bytes_of(const struct process *process);

/* Finds the processes that hold most of that, the first one first. Returns their number. */
size_t course_largest(const struct snapshot *now, const struct process **ret_rows, size_t most);
