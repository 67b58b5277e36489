// SPDX-License-Identifier: GPL-3.0-or-later
#include "world.h"

#include "collect/blocking-reads.h"
#include "collect/cgroup-tree.h"
#include "collect/collect.h"
#include "collect/processes.h"
#include "table/cell.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
	world_refresh(world);
	tree_write_process(&world->tree, &(struct tree_process){ .pid = 10,
						 .comm = "new",
						 .cmdline = "new",
						 .pages = 5,
						 .minor_faults = 2000,
						 .start_time = 2 });
	row = snapshot_find_process(world_refresh(world), 10);
	assert_string_equal(row->command, "new");
	assert_int_equal(row->resident, 5 * world->page);
	assert_true(row->minor_fault_rate == UNKNOWN);
	assert_true(row->growth == UNKNOWN);
}

static void
T32_what_is_refused_stays_unknown_in_every_refresh(void **state)
{
	struct world *world = *state;

	world->needs.bits |= NEED_PSS; /* there is no such file in the tree */
	tree_write_process(&world->tree,
		&(struct tree_process){ .pid = 1, .comm = "x", .pages = 5, .start_time = 1 });
	tree_write_process(&world->tree,
		&(struct tree_process){ .pid = 10, .comm = "x", .pages = 5, .start_time = 1 });
	for (int i = 0; i < 5; i++) {
		const struct snapshot *now = world_refresh(world);
		struct hint hints[MOST_HINTS];

		assert_true(now->processes[0].rollup->pss == UNKNOWN);
		assert_true(now->processes[0].rollup->uss == UNKNOWN);
		assert_int_equal(now->processes[0].resident, 5 * world->page);
		assert_int_equal(world_hints(now, hints), 1);
		assert_int_equal(hints[0].need, NEED_PSS);
		assert_int_equal(hints[0].count, 2);
	}
}

/* A file that is not there is not asked for again each time: the row stands, and says so. */
static void
a_missing_file_does_not_make_a_process_be_read_each_time(void **state)
{
	struct world *world = *state;
	int64_t last = UNKNOWN;
	int looks = 0;

	tree_write_process(&world->tree,
		&(struct tree_process){ .pid = 10, .comm = "x", .pages = 5, .start_time = 1 });
	unlinkat(world->tree.fd, "10/oom_score", 0);
	for (int i = 0; i < 16; i++) {
		const struct snapshot *now = world_refresh(world);
		const struct process *row = snapshot_find_process(now, 10);

		looks += row->look_time != last;
		last = row->look_time;
		assert_true(row->oom_score == UNKNOWN);
		assert_int_equal(row->extras->gaps.absent, NEED_OOM_SCORE);
	}
	assert_in_range(looks, 3, 8);
}

static void
without_a_clock_a_sleeping_process_is_read_within_four_refreshes(void **state)
{
	struct world *world = *state;
	const struct process *row = NULL;
	int refreshes = 0;

	tree_write_process(&world->tree,
		&(struct tree_process){ .pid = 10, .comm = "x", .pages = 5, .start_time = 1 });
	world_refresh(world);
	tree_write(&world->tree, "10/oom_score_adj", "500\n");
	do
		row = snapshot_find_process(world_refresh(world), 10);
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
	world_refresh(world);
	for (int i = 2; i < 8; i++) {
		process.pages = 10 * i;
		process.minor_faults = i;
		tree_write_process(&world->tree, &process);
		assert_int_equal(snapshot_find_process(world_refresh(world), 10)->resident,
			10 * i * world->page);
	}
}

static void
exact_reads_everything_every_time(void **state)
{
	struct world *world = *state;

	world->needs.exact = true;
	tree_write_process(&world->tree,
		&(struct tree_process){ .pid = 10, .comm = "x", .pages = 5, .start_time = 1 });
	world_refresh(world);
	for (int i = 1; i < 8; i++) {
		char text[32];

		snprintf(text, sizeof(text), "100 %d 0 0 0 0 0\n", i);
		tree_write(&world->tree, "10/statm", text);
		assert_int_equal(
			snapshot_find_process(world_refresh(world), 10)->resident, i * world->page);
	}
}

