// SPDX-License-Identifier: GPL-3.0-or-later
#include "world.h"

#include "base/macros.h"
#include "model/derive.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
a_need_that_is_new_is_met_at_once(void **state)
{
	struct world *world = *state;

	tree_write_process(&world->tree,
		&(struct tree_process){ .pid = 10, .comm = "x", .pages = 5, .start_time = 1 });
	tree_write(&world->tree, "10/status", world_status);
	world_refresh(world);
	world->needs.bits |= NEED_STATUS;
	for (int i = 0; i < 4; i++)
		assert_int_equal(
			snapshot_find_process(world_refresh(world), 10)->status->peak, 700 * 1024);
}

/* While it was not wanted, the process changed. */
static void
a_need_that_comes_back_is_met_at_once(void **state)
{
	struct world *world = *state;
	struct tree_process process = { .pid = 10, .comm = "x", .pages = 5, .start_time = 1 };

	for (int i = 0; i < 3; i++) {
		process.minor_faults = i;
		tree_write_process(&world->tree, &process);
		tree_write(&world->tree, "10/status", world_status);
		world->needs.bits ^= i < 2 ? NEED_STATUS : 0;
		world_refresh(world);
	}
	world->needs.bits |= NEED_STATUS;
	world->needs.only_missing = true;
	assert_int_equal(world_refresh(world)->processes[0].status->peak, 700 * 1024);
}

/* PSS and the size of swap that does not exist say nothing of the other sizes. */
static void
what_is_added_leaves_the_sizes_as_they_are(void **state)
{
	static const uint64_t added[] = { NEED_PSS, NEED_SWAP };
	struct world *world = *state;

	tree_write_process(&world->tree,
		&(struct tree_process){ .pid = 10, .comm = "x", .pages = 5, .start_time = 1 });
	tree_write(&world->tree, "10/status", world_status);
	world_refresh(world);
	for (size_t i = 0; i < ARRAY_SIZE(added); i++) {
		world->needs.bits |= added[i];
		world->needs.only_missing = true;
		assert_true(world_refresh(world)->processes[0].resident > 0);
		assert_true(world_refresh(world)->processes[0].anon > 0);
		world->needs.only_missing = false;
		assert_true(world_refresh(world)->processes[0].resident > 0);
	}
}

/* Of rows that are not on the screen nobody sees the command line. */
static void
what_only_visible_rows_show_is_read_of_these(void **state)
{
	struct world *world = *state;
	const int64_t first = 10, second = 11;
	const struct snapshot *now;

	for (int pid = 10; pid < 12; pid++)
		tree_write_process(&world->tree, &(struct tree_process){ .pid = pid,
							 .comm = "x",
							 .cmdline = "command",
							 .pages = 5,
							 .start_time = 1 });
	world->needs.bits &= ~SEEN_NEEDS;
	world->needs.near_bits = SEEN_NEEDS;
	world->needs.near = &first;
	world->needs.near_count = 1;
	now = world_refresh(world);
	assert_string_equal(now->processes[0].command, "command");
	assert_int_equal(now->processes[0].oom_score, 668);
	assert_true((now->processes[0].asked & SEEN_NEEDS) == SEEN_NEEDS);
	assert_null(now->processes[1].command);
	assert_true(now->processes[1].oom_score == UNKNOWN);
	assert_true((now->processes[1].asked & SEEN_NEEDS) == NEED_STAT); /* once, of all */
	assert_int_equal(now->processes[1].resident, 5 * world->page);
	world->needs.near = &second;
	world->needs.only_missing = true;
	now = world_refresh(world);
	assert_string_equal(now->processes[1].command, "command");
	assert_int_equal(now->processes[1].oom_score, 668);
	world->needs.only_missing = false;
	world->needs.near = &first;
	tree_write(&world->tree, "10/cmdline", "another");
	assert_string_equal(world_refresh(world)->processes[0].command, "another");
}

