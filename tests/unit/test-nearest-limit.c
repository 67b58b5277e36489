// SPDX-License-Identifier: GPL-3.0-or-later
#include "world.h"

#include "collect/cgroup-tree.h"
#include "collect/nearest-limit.h"

#include <stdio.h>
#include <string.h>

#define MIB (INT64_C(1) << 20)

struct test {
	struct world *world;
	struct cgroup_tree *tree;
	struct nearest_limit_reader *reader;
	struct snapshot now;
};

static int
set_up(void **state)
{
	struct test *test = test_calloc(1, sizeof(*test));

	world_set_up((void **)&test->world);
	test->tree = cgroup_tree_create(test->world->tree.fd);
	test->reader = nearest_limit_create(test->world->tree.fd, test->tree);
	tree_write(&test->world->tree, "sys/vm/swappiness", "60\n");
	*state = test;
	return 0;
}

static int
tear_down(void **state)
{
	struct test *test = *state;

	nearest_limit_destroy(test->reader);
	cgroup_tree_destroy(test->tree);
	snapshot_finish(&test->now);
	world_tear_down((void **)&test->world);
	test_free(test);
	return 0;
}

static void
mount(struct test *test, const char *format)
{
	char text[512];

	snprintf(text, sizeof(text), format, test->world->tree.path);
	tree_write(&test->world->tree, "self/mountinfo", text);
}

static void
write_number(struct test *test, const char *group, const char *file, int64_t number)
{
	char path[256], text[32];

	snprintf(path, sizeof(path), "memory/%s/%s", group, file);
	snprintf(text, sizeof(text), "%lld\n", (long long)number);
	tree_write(&test->world->tree, path, text);
}

/* A group of version 2 with so many MiB. */
static void
make_group(struct test *test, const char *group, int64_t max, int64_t current, int64_t cache)
{
	char path[256], text[64];

	write_number(test, group, "memory.max", max * MIB);
	write_number(test, group, "memory.current", current * MIB);
	write_number(test, group, "memory.swap.max", 0);
	snprintf(path, sizeof(path), "memory/%s/memory.stat", group);
	snprintf(text, sizeof(text), "inactive_file %lld\n", (long long)(cache * MIB));
	tree_write(&test->world->tree, path, text);
}

static const struct nearest_limit *
read_at(struct test *test, int64_t second)
{
	snapshot_reset(&test->now);
	test->now.monotonic = second * NS_PER_SEC;
	test->now.system.total = 1000 * MIB;
	test->now.system.swap_total = test->now.system.swap_free = 0;
	assert_int_equal(nearest_limit_read(test->reader, &test->now), 0);
	return &test->now.system.nearest;
}

static const char version_1[] = "31 21 0:30 / %s/memory rw - cgroup cgroup rw,memory\n";
static const char version_2[] = "32 21 0:29 / %s/memory rw - cgroup2 none rw\n";

static void
the_group_with_the_least_share_left_is_named(void **state)
{
	struct test *test = *state;
	const struct nearest_limit *nearest;

	mount(test, version_2);
	make_group(test, "db", 500, 450, 0);
	make_group(test, "web", 100, 96, 0);
	make_group(test, "web/cache", 200, 199, 150); /* it can give most back */
	make_group(test, "huge", 9000, 990, 0);       /* it is never reached */
	tree_write(&test->world->tree, "memory/free/memory.max", "max\n");
	nearest = read_at(test, 1);
	assert_string_equal(nearest->cgroup, "/web");
	assert_int_equal(nearest->max, 100 * MIB);
	assert_int_equal(nearest->headroom, 4 * MIB);
	write_number(test, "db", "memory.current", 499 * MIB);
	nearest = read_at(test, 2);
	assert_string_equal(nearest->cgroup, "/db");
	assert_int_equal(nearest->headroom, 1 * MIB);
}

/* Before the next walk, too. */
static void
a_limit_that_was_changed_is_told_as_it_is(void **state)
{
	struct test *test = *state;
	const struct nearest_limit *nearest;

	mount(test, version_2);
	make_group(test, "db", 100, 95, 0);
	make_group(test, "web", 100, 90, 0);
	assert_string_equal(read_at(test, 1)->cgroup, "/db");
	write_number(test, "db", "memory.max", 105 * MIB);
	nearest = read_at(test, 2);
	assert_string_equal(nearest->cgroup, "/db"); /* 95 of 1,000 are left, not 100 */
	assert_int_equal(nearest->max, 105 * MIB);
	assert_int_equal(nearest->headroom, 10 * MIB);
	write_number(test, "db", "memory.max", 900 * MIB);
	nearest = read_at(test, 3);
	assert_string_equal(nearest->cgroup, "/web");
	assert_int_equal(nearest->max, 100 * MIB);
}