static void
growth_spans_the_time_between_two_reads_of_memory(void **state)
{
	struct world *world = *state;
	const struct process *row;

	tree_write_process(&world->tree,
		&(struct tree_process){ .pid = 10, .comm = "x", .pages = 5, .start_time = 1 });
	world_refresh(world);
	tree_write(&world->tree, "10/statm", "100 9 0 0 0 0 0\n"); /* stat does not tell */
	for (int i = 0; i < 6; i++) {
		int64_t before = world->snapshots[(world->refresh + 1) % 2].processes[0].look_time;

		row = snapshot_find_process(world_refresh(world), 10);
		if (row->look_time == before) {
			assert_true(row->growth == UNKNOWN || row->resident == 9 * world->page);
			continue;
		}
		if (row->resident == 9 * world->page && row->growth != 0)
			return;
	}
	fail_msg("the growth was never seen");
}

/* Growth would be over too short a time. */
static void
only_what_reads_sizes_makes_their_time_new(void **state)
{
	struct world *world = *state;
	static const struct {
		uint64_t need;
		bool swapless, has_read;
	} cases[] = {
		{ NEED_PSS, false, false },
		{ NEED_SWAP, true, false },
		{ NEED_SWAP, false, true },
		{ NEED_STATUS, true, true },
	};

	tree_write_process(&world->tree,
		&(struct tree_process){ .pid = 10, .comm = "x", .pages = 5, .start_time = 1 });
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cgroup_tree *cgroups = cgroup_tree_create(world->tree.fd);
		struct processes *processes = processes_create(world->tree.fd, cgroups, "/");
		struct snapshot snapshots[2] = { { .monotonic = 1 }, { .monotonic = 2 } };
		struct needs needs = { .bits = NEED_PROCESSES | NEED_STAT | NEED_MEMORY };

		processes_read(processes, &snapshots[0], NULL, &needs, cases[i].swapless);
		needs.bits |= cases[i].need;
		needs.only_missing = true;
		processes_read(processes, &snapshots[1], &snapshots[0], &needs, cases[i].swapless);
		assert_int_equal(snapshots[0].processes[0].memory_time, 1);
		assert_int_equal(snapshots[1].processes[0].memory_time > 1, cases[i].has_read);
		snapshot_finish(&snapshots[0]);
		snapshot_finish(&snapshots[1]);
		processes_destroy(processes);
		cgroup_tree_destroy(cgroups);
	}
}

static const char rollup[] = "0-1 ---p 0 0:0 0 [rollup]\nPss: 90 kB\nPrivate_Clean: 8 kB\n"
			     "Private_Dirty: 60 kB\nSwapPss: 0 kB\n";

static void
make_processes(const struct world *world, int first, int count)
{
	for (int pid = first; pid < first + count; pid++) {
		char path[32];

		tree_write_process(&world->tree, &(struct tree_process){ .pid = pid,
							 .comm = "x",
							 .cmdline = "x --all",
							 .pages = 5,
							 .start_time = 1 });
		snprintf(path, sizeof(path), "%d/smaps_rollup", pid);
		tree_write(&world->tree, path, rollup);
	}
}

/* There are no CPU clocks, and the numbers of /proc/loadavg are those of another namespace. */
static void
the_list_of_a_tree_is_always_made_anew(void **state)
{
	struct world *world = *state;

	tree_write(&world->tree, "self/status", "Name:\tx\nNSpid:\t5\nKthread:\t0\n");
	tree_write(&world->tree, "loadavg", "0.00 0.01 0.05 1/80 100\n");
	make_processes(world, 10, 2);
	assert_int_equal(world_refresh(world)->process_count, 2);
	make_processes(world, 12, 1);
	assert_int_equal(world_refresh(world)->process_count, 3);
}

