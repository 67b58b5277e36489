// SPDX-License-Identifier: GPL-3.0-or-later
#include "world.h"

#include <errno.h>

static void
T30_a_number_used_again_is_another_process(void **state)
{
	struct world *world = *state;
	const struct process *row;

	tree_write_process(&world->tree, &(struct tree_process){ .pid = 10,
						 .comm = "old",
						 .cmdline = "old",
						 .pages = 50,
						 .minor_faults = 1000,
						 .start_time = 1 });
	refresh(world);
	tree_write_process(&world->tree, &(struct tree_process){ .pid = 10,
						 .comm = "new",
						 .cmdline = "new",
						 .pages = 5,
						 .minor_faults = 2000,
						 .start_time = 2 });
	row = snapshot_find_process(refresh(world), 10);
	assert_string_equal(row->command, "new");
	assert_int_equal(row->resident, 5 * page);
	assert_true(row->minor_fault_rate == UNKNOWN);
	assert_true(row->growth == UNKNOWN);
}

static void
T32_what_is_refused_stays_unknown_in_every_refresh(void **state)
{
	struct world *world = *state;

	world->needs.bits |= NEED_ROLLUP; /* there is no such file in the tree */
	tree_write_process(&world->tree,
		&(struct tree_process){ .pid = 1, .comm = "x", .pages = 5, .start_time = 1 });
	tree_write_process(&world->tree,
		&(struct tree_process){ .pid = 10, .comm = "x", .pages = 5, .start_time = 1 });
	for (int i = 0; i < 5; i++) {
		const struct snapshot *now = refresh(world);

		assert_true(now->processes[0].pss == UNKNOWN);
		assert_true(now->processes[0].uss == UNKNOWN);
		assert_int_equal(now->processes[0].resident, 5 * page);
		assert_int_equal(now->hint_count, 1);
		assert_int_equal(now->hints[0].need, NEED_ROLLUP);
		assert_int_equal(now->hints[0].count, 2);
	}
}

static void
an_unchanged_process_is_read_again_within_four_refreshes(void **state)
{
	struct world *world = *state;
	const struct process *row = NULL;
	int refreshes = 0;

	tree_write_process(&world->tree,
		&(struct tree_process){ .pid = 10, .comm = "x", .pages = 5, .start_time = 1 });
	refresh(world);
	tree_write(&world->tree, "10/oom_score_adj", "500\n");
	do
		row = snapshot_find_process(refresh(world), 10);
	while (++refreshes < 4 && row->oom_adj != 500);
	assert_int_equal(row->oom_adj, 500);
}

static void
a_changed_process_is_read_at_once(void **state)
{
	struct world *world = *state;
	struct tree_process process = {
		.pid = 10, .comm = "x", .pages = 5, .start_time = 1, .minor_faults = 1
	};

	tree_write_process(&world->tree, &process);
	refresh(world);
	for (int i = 2; i < 8; i++) {
		process.pages = 10 * i;
		process.minor_faults = i;
		tree_write_process(&world->tree, &process);
		assert_int_equal(
			snapshot_find_process(refresh(world), 10)->resident, 10 * i * page);
	}
}

static void
exact_reads_everything_every_time(void **state)
{
	struct world *world = *state;

	world->needs.exact = true;
	tree_write_process(&world->tree,
		&(struct tree_process){ .pid = 10, .comm = "x", .pages = 5, .start_time = 1 });
	refresh(world);
	for (int i = 1; i < 8; i++) {
		char text[32];

		snprintf(text, sizeof(text), "100 %d 0 0 0 0 0\n", i);
		tree_write(&world->tree, "10/statm", text);
		assert_int_equal(snapshot_find_process(refresh(world), 10)->resident, i * page);
	}
}

static void
a_need_that_is_new_is_met_at_once(void **state)
{
	struct world *world = *state;

	tree_write_process(&world->tree,
		&(struct tree_process){ .pid = 10, .comm = "x", .pages = 5, .start_time = 1 });
	tree_write(&world->tree, "10/status", status);
	for (int i = 0; i < 4; i++)
		assert_true(snapshot_find_process(refresh(world), 10)->peak == UNKNOWN);
	world->needs.bits |= NEED_STATUS;
	for (int i = 0; i < 4; i++)
		assert_int_equal(snapshot_find_process(refresh(world), 10)->peak, 700 * 1024);
}

static void
growth_spans_the_time_between_two_reads_of_memory(void **state)
{
	struct world *world = *state;
	const struct process *row;

	tree_write_process(&world->tree,
		&(struct tree_process){ .pid = 10, .comm = "x", .pages = 5, .start_time = 1 });
	refresh(world);
	tree_write(&world->tree, "10/statm", "100 9 0 0 0 0 0\n"); /* stat does not tell */
	for (int i = 0; i < 6; i++) {
		int64_t before =
			world->snapshots[(world->refresh + 1) % 2].processes[0].memory_time;

		row = snapshot_find_process(refresh(world), 10);
		if (row->memory_time == before) {
			assert_true(row->growth == UNKNOWN || row->resident == 9 * page);
			continue;
		}
		if (row->resident == 9 * page && row->growth != 0)
			return;
	}
	fail_msg("the growth was never seen");
}

