// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Work that may never end, such as opening and reading a user's file: a separate thread does one
 * job after another. A job that takes too long is left to its thread, and a new thread does the
 * next; its result can be taken later.
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

/* How a job stands. */
enum job_state {
	JOB_DONE,
	JOB_SLEEPS, /* its thread waits for something */
	JOB_RUNS,   /* its thread works, or waits for a CPU */
};

enum { JOBS_MOST_LATE = 32 };

/*
 * `most_late` jobs may be late at once. For jobs_run(): `most_wait` nanoseconds at most are waited
 * for one job, and in the long run one in `part` nanoseconds. This counts only the time in which
 * the thread works or sleeps, not the time without a CPU.
 */
struct jobs *jobs_create(size_t most_late, int64_t most_wait, int64_t part);

/* Does not wait: a thread that still has a job frees both when it is done, if it ever is. */
void jobs_destroy(struct jobs *jobs);

/*
 * Runs a job. Returns 0: it is done. -EINPROGRESS: it continues, and belongs to the jobs until
 * jobs_take() returns it. -EAGAIN: there is no time now, or too many jobs are late; it was not run.
 * With 0 and -EAGAIN the caller owns the job.
 */
int jobs_run(struct jobs *jobs, struct job *job);

/*
 * The steps of jobs_run(). Starts a job; 0 or -errno, -EAGAIN if too many are late. Then waits
 * until it is done, or for `ns` nanoseconds; `ret_cpu_time`: CPU time since the last call, or NULL.
 * A job that is not done is left to its thread: it is late, and belongs to the jobs.
 */
int jobs_start(struct jobs *jobs, struct job *job);
enum job_state jobs_wait(struct jobs *jobs, int64_t ns, int64_t *ret_cpu_time);
void jobs_leave(struct jobs *jobs);

/* Returns a late job that is done by now, or NULL. The caller owns it. */
struct job *jobs_take(struct jobs *jobs);

/* The late jobs that have not been taken, by number; NULL after the last. */
struct job *jobs_late(const struct jobs *jobs, size_t number);