/* A file that nobody writes to: whoever opens it waits. */
static void
make_silent(const struct tree *tree, const char *path)
{
	unlinkat(tree->fd, path, 0);
	assert_int_equal(mkfifoat(tree->fd, path, 0644), 0);
}

/* Lets those go that wait for it, and puts a file that answers in its place. */
static void
let_answer(const struct tree *tree, const char *path, const char *text)
{
	int fd = openat(tree->fd, path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);

	assert_true(fd >= 0);
	unlinkat(tree->fd, path, 0);
	close(fd);
	tree_write(tree, path, text);
}

static int64_t
count_of_hint(const struct snapshot *now, uint64_t need, int error)
{
	struct hint hints[MOST_HINTS];
	size_t count = world_hints(now, hints);

	for (size_t i = 0; i < count; i++)
		if (hints[i].need == need && hints[i].error == error)
			return hints[i].count;
	return 0;
}

static void
T17_a_file_that_does_not_answer_costs_its_own_value(void **state)
{
	struct world *world = *state;
	const struct process *row;

	world->needs.bits |= NEED_PSS;
	make_processes(world, 10, 2);
	make_silent(&world->tree, "10/cmdline");
	make_silent(&world->tree, "10/smaps_rollup");
	for (int i = 0; i < 6; i++) {
		const struct snapshot *now = world_refresh(world);

		row = snapshot_find_process(now, 10);
		assert_string_equal(row->command, "[x] (blocked)");
		assert_string_equal(row->extras->blocked, "cmdline smaps_rollup");
		assert_true(row->rollup->pss == UNKNOWN);
		assert_int_equal(row->resident, 5 * world->page);
		assert_int_equal(count_of_hint(now, NEED_COMMAND, ETIMEDOUT), 1);
		assert_int_equal(count_of_hint(now, NEED_PSS, ETIMEDOUT), 1);
		row = snapshot_find_process(now, 11);
		assert_string_equal(row->command, "x --all");
		assert_null(row->extras->blocked);
		assert_int_equal(row->rollup->pss, 90 * 1024);
	}
	let_answer(&world->tree, "10/cmdline", "x --all");
	let_answer(&world->tree, "10/smaps_rollup", rollup);
	do {
		usleep(1000);
		row = snapshot_find_process(world_refresh(world), 10);
	} while (row->extras->blocked || row->rollup->pss == UNKNOWN);
	assert_string_equal(row->command, "x --all");
	assert_int_equal(row->rollup->pss, 90 * 1024);
	assert_int_equal(row->rollup->uss, 68 * 1024);
}

/* They still do not answer when all is given up: that waits for none of them. */
static void
T17_ten_that_do_not_answer_cost_ten_values(void **state)
{
	struct world *world = *state;
	const struct snapshot *now = NULL;

	world->needs.bits |= NEED_PSS;
	make_processes(world, 10, 20);
	for (int pid = 10; pid < 20; pid++) {
		char path[32];

		snprintf(path, sizeof(path), "%d/cmdline", pid);
		make_silent(&world->tree, path);
		snprintf(path, sizeof(path), "%d/smaps_rollup", pid);
		make_silent(&world->tree, path);
	}
	for (int i = 0; i < 3; i++)
		now = world_refresh(world);
	for (int pid = 10; pid < 30; pid++) {
		const struct process *row = snapshot_find_process(now, pid);

		assert_string_equal(row->command, pid < 20 ? "[x] (blocked)" : "x --all");
		assert_true(row->rollup->pss == (pid < 20 ? UNKNOWN : 90 * 1024));
	}
	assert_int_equal(count_of_hint(now, NEED_PSS, ETIMEDOUT), 10);
}

