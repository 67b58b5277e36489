// SPDX-License-Identifier: GPL-3.0-or-later
#include "cgroup-world.h"

#include "base/clock.h"
#include "collect/cgroup-walk.h"
#include "collect/cgroups.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The sibling fills the pod: the limit less its own use would be 57M. */
static void
headroom_is_the_least_of_all_groups_above(void **state)
{
	struct cgroup_world *world = *state;
	const struct cgroup_charge *charge;

	cgroup_world_mount(world, 2, "/");
	cgroup_world_write(world, "kubepods.slice", "memory.max", "314572800\n", "memory.current",
		"67108864\n", NULL);
	cgroup_world_write(world, "kubepods.slice/pod", "memory.max", "67108864\n",
		"memory.current", "66985984\n", NULL);
	cgroup_world_write(world, "kubepods.slice/pod/aa", "memory.max", "67108864\n",
		"memory.current", "59768832\n", NULL);
	cgroup_world_write(world, "kubepods.slice/pod/bb", "memory.max", "max\n", "memory.current",
		"7217152\n", NULL);
	charge = cgroup_world_group(world, "/kubepods.slice/pod/bb");
	is_unlimited(charge->max);
	assert_int_equal(charge->effective, 64 * MIB);
	assert_string_equal(charge->limited_by, "/kubepods.slice/pod");
	assert_int_equal(charge->headroom, 120 * 1024);
	assert_int_equal(charge->full, 998); /* the pod, not what it uses of it itself */
	is_unknown(charge->full_workset);    /* there is no memory.stat */
	assert_int_equal(cgroup_world_find(world, "/kubepods.slice")->full, 213);
	is_unknown(cgroup_world_find(world, "/")->full);
	cgroup_world_write(world, "kubepods.slice/pod/bb", "memory.max", "0\n", NULL);
	assert_int_equal(cgroup_world_group(world, "/kubepods.slice/pod/bb")->full, 1000);
	cgroup_world_write(world, "kubepods.slice/pod/bb", "memory.max", "max\n", NULL);
	cgroup_world_read(world, CHARGE_NEEDS);
	charge = cgroup_world_find(world, "/kubepods.slice/pod/aa");
	assert_string_equal(charge->limited_by, "/kubepods.slice/pod/aa"); /* innermost of equals */
	assert_int_equal(charge->headroom, 120 * 1024);
	charge = cgroup_world_find(world, "/kubepods.slice/pod");
	assert_int_equal(charge->removed, 0);
	assert_int_equal(charge->below, 59768832 + 7217152);
}

/* The totals of a group are within those of the machine; what is not counted is unknown. */
static void
a_group_has_totals_as_a_machine_has(void **state)
{
	struct cgroup_world *world = *state;
	struct system *totals = &world->now.system;
	const struct cgroup_charge *charge;

	cgroup_world_mount(world, 2, "/");
	cgroup_world_write(world, "a", "memory.max", "104857600\n", "memory.current", "94371840\n",
		"memory.stat", "inactive_file 20971520\nactive_file 10485760\nfile 41943040\n",
		NULL);
	cgroup_world_write(world, "a/b", "memory.max", "max\n", "memory.current", "52428800\n",
		"memory.swap.max", "10485760\n", "memory.swap.current", "8388608\n", "memory.stat",
		"inactive_file 0\nactive_file 1048576\nslab_reclaimable 1048576\nfile 2097152\n"
		"shmem 1048576\nanon 41943040\n",
		NULL);
	charge = cgroup_world_group(world, "/a/b");
	assert_int_equal(charge->cache, 2 * MIB);
	assert_int_equal(charge->full, 900); /* of /a: 90 of 100 MiB, 70 without what is inactive */
	assert_int_equal(charge->full_workset, 700);
	assert_int_equal(
		charge->available, (10 + 30) * MIB); /* the cache of /a, with that of /a/b */
	totals->total = 1000 * MIB;
	totals->available = 35 * MIB;
	totals->free = 500 * MIB;
	totals->swap_total = 100 * MIB;
	totals->swap_free = 1 * MIB;
	totals->committed = 5;
	charge_as_totals(charge, totals);
	assert_int_equal(totals->total, 100 * MIB);
	assert_int_equal(totals->used, 50 * MIB);
	assert_int_equal(totals->free, 10 * MIB);
	assert_int_equal(totals->available, 35 * MIB);
	assert_int_equal(totals->shared, 1 * MIB);
	assert_int_equal(totals->buff_cache, 2 * MIB);
	assert_int_equal(totals->swap_total, 10 * MIB);
	assert_int_equal(totals->swap_used, 8 * MIB);
	assert_int_equal(totals->swap_free, 1 * MIB);
	is_unknown(totals->committed);
	assert_string_equal(totals->own.cgroup, "/a");
	assert_int_equal(totals->own.headroom, 40 * MIB);
}

