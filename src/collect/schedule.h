// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct cached_process;
struct pass;
struct pass_time;

/*
 * What of a process is read in a refresh: what it may have changed itself if it has run, what
 * others may have changed in its turn.
 */

/*
 * The CPU clock of another process (clock_getcpuclockid(3)) counts the time of all its threads and
 * needs no permission. If it stands still, the process has not run. A run is counted at its end,
 * and at each tick of the timer: one that has just begun is seen in the next refresh. A virtual
 * machine whose host is busy may rarely count a short run as time stolen from it: then the clock
 * does not move. And it says nothing of what other processes and the kernel change meanwhile.
 */

/* Whether these clocks are those of the processes below `root`, and fine enough to show each run.
 */
bool cpu_clock_is_usable(int root);

/*
 * The CPU time of a process in nanoseconds (kernel/time/posix-cpu-timers.c). UNKNOWN if no process
 * has this number; a thread's number is none.
 */
int64_t cpu_clock_read(int64_t pid);

/*
 * When parts of a process are read again though nothing says that they have changed. The pid
 * decides in which refresh it is, so that each refresh has about the same work.
 */
enum reread {
	REREAD_SIZES,        /* its memory, which the kernel and others may take while it sleeps */
	REREAD_OTHERS,       /* what else others may change, such as its adjustment */
	REREAD_ALL,          /* the rest, as its nice value */
	REREAD_NAMES,        /* it may have overwritten its arguments */
	REREAD_UNSEEN_NAMES, /* the same where stat does not show an exec */
	REREADS
};

bool schedule_is_due(enum reread reread, int64_t pid, const struct pass_time *time);

/*
 * Whether sleeping processes are read more often: the kernel has just changed memory of some.
 * `changes` counts what the kernel did to the memory of
 * processes since boot (vmstat_changes()); UNKNOWN: it cannot be told. A zeroed struct begins.
 */
struct schedule {
	int64_t changes;
	unsigned fast_until; /* the refresh in which all have been read since the last change */
};
bool schedule_is_fast(struct schedule *schedule, unsigned refresh, int64_t changes);

/* Asks the CPU clock, before files are read: a run meanwhile is seen in the next refresh. */
void schedule_note_run(const struct pass *pass, struct cached_process *cached);

/*
 * What of `all` is read of a process in this refresh, and stat where it may have become another
 * one. oom_score follows from the rest.
 */
uint64_t schedule_due(const struct pass *pass, const struct cached_process *cached, uint64_t all);