/* It is known in a later refresh. */
static void
a_refresh_does_not_wait_for_the_pss_of_a_very_large_process(void **state)
{
	struct world *world = *state;
	struct snapshot *now;

	world->needs.bits |= NEED_PSS;
	world->needs.pss_budget = NS_PER_MS;
	world->needs.focus = 10;
	make_processes(world, 10, 1);
	assert_int_equal(snapshot_find_process(world_refresh(world), 10)->rollup->pss, 90 * 1024);
	make_processes(world, 11, 1);
	tree_write(&world->tree, "11/statm", "99999999 99999999 0 0 0 0 0\n");
	world->needs.focus = 11;
	now = world_refresh(world);
	assert_true(snapshot_find_process(now, 11)->rollup->pss == UNKNOWN);
	assert_null(snapshot_find_process(now, 11)->extras->blocked);
	do {
		usleep(1000);
		now = world_refresh(world);
	} while (snapshot_find_process(now, 11)->rollup->pss == UNKNOWN);
	assert_int_equal(snapshot_find_process(now, 11)->rollup->pss, 90 * 1024);
}

static size_t
count_with_pss(const struct snapshot *now)
{
	size_t count = 0;

	for (size_t i = 0; i < now->process_count; i++)
		count += now->processes[i].rollup->pss == 90 * 1024;
	return count;
}

static void
within_a_budget_visible_processes_are_first_and_all_have_their_turn(void **state)
{
	static const int64_t visible[] = { 25, 27 };
	struct world *world = *state;
	const struct snapshot *now;

	world->needs.bits |= NEED_PSS;
	world->needs.pss_budget = 40000; /* for two */
	world->needs.visible = visible;
	world->needs.visible_count = ARRAY_SIZE(visible);
	make_processes(world, 10, 20);
	assert_int_equal(count_with_pss(world_refresh(world)), 0);
	do {
		usleep(1000);
		now = world_refresh(world);
	} while (count_with_pss(now) == 0);
	assert_int_equal(count_with_pss(now), 2);
	assert_int_equal(snapshot_find_process(now, 25)->rollup->pss, 90 * 1024);
	assert_int_equal(snapshot_find_process(now, 27)->rollup->pss, 90 * 1024);
	while (count_with_pss(now) < 20) {
		usleep(1000);
		now = world_refresh(world);
	}
}

static void
only_so_many_the_largest_are_read_and_the_others_in_the_next_refresh(void **state)
{
	struct world *world = *state;
	const struct snapshot *now;

	world->needs.bits |= NEED_PSS;
	world->needs.pss_most = 3;
	make_processes(world, 10, 5);
	tree_write_process(&world->tree,
		&(struct tree_process){ .pid = 20, .comm = "x", .pages = 9000, .start_time = 1 });
	tree_write(&world->tree, "20/smaps_rollup", rollup);
	now = world_refresh(world);
	assert_int_equal(count_with_pss(now), 3);
	assert_int_equal(snapshot_find_process(now, 20)->rollup->pss, 90 * 1024);
	assert_int_equal(count_with_pss(world_refresh(world)), 6);
}

static void
F9_what_a_filter_lets_through_comes_before_others_and_without_a_column(void **state)
{
	static const int64_t summed[] = { 12, 14, 16 };
	struct world *world = *state;
	const struct snapshot *now;

	world->needs.pss_budget = 60000; /* for three */
	world->needs.summed = summed;
	world->needs.summed_count = ARRAY_SIZE(summed);
	make_processes(world, 10, 20);
	world_refresh(world);
	do {
		usleep(1000);
		now = world_refresh(world);
	} while (count_with_pss(now) < 3);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(snapshot_find_process(now, summed[i])->rollup->pss, 90 * 1024);
		usleep(1000);
		now = world_refresh(world);
	}
	assert_int_equal(count_with_pss(now), 3); /* nobody asked for the others */
	world->needs.summed = NULL;
	world->needs.summed_count = 0;
	world->needs.bits |= NEED_PSS;
	do {
		usleep(1000);
		now = world_refresh(world);
	} while (count_with_pss(now) < 20);
}

