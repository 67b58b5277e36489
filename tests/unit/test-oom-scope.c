// SPDX-License-Identifier: GPL-3.0-or-later
#include "world.h"

#include "collect/oom-scope.h"
#include "model/badness.h"

#include <errno.h>

#define MIB (INT64_C(1) << 20)

static const char mounts_v1[] = "22 21 0:20 / /proc rw - proc proc rw\n"
				"30 21 0:28 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
				"31 21 0:30 / %s/memory%s rw shared:9 - cgroup cgroup rw,memory\n"
				"32 21 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
static const char mounts_v2[] = "22 21 0:20 / /proc rw - proc proc rw\n"
				"32 21 0:29 %s %s/memory rw shared:4 master:1 - cgroup2 none rw\n";

static void
write_mounts(const struct world *world, const char *format, const char *first, const char *second)
{
	char text[1024];

	snprintf(text, sizeof(text), format, first, second);
	tree_write(&world->tree, "self/mountinfo", text);
}

/* A scope read over the tree of the test, on a machine with so much swap. */
static int
read_scope(const struct world *world, const char *cgroup, int64_t swap, struct snapshot *now)
{
	struct oom_scope *scope = oom_scope_create(world->tree.fd);
	int error;

	snapshot_reset(now);
	now->system.total = 1000 * MIB;
	now->system.swap_total = swap;
	error = oom_scope_read(scope, cgroup, now);
	oom_scope_destroy(scope);
	return error;
}

static void
mounts_of_the_memory_controller_are_found(void **state)
{
	struct oom_mount mount = { .version = 0 };

	(void)state;
	assert_false(oom_mount_parse("", &mount));
	assert_false(oom_mount_parse("1 2 3 - cgroup2", &mount));
	assert_false(oom_mount_parse("30 21 0:28 / /c rw - cgroup cgroup rw,cpu\n", &mount));
	assert_false(oom_mount_parse("30 21 0:28 / /c rw - cgroup cgroup rw,xmemory\n", &mount));
	assert_true(oom_mount_parse("30 21 0:28 / /two rw - cgroup2 cgroup2 rw\n", &mount));
	assert_int_equal(mount.version, 2);
	assert_string_equal(mount.path, "/two");
	assert_true(oom_mount_parse(
		"30 21 0:28 /a\\040b /c\\134d rw - cgroup cgroup rw,memory,cpu\n", &mount));
	assert_int_equal(mount.version, 1);
	assert_string_equal(mount.root, "/a b");
	assert_string_equal(mount.path, "/c\\d");
	assert_false(oom_mount_parse("30 21 0:28 / /two rw - cgroup2 cgroup2 rw\n", &mount));
	assert_int_equal(mount.version, 1);
}

static void
the_whole_machine_has_its_sysctls(void **state)
{
	struct world *world = *state;
	struct snapshot now = { .time = 0 };

	tree_write(&world->tree, "sys/vm/panic_on_oom", "2\n");
	assert_int_equal(read_scope(world, NULL, 0, &now), 0);
	assert_int_equal(now.system.panic_on_oom, 2);
	assert_true(now.system.kill_allocating_task == UNKNOWN);
	assert_string_equal(now.system.oom_scope, "machine");
	assert_null(badness_scope_of(&now).cgroup);
	assert_int_equal(badness_scope_of(&now).total, 1000 * MIB);
	snapshot_finish(&now);
}