static void
T17_a_process_that_waits_for_a_device_is_not_waited_for(void **state)
{
	struct world *world = *state;
	struct tree_process process = { .pid = 10,
		.comm = "x",
		.cmdline = "x --all",
		.pages = 5,
		.start_time = 1,
		.state = 'D' };
	const struct process *row;

	world->needs.bits |= NEED_ROLLUP;
	tree_write_process(&world->tree, &process);
	tree_write(&world->tree, "10/smaps_rollup", "0-1 ---p 0 0:0 0 [rollup]\nPss: 90 kB\n");
	for (int i = 0; i < 3; i++) {
		const struct snapshot *now = refresh(world);

		row = snapshot_find_process(now, 10);
		assert_string_equal(row->command, "[x]");
		assert_true(row->pss == UNKNOWN);
		assert_int_equal(row->resident, 5 * page);
		assert_int_equal(now->hints[0].error, EBUSY);
	}
	process.state = 'S';
	tree_write_process(&world->tree, &process);
	row = snapshot_find_process(refresh(world), 10);
	assert_string_equal(row->command, "x --all");
	assert_int_equal(row->pss, 90 * 1024);
}

static void
T24_a_thread_is_no_process_to_ask_for(void **state)
{
	static const int64_t pids[] = { 10, 11, 99 };
	struct world *world = *state;
	const struct snapshot *now;

	tree_write_process(
		&world->tree, &(struct tree_process){ .pid = 10, .comm = "x", .start_time = 1 });
	tree_write_process(
		&world->tree, &(struct tree_process){ .pid = 11, .comm = "x", .start_time = 1 });
	tree_write(&world->tree, "10/status", "Name:\tx\nTgid:\t10\nPid:\t10\n");
	tree_write(&world->tree, "11/status", "Name:\tx\nTgid:\t10\nPid:\t11\n");
	tree_write_process(
		&world->tree, &(struct tree_process){ .pid = 1, .comm = "x", .start_time = 1 });
	world->needs.pids = pids;
	world->needs.pid_count = COUNT(pids);
	now = refresh(world);
	assert_int_equal(now->process_count, 1);
	assert_int_equal(now->processes[0].pid, 10);
	assert_int_equal(now->hints[0].error, ESRCH);
	assert_int_equal(now->hints[0].count, 2);
}

static void
only_the_processes_asked_for_are_read(void **state)
{
	static const int64_t pids[] = { 10, 30, 99 };
	struct world *world = *state;
	const struct snapshot *now;

	for (int pid = 10; pid <= 30; pid += 10)
		tree_write_process(&world->tree,
			&(struct tree_process){ .pid = pid, .comm = "x", .start_time = 1 });
	world->needs.pids = pids;
	world->needs.pid_count = COUNT(pids);
	for (int i = 0; i < 3; i++) {
		now = refresh(world);
		assert_int_equal(now->process_count, 2);
		assert_int_equal(now->processes[0].pid, 10);
		assert_int_equal(now->processes[1].pid, 30);
	}
}

static void
the_rank_of_one_needs_all_and_only_for_that(void **state)
{
	struct world *world = *state;
	const int64_t pid = 11;
	const struct snapshot *now;

	for (int i = 0; i < 3; i++) {
		char path[16];

		tree_write_process(&world->tree,
			&(struct tree_process){
				.pid = 10 + i, .comm = "x", .pages = 5, .start_time = 1 });
		snprintf(path, sizeof(path), "%d/status", 10 + i);
		tree_write(&world->tree, path, status);
	}
	world->needs.pids = &pid;
	world->needs.pid_count = 1;
	assert_int_equal(refresh(world)->process_count, 1);
	world->needs.bits = NEED_BADNESS | NEED_COMMAND;
	now = refresh(world);
	assert_int_equal(now->process_count, 3);
	assert_int_equal(now->system.process_count, 1);
	assert_non_null(snapshot_find_process(now, 11)->command);
	assert_null(snapshot_find_process(now, 10)->command);
	assert_int_equal(snapshot_find_process(now, 10)->oom_score, 668);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(T30_a_number_used_again_is_another_process),
		TEST(T32_what_is_refused_stays_unknown_in_every_refresh),
		TEST(an_unchanged_process_is_read_again_within_four_refreshes),
		TEST(a_changed_process_is_read_at_once),
		TEST(exact_reads_everything_every_time),
		TEST(a_need_that_is_new_is_met_at_once),
		TEST(growth_spans_the_time_between_two_reads_of_memory),
		TEST(T17_a_process_that_waits_for_a_device_is_not_waited_for),
		TEST(T24_a_thread_is_no_process_to_ask_for),
		TEST(only_the_processes_asked_for_are_read),
		TEST(the_rank_of_one_needs_all_and_only_for_that),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
