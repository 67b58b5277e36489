// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "collect/cgroup-tree.h"
#include "collect/cgroup.h"
#include "model/oom-domain.h"
#include "model/system.h"

#include <string.h>

#define MIB (INT64_C(1) << 20)
#define GONE INT64_C(-1)

enum { NONE = -1 };

static void
mounts_of_the_memory_controller_are_found(void **state)
{
	struct cgroup_mount mount = { .version = 0 };

	assert_false(cgroup_mount_parse("", &mount));
	assert_false(cgroup_mount_parse("1 2 3 - cgroup2", &mount));
	assert_false(cgroup_mount_parse("30 21 0:28 / /c rw - cgroup cgroup rw,cpu\n", &mount));
	assert_false(cgroup_mount_parse("30 21 0:28 / /c rw - cgroup cgroup rw,xmemory\n", &mount));
	assert_true(cgroup_mount_parse("30 21 0:28 / /two rw - cgroup2 cgroup2 rw\n", &mount));
	assert_int_equal(mount.version, 2);
	assert_string_equal(mount.path, "/two");
	assert_true(cgroup_mount_parse(
		"30 21 0:28 /a\\040b /c\\134d rw - cgroup cgroup rw,memory,cpu\n", &mount));
	assert_int_equal(mount.version, 1);
	assert_string_equal(mount.root, "/a b");
	assert_string_equal(mount.path, "/c\\d");
	assert_false(cgroup_mount_parse("30 21 0:28 / /two rw - cgroup2 cgroup2 rw\n", &mount));
	assert_int_equal(mount.version, 1);
	assert_false(cgroup_mount_parse("30 21 0:28 /b /e rw - cgroup cgroup rw,memory\n", &mount));
	assert_true(cgroup_mount_parse(
		"30 21 0:28 /b /c\\134d rw - cgroup cgroup rw,memory\n", &mount));
	assert_string_equal(mount.root, "/b"); /* it covers the one before */
}

/*
 * F1: the group itself first. Limits, uses and caches are in MiB; 0 stands for no limit, GONE for
 * a use that could not be read.
 */
static const struct {
	const char *about;
	int64_t swap_free;
	bool both; /* the second limits are of memory and swap together */
	struct {
		int64_t max, current, cache, second_max, second_current;
	} levels[3];
	int domain;
	int64_t headroom, total;
} domains[] = {
	{ "no limit", 0, false, { { 0 }, { 0 }, { 0 } }, NONE, 0, 0 },
	{ "its own", 0, false, { { 100, 30 }, { 0 }, { 0 } }, 0, 70, 100 },
	{ "its parent's", 0, false, { { 0 }, { 100, 30 }, { 0 } }, 1, 70, 100 },
	{ "the parent is full of others", 0, false, { { 64, 7 }, { 0 }, { 300, 290 } }, 2, 10,
		300 },
	{ "the parent is larger", 0, false, { { 64, 7 }, { 300, 200 }, { 0 } }, 0, 57, 64 },
	{ "equal ones: the innermost", 0, false, { { 64, 7 }, { 64, 7 }, { 64, 7 } }, 0, 57, 64 },
	{ "cache is given back first", 0, false, { { 64, 60, 2 }, { 100, 99, 80 } }, 0, 6, 64 },
	{ "more is used than is allowed", 0, false, { { 64, 70 }, { 0 } }, 0, 0, 64 },
	{ "swap is room as well", 500, false, { { 100, 90 }, { 150, 100, 0, 1, 1 } }, 0, 10, 600 },
	{ "swap that its own limit leaves", 500, false, { { 100, 90, 0, 50, 10 }, { 150, 120 } }, 0,
		50, 150 },
	{ "swap of the machine", 20, false, { { 100, 90 }, { 0 } }, 0, 30, 120 },
	{ "without swap for the parent there is none for it", 500, false,
		{ { 100, 60 }, { 100, 95, 0, 30, 30 } }, 1, 5, 130 },
	{ "memory and swap together", 500, true, { { 100, 50, 0, 120, 110 }, { 0 } }, 0, 10, 120 },
	{ "together, of the parent", 500, true,
		{ { 100, 50, 0, 120, 60 }, { 200, 100, 0, 210, 200 } }, 1, 10, 210 },
	{ "cache counts in both", 500, true, { { 100, 50, 20, 120, 110 }, { 0 } }, 0, 30, 120 },
	{ "above what the machine has", 0, false, { { 64, 7 }, { 2000, 1999 } }, 0, 57, 64 },
	{ "only above what the machine has", 0, false, { { 2000, 1999 }, { 0 } }, NONE, 0, 0 },
	{ "a use that is not known", 0, false, { { 64, GONE }, { 100, 50 } }, 1, 50, 100 },
	{ "no use is known", 0, false, { { 64, GONE }, { 50, GONE } }, 1, GONE, 50 },
};