static void
the_outermost_group_is_the_machine(void **state)
{
	struct cgroup_world *world = *state;
	struct system *totals = &world->now.system;

	cgroup_world_mount(world, 2, "/");
	cgroup_world_read(world, CHARGE_NEEDS);
	totals->total = 1000 * MIB;
	totals->committed = 5;
	charge_as_totals(cgroup_world_find(world, "/"), totals);
	assert_int_equal(totals->total, 1000 * MIB);
	assert_int_equal(totals->committed, 5);
	assert_null(totals->own.cgroup);
}

static void
one_group_is_read_with_those_above_it_only(void **state)
{
	struct cgroup_world *world = *state;
	struct snapshot *now = &world->now;

	cgroup_world_mount(world, 2, "/");
	cgroup_world_write(world, "a/b", "memory.current", "5\n", NULL);
	cgroup_world_write(world, "a/b/below", "memory.current", "3\n", NULL);
	cgroup_world_write(world, "a/beside", "memory.current", "2\n", NULL);
	snapshot_reset(now);
	now->bits = CHARGE_NEEDS;
	assert_int_equal(cgroups_read_one(world->reader, "/a/b", now), 0);
	assert_int_equal(now->charges.count, 3);
	assert_string_equal(charge_at(&now->charges, 2)->path, "/a/b");
	assert_int_equal(charge_at(&now->charges, 2)->current, 5);
	snapshot_reset(now);
	assert_int_equal(cgroups_read_one(world->reader, "/a/gone/b", now), -ENOENT);
	snapshot_reset(now);
	assert_int_equal(cgroups_read_one(world->reader, "/", now), 0);
	assert_int_equal(now->charges.count, 1);
}

static int64_t
read_anon(struct cgroup_world *world, int64_t seconds, bool exact)
{
	struct snapshot *now = &world->now;

	snapshot_reset(now);
	now->bits = CHARGE_NEEDS;
	now->monotonic = seconds * NS_PER_SEC;
	now->exact = exact;
	assert_int_equal(cgroups_read(world->reader, now), 0);
	return cgroup_world_find(world, "/g")->anon;
}

/* Reading it is most of what a refresh costs. */
static void
what_moves_with_the_usage_is_read_when_that_moves(void **state)
{
	struct cgroup_world *world = *state;
	int refreshes = 0;

	cgroup_world_mount(world, 2, "/");
	cgroup_world_write(
		world, "g", "memory.current", "65536\n", "memory.stat", "anon 4096\n", NULL);
	for (int i = 0; i < 3; i++) /* from the second one on the files stay open */
		assert_int_equal(read_anon(world, 1, false), 4096);
	cgroup_world_write(world, "g", "memory.stat", "anon 8192\n", NULL);
	while (read_anon(world, 1, false) != 8192)
		refreshes++;
	assert_in_range(refreshes, 1, 3);
	cgroup_world_write(world, "g", "memory.stat", "anon 12288\n", NULL);
	assert_int_equal(read_anon(world, 1, true), 12288);
	cgroup_world_write(world, "g", "memory.stat", "anon 16384\n", NULL);
	assert_int_equal(read_anon(world, 6, false), 16384);
	cgroup_world_write(
		world, "g", "memory.current", "69632\n", "memory.stat", "anon 20480\n", NULL);
	assert_int_equal(read_anon(world, 6, false), 20480);
}

/* A limit that was lowered below the use leaves no room, not less than none. */
static void
there_is_no_room_below_0(void **state)
{
	struct cgroup_world *world = *state;

	cgroup_world_mount(world, 2, "/");
	cgroup_world_write(world, "g", "memory.max", "4096\n", "memory.current", "8192\n",
		"memory.stat", "inactive_file 12288\nfile 12288\n", NULL);
	assert_int_equal(cgroup_world_group(world, "/g")->headroom, 0);
	assert_int_equal(cgroup_world_group(world, "/g")->workset, 0);
	assert_int_equal(
		cgroup_world_group(world, "/g")->file, 8192); /* no part is above its whole */
}

