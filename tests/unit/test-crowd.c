// SPDX-License-Identifier: GPL-3.0-or-later
#include "rank-machine.h"
#include "unit.h"

#include "model/badness.h"
#include "model/group.h"
#include "model/needs.h"
#include "model/snapshot.h"

#include <stdio.h>
#include <unistd.h>

#define GIB (INT64_C(1) << 30)
#define MIB (INT64_C(1) << 20)

/*
 * What any user can make of a machine. As many steps as the square of CROWD, or DEEP_CROWD times
 * that of a path's length, take longer than a test may last, for a screen counts again and again.
 */
enum { CROWD = 100000, TURNS = 20, FIRST = 10, DEEP_CROWD = 20000, DEEP_TURNS = 30, LEVELS = 40 };

static struct process *
add(struct snapshot *snapshot, int64_t pid, int64_t resident)
{
	struct process *row = snapshot_add_process(snapshot);

	row->pid = row->start_time = pid;
	row->state = "S";
	row->virtual = row->resident = row->anon = resident;
	row->swap = row->page_tables = row->oom_adj = 0;
	row->oom_score = 700;
	return row;
}

/* Each uses the address space of the next, which anybody can do with clone(2). */
static void
a_long_chain_of_shared_memory_is_ranked(void **state)
{
	struct snapshot *now = *state;

	for (int i = 0; i < CROWD; i++)
		snapshot_extras(now, add(now, FIRST + i, MIB))->memory_of = FIRST + i + 1;
	badness_rank(now);
	assert_int_equal(now->kill_count, 1);
	assert_int_equal(now->kill_order[0]->pid, FIRST + CROWD - 1);
	for (int i = 0; i < CROWD; i++)
		assert_int_equal(now->processes[i].rank, 1);
}

/* No kernel makes one, but a file of anyone may say so. */
static void
a_circle_of_shared_memory_is_one_candidate(void **state)
{
	struct snapshot *now = *state;

	for (int length = 1; length <= 7; length++) {
		rank_machine_reset(now);
		for (int i = 0; i < length; i++)
			snapshot_extras(now, add(now, FIRST + i, MIB))->memory_of =
				FIRST + (i + 1) % length;
		snapshot_extras(now, add(now, 2 * FIRST, MIB))->memory_of = FIRST;
		badness_rank(now);
		assert_int_equal(now->kill_count, 1);
		for (int i = 0; i <= length; i++)
			assert_int_equal(now->processes[i].rank, 1);
	}
}

/* The first dies with its group, though it is no candidate. */
static void
many_groups_are_ranked(void **state)
{
	static char names[CROWD / 2][96];
	struct snapshot *now = *state;
	int64_t page = sysconf(_SC_PAGESIZE);

	for (int i = 0; i < CROWD; i++) {
		struct process *row = add(now, FIRST + i, MIB + i * page);

		snprintf(names[i / 2], sizeof(names[0]),
			"/user.slice/user-1000.slice/user@1000.service/app.slice/worker@%d.service",
			i / 2);
		snapshot_extras(now, row)->oom_group = names[i / 2];
		row->swap = i == 0 ? UNKNOWN : 0;
	}
	for (int i = 0; i < TURNS; i++)
		badness_rank(now);
	assert_int_equal(now->kill_count, CROWD - 1);
	for (int i = 0; i < CROWD; i++)
		assert_int_equal(now->processes[i].rank, CROWD / 2 - i / 2);
}

/* "/a/a/a..." of so many bytes. */
static const char *
deep_path(struct snapshot *snapshot, size_t length)
{
	char path[4096];

	for (size_t i = 0; i < length; i++)
		path[i] = i % 2 ? 'a' : '/';
	return arena_copy(&snapshot->texts, path, length);
}

/* One is in a cgroup that was not read, below each that was. */
static void
a_process_counts_in_the_nearest_cgroup_above(void **state)
{
	struct snapshot *now = *state;
	struct groups groups = { .of_process = NULL };

	for (int i = 0; i < LEVELS; i++) {
		struct cgroup_charge *charge = charge_add(&now->charges);
		char path[2 * LEVELS + 8];

		charge->path = deep_path(now, 2 * (size_t)i + 2);
		charge->parent = i > 0 ? i - 1 : UNKNOWN;
		charge->depth = i;
		snprintf(path, sizeof(path), "%s/b/a", charge->path);
		snapshot_set_place(now, add(now, FIRST + i, 0),
			&(struct process_place){ .cgroup = arena_text(&now->texts, path) });
	}
	groups_build(&groups, now, GROUP_BY_CGROUP);
	assert_int_equal(groups.rows.count, LEVELS);
	for (int i = 0; i < LEVELS; i++) {
		assert_int_equal(groups_at(&groups, (size_t)i)->depth, i);
		assert_int_equal(groups_at(&groups, (size_t)i)->processes, LEVELS - i);
	}
	groups_finish(&groups);
}

static void
add_in_deep_cgroups(struct snapshot *snapshot, bool by_turns)
{
	const char *paths[] = { deep_path(snapshot, 4094), deep_path(snapshot, 4092) };

	charge_add(&snapshot->charges)->path = "/a";
	for (int i = 0; i < DEEP_CROWD; i++)
		snapshot_set_place(snapshot, add(snapshot, FIRST + i, 0),
			&(struct process_place){ .cgroup = paths[by_turns && i % 2] });
}

static void
processes_in_deep_cgroups_are_counted_above(void **state)
{
	struct snapshot *now = *state;
	struct groups groups = { .of_process = NULL };

	for (int by_turns = 0; by_turns < 2; by_turns++) {
		rank_machine_reset(now);
		add_in_deep_cgroups(now, by_turns);
		for (int i = 0; i < (by_turns ? 1 : DEEP_TURNS); i++)
			groups_build(&groups, now, GROUP_BY_CGROUP);
		assert_int_equal(groups.rows.count, 1);
		assert_string_equal(groups_at(&groups, 0)->name, "/a");
		assert_int_equal(groups_at(&groups, 0)->processes, DEEP_CROWD);
	}
	groups_finish(&groups);
}

#define TEST(name)                                                                                 \
	cmocka_unit_test_setup_teardown(name, rank_machine_set_up, rank_machine_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_long_chain_of_shared_memory_is_ranked),
		TEST(a_circle_of_shared_memory_is_one_candidate),
		TEST(many_groups_are_ranked),
		TEST(a_process_counts_in_the_nearest_cgroup_above),
		TEST(processes_in_deep_cgroups_are_counted_above),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
