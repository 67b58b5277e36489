// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "collect/blocking-reads.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

/* The walk of a TiB takes 8 seconds, of a thread that works. */
static void
a_thread_hangs_only_if_it_sleeps_or_gets_no_cpu_or_never_ends(void **state)
{
	enum { LOOKS = 7000 };
	static const struct {
		enum job_state odd, even;
		int64_t cpu_time; /* between two even looks, ms */
		int looks;        /* until it hangs; 0: it does not */
	} cases[] = {
		{ JOB_SLEEPS, JOB_SLEEPS, 0, 2 },
		{ JOB_SLEEPS, JOB_RUNS, 1, 0 },
		{ JOB_RUNS, JOB_RUNS, 0, 100 },
		{ JOB_RUNS, JOB_RUNS, 1, 0 },
		{ JOB_RUNS, JOB_RUNS, 20, 6000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct silence silence = { .asleep = 0 };
		bool is_too_long = false;
		int look = 0;

		while (!is_too_long && look < LOOKS) {
			bool is_odd = ++look % 2;

			is_too_long =
				silence_is_too_long(&silence, is_odd ? cases[i].odd : cases[i].even,
					is_odd ? 0 : cases[i].cpu_time * NS_PER_MS);
		}
		assert_int_equal(is_too_long ? look : 0, cases[i].looks);
	}
}

/* Nobody writes to this file: whoever opens it waits. */
static void
an_answer_is_waited_for_as_long_as_it_may(void **state)
{
	const struct blocking_read read = { .directory = "10", .pid = 10, .file = BLOCKING_PSS };
	struct blocking_reads *reads;
	struct tree tree;
	size_t count;
	int fd;

	tree_create(&tree);
	tree_write(&tree, "10/comm", "x\n");
	assert_int_equal(mkfifoat(tree.fd, "10/smaps_rollup", 0644), 0);
	reads = blocking_reads_create(tree.fd);
	blocking_reads_add(reads, &read);
	blocking_reads_submit(reads);
	assert_false(blocking_reads_wait(reads, 1, 0));
	assert_true(blocking_reads_wait(reads, 1, INT64_MAX));
	assert_int_equal(blocking_reads_results(reads, &count)->error, -ETIMEDOUT);
	assert_int_equal(count, 1);
	blocking_reads_destroy(reads);
	fd = openat(tree.fd, "10/smaps_rollup", O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0); /* lets it go */
	close(fd);
	tree_destroy(&tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thread_hangs_only_if_it_sleeps_or_gets_no_cpu_or_never_ends),
		cmocka_unit_test(an_answer_is_waited_for_as_long_as_it_may),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