/* K4: in a namespace version 1 tells the limit of a group that cannot be seen. */
static void
a_hidden_limit_is_told_but_not_what_is_left_of_it(void **state)
{
	struct cgroup_world *world = *state;
	const struct cgroup_charge *charge;

	cgroup_world_mount(world, 1, "/");
	cgroup_world_write(world, "g", "memory.limit_in_bytes", "9223372036854771712\n",
		"memory.usage_in_bytes", "4096\n", "memory.stat",
		"hierarchical_memory_limit 314572800\n", NULL);
	charge = cgroup_world_group(world, "/g");
	is_unlimited(charge->max);
	assert_int_equal(charge->effective, 300 * MIB);
	assert_string_equal(charge->limited_by, "hidden");
	is_unknown(charge->full);
	is_unknown(charge->headroom);
}

/* Before Linux 5.11: memory.use_hierarchy 0. */
static void
without_hierarchy_only_its_own_limit_counts(void **state)
{
	struct cgroup_world *world = *state;
	const struct cgroup_charge *charge;

	cgroup_world_mount(world, 1, "/");
	cgroup_world_write(world, "a", "memory.limit_in_bytes", "1048576\n",
		"memory.usage_in_bytes", "4096\n", "memory.stat",
		"hierarchical_memory_limit 1048576\n", NULL);
	cgroup_world_write(world, "a/b", "memory.limit_in_bytes", "8388608\n",
		"memory.usage_in_bytes", "2097152\n", "memory.stat",
		"hierarchical_memory_limit 8388608\n", NULL);
	charge = cgroup_world_group(world, "/a/b");
	assert_int_equal(charge->effective, 8 * MIB);
	assert_int_equal(charge->headroom, 6 * MIB);
	assert_string_equal(charge->limited_by, "/a/b");
}

/*
 * Version 1 has the least limit in memory.stat, which is read anyway: the own limits are read only
 * to show them, and make no difference to the others.
 */
