// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The current refresh. */
struct pass_time {
	unsigned refresh;
	unsigned period;  /* of REREAD_OTHERS, in refreshes */
	int64_t interval; /* nanoseconds since the refresh before; 0: there is none */
};

/*
 * When parts of a process are read again though nothing says that they have changed. The pid
 * decides in which refresh it is, so that each refresh has about the same work.
 */
enum reread {
	REREAD_OTHERS, /* what others may change while it sleeps: in one of `period` refreshes */
	REREAD_ALL,    /* the rest, as its nice value */
	REREAD_NAMES,  /* it may have overwritten its arguments */
	REREAD_UNSEEN_NAMES, /* the same where stat does not show an exec */
	REREADS
};

bool schedule_is_due(enum reread reread, int64_t pid, const struct pass_time *time);

/*
 * How often sleeping processes are read. `changes` counts what the kernel did to the memory of
 * processes since boot (vmstat_changes()); UNKNOWN: it cannot be told. A zeroed struct begins.
 */
struct schedule {
	int64_t changes;
	unsigned fast_until; /* the refresh in which all have been read since the last change */
};
unsigned schedule_period(struct schedule *schedule, unsigned refresh, int64_t changes);