static void
F1_the_domain_has_the_least_headroom(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(domains); i++) {
		struct system system = { .total = 1000 * MIB,
			.swap_total = domains[i].swap_free * MIB,
			.swap_free = domains[i].swap_free * MIB };
		struct oom_level levels[ARRAY_SIZE(domains[i].levels)];
		struct oom_domain domain = { .level = 99 };
		int64_t headroom;
		bool found;

		for (size_t j = 0; j < ARRAY_SIZE(levels); j++) {
			int64_t max = domains[i].levels[j].max * MIB;
			int64_t current = domains[i].levels[j].current;
			int64_t second = domains[i].levels[j].second_max * MIB;
			int64_t second_current = domains[i].levels[j].second_current * MIB;

			levels[j] = oom_level_none("/");
			levels[j].swaps = true;
			if (max == 0)
				continue;
			levels[j].max = max;
			levels[j].current = current == GONE ? UNKNOWN : current * MIB;
			levels[j].cache = domains[i].levels[j].cache * MIB;
			if (second == 0)
				continue;
			if (domains[i].both) {
				levels[j].both_max = second;
				levels[j].both_current = second_current;
			} else {
				levels[j].swap_max = second;
				levels[j].swap_current = second_current;
			}
		}
		found = oom_domain_find(levels, ARRAY_SIZE(levels), &system, &domain);
		if (!found)
			domain = (struct oom_domain){ .level = (size_t)NONE };
		headroom = domains[i].headroom == GONE ? UNKNOWN : domains[i].headroom * MIB;
		if (domain.level != (size_t)domains[i].domain || domain.headroom != headroom ||
			domain.total != domains[i].total * MIB)
			fail_msg("%s: level %d, headroom %lld, total %lld", domains[i].about,
				(int)domain.level, (long long)domain.headroom,
				(long long)domain.total);
	}
}

/* K3: how the groups were mounted tells where the root of the namespace is. */
static void
F3_a_name_is_the_path_below_the_mount(void **state)
{
	static const struct {
		const char *path, *inside;
		size_t levels;
		const char *name;
	} cases[] = {
		{ "/", "/machine.slice/a.scope", 2, "/machine.slice/a.scope" },
		{ "/x/y", "/machine.slice/a.scope", 2, "/machine.slice/a.scope/x/y" },
		{ "/..", "/machine.slice/a.scope", 2, "/machine.slice" },
		{ "/../b.scope", "/machine.slice/a.scope", 2, "/machine.slice/b.scope" },
		{ "/../..", "/machine.slice/a.scope", 2, "/" },
		{ "/../../system.slice/db.service", "/machine.slice/a.scope", 2,
			"/system.slice/db.service" },
		{ "/../../..x", "/machine.slice/a.scope", 2, "/..x" },
		{ "/../../../out", "/machine.slice/a.scope", 2, "/../../../out" },
		{ "/x", "/?/?", 2, "/?/?/x" },
	};
	char name[64];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_true(cgroup_mount_name(cases[i].path, strlen(cases[i].path), cases[i].inside,
			cases[i].levels, name, sizeof(name)));
		assert_string_equal(name, cases[i].name);
	}
	assert_false(cgroup_mount_name("/0123456789", 11, "/a", 1, name, 13));
	assert_true(cgroup_mount_name("/0123456789", 11, "/a", 1, name, 15));
	assert_int_equal(cgroup_mount_levels_above("/"), 0);
	assert_int_equal(cgroup_mount_levels_above("/../../.."), 3);
	assert_int_equal(cgroup_mount_levels_above("/../x"), 0);
	assert_int_equal(cgroup_mount_levels_above("/machine.slice/docker-2.scope"), 0);
}

static void
numbers_of_cgroup_files_are_checked(void **state)
{
	assert_true(cgroup_limits_number("max\n") == UNLIMITED);
	assert_true(cgroup_limits_number("9223372036854771712\n") == UNLIMITED);
	assert_true(cgroup_limits_number("18446744073709551615\n") == UNLIMITED);
	assert_int_equal(cgroup_limits_number("0\n"), 0);
	assert_int_equal(cgroup_limits_number("4096"), 4096);
	assert_true(cgroup_limits_number("maximum\n") == UNKNOWN);
	assert_true(cgroup_limits_number("12k\n") == UNKNOWN);
	assert_true(cgroup_limits_number("") == UNKNOWN);
	assert_true(cgroup_limits_number("-1\n") == UNKNOWN);
	assert_int_equal(cgroup_limits_stat("a 1\nab 2\nb 3\n", "ab"), 2);
	assert_int_equal(cgroup_limits_stat("a 1\r\nb 3", "b"), 3);
	assert_true(cgroup_limits_stat("ab 2\n a 1\na\n", "a") == UNKNOWN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mounts_of_the_memory_controller_are_found),
		cmocka_unit_test(F1_the_domain_has_the_least_headroom),
		cmocka_unit_test(F3_a_name_is_the_path_below_the_mount),
		cmocka_unit_test(numbers_of_cgroup_files_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