static void
a_group_of_version_1_has_a_limit_for_both(void **state)
{
	struct world *world = *state;
	struct snapshot now = { .time = 0 };
	char folder[128];

	write_mounts(world, mounts_v1, world->tree.path, "");
	tree_write(&world->tree, "memory/a/b/memory.limit_in_bytes", "134217728\n");
	tree_write(&world->tree, "memory/a/b/memory.memsw.limit_in_bytes", "167772160\n");
	tree_write(&world->tree, "memory/a/b/memory.swappiness", "60\n");
	assert_int_equal(read_scope(world, "/a/b", 500 * MIB, &now), 0);
	assert_int_equal(now.system.oom_limit, 128 * MIB);
	assert_int_equal(now.system.oom_total, 160 * MIB);
	assert_int_equal(read_scope(world, "/a/b", 0, &now), 0);
	assert_int_equal(now.system.oom_total, 128 * MIB); /* there is no swap */
	tree_write(&world->tree, "memory/a/b/memory.swappiness", "0\n");
	assert_int_equal(read_scope(world, "/a/b", 500 * MIB, &now), 0);
	assert_int_equal(now.system.oom_total, 128 * MIB); /* or it is not used */
	tree_write(&world->tree, "memory/a/b/memory.swappiness", "60\n");
	tree_write(&world->tree, "memory/a/b/memory.memsw.limit_in_bytes", "9223372036854771712\n");
	snprintf(folder, sizeof(folder), "%s/memory/a/b", world->tree.path);
	assert_int_equal(read_scope(world, folder, 500 * MIB, &now), 0);
	assert_string_equal(now.system.oom_scope, "/a/b");
	assert_int_equal(now.system.oom_total, 628 * MIB);
	assert_int_equal(badness_scope_of(&now).total, 628 * MIB);
	assert_int_equal(badness_scope_of(&now).machine, 1500 * MIB);
	tree_write(&world->tree, "memory/a/b/memory.limit_in_bytes", "9223372036854771712\n");
	assert_int_equal(read_scope(world, "/a/b", 500 * MIB, &now), 0);
	assert_true(now.system.oom_limit == UNKNOWN);
	assert_int_equal(badness_scope_of(&now).total, 1500 * MIB);
	snapshot_finish(&now);
}

static void
a_group_of_version_2_has_a_limit_for_each(void **state)
{
	struct world *world = *state;
	struct snapshot now = { .time = 0 };
	char folder[128];

	write_mounts(world, mounts_v2, "/inner", world->tree.path);
	tree_write(&world->tree, "sys/vm/swappiness", "60\n");
	tree_write(&world->tree, "memory/a/memory.max", "134217728\n");
	tree_write(&world->tree, "memory/a/memory.swap.max", "33554432\n");
	assert_int_equal(read_scope(world, "/inner/a", 500 * MIB, &now), 0);
	assert_int_equal(now.system.oom_limit, 128 * MIB);
	assert_int_equal(now.system.oom_total, 160 * MIB);
	tree_write(&world->tree, "memory/a/memory.swap.max", "max\n");
	assert_int_equal(read_scope(world, "/inner/a", 500 * MIB, &now), 0);
	assert_int_equal(now.system.oom_total, 628 * MIB);
	snprintf(folder, sizeof(folder), "%s/memory/a//", world->tree.path);
	assert_int_equal(read_scope(world, folder, 500 * MIB, &now), 0);
	assert_string_equal(now.system.oom_scope, "/inner/a");
	assert_int_equal(now.system.oom_total, 628 * MIB);
	tree_write(&world->tree, "memory/a/memory.max", "max\n");
	assert_int_equal(read_scope(world, "/inner/a", 500 * MIB, &now), 0);
	assert_true(now.system.oom_limit == UNKNOWN);
	snapshot_finish(&now);
}

static void
a_group_that_does_not_exist_has_no_candidates(void **state)
{
	struct world *world = *state;
	struct snapshot now = { .time = 0 };
	struct badness_scope scope;
	struct process process = { .cgroup = "/a" };

	assert_int_equal(read_scope(world, "/nowhere", 0, &now), -ENOENT); /* no mountinfo */
	write_mounts(world, mounts_v2, "/", world->tree.path);
	assert_int_equal(read_scope(world, "/nowhere", 0, &now), -ENOENT);
	scope = badness_scope_of(&now);
	assert_false(badness_is_candidate(&scope, &process));
	process.cgroup = "/nowhere/below";
	assert_true(badness_is_candidate(&scope, &process));
	process.cgroup = "/nowhere-else";
	assert_false(badness_is_candidate(&scope, &process));
	process.cgroup = NULL;
	assert_false(badness_is_candidate(&scope, &process));
	snapshot_finish(&now);
}

