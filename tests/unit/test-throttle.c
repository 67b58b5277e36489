// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "command/loop.h"
#include "command/reader-thread.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "model/source.h"

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#define MS INT64_C(1000000)

/* What is asked for after two reads that took as long. */
static int
after_two(int64_t took, int64_t interval)
{
	struct throttle throttle = { .has_begun = true, .took = took };

	return throttle_next(&throttle, took, interval);
}

static void
a_read_of_a_tenth_of_the_interval_changes_nothing(void **state)
{
	assert_int_equal(after_two(0, 1000 * MS), 1);
	assert_int_equal(after_two(99 * MS, 1000 * MS), 1);
	assert_int_equal(after_two(100 * MS, 1000 * MS), 1);
	assert_int_equal(after_two(MS, INT64_MAX), 1);
}

static void
a_longer_one_takes_as_many_intervals_as_it_needs(void **state)
{
	assert_int_equal(after_two(101 * MS, 1000 * MS), 2);
	assert_int_equal(after_two(200 * MS, 1000 * MS), 2);
	assert_int_equal(after_two(430 * MS, 1000 * MS), 5);
	for (int64_t took = MS; took <= 1000 * MS; took += 7 * MS)
		assert_true(took * 10 <= after_two(took, 1000 * MS) * 1000 * MS);
}

static void
ten_times_the_interval_is_the_most(void **state)
{
	assert_int_equal(after_two(1000 * MS, 1000 * MS), 10);
	assert_int_equal(after_two(60000 * MS, 1000 * MS), 10);
	assert_int_equal(after_two(INT64_MAX, MS), 10);
}

static void
one_slow_read_is_not_a_pace(void **state)
{
	struct throttle throttle = { .has_begun = false };

	assert_int_equal(
		throttle_next(&throttle, 500 * MS, 1000 * MS), 1); /* the first reads more */
	assert_int_equal(throttle_next(&throttle, 500 * MS, 1000 * MS), 1);
	assert_int_equal(throttle_next(&throttle, 50 * MS, 1000 * MS), 1);
	assert_int_equal(throttle_next(&throttle, 900 * MS, 1000 * MS), 1);
	assert_int_equal(throttle_next(&throttle, 300 * MS, 1000 * MS), 3);
	assert_int_equal(throttle_next(&throttle, 300 * MS, 1000 * MS), 3);
	assert_int_equal(throttle_next(&throttle, 50 * MS, 1000 * MS), 1); /* and back at once */
}

enum { SLOW_MS = 30 };

static int
read_slowly(struct source *source, struct snapshot *now, const struct snapshot *before,
	const struct needs *needs)
{
	snapshot_reset(now);
	usleep(SLOW_MS * 1000);
	return 0;
}

static void
ignore(struct source *source)
{
}

static void
the_worker_tells_how_long_a_slow_source_took(void **state)
{
	struct source source = { .read = read_slowly, .destroy = ignore };
	const struct needs needs = { .bits = 0 };
	struct reader_thread *worker;
	struct pollfd wait;
	int error;

	assert_int_equal(reader_thread_create(&source, &worker), 0);
	reader_thread_start(worker, &needs);
	wait = (struct pollfd){ .fd = reader_thread_fd(worker), .events = POLLIN };
	assert_int_equal(poll(&wait, 1, -1), 1);
	assert_non_null(reader_thread_take(worker, &error));
	assert_true(reader_thread_took(worker) >= SLOW_MS * MS);
	assert_int_equal(after_two(reader_thread_took(worker), SLOW_MS * MS), THROTTLE_MOST);
	reader_thread_destroy(worker);
}

/* Three processes, or the one that is on the screen; each has grown by a MiB in each refresh. */
static int
read_growth(struct source *source, struct snapshot *now, const struct snapshot *before,
	const struct needs *needs)
{
	static int64_t seconds;

	snapshot_reset(now);
	now->bits = needs->bits;
	now->monotonic = (500 + ++seconds) * NS_PER_SEC;
	for (int64_t pid = 1; pid <= (needs->rows_only ? 1 : 3); pid++) {
		struct process *process = snapshot_add_process(now);

		process->pid = process->start_time = pid;
		process->anon = (20 + seconds) << 20;
		process->swap = 0;
	}
	return 0;
}

static int64_t
grown_after(struct reader_thread *worker, bool rows_only, size_t row)
{
	const struct needs needs = { .bits = NEED_GROWTH,
		.only_missing = rows_only,
		.rows_only = rows_only,
		.interval = 1000 * MS };
	struct pollfd wait = { .fd = reader_thread_fd(worker), .events = POLLIN };
	int error;

	reader_thread_start(worker, &needs);
	assert_int_equal(poll(&wait, 1, -1), 1);
	return reader_thread_take(worker, &error)->processes[row].extras->growth.grown;
}

/* Rows that are read while the user scrolls say nothing of the others. */
static void
rows_that_are_read_alone_do_not_end_the_growth_of_others(void **state)
{
	struct source source = { .read = read_growth, .destroy = ignore };
	struct reader_thread *worker;

	assert_int_equal(reader_thread_create(&source, &worker), 0);
	assert_int_equal(grown_after(worker, false, 2), 0);
	assert_int_equal(grown_after(worker, false, 2), 1 << 20);
	assert_int_equal(grown_after(worker, true, 0), 1 << 20);
	assert_int_equal(grown_after(worker, false, 2), 3 << 20);
	reader_thread_destroy(worker);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_read_of_a_tenth_of_the_interval_changes_nothing),
		cmocka_unit_test(a_longer_one_takes_as_many_intervals_as_it_needs),
		cmocka_unit_test(ten_times_the_interval_is_the_most),
		cmocka_unit_test(one_slow_read_is_not_a_pace),
		cmocka_unit_test(the_worker_tells_how_long_a_slow_source_took),
		cmocka_unit_test(rows_that_are_read_alone_do_not_end_the_growth_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