static void
version_1_tells_the_least_limit_without_the_own_ones(void **state)
{
	static const uint64_t needs[] = { NEED_CHARGE | NEED_CHARGE_MAX, CHARGE_NEEDS };
	static const struct {
		const char *group, *limit, *usage, *stat;
		int64_t effective, headroom;
	} groups[] = {
		{ "a", "9223372036854771712\n", "9000000\n",
			"hierarchical_memory_limit 9223372036854771712\n", UNLIMITED, UNLIMITED },
		{ "a/b", "8000000\n", "7000000\n", "hierarchical_memory_limit 8000000\n", 8000000,
			1000000 },
		{ "a/b/c", "9000000\n", "5\n", "hierarchical_memory_limit 8000000\n", 8000000,
			1000000 },
		{ "a/b/d", "8000000\n", "6\n", "hierarchical_memory_limit 8000000\n", 8000000,
			1000000 },
		{ "a/b/e", "400000\n", "400\n", "hierarchical_memory_limit 400000\n", 400000,
			399600 },
	};
	struct cgroup_world *world = *state;

	cgroup_world_mount(world, 1, "/");
	cgroup_world_write(world, "", "memory.limit_in_bytes", "9223372036854771712\n", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		cgroup_world_write(world, groups[i].group, "memory.limit_in_bytes", groups[i].limit,
			"memory.usage_in_bytes", groups[i].usage, "memory.stat", groups[i].stat,
			NULL);
	for (size_t i = 0; i < 2 * ARRAY_SIZE(groups); i++) {
		const struct cgroup_charge *charge;
		char path[16];

		cgroup_world_read(world, needs[i % 2]);
		snprintf(path, sizeof(path), "/%s", groups[i / 2].group);
		charge = cgroup_world_find(world, path);
		assert_true(charge->effective == groups[i / 2].effective);
		assert_true(charge->headroom == groups[i / 2].headroom);
		assert_int_equal(charge->max != UNKNOWN, i % 2);
	}
}

/* F7 */
static void
memory_of_removed_groups_is_what_those_below_do_not_hold(void **state)
{
	struct cgroup_world *world = *state;

	cgroup_world_mount(world, 2, "/");
	cgroup_world_number(world, "p", "memory.current", 50 * MIB);
	cgroup_world_number(world, "p/a", "memory.current", 30 * MIB);
	cgroup_world_number(world, "p/b", "memory.current", 10 * MIB);
	assert_int_equal(cgroup_world_group(world, "/p")->removed, 10 * MIB);
	cgroup_world_number(
		world, "p/b", "memory.current", 21 * MIB); /* it grew while all was read */
	assert_int_equal(cgroup_world_group(world, "/p")->removed, 0);
	cgroup_world_write(world, "p/b", "memory.current", "?\n", NULL);
	is_unknown(cgroup_world_group(world, "/p")->removed);
	cgroup_world_number(world, "p/b", "memory.current", 10 * MIB);
	cgroup_world_write(world, "p", "cgroup.procs", "1\n", NULL);
	is_unknown(cgroup_world_group(world, "/p")->removed);
}

static void
a_limit_that_cannot_be_read_is_not_no_limit(void **state)
{
	struct cgroup_world *world = *state;
	const struct cgroup_charge *charge;

	cgroup_world_mount(world, 2, "/");
	cgroup_world_write(world, "a", "memory.max", "12\r\n", "memory.current", "5\n", NULL);
	cgroup_world_write(world, "a/b", "memory.max", "4096\n", "memory.current", "5\n", NULL);
	charge = cgroup_world_group(world, "/a/b");
	assert_int_equal(charge->max, 4096);
	is_unknown(charge->effective);
	is_unknown(charge->headroom);
	assert_null(charge->limited_by);
}

static void
groups_may_be_60_levels_deep_but_not_100(void **state)
{
	struct cgroup_world *world = *state;
	char path[512] = "";
	const struct hint *hint;

	cgroup_world_mount(world, 2, "/");
	for (int i = 1; i < 100; i++) {
		snprintf(path + strlen(path), sizeof(path) - strlen(path), "/d");
		cgroup_world_number(world, path, "memory.current", 1000 - i);
		if (i != 60)
			continue;
		assert_int_equal(cgroup_world_group(world, path)->depth, 60);
		assert_int_equal(world->now.charges.count, 61);
		assert_int_equal(world->now.hint_count, 0);
	}
	cgroup_world_read(world, CHARGE_NEEDS);
	assert_int_equal(world->now.charges.count, CGROUPS_MOST_DEEP);
	hint = snapshot_find_hint(&world->now, NEED_CHARGE);
	assert_non_null(hint);
	assert_int_equal(hint->error, E2BIG);
	/* what the last one holds beside those that were left out is not known */
	is_unknown(charge_at(&world->now.charges, CGROUPS_MOST_DEEP - 1)->removed);
}

/* The bound counts folders, before anything in them is read. */
static void
more_groups_than_the_bound_are_left_out(void **state)
{
	struct cgroup_world *world = *state;

	cgroup_world_mount(world, 2, "/");
	for (int i = 0; i < CGROUPS_MOST; i++) {
		char path[64];

		snprintf(path, sizeof(path), "memory/g%d", i);
		assert_int_equal(mkdirat(world->tree.fd, path, 0755), 0);
	}
	cgroup_world_number(world, "", "memory.current", 5);
	cgroup_world_read(world, NEED_CHARGE | NEED_CHARGE_REST);
	assert_int_equal(world->now.charges.count, 1);
	is_unknown(charge_at(&world->now.charges, 0)->below);
	assert_int_equal(world->now.hints[0].error, E2BIG);
}

/* Names are bytes: a newline, quotes, what is not UTF-8, a dot in front (".lxc"). */
static void
any_name_is_a_group(void **state)
{
	static const char *const names[] = { "a\nb", "\"'\\", "\xff\xfe", ".lxc", "...", " ",
		"memory.current.d", "\x1b[31m" };
	struct cgroup_world *world = *state;

	cgroup_world_mount(world, 2, "/");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		cgroup_world_number(world, names[i], "memory.current", (int64_t)i);
	cgroup_world_read(world, CHARGE_NEEDS);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char path[64];

		snprintf(path, sizeof(path), "/%s", names[i]);
		assert_int_equal(cgroup_world_find(world, path)->current, i);
	}
	assert_int_equal(world->now.charges.count, ARRAY_SIZE(names) + 1);
}

