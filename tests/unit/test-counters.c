// SPDX-License-Identifier: GPL-3.0-or-later
#include "fake-perf.h"
#include "unit.h"

#include "base/unit.h"
#include "sampler/counters.h"
#include "sampler/perf-calls.h"
#include "sampler/permissions.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
counters_count_on_each_cpu_or_say_why_not(void **state)
{
	struct counters *counters;
	struct counts counts;

	fake_perf_reset();
	fake_kernel.offline = 1;
	fake_kernel.cpus = 4;
	counters = counters_open(&fake_perf);
	assert_null(counters_missing(counters));
	assert_int_equal(fake_kernel.open_fds, 4 * 3); /* trap 5: at most four a CPU */
	for (int fd = 0; fd < FAKE_FDS; fd++)
		assert_true(!fake_kernel.is_open[fd] || fake_kernel.task[fd] == -1);
	memcpy(fake_kernel.values, (uint64_t[4]){ 1000, 500, 500 }, sizeof(fake_kernel.values));
	counters_read(counters, false, &counts);
	assert_int_equal(counts.data_walks, 3000);
	assert_int_equal(counts.code_walks, 3000);
	assert_int_equal(counts.cycles, 3000);
	assert_int_equal(counts.instructions, 3000);
	counters_close(counters);
	assert_int_equal(fake_kernel.open_fds, 0);
	fake_kernel.hardware_error = ENOENT;
	counters = counters_open(&fake_perf);
	counters_read(counters, false, &counts);
	assert_int_equal(counts.data_walks, UNKNOWN);
	assert_int_equal(counts.cycles, UNKNOWN);
	assert_string_equal(counters_missing(counters),
		"not all of TLB walks, cycles and instructions are counted: this processor or "
		"virtual machine has no such event");
	counters_close(counters);
	fake_kernel.hardware_error = 0;
	fake_kernel.most_fds = 10;
	counters = counters_open(&fake_perf);
	assert_int_equal(fake_kernel.open_fds, 0); /* all is given back */
	assert_string_equal(counters_missing(counters),
		"not all of TLB walks, cycles and instructions are counted: memtop is out of file "
		"descriptors; ulimit -n must be raised");
	counters_close(counters);
}

static void
walks_that_were_sampled_but_not_counted_are_unknown(void **state)
{
	struct counters *counters;
	struct counts counts;

	fake_perf_reset();
	counters = counters_open(&fake_perf);
	memcpy(fake_kernel.values, (uint64_t[4]){ 1000, 500, 500 }, sizeof(fake_kernel.values));
	counters_read(counters, true, &counts);
	assert_int_equal(counts.data_walks, 2000);
	memcpy(fake_kernel.values, (uint64_t[4]){ 1000, 900, 900 }, sizeof(fake_kernel.values));
	counters_read(counters, true, &counts);
	assert_int_equal(counts.data_walks, UNKNOWN);
	assert_int_equal(counts.code_walks, 2000); /* none of those were sampled: that can be */
	counters_read(counters, false, &counts);
	assert_int_equal(counts.data_walks, 2000);
	counters_close(counters);
}

static void
counts_go_on_where_a_cpu_comes_back(void **state)
{
	struct counters *counters;
	struct counts counts;

	fake_perf_reset();
	fake_kernel.cpus = 3;
	fake_kernel.offline = 1 << 1;
	counters = counters_open(&fake_perf);
	assert_int_equal(fake_kernel.open_fds, 4 * 2);
	memcpy(fake_kernel.values, (uint64_t[4]){ 1000, 500, 500 }, sizeof(fake_kernel.values));
	counters_read(counters, false, &counts);
	fake_kernel.offline = 0;
	counters_reopen(counters);
	assert_int_equal(fake_kernel.open_fds, 4 * 3);
	memcpy(fake_kernel.values, (uint64_t[4]){ 10, 400, 400 }, sizeof(fake_kernel.values));
	counters_read(counters, true, &counts);
	assert_int_equal(counts.data_walks, 2000 + 3 * 10);
	assert_int_equal(counts.cycles, 2000 + 3 * 10);
	counters_reopen(counters);
	counters_read(counters, false, &counts);
	assert_int_equal(counts.cycles, 2030 + 3 * 10);
	counters_close(counters);
	assert_int_equal(fake_kernel.open_fds, 0);
}