static void
F14_what_is_not_known_has_no_age(void **state)
{
	struct world *world = *state;
	const struct process *row;

	world->needs.bits |= NEED_PSS; /* there is no such file */
	tree_write_process(&world->tree,
		&(struct tree_process){ .pid = 10, .comm = "x", .pages = 5, .start_time = 1 });
	for (int i = 0; i < 2; i++) {
		row = snapshot_find_process(world_refresh(world), 10);
		assert_true(row->rollup->pss == UNKNOWN);
		assert_true(row->rollup->age == UNKNOWN);
		assert_true(row->rollup->stale == UNKNOWN);
	}
}

static void
a_value_that_was_read_before_says_so(void **state)
{
	struct world *world = *state;
	const struct process *row;
	char text[64];

	world->needs.bits |= NEED_PSS;
	make_processes(world, 10, 1);
	row = snapshot_find_process(world_refresh(world), 10);
	assert_int_equal(row->rollup->age, 0);
	cell_format(text, sizeof(text), table_column(&process_table, "pss"), row, CHARSET_UTF8,
		SCALE_HUMAN);
	assert_string_equal(text, "90.0K");
	world->needs.pss_budget = 1; /* too little: nothing has changed */
	for (int i = 0; i < 3; i++)
		row = snapshot_find_process(world_refresh(world), 10);
	assert_true(row->rollup->age > 0);
	cell_format(text, sizeof(text), table_column(&process_table, "pss"), row, CHARSET_UTF8,
		SCALE_HUMAN);
	assert_string_equal(text, "~90.0K");
}

static void
what_runs_another_program_has_no_value_of_the_last_one(void **state)
{
	struct world *world = *state;
	char text[1024];
	FILE *file;

	world->needs.bits |= NEED_PSS;
	make_processes(world, 10, 1);
	assert_int_equal(snapshot_find_process(world_refresh(world), 10)->rollup->pss, 90 * 1024);
	world->needs.pss_budget = 1;
	file = fdopen(openat(world->tree.fd, "10/stat", O_RDONLY | O_CLOEXEC), "r");
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	memcpy(strstr(text, "140000"), "150000", 6); /* the start of its stack */
	tree_write(&world->tree, "10/stat", text);
	assert_true(snapshot_find_process(world_refresh(world), 10)->rollup->pss == UNKNOWN);
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
	world->needs.pid_count = ARRAY_SIZE(pids);
	now = world_refresh(world);
	assert_int_equal(now->process_count, 1);
	assert_int_equal(now->processes[0].pid, 10);
	assert_int_equal(now->hints[0].error, ESRCH);
	assert_int_equal(now->hints[0].count, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(T30_a_number_used_again_is_another_process),
		TEST(T32_what_is_refused_stays_unknown_in_every_refresh),
		TEST(a_missing_file_does_not_make_a_process_be_read_each_time),
		TEST(without_a_clock_a_sleeping_process_is_read_within_four_refreshes),
		TEST(a_changed_process_is_read_at_once),
		TEST(exact_reads_everything_every_time),
		TEST(the_list_of_a_tree_is_always_made_anew),
		TEST(growth_spans_the_time_between_two_reads_of_memory),
		TEST(only_what_reads_sizes_makes_their_time_new),
		TEST(T17_a_file_that_does_not_answer_costs_its_own_value),
		TEST(T17_ten_that_do_not_answer_cost_ten_values),
		TEST(a_refresh_does_not_wait_for_the_pss_of_a_very_large_process),
		TEST(within_a_budget_visible_processes_are_first_and_all_have_their_turn),
		TEST(only_so_many_the_largest_are_read_and_the_others_in_the_next_refresh),
		TEST(F9_what_a_filter_lets_through_comes_before_others_and_without_a_column),
		TEST(F14_what_is_not_known_has_no_age),
		TEST(a_value_that_was_read_before_says_so),
		TEST(what_runs_another_program_has_no_value_of_the_last_one),
		TEST(T24_a_thread_is_no_process_to_ask_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