/* K9: nothing is left of it, not even cgroup.procs. Those below it are not found either. */
static void
a_group_that_is_removed_meanwhile_is_left_out(void **state)
{
	struct cgroup_world *world = *state;

	cgroup_world_mount(world, 2, "/");
	cgroup_world_number(world, "p", "memory.current", 30);
	cgroup_world_number(world, "p/a", "memory.current", 20);
	tree_write(&world->tree, "memory/p/gone/other", "");
	cgroup_world_read(world, CHARGE_NEEDS);
	assert_int_equal(world->now.charges.count, 3);
	assert_int_equal(world->now.hint_count, 0);
	assert_int_equal(cgroup_world_find(world, "/p")->removed, 10);
}

/* Reads again and says which groups are there, by the last letter of each. */
static void
groups_are(struct cgroup_world *world, const char *letters)
{
	size_t length = strlen(letters);

	cgroup_world_read(world, NEED_CHARGE);
	assert_int_equal(world->now.charges.count, length + 1);
	for (size_t i = 1; i <= length; i++) {
		const char *path = charge_at(&world->now.charges, i)->path;

		assert_non_null(strchr(letters, path[strlen(path) - 1]));
	}
}

static void
remove_group(struct cgroup_world *world, const char *group)
{
	static const char *const names[] = { "/memory.current", "/cgroup.procs", "" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char path[64];

		snprintf(path, sizeof(path), "memory/%s%s", group, names[i]);
		assert_int_equal(unlinkat(world->tree.fd, path, *names[i] ? 0 : AT_REMOVEDIR), 0);
	}
}

/* From the second refresh on files stay open, and folders are listed only where links changed. */
static void
groups_come_and_go_from_refresh_to_refresh(void **state)
{
	struct cgroup_world *world = *state;

	cgroup_world_mount(world, 2, "/");
	cgroup_world_number(world, "", "memory.current", 9);
	cgroup_world_number(world, "p", "memory.current", 5);
	cgroup_world_number(world, "p/a", "memory.current", 1);
	cgroup_world_number(world, "p/b", "memory.current", 2);
	for (int i = 0; i < 3; i++)
		groups_are(world, "pab");
	cgroup_world_number(world, "p/a", "memory.current", 3);
	cgroup_world_number(world, "p/c", "memory.current", 1);
	groups_are(world, "pabc");
	assert_int_equal(cgroup_world_find(world, "/p/a")->current, 3);
	assert_int_equal(cgroup_world_find(world, "/p")->below, 6);
	remove_group(world, "p/a");
	cgroup_world_number(world, "p/d", "memory.current", 1); /* as many links as before */
	groups_are(world, "pbcd");
	remove_group(world, "p/b");
	cgroup_world_number(world, "p/b", "memory.current", 7); /* a service has been restarted */
	groups_are(world, "pcdb");
	assert_int_equal(cgroup_world_find(world, "/p/b")->current, 7);
	cgroup_world_number(world, "p/b/e", "memory.current", 1);
	groups_are(world, "pcdbe");
	remove_group(world, "p/b/e");
	remove_group(world, "p/b");
	groups_are(world, "pcd");
	cgroups_close(world->reader);
	groups_are(world, "pcd");
}

/* A pod ends between it and its container: that is no error, and there is a controller. */
static void
groups_that_are_removed_in_the_middle_of_a_walk_are_no_error(void **state)
{
	struct cgroup_world *world = *state;
	struct cgroup_walk *walk = cgroup_walk_create(world->cgroups, true);
	struct cgroup_found *found;

	cgroup_world_mount(world, 2, "/");
	cgroup_world_number(world, "p", "memory.current", 5);
	cgroup_world_number(world, "p/c", "memory.current", 5);
	assert_int_equal(cgroup_walk_begin(walk), 0);
	while ((found = cgroup_walk_next(walk))) {
		found->row = 0;
		if (strcmp(found->path, "/p") != 0)
			continue;
		remove_group(world, "p/c");
		remove_group(world, "p");
	}
	assert_int_equal(cgroup_walk_error(walk), 0);
	cgroup_walk_destroy(walk);
}

/* Reads again and again with few descriptors, which no one may raise. Returns an exit status. */
static int
read_with_few_descriptors(struct cgroup_world *world)
{
	const struct rlimit few = { 270, 270 };

	if (setrlimit(RLIMIT_NOFILE, &few) < 0)
		return 1;
	for (int i = 0; i < 4; i++) {
		snapshot_reset(&world->now);
		world->now.bits = NEED_CHARGE;
		if (cgroups_read(world->reader, &world->now) < 0 ||
			world->now.charges.count != 401 || world->now.hint_count > 0 ||
			charge_at(&world->now.charges, 0)->below != 400 * 399 / 2)
			return 2 + i;
	}
	return 0;
}