static void
cpus_that_come_or_go_are_noticed(void **state)
{
	struct cpus cpus = { .online = "" };
	struct tree tree;
	char path[sizeof(tree.path) + 8];

	tree_create(&tree);
	snprintf(path, sizeof(path), "%s/online", tree.path);
	assert_false(cpus_have_changed(&cpus, path));
	tree_write(&tree, "online", "0-2\n");
	assert_false(cpus_have_changed(&cpus, path));
	assert_false(cpus_have_changed(&cpus, path));
	tree_write(&tree, "online", "0,2\n");
	assert_true(cpus_have_changed(&cpus, path));
	assert_false(cpus_have_changed(&cpus, path));
	unlink(path); /* unknown is no change */
	assert_false(cpus_have_changed(&cpus, path));
	tree_write(&tree, "online", "0-2\n");
	assert_true(cpus_have_changed(&cpus, path));
	tree_destroy(&tree);
	assert_false(cpus_have_changed(&(struct cpus){ .online = "" }, cpus_online));
}

static void
trap_5_what_did_not_count_all_the_time_is_unknown(void **state)
{
	struct counters *counters;
	struct counts counts;

	fake_perf_reset();
	counters = counters_open(&fake_perf);
	memcpy(fake_kernel.values, (uint64_t[4]){ 1000, 500, 500 }, sizeof(fake_kernel.values));
	counters_read(counters, false, &counts);
	memcpy(fake_kernel.values, (uint64_t[4]){ 1500, 1000, 800 }, sizeof(fake_kernel.values));
	counters_read(counters, false, &counts);
	assert_int_equal(counts.data_walks, UNKNOWN);
	assert_int_equal(counts.cycles, UNKNOWN);
	memcpy(fake_kernel.values, (uint64_t[4]){ 2500, 1500, 1300 }, sizeof(fake_kernel.values));
	counters_read(counters, false, &counts);
	assert_int_equal(counts.cycles, 5000);
	fake_kernel.values[1] = 2000,
	fake_kernel.values[2] = 1800; /* the sixth counter: "100 % running" */
	counters_read(counters, false, &counts);
	assert_int_equal(counts.data_walks, 5000); /* none: that can be */
	assert_int_equal(counts.cycles, UNKNOWN);
	counters_close(counters);
}

/* Trap 5 could be seen here: a counter that claims to run and counts nothing. */
static void
counters_count_at_least_what_a_loop_executes(void **state)
{
	enum { TURNS = 20000000 };
	struct counters *counters = counters_open(NULL);
	struct counts before, after;
	char reason[DENIAL_SENTENCE_SIZE] = "";

	counters_read(counters, false, &before);
	for (volatile int i = 0; i < TURNS; i++)
		continue;
	counters_read(counters, false, &after);
	if (counters_missing(counters))
		snprintf(reason, sizeof(reason), "%s", counters_missing(counters));
	counters_close(counters);
	if (before.instructions == UNKNOWN || after.instructions == UNKNOWN ||
		before.cycles == UNKNOWN || after.cycles == UNKNOWN) {
		print_message("# skipped: %s\n", reason[0] ? reason : "others use the counters");
		skip();
	}
	assert_true(after.instructions - before.instructions >= INT64_C(3) * TURNS);
	assert_true(after.cycles > before.cycles);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counters_count_on_each_cpu_or_say_why_not),
		cmocka_unit_test(walks_that_were_sampled_but_not_counted_are_unknown),
		cmocka_unit_test(counts_go_on_where_a_cpu_comes_back),
		cmocka_unit_test(cpus_that_come_or_go_are_noticed),
		cmocka_unit_test(trap_5_what_did_not_count_all_the_time_is_unknown),
		cmocka_unit_test(counters_count_at_least_what_a_loop_executes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