/* A column is wanted between two refreshes: rates are over whole intervals all the same. */
static void
F12_what_is_missing_is_read_without_the_rest(void **state)
{
	struct world *world = *state;
	struct tree_process process = {
		.pid = 10, .comm = "x", .pages = 5, .start_time = 1, .minor_faults = 1000
	};
	const struct snapshot *now;
	const struct process *row;
	int64_t time, rate;

	tree_write(&world->tree, "10/status", world_status);
	world->needs.bits &= ~(uint64_t)NEED_OOM_SCORE;
	tree_write_process(&world->tree, &process);
	world_refresh(world);
	process.minor_faults = 2000;
	tree_write_process(&world->tree, &process);
	now = world_refresh(world);
	time = now->monotonic;
	rate = now->processes[0].minor_fault_rate;
	assert_true(rate > 0);
	process.minor_faults = 3000;
	process.pages = 50;
	tree_write_process(&world->tree, &process);
	world->needs.bits |= NEED_OOM_SCORE;
	world->needs.only_missing = true;
	now = world_refresh(world);
	row = snapshot_find_process(now, 10);
	assert_int_equal(row->oom_score, 668);
	assert_int_equal(row->resident, 5 * world->page);
	assert_int_equal(row->minor_fault_rate, rate);
	assert_int_equal(now->monotonic, time);
	world->needs.only_missing = false;
	now = world_refresh(world);
	row = snapshot_find_process(now, 10);
	assert_int_equal(row->resident, 50 * world->page);
	assert_in_range(row->minor_fault_rate,
		(int64_t)(1000e12 / (double)(now->monotonic - time)) - 1,
		(int64_t)(1000e12 / (double)(now->monotonic - time)) + 1);
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
	world->needs.pid_count = ARRAY_SIZE(pids);
	for (int i = 0; i < 3; i++) {
		now = world_refresh(world);
		assert_int_equal(now->process_count, 2);
		assert_int_equal(now->processes[0].pid, 10);
		assert_int_equal(now->processes[1].pid, 30);
	}
}

/* A process with an adjustment of so many hundreds. */
static void
write_weighed(const struct world *world, int pid, int hundreds)
{
	char path[32], text[16];

	tree_write_process(&world->tree,
		&(struct tree_process){ .pid = pid, .comm = "x", .pages = 5, .start_time = 1 });
	snprintf(path, sizeof(path), "%d/status", pid);
	tree_write(&world->tree, path, world_status);
	snprintf(path, sizeof(path), "%d/oom_score_adj", pid);
	snprintf(text, sizeof(text), "%d\n", hundreds * 100);
	tree_write(&world->tree, path, text);
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
		tree_write(&world->tree, path, world_status);
	}
	world->needs.pids = &pid;
	world->needs.pid_count = 1;
	assert_int_equal(world_refresh(world)->process_count, 1);
	world->needs.bits = NEED_BADNESS | NEED_COMMAND;
	now = world_refresh(world);
	assert_int_equal(now->process_count, 3);
	assert_int_equal(now->system.process_count, 1);
	assert_non_null(snapshot_find_process(now, 11)->command);
	assert_null(snapshot_find_process(now, 10)->command);
	assert_int_equal(snapshot_find_process(now, 10)->oom_score, 668);
}

/* A view that needs ranks is opened between two refreshes: all but the others stays as it was. */
static void
the_others_may_be_what_is_missing_for_a_rank(void **state)
{
	struct world *world = *state;
	const int64_t pid = 10;
	const struct snapshot *now;
	int64_t time;

	for (int i = 0; i < 3; i++)
		write_weighed(world, 10 + i, i);
	world->needs.pids = &pid;
	world->needs.pid_count = 1;
	world->needs.bits |= NEED_MEMINFO;
	time = world_refresh(world)->monotonic;
	write_weighed(world, 10, 9);
	world->needs.bits |= NEED_BADNESS;
	world->needs.only_missing = true;
	for (int i = 0; i < 2; i++) {
		now = world_refresh(world);
		assert_int_equal(now->process_count, 3);
		assert_int_equal(now->system.process_count, 1);
		assert_int_equal(now->monotonic, time);
		assert_int_equal(now->processes[0].oom_adj, 0);
		for (int j = 0; j < 3; j++)
			assert_int_equal(now->processes[j].rank, 3 - j);
	}
	world->needs.only_missing = false;
	now = world_refresh(world);
	assert_int_equal(now->process_count, 3);
	assert_int_equal(now->processes[0].rank, 1);
}

