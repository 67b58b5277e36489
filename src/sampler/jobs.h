// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Work that may never end, as opening and reading a user's file: it is done in a thread of its own,
 * for which whoever asked waits a bounded time. What takes longer goes on alone. Its result can be
 * taken later.
 *
 * In the long run a part of the time may be waited, and at once no more than a limit. What counts
 * is the time in which the thread works or sleeps, not that in which it has no CPU.
 *
 * For one thread.
 */
struct jobs;

/* The first member of what a job needs. */
struct job {
	void (*run)(struct job *job);     /* in the job's thread */
	void (*destroy)(struct job *job); /* where nobody wants it any more */
};

/* `most_wait`: that limit, in nanoseconds; `part`: one of so many nanoseconds may be waited. */
struct jobs *jobs_create(int64_t most_wait, int64_t part);

/* Does not wait: a job that is not done is left to the end of the program. */
void jobs_destroy(struct jobs *jobs);

/*
 * Runs a job. Returns 0: it is done, and the caller's. -EINPROGRESS: it goes on, and belongs to
 * the jobs until jobs_take() gives it back. -EAGAIN: there is no time now, or too many jobs hang
 * (8): it was not run, and is the caller's.
 */
int jobs_run(struct jobs *jobs, struct job *job);

/* A job that went on and is done by now; NULL: none. It is the caller's. */
struct job *jobs_take(struct jobs *jobs);

/* The jobs that were not done in time and have not been taken, by number; NULL behind the last. */
struct job *jobs_late(const struct jobs *jobs, size_t number);
