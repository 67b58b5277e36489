// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The current refresh. */
struct pass_time {
	unsigned refresh;
	unsigned period; /* each process is read once in so many refreshes */
	int64_t time;    /* monotonic */
};

/*
 * When a process is read. One that has run is read at once. What others change while it sleeps is
 * found in its turn, in one of `period` refreshes. The pid decides which one it is, so that each
 * refresh has about the same work.
 */
struct schedule {
	bool has_run;          /* since it was read */
	bool names_may_differ; /* it has run since its names were read */
	int64_t read_time, names_time;
};

bool schedule_is_turn(const struct schedule *schedule, int64_t pid, const struct pass_time *time);

/*
 * Whether to read names again although no exec was seen: a process that has run may have
 * overwritten its arguments. `sees_exec`: stat would show an exec.
 */
bool schedule_names_are_due(
	const struct schedule *schedule, int64_t pid, bool sees_exec, const struct pass_time *time);

/*
 * How often sleeping processes are read. `changes` counts what the kernel did to the memory of
 * processes since boot (vmstat_changes()); UNKNOWN: it cannot be told. A zeroed struct begins.
 */
struct pace {
	int64_t changes;
	unsigned fast_until; /* the refresh in which all have been read since the last change */
};
unsigned schedule_period(struct pace *pace, unsigned refresh, int64_t changes);
