// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/jobs.h"

#include "base/clock.h"
#include "base/macros.h"
#include "base/memory.h"
#include "base/thread.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* A thread that gets no CPU is waited for one second. */
enum { MOST_LOOKS = 200 };
static const int64_t look_time = 5 * NS_PER_MS;

struct worker {
	struct jobs *jobs;
	pthread_t thread;
	pid_t tid;       /* 0: not started */
	struct job *job; /* NULL: none */
	bool done;
	int64_t cpu_time; /* of the thread, at the last look of the caller */
};

struct jobs {
	pthread_mutex_t lock; /* guards the fields of the workers, and these: */
	pthread_cond_t wanted, done;
	struct worker *current; /* NULL: not needed yet, or the last one hangs */
	struct worker *late[JOBS_MOST_LATE];
	size_t late_count, most_late;
	size_t orphans; /* late workers that nobody will take: the last one frees all of this */
	int64_t most_wait, part;
	int64_t budget, refilled; /* nanoseconds left for waiting; time of the refill */
};

static void
release(struct jobs *jobs)
{
	pthread_mutex_destroy(&jobs->lock);
	pthread_cond_destroy(&jobs->wanted);
	pthread_cond_destroy(&jobs->done);
	free(jobs);
}

/* Ends a worker; the lock is held. */
static void
end(struct jobs *jobs, struct worker *worker)
{
	bool is_orphan = jobs->orphans > 0, is_last = is_orphan && --jobs->orphans == 0;

	pthread_mutex_unlock(&jobs->lock);
	if (!is_orphan)
		return;
	job_destroy(worker->job);
	free(worker);
	if (is_last)
		release(jobs);
}

static void *
run(void *argument)
{
	struct worker *worker = argument;
	struct jobs *jobs = worker->jobs;

	pthread_mutex_lock(&jobs->lock);
	worker->tid = gettid();
	while (jobs->current == worker) {
		if (!worker->job || worker->done) {
			pthread_cond_wait(&jobs->wanted, &jobs->lock);
			continue;
		}
		pthread_mutex_unlock(&jobs->lock);
		worker->job->run(worker->job);
		pthread_mutex_lock(&jobs->lock);
		worker->done = true;
		pthread_cond_signal(&jobs->done);
	}
	end(jobs, worker);
	return NULL;
}

void
job_destroy(struct job *job)
{
	if (job)
		job->destroy(job);
}

struct jobs *
jobs_create(size_t most_late, int64_t most_wait, int64_t part)
{
	struct jobs *jobs = xcalloc(1, sizeof(*jobs));

	assert(most_late <= JOBS_MOST_LATE);
	jobs->most_late = most_late;
	jobs->most_wait = jobs->budget = most_wait;
	jobs->part = part;
	jobs->refilled = clock_ns(CLOCK_MONOTONIC);
	pthread_mutex_init(&jobs->lock, NULL);
	pthread_cond_init(&jobs->wanted, NULL);
	thread_init_condition(&jobs->done);
	return jobs;
}

/* Ends the idle worker; the lock is held. */
static void
end_current(struct jobs *jobs)
{
	struct worker *worker = jobs->current;

	jobs->current = NULL;
	pthread_cond_signal(&jobs->wanted);
	pthread_mutex_unlock(&jobs->lock);
	if (worker)
		pthread_join(worker->thread, NULL);
	free(worker);
	pthread_mutex_lock(&jobs->lock);
}

/* Takes a late worker that is done off the list; NULL: none is. The lock is held. */
static struct worker *
remove_done(struct jobs *jobs)
{
	for (size_t i = 0; i < jobs->late_count; i++) {
		struct worker *worker = jobs->late[i];

		if (!worker->done)
			continue;
		jobs->late[i] = jobs->late[--jobs->late_count];
		return worker;
	}
	return NULL;
}

static struct job *
finish(struct worker *worker)
{
	struct job *job = worker->job;

	pthread_join(worker->thread, NULL);
	free(worker);
	return job;
}

