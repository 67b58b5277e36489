// SPDX-License-Identifier: GPL-3.0-or-later
#include "world.h"

#include "collect/cgroup-tree.h"
#include "collect/oom-scope.h"
#include "model/badness.h"
#include "model/oom-domain.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MIB (INT64_C(1) << 20)

static const char mounts_v1[] = "22 21 0:20 / /proc rw - proc proc rw\n"
				"30 21 0:28 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
				"31 21 0:30 / %s/memory%s rw shared:9 - cgroup cgroup rw,memory\n"
				"32 21 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
static const char mounts_v1_of[] = "31 21 0:30 %s %s/memory rw - cgroup cgroup rw,memory\n";
static const char mounts_v2[] = "22 21 0:20 / /proc rw - proc proc rw\n"
				"32 21 0:29 %s %s/memory rw shared:4 master:1 - cgroup2 none rw\n";

static void
write_mounts(const struct world *world, const char *format, const char *first, const char *second)
{
	char text[1024];

	snprintf(text, sizeof(text), format, first, second);
	tree_write(&world->tree, "self/mountinfo", text);
}

/*
 * A scope read over the tree of the test, on a machine with so much swap, and the limit of a
 * process in that cgroup.
 */
static int
read_scope(const struct world *world, const char *cgroup, int64_t swap, struct snapshot *now)
{
	struct cgroup_tree *tree = cgroup_tree_create(world->tree.fd);
	struct oom_scope *scope = oom_scope_create(world->tree.fd, tree);
	int error;

	snapshot_reset(now);
	now->system.total = 1000 * MIB;
	now->system.swap_total = now->system.swap_free = swap;
	error = oom_scope_read(scope, cgroup, now);
	if (!cgroup)
		oom_scope_read_own(scope, now);
	if (cgroup && error == 0)
		oom_scope_find_limit(scope, cgroup, now, &now->focus_limit);
	oom_scope_destroy(scope);
	cgroup_tree_destroy(tree);
	return error;
}

/* Makes the tree's process one of a cgroup namespace that is not the machine's. */
static void
enter_namespace(const struct world *world)
{
	tree_write(&world->tree, "self/ns/mnt", "");
	assert_int_equal(symlinkat("cgroup:[4026532131]", world->tree.fd, "self/ns/cgroup"), 0);
}

static void
says(const struct snapshot *now, const char *sentence)
{
	char text[512];

	oom_domain_say(&now->system, CHARSET_ASCII, SCALE_HUMAN, text, sizeof(text));
	assert_string_equal(text, sentence);
}

static void
F1_a_limit_of_an_ancestor_is_the_domain_in_version_1(void **state)
{
	struct world *world = *state;
	struct snapshot now = { .time = 0 };

	write_mounts(world, mounts_v1, world->tree.path, "");
	tree_write(&world->tree, "memory/memory.limit_in_bytes", "9223372036854771712\n");
	tree_write(&world->tree, "memory/a/memory.limit_in_bytes", "314572800\n");
	tree_write(&world->tree, "memory/a/memory.usage_in_bytes", "104857600\n");
	tree_write(&world->tree, "memory/a/memory.stat",
		"inactive_file 7\nhierarchical_memory_limit 1\ntotal_inactive_file 1048576\n"
		"total_active_file 3145728\n");
	tree_write(&world->tree, "memory/a/b/memory.limit_in_bytes", "9223372036854771712\n");
	assert_int_equal(read_scope(world, "/a/b", 0, &now), 0);
	assert_string_equal(now.system.oom_asked, "/a/b");
	assert_string_equal(now.system.oom_scope, "/a");
	assert_int_equal(now.system.oom_limit, 300 * MIB);
	assert_int_equal(now.system.oom_headroom, 204 * MIB);
	assert_int_equal(now.system.oom_total, 300 * MIB);
	assert_int_equal(now.system.oom_hidden, 0);
	assert_string_equal(now.focus_limit.cgroup, "/a");
	assert_int_equal(now.focus_limit.max, 300 * MIB);
	assert_int_equal(now.focus_limit.headroom, 204 * MIB);
	assert_string_equal(badness_scope_of(&now).cgroup, "/a");
	says(&now, "memory cgroup /a/b, would be killed within /a (300M), its ancestor, with swap "
		   "300M");
	tree_write(&world->tree, "memory/a/memory.use_hierarchy", "0\n"); /* before Linux 5.11 */
	assert_int_equal(read_scope(world, "/a/b", 0, &now), 0);
	assert_string_equal(now.system.oom_scope, "machine");
	assert_null(now.focus_limit.cgroup);
	now.system.oom_total = 1000 * MIB;
	says(&now, "memory cgroup /a/b, no limit on it or above it: the machine, memory and swap "
		   "1.0G");
	assert_null(badness_scope_of(&now).cgroup);
	snapshot_finish(&now);
}

