// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/jobs.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

enum { MOST_LATE = 8 };

/* Waits until something can be read, or does nothing where there is no pipe. */
struct waiting {
	struct job job;
	int pipe[2];
	bool done;
};

static void
run(struct job *job)
{
	struct waiting *waiting = (struct waiting *)job;
	char byte;

	waiting->done = waiting->pipe[0] < 0 || read(waiting->pipe[0], &byte, 1) == 1;
}

static void
destroy(struct job *job)
{
	struct waiting *waiting = (struct waiting *)job;

	if (waiting->pipe[0] >= 0) {
		close(waiting->pipe[0]);
		close(waiting->pipe[1]);
	}
	free(waiting);
}

static struct waiting *
create(bool waits)
{
	struct waiting *waiting = malloc(sizeof(*waiting));

	*waiting = (struct waiting){ .job = { run, destroy }, .pipe = { -1, -1 } };
	if (waits)
		assert_int_equal(pipe(waiting->pipe), 0);
	return waiting;
}

/* While there is no time left there will be some. */
static int
run_in_time(struct jobs *jobs, struct waiting *waiting)
{
	int error;

	while ((error = jobs_run(jobs, &waiting->job)) == -EAGAIN)
		usleep(1000);
	return error;
}

static void
a_job_that_can_be_done_is_done(void **state)
{
	struct jobs *jobs = jobs_create(MOST_LATE, INT64_C(1) << 60, 1);
	struct waiting *waiting = create(false);

	for (int i = 0; i < 100; i++) {
		waiting->done = false;
		assert_int_equal(jobs_run(jobs, &waiting->job), 0);
		assert_true(waiting->done);
	}
	assert_null(jobs_late(jobs, 0));
	assert_null(jobs_take(jobs));
	destroy(&waiting->job);
	jobs_destroy(jobs);
}

/* S1, T17: eight may hang; others are done meanwhile, until the eighth. */
static void
jobs_that_hang_are_left_behind_and_few(void **state)
{
	struct jobs *jobs = jobs_create(MOST_LATE, INT64_C(50) * 1000000, 1);
	struct waiting *late[MOST_LATE], *other = create(false), *taken;
	size_t count = 0;

	for (size_t i = 0; i < MOST_LATE; i++) {
		assert_int_equal(run_in_time(jobs, other), 0);
		late[i] = create(true);
		assert_int_equal(run_in_time(jobs, late[i]), -EINPROGRESS);
		assert_ptr_equal(jobs_late(jobs, i), &late[i]->job);
	}
	usleep(100000); /* there would be time */
	assert_int_equal(jobs_run(jobs, &other->job), -EAGAIN);
	assert_null(jobs_take(jobs));
	for (size_t i = 0; i < MOST_LATE; i++)
		assert_int_equal(write(late[i]->pipe[1], "x", 1), 1);
	while (count < MOST_LATE) {
		taken = (struct waiting *)jobs_take(jobs);
		if (!taken) {
			usleep(1000);
			continue;
		}
		assert_true(taken->done);
		destroy(&taken->job);
		count++;
	}
	assert_null(jobs_late(jobs, 0));
	assert_int_equal(run_in_time(jobs, other), 0);
	destroy(&other->job);
	jobs_destroy(jobs);
}

/* Between the last look and the decision to leave it a job may become done. */
static void
a_job_that_is_left_when_it_is_done_can_be_taken(void **state)
{
	struct jobs *jobs = jobs_create(MOST_LATE, 0, 1);

	for (int i = 0; i < 100; i++) {
		struct waiting *waiting = create(false);

		assert_int_equal(jobs_start(jobs, &waiting->job), 0);
		while (jobs_wait(jobs, 1000000, NULL) != JOB_DONE)
			;
		jobs_leave(jobs);
		assert_ptr_equal(jobs_take(jobs), &waiting->job);
		destroy(&waiting->job);
	}
	jobs_destroy(jobs);
}

/* A leak would be found by the address sanitizer. */
static void
jobs_that_nobody_waits_for_are_freed_when_they_are_done(void **state)
{
	struct jobs *jobs = jobs_create(MOST_LATE, INT64_C(50) * 1000000, 1);
	int ends[MOST_LATE];

	for (size_t i = 0; i < MOST_LATE; i++) {
		struct waiting *waiting = create(true);

		ends[i] = dup(waiting->pipe[1]);
		assert_int_equal(run_in_time(jobs, waiting), -EINPROGRESS);
	}
	jobs_destroy(jobs);
	for (size_t i = 0; i < MOST_LATE; i++) {
		struct pollfd end = { .fd = ends[i] };

		assert_int_equal(write(ends[i], "x", 1), 1);
		assert_int_equal(poll(&end, 1, 60000), 1); /* the other end was closed */
		assert_true(end.revents & POLLERR);
		close(ends[i]);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_job_that_can_be_done_is_done),
		cmocka_unit_test(a_job_that_is_left_when_it_is_done_can_be_taken),
		cmocka_unit_test(jobs_that_hang_are_left_behind_and_few),
		cmocka_unit_test(jobs_that_nobody_waits_for_are_freed_when_they_are_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