void
jobs_destroy(struct jobs *jobs)
{
	struct worker *worker;
	size_t late;

	if (!jobs)
		return;
	pthread_mutex_lock(&jobs->lock);
	end_current(jobs);
	while ((worker = remove_done(jobs))) {
		pthread_mutex_unlock(&jobs->lock);
		job_destroy(finish(worker));
		pthread_mutex_lock(&jobs->lock);
	}
	late = jobs->late_count;
	for (size_t i = 0; i < late; i++)
		pthread_detach(jobs->late[i]->thread);
	jobs->orphans = late;
	pthread_mutex_unlock(&jobs->lock);
	if (late == 0)
		release(jobs);
}

static void
refill(struct jobs *jobs)
{
	int64_t now = clock_ns(CLOCK_MONOTONIC);

	jobs->budget += (now - jobs->refilled) / jobs->part;
	if (jobs->budget > jobs->most_wait)
		jobs->budget = jobs->most_wait;
	jobs->refilled = now;
}

static int64_t
cpu_time_of(const struct worker *worker)
{
	clockid_t clock;

	return pthread_getcpuclockid(worker->thread, &clock) == 0 ? clock_ns(clock) : 0;
}

/* Gives the job to the worker, and starts one if needed. The lock is held. */
static int
give(struct jobs *jobs, struct job *job)
{
	struct worker *worker = jobs->current;
	int error;

	if (jobs->late_count == jobs->most_late)
		return -EAGAIN;
	if (worker) {
		worker->cpu_time = cpu_time_of(worker);
		worker->job = job;
		worker->done = false;
		pthread_cond_signal(&jobs->wanted);
		return 0;
	}
	worker = xcalloc(1, sizeof(*worker));
	worker->jobs = jobs;
	worker->job = job;
	jobs->current = worker;
	error = thread_start(&worker->thread, run, worker);
	if (error < 0) {
		jobs->current = NULL;
		free(worker);
	}
	return error;
}

int
jobs_start(struct jobs *jobs, struct job *job)
{
	int error;

	pthread_mutex_lock(&jobs->lock);
	error = give(jobs, job);
	pthread_mutex_unlock(&jobs->lock);
	return error;
}

enum job_state
jobs_wait(struct jobs *jobs, int64_t ns, int64_t *ret_cpu_time)
{
	const struct timespec until = clock_timespec(clock_ns(CLOCK_MONOTONIC) + ns);
	struct worker *worker = jobs->current;
	int64_t before = worker->cpu_time;
	bool done;
	pid_t tid;

	pthread_mutex_lock(&jobs->lock);
	while (!worker->done && ns > 0 &&
		pthread_cond_timedwait(&jobs->done, &jobs->lock, &until) != ETIMEDOUT)
		;
	done = worker->done;
	tid = worker->tid;
	pthread_mutex_unlock(&jobs->lock);
	if (ret_cpu_time) {
		worker->cpu_time = cpu_time_of(worker);
		*ret_cpu_time = worker->cpu_time - before;
	}
	return done ? JOB_DONE : tid > 0 && thread_sleeps(tid) ? JOB_SLEEPS : JOB_RUNS;
}

void
jobs_leave(struct jobs *jobs)
{
	pthread_mutex_lock(&jobs->lock);
	jobs->late[jobs->late_count++] = jobs->current;
	jobs->current = NULL;
	pthread_cond_signal(&jobs->wanted); /* it may be done by now, and wait for another job */
	pthread_mutex_unlock(&jobs->lock);
}

int
jobs_run(struct jobs *jobs, struct job *job)
{
	enum job_state state = JOB_RUNS;

	refill(jobs);
	if (jobs->budget <= 0 || jobs_start(jobs, job) < 0)
		return -EAGAIN;
	for (int looks = 0; state != JOB_DONE && jobs->budget > 0 && looks < MOST_LOOKS; looks++) {
		int64_t cpu_time;

		state = jobs_wait(jobs, look_time, &cpu_time);
		jobs->budget -= state == JOB_SLEEPS ? look_time : cpu_time;
	}
	if (state == JOB_DONE)
		return 0;
	jobs_leave(jobs);
	return -EINPROGRESS;
}

struct job *
jobs_take(struct jobs *jobs)
{
	struct worker *worker;

	pthread_mutex_lock(&jobs->lock);
	worker = remove_done(jobs);
	pthread_mutex_unlock(&jobs->lock);
	return worker ? finish(worker) : NULL;
}

struct job *
jobs_late(const struct jobs *jobs, size_t number)
{
	return number < jobs->late_count ? jobs->late[number]->job : NULL;
}