/* The sizes tell which rows are on the screen; T26: what has no size may be more than it seems. */
static void
the_first_screen_needs_only_sizes_of_what_is_not_seen(void **state)
{
	struct world *world = *state;
	const int64_t seen = 11;
	struct snapshot *now, rows = { .time = 0 };

	for (int pid = 10; pid < 13; pid++)
		tree_write_process(&world->tree, &(struct tree_process){ .pid = pid,
							 .comm = "x",
							 .cmdline = "command",
							 .pages = pid,
							 .start_time = 1 });
	tree_write(&world->tree, "12/statm", "0 0 0 0 0 0 0\n");
	world->needs.sizes_only = true;
	now = world_refresh(world);
	assert_true(now->sizes_only);
	assert_int_equal(now->process_count, 3);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(now->processes[i].resident, (10 + i) * world->page);
		assert_null(now->processes[i].comm);
		assert_true(now->processes[i].start_time == UNKNOWN);
	}
	assert_string_equal(now->processes[2].comm, "x");
	world->needs.visible = &seen;
	world->needs.visible_count = 1;
	world->needs.only_missing = world->needs.rows_only = true;
	assert_int_equal(world->source->read(world->source, &rows, now, &world->needs), 0);
	derive(&rows, now);
	assert_int_equal(rows.process_count, 1);
	snapshot_take_rows(now, &rows);
	snapshot_finish(&rows); /* the texts are copies */
	assert_null(now->processes[0].comm);
	assert_int_equal(now->processes[0].resident, 10 * world->page);
	assert_string_equal(now->processes[1].command, "command");
	assert_int_equal(now->processes[1].start_time, 1);
	world->needs.rows_only = false;
	world->needs.only_missing = world->needs.sizes_only = false;
	now = world_refresh(world);
	assert_false(now->sizes_only);
	for (int i = 0; i < 3; i++)
		assert_string_equal(now->processes[i].command, "command");
}

/* PSS is not read with them, even of a filter whose sum is shown. */
static void
rows_that_get_what_they_lack_keep_their_pss(void **state)
{
	const struct process_rollup rollup = { .pss = 7, .time = UNKNOWN, .age = 5, .stale = 1 };
	struct world *world = *state;
	const int64_t seen = 10;
	struct snapshot *now, rows = { .time = 0 };

	tree_write_process(&world->tree, &(struct tree_process){ .pid = 10,
						 .comm = "x",
						 .cmdline = "command",
						 .pages = 1,
						 .start_time = 1 });
	world->needs.bits &= ~NEED_COMMAND;
	now = world_refresh(world);
	*snapshot_rollup(now, &now->processes[0]) = rollup;
	world->needs.bits |= NEED_COMMAND;
	world->needs.visible = &seen;
	world->needs.visible_count = 1;
	world->needs.only_missing = world->needs.rows_only = true;
	assert_int_equal(world->source->read(world->source, &rows, now, &world->needs), 0);
	snapshot_take_rows(now, &rows);
	snapshot_finish(&rows);
	assert_string_equal(now->processes[0].command, "command");
	assert_memory_equal(now->processes[0].rollup, &rollup, sizeof(rollup));
}

static void
a_score_comes_with_the_sizes(void **state)
{
	struct world *world = *state;
	struct snapshot *now;

	tree_write_process(&world->tree,
		&(struct tree_process){ .pid = 10, .comm = "x", .pages = 10, .start_time = 1 });
	tree_write(&world->tree, "10/oom_score", "667\n");
	world->needs.sizes_only = true;
	now = world_refresh(world);
	assert_int_equal(now->processes[0].resident, 10 * world->page);
	assert_int_equal(now->processes[0].oom_score, 667);
	assert_true(now->processes[0].oom_adj == UNKNOWN);
	assert_null(now->processes[0].comm);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_need_that_is_new_is_met_at_once),
		TEST(a_need_that_comes_back_is_met_at_once),
		TEST(what_is_added_leaves_the_sizes_as_they_are),
		TEST(what_only_visible_rows_show_is_read_of_these),
		TEST(the_first_screen_needs_only_sizes_of_what_is_not_seen),
		TEST(rows_that_get_what_they_lack_keep_their_pss),
		TEST(a_score_comes_with_the_sizes),
		TEST(F12_what_is_missing_is_read_without_the_rest),
		TEST(only_the_processes_asked_for_are_read),
		TEST(the_rank_of_one_needs_all_and_only_for_that),
		TEST(the_others_may_be_what_is_missing_for_a_rank),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