static void
version_1_is_read_too(void **state)
{
	struct test *test = *state;
	const struct nearest_limit *nearest;

	mount(test, version_1);
	write_number(test, "", "memory.limit_in_bytes", 9223372036854771712);
	write_number(test, "a", "memory.limit_in_bytes", 9223372036854771712);
	write_number(test, "a/b", "memory.limit_in_bytes", 64 * MIB);
	write_number(test, "a/b", "memory.usage_in_bytes", 62 * MIB);
	nearest = read_at(test, 1);
	assert_string_equal(nearest->cgroup, "/a/b");
	assert_int_equal(nearest->headroom, 2 * MIB);
}

/* Which groups have a limit is read anew after 30 seconds. */
static void
new_groups_are_found_and_ended_ones_forgotten(void **state)
{
	struct test *test = *state;

	mount(test, version_2);
	tree_write(&test->world->tree, "memory/cgroup.procs", "");
	assert_null(read_at(test, 1)->cgroup);
	make_group(test, "late", 100, 99, 0);
	assert_null(read_at(test, 30)->cgroup);
	assert_string_equal(read_at(test, 31)->cgroup, "/late");
	assert_int_equal(
		renameat(test->world->tree.fd, "memory/late", test->world->tree.fd, "gone"), 0);
	assert_null(read_at(test, 32)->cgroup);
	assert_null(read_at(test, 62)->cgroup);
}

/* S1 */
static void
many_groups_are_looked_at_in_part(void **state)
{
	struct test *test = *state;

	mount(test, version_2);
	for (int i = 0; i < 1200; i++) {
		char group[64];

		snprintf(group, sizeof(group), "g%d", i);
		write_number(test, group, "memory.max", 100 * MIB);
		write_number(test, group, "memory.current", 50 * MIB);
	}
	assert_non_null(read_at(test, 1)->cgroup);
	assert_int_equal(nearest_limit_count(test->reader), 256);
}

/* Also those that are made when there are many inside others already. */
static void
outer_groups_are_looked_at_first(void **state)
{
	struct test *test = *state;

	mount(test, version_2);
	for (int i = 0; i < 1200; i++) {
		char group[64];

		snprintf(group, sizeof(group), "memory/many/g%d/cgroup.procs", i);
		tree_write(&test->world->tree, group, "");
	}
	assert_null(read_at(test, 1)->cgroup);
	make_group(test, "late", 100, 99, 0);
	assert_non_null(read_at(test, 31)->cgroup);
	assert_string_equal(test->now.system.nearest.cgroup, "/late");
	assert_non_null(nearest_limit_path(test->reader, "late", &test->now.texts));
}

static void
a_group_is_found_by_the_last_part_of_its_name(void **state)
{
	struct test *test = *state;
	struct arena *texts = &test->now.texts;

	mount(test, version_2);
	make_group(test, "system.slice/db.service", 500, 450, 0);
	make_group(test, "system.slice/db.service.old", 500, 450, 0);
	assert_string_equal(
		nearest_limit_path(test->reader, "db.service", texts), "/system.slice/db.service");
	assert_string_equal(
		nearest_limit_path(test->reader, "system.slice", texts), "/system.slice");
	assert_null(nearest_limit_path(test->reader, "service", texts));
	assert_null(nearest_limit_path(test->reader, "..", texts));
}

static void
without_a_controller_there_is_nothing(void **state)
{
	struct test *test = *state;

	mount(test, "22 21 0:20 / /proc rw - proc proc rw\n");
	assert_null(read_at(test, 1)->cgroup);
	assert_true(test->now.system.nearest.headroom == UNKNOWN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_group_with_the_least_share_left_is_named),
		TEST(a_limit_that_was_changed_is_told_as_it_is),
		TEST(version_1_is_read_too),
		TEST(new_groups_are_found_and_ended_ones_forgotten),
		TEST(many_groups_are_looked_at_in_part),
		TEST(outer_groups_are_looked_at_first),
		TEST(a_group_is_found_by_the_last_part_of_its_name),
		TEST(without_a_controller_there_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