static void
F1_a_limit_of_an_ancestor_is_the_domain_in_version_2(void **state)
{
	struct world *world = *state;
	struct snapshot now = { .time = 0 };

	write_mounts(world, mounts_v2, "/", world->tree.path);
	tree_write(&world->tree, "self/cgroup", "0::/a/b/c\n");
	tree_write(&world->tree, "sys/vm/swappiness", "60\n");
	tree_write(&world->tree, "memory/cgroup.procs", "");
	tree_write(&world->tree, "memory/a/memory.max", "104857600\n");
	tree_write(&world->tree, "memory/a/memory.current", "94371840\n");
	tree_write(&world->tree, "memory/a/memory.swap.max", "0\n");
	tree_write(&world->tree, "memory/a/b/memory.max", "max\n");
	tree_write(&world->tree, "memory/a/b/c/cgroup.procs", ""); /* no controller is enabled */
	assert_int_equal(read_scope(world, "/a/b/c", 500 * MIB, &now), 0);
	assert_string_equal(now.system.oom_scope, "/a");
	assert_int_equal(now.system.oom_headroom, 10 * MIB);
	assert_int_equal(now.system.oom_total, 100 * MIB);
	tree_write(&world->tree, "memory/a/b/memory.max", "52428800\n");
	tree_write(&world->tree, "memory/a/b/memory.current", "47185920\n");
	assert_int_equal(read_scope(world, "/a/b/c", 500 * MIB, &now), 0);
	assert_string_equal(now.system.oom_scope, "/a/b");
	assert_int_equal(now.system.oom_headroom, 5 * MIB);
	assert_int_equal(now.system.oom_total, 550 * MIB);
	assert_true(now.system.own.max == UNKNOWN);
	assert_int_equal(read_scope(world, NULL, 0, &now), 0);
	assert_string_equal(now.system.oom_scope, "machine");
	assert_string_equal(now.system.own_cgroup, "/a/b/c");
	assert_int_equal(now.system.own.max, 50 * MIB);
	assert_string_equal(now.system.own.cgroup, "/a/b");
	assert_int_equal(now.system.own.headroom, 5 * MIB);
	assert_int_equal(read_scope(world, "/", 0, &now), 0);
	assert_string_equal(now.system.oom_scope, "machine");
	assert_null(now.system.oom_asked);
	snapshot_finish(&now);
}

static void
F2_the_root_of_a_namespace_is_not_the_machine(void **state)
{
	struct world *world = *state;
	struct snapshot now = { .time = 0 };
	char note[256];

	write_mounts(world, mounts_v2, "/", world->tree.path);
	enter_namespace(world);
	tree_write(&world->tree, "self/cgroup", "0::/\n");
	tree_write(&world->tree, "memory/memory.max", "83886080\n");
	tree_write(&world->tree, "memory/memory.current", "3886080\n");
	assert_int_equal(read_scope(world, "/", 0, &now), 0);
	assert_string_equal(now.system.oom_scope, "/");
	assert_int_equal(now.system.oom_limit, 80 * MIB);
	assert_int_equal(now.system.oom_hidden, 1);
	says(&now, "memory cgroup /, with swap 80.0M");
	assert_true(oom_domain_note(&now.system, CHARSET_ASCII, SCALE_HUMAN, note, sizeof(note)));
	assert_int_equal(read_scope(world, NULL, 0, &now), 0);
	assert_int_equal(now.system.own.max, 80 * MIB);
	assert_true(oom_domain_note(&now.system, CHARSET_ASCII, SCALE_HUMAN, note, sizeof(note)));
	assert_string_equal(note, "A limit of 80.0M applies to memtop's own memory cgroup /: "
				  "--cgroup shows who dies there.");
	tree_write(&world->tree, "memory/memory.max", "max\n");
	assert_int_equal(read_scope(world, "/", 0, &now), 0);
	assert_string_equal(now.system.oom_scope, "machine");
	now.system.oom_total = 1000 * MIB;
	says(&now, "memory cgroup /, no limit is visible from here: the machine, memory and swap "
		   "1.0G");
	now.system.oom_scope = NULL; /* a recording may lack it */
	now.system.oom_limit = 80 * MIB;
	says(&now, "memory cgroup /, no limit is visible from here: the machine, memory and swap "
		   "1.0G");
	now.system.own_cgroup = NULL;
	assert_true(oom_domain_note(&now.system, CHARSET_ASCII, SCALE_HUMAN, note, sizeof(note)));
	snapshot_finish(&now);
}

