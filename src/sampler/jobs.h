// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Work that may never end, such as opening and reading a user's file: a separate thread does it,
 * and the caller waits for a bounded time. A job that takes longer continues alone, and its result
 * can be taken later.
 *
 * Waiting is limited to a part of the time in the long run, and to `most_wait` at once. This counts
 * only the time in which the thread works or sleeps, not the time without a CPU.
 *
 * For one thread.
 */
struct jobs;

/* Must be the first member of a job's own struct. */
struct job {
	void (*run)(struct job *job);     /* in the job's thread */
	void (*destroy)(struct job *job); /* of a result that is not needed any more */
};

/* Not allowed while it runs. NULL is allowed. */
void job_destroy(struct job *job);

/* `most_wait`: most nanoseconds at once; `part`: one in so many nanoseconds may be waited. */
struct jobs *jobs_create(int64_t most_wait, int64_t part);

/* Does not wait: unfinished jobs are left until the program ends. */
void jobs_destroy(struct jobs *jobs);

/*
 * Runs a job. Returns 0: it is done. -EINPROGRESS: it continues, and belongs to the jobs until
 * jobs_take() returns it. -EAGAIN: there is no time now, or 8 jobs hang; it was not run. With 0 and
 * -EAGAIN the caller owns the job.
 */
int jobs_run(struct jobs *jobs, struct job *job);

/* Returns a late job that is done by now, or NULL. The caller owns it. */
struct job *jobs_take(struct jobs *jobs);

/* The late jobs that have not been taken, by number; NULL after the last. */
struct job *jobs_late(const struct jobs *jobs, size_t number);