/* The first groups keep theirs, and all are read. */
static void
few_descriptors_are_enough(void **state)
{
	struct cgroup_world *world = *state;
	int status = 0;
	pid_t child;

	cgroup_world_mount(world, 2, "/");
	cgroup_world_number(world, "", "memory.current", 5);
	for (int i = 0; i < 400; i++) {
		char path[32];

		snprintf(path, sizeof(path), "g%d", i);
		cgroup_world_number(world, path, "memory.current", i);
	}
	child = fork();
	if (child == 0)
		_exit(read_with_few_descriptors(world));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* A container may have its own group mounted under the path that the host knows. */
static void
names_begin_with_the_mounted_group(void **state)
{
	struct cgroup_world *world = *state;

	cgroup_world_mount(world, 2, "/machine.slice/one.scope");
	cgroup_world_number(world, "", "memory.current", 8192);
	cgroup_world_number(world, "a/b", "memory.current", 4096);
	assert_int_equal(cgroup_world_group(world, "/machine.slice/one.scope")->depth, 0);
	assert_int_equal(cgroup_world_find(world, "/machine.slice/one.scope/a/b")->current, 4096);
	assert_int_equal(cgroup_world_find(world, "/machine.slice/one.scope/a/b")->depth, 2);
}

static void
without_a_memory_controller_there_is_none(void **state)
{
	struct cgroup_world *world = *state;

	tree_write(&world->tree, "self/mountinfo", "1 1 0:1 / / rw - ext4 none rw\n");
	snapshot_reset(&world->now);
	assert_int_equal(cgroups_read(world->reader, &world->now), -ENOENT);
	assert_int_equal(world->now.charges.count, 0);
}

/* Every parent is before its children, and depth counts from it. */
static void
parents_come_first(void **state)
{
	struct cgroup_world *world = *state;
	static const char *const groups[] = { "b/c/d", "a/x", "b/a", "a/y/z", "c" };

	cgroup_world_mount(world, 2, "/");
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		cgroup_world_number(world, groups[i], "memory.current", 1);
	cgroup_world_read(world, NEED_CHARGE);
	assert_int_equal(world->now.charges.count, 10);
	for (size_t i = 1; i < world->now.charges.count; i++) {
		const struct cgroup_charge *charge = charge_at(&world->now.charges, i);

		assert_in_range(charge->parent, 0, i - 1);
		assert_int_equal(charge->depth,
			charge_at(&world->now.charges, (size_t)charge->parent)->depth + 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CGROUP_TEST(headroom_is_the_least_of_all_groups_above),
		CGROUP_TEST(a_group_has_totals_as_a_machine_has),
		CGROUP_TEST(the_outermost_group_is_the_machine),
		CGROUP_TEST(one_group_is_read_with_those_above_it_only),
		CGROUP_TEST(what_moves_with_the_usage_is_read_when_that_moves),
		CGROUP_TEST(there_is_no_room_below_0),
		CGROUP_TEST(a_hidden_limit_is_told_but_not_what_is_left_of_it),
		CGROUP_TEST(without_hierarchy_only_its_own_limit_counts),
		CGROUP_TEST(version_1_tells_the_least_limit_without_the_own_ones),
		CGROUP_TEST(memory_of_removed_groups_is_what_those_below_do_not_hold),
		CGROUP_TEST(a_limit_that_cannot_be_read_is_not_no_limit),
		CGROUP_TEST(groups_may_be_60_levels_deep_but_not_100),
		CGROUP_TEST(more_groups_than_the_bound_are_left_out),
		CGROUP_TEST(any_name_is_a_group),
		CGROUP_TEST(groups_come_and_go_from_refresh_to_refresh),
		CGROUP_TEST(groups_that_are_removed_in_the_middle_of_a_walk_are_no_error),
		CGROUP_TEST(few_descriptors_are_enough),
		CGROUP_TEST(a_group_that_is_removed_meanwhile_is_left_out),
		CGROUP_TEST(names_begin_with_the_mounted_group),
		CGROUP_TEST(without_a_memory_controller_there_is_none),
		CGROUP_TEST(parents_come_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