static void
K4_version_1_tells_of_limits_above_the_namespace(void **state)
{
	struct world *world = *state;
	struct snapshot now = { .time = 0 };

	write_mounts(world, mounts_v1_of, "/", world->tree.path);
	enter_namespace(world);
	tree_write(&world->tree, "memory/memory.limit_in_bytes", "9223372036854771712\n");
	tree_write(&world->tree, "memory/memory.usage_in_bytes", "104857600\n");
	tree_write(&world->tree, "memory/memory.stat",
		"cache 1\nhierarchical_memory_limit 314572800\n"
		"hierarchical_memsw_limit 9223372036854771712\n");
	tree_write(&world->tree, "memory/a/memory.limit_in_bytes", "524288000\n");
	tree_write(&world->tree, "memory/a/memory.usage_in_bytes", "4096\n");
	assert_int_equal(read_scope(world, "/a", 0, &now), 0);
	assert_string_equal(now.system.oom_scope, "hidden");
	assert_int_equal(now.system.oom_limit, 300 * MIB);
	assert_int_equal(now.system.oom_headroom, 200 * MIB);
	assert_null(badness_scope_of(&now).cgroup);
	assert_int_equal(badness_scope_of(&now).total, 300 * MIB);
	assert_false(oom_domain_is_machine(&now.system));
	says(&now, "memory cgroup /a, would be killed by a limit above what is visible from here, "
		   "with swap 300M");
	snapshot_finish(&now);
}

/* The mount was made outside: its root is the machine's, and this process is found in it. */
static void
F3_groups_of_a_mount_from_outside_are_named_as_they_stand_there(void **state)
{
	struct world *world = *state;
	struct snapshot now = { .time = 0 };
	char text[64];

	write_mounts(world, mounts_v2, "/../..", world->tree.path);
	enter_namespace(world);
	tree_write(&world->tree, "self/cgroup", "0::/in\n");
	snprintf(text, sizeof(text), "7\n%d\n", getpid());
	tree_write(&world->tree, "memory/system.slice/db.service/memory.max", "83886080\n");
	tree_write(&world->tree, "memory/machine.slice/b.scope/in/cgroup.procs", "1\n");
	tree_write(&world->tree, "memory/machine.slice/a.scope/in/cgroup.procs", text);
	tree_write(&world->tree, "memory/machine.slice/a.scope/in/memory.max", "41943040\n");
	tree_write_process(
		&world->tree, &(struct tree_process){ .pid = 10, .comm = "x", .start_time = 1 });
	tree_write(&world->tree, "10/cgroup", "0::/../../system.slice/db.service\n");
	tree_write_process(
		&world->tree, &(struct tree_process){ .pid = 11, .comm = "x", .start_time = 1 });
	tree_write(&world->tree, "11/cgroup", "0::/in\n");
	world->needs.bits = NEED_BADNESS;
	assert_string_equal(snapshot_find_process(world_refresh(world), 10)->place->cgroup,
		"/system.slice/db.service");
	assert_string_equal(snapshot_find_process(world_refresh(world), 11)->place->cgroup,
		"/machine.slice/a.scope/in");
	assert_int_equal(read_scope(world, "/system.slice/db.service", 0, &now), 0);
	assert_int_equal(now.system.oom_limit, 80 * MIB);
	assert_int_equal(read_scope(world, "/../../system.slice/db.service", 0, &now), 0);
	assert_string_equal(now.system.oom_scope, "/system.slice/db.service");
	assert_int_equal(read_scope(world, "/machine.slice/a.scope/in", 0, &now), 0);
	assert_int_equal(now.system.oom_limit, 40 * MIB);
	assert_int_equal(read_scope(world, "/../../../elsewhere", 0, &now), -ENOENT);
	snapshot_finish(&now);
}