static void
add_member(struct world *world, int pid, const char *cgroup, int pages)
{
	char path[32], text[128];

	tree_write_process(&world->tree,
		&(struct tree_process){
			.pid = pid, .parent = 1, .comm = "x", .pages = pages, .start_time = pid });
	snprintf(path, sizeof(path), "%d/status", pid);
	snprintf(text, sizeof(text),
		"Threads:\t1\nVmSize:\t 9000 kB\nVmRSS:\t %d kB\nVmPTE:\t 4 kB\n"
		"VmSwap:\t 0 kB\n",
		pages);
	tree_write(&world->tree, path, text);
	snprintf(path, sizeof(path), "%d/cgroup", pid);
	snprintf(text, sizeof(text), "0::%s\n", cgroup);
	tree_write(&world->tree, path, text);
}

/* Within the scope the highest group counts that is killed as a whole. */
static void
members_of_an_oom_group_share_a_rank(void **state)
{
	struct world *world = *state;
	const struct snapshot *now;

	write_mounts(world, mounts_v2, "/", world->tree.path);
	tree_write(&world->tree, "memory/a/memory.oom.group", "0\n");
	tree_write(&world->tree, "memory/a/b/memory.oom.group", "1\n");
	tree_write(&world->tree, "memory/a/b/c/memory.oom.group", "1\n");
	tree_write(&world->tree, "memory/d/memory.oom.group", "0\n");
	add_member(world, 10, "/a/b/c", 900);
	add_member(world, 11, "/d", 800);
	add_member(world, 12, "/a/b", 700);
	add_member(world, 13, "/a", 600);
	add_member(world, 14, "/", 500);
	world->needs.bits = NEED_BADNESS;
	now = refresh(world);
	assert_string_equal(snapshot_find_process(now, 10)->oom_group, "/a/b");
	assert_string_equal(snapshot_find_process(now, 12)->oom_group, "/a/b");
	assert_null(snapshot_find_process(now, 11)->oom_group);
	assert_null(snapshot_find_process(now, 14)->oom_group);
	world->needs.scope = "/a/b/c";
	now = refresh(world);
	assert_string_equal(snapshot_find_process(now, 10)->oom_group, "/a/b/c");
	assert_null(snapshot_find_process(now, 12)->oom_group);
	assert_true(snapshot_find_process(now, 12)->rank == UNKNOWN);
	assert_int_equal(now->kill_count, 1);
}

static void
a_group_dies_when_its_worst_member_would(void **state)
{
	static const struct {
		const char *group;
		int64_t rank;
	} rows[] = { { "/g", 2 }, { NULL, 1 }, { "/g", 2 }, { NULL, 3 }, { "/g", 2 }, { NULL, 4 } };
	static const int64_t resident[] = { 1, 9, 8, 7, 2, 3 };
	struct snapshot now = { .time = 0 };

	(void)state;
	snapshot_reset(&now);
	now.system.total = 1000 * MIB;
	now.system.swap_total = 0;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct process *row = snapshot_add_process(&now);

		row->pid = 10 + (int64_t)i;
		row->start_time = row->pid;
		row->virtual = row->resident = resident[i] * MIB;
		row->swap = row->page_tables = row->oom_adj = 0;
		row->oom_score = 666;
		row->oom_group = rows[i].group;
	}
	badness_rank(&now);
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(now.processes[i].rank, rows[i].rank);
	assert_int_equal(now.kill_order[0]->pid, 11);
	assert_int_equal(now.kill_order[1]->pid, 12); /* by its own badness within the group */
	assert_int_equal(now.kill_order[3]->pid, 10);
	assert_int_equal(now.kill_order[5]->pid, 15);
	snapshot_finish(&now);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mounts_of_the_memory_controller_are_found),
		TEST(the_whole_machine_has_its_sysctls),
		TEST(a_group_of_version_1_has_a_limit_for_both),
		TEST(a_group_of_version_2_has_a_limit_for_each),
		TEST(a_group_that_does_not_exist_has_no_candidates),
		TEST(members_of_an_oom_group_share_a_rank),
		cmocka_unit_test(a_group_dies_when_its_worst_member_would),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