/* A folder that was mounted from elsewhere, without a namespace: /proc names all in full. */
static void
F2_the_root_of_a_part_that_is_mounted_is_a_group_too(void **state)
{
	struct world *world = *state;
	struct snapshot now = { .time = 0 };

	write_mounts(world, mounts_v1_of, "/docker/1", world->tree.path);
	tree_write(&world->tree, "memory/memory.limit_in_bytes", "209715200\n");
	tree_write(&world->tree, "memory/in/memory.limit_in_bytes", "9223372036854771712\n");
	for (const char *const *way =
			(const char *const[]){ "/", "/docker/1", "/docker/1/in", "in", NULL };
		*way; way++) {
		assert_int_equal(read_scope(world, *way, 0, &now), 0);
		assert_string_equal(now.system.oom_scope, "/docker/1");
		assert_int_equal(now.system.oom_limit, 200 * MIB);
	}
	assert_int_equal(read_scope(world, "/docker/2", 0, &now), -ENOENT);
	snapshot_finish(&now);
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
	struct process_place place = { .cgroup = "/a" };
	struct process process = { .place = &place };

	assert_int_equal(read_scope(world, "/nowhere", 0, &now), -ENOENT); /* no mountinfo */
	write_mounts(world, mounts_v2, "/", world->tree.path);
	assert_int_equal(read_scope(world, "/nowhere", 0, &now), -ENOENT);
	scope = badness_scope_of(&now);
	assert_false(badness_is_candidate(&scope, &process));
	place.cgroup = "/nowhere/below";
	assert_true(badness_is_candidate(&scope, &process));
	place.cgroup = "/nowhere-else";
	assert_false(badness_is_candidate(&scope, &process));
	place.cgroup = NULL;
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
	now = world_refresh(world);
	assert_string_equal(snapshot_find_process(now, 10)->extras->oom_group, "/a/b");
	assert_string_equal(snapshot_find_process(now, 12)->extras->oom_group, "/a/b");
	assert_null(snapshot_find_process(now, 11)->extras->oom_group);
	assert_null(snapshot_find_process(now, 14)->extras->oom_group);
	tree_write(&world->tree, "memory/a/b/c/memory.max", "1048576\n");
	world->needs.scope = "/a/b/c";
	now = world_refresh(world);
	assert_string_equal(snapshot_find_process(now, 10)->extras->oom_group, "/a/b/c");
	assert_null(snapshot_find_process(now, 12)->extras->oom_group);
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

	snapshot_reset(&now);
	now.system.total = 1000 * MIB;
	now.system.swap_total = 0;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct process *row = snapshot_add_process(&now);

		row->pid = 10 + (int64_t)i;
		row->start_time = row->pid;
		row->virtual = row->resident = resident[i] * MIB;
		row->swap = row->page_tables = row->oom_adj = 0;
		row->oom_score = 666;
		snapshot_extras(&now, row)->oom_group = rows[i].group;
	}
	badness_rank(&now);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(now.processes[i].rank, rows[i].rank);
	assert_int_equal(now.kill_order[0]->pid, 11);
	assert_int_equal(now.kill_order[1]->pid, 12); /* by its own badness within the group */
	assert_int_equal(now.kill_order[3]->pid, 10);
	assert_int_equal(now.kill_order[5]->pid, 15);
	snapshot_finish(&now);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(F1_a_limit_of_an_ancestor_is_the_domain_in_version_1),
		TEST(F1_a_limit_of_an_ancestor_is_the_domain_in_version_2),
		TEST(F2_the_root_of_a_namespace_is_not_the_machine),
		TEST(K4_version_1_tells_of_limits_above_the_namespace),
		TEST(F3_groups_of_a_mount_from_outside_are_named_as_they_stand_there),
		TEST(F2_the_root_of_a_part_that_is_mounted_is_a_group_too),
		TEST(the_whole_machine_has_its_sysctls),
		TEST(a_group_of_version_1_has_a_limit_for_both),
		TEST(a_group_of_version_2_has_a_limit_for_each),
		TEST(a_group_that_does_not_exist_has_no_candidates),
		TEST(members_of_an_oom_group_share_a_rank),
		cmocka_unit_test(a_group_dies_when_its_worst_member_would),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
