// SPDX-License-Identifier: GPL-3.0-or-later
#include "cgroup-world.h"

#include "collect/cgroup-tree.h"
#include "collect/cgroups.h"

#include <stdio.h>

/* The group of section 3 of the notes: Linux 6.1, files as they were read in a machine. */
static void
write_leaf(struct cgroup_world *world, const char *group)
{
	cgroup_world_write(world, group, "memory.current", "33738752\n", "memory.peak",
		"33951744\n", "memory.max", "50331648\n", "memory.high", "41943040\n", "memory.low",
		"8388608\n", "memory.min", "0\n", "memory.swap.current", "0\n", "memory.swap.max",
		"16777216\n", "pids.current", "2\n", "cgroup.procs", "812\n813\n", "memory.events",
		"low 0\nhigh 381\nmax 3\noom 1\noom_kill 4\noom_group_kill 1\n",
		"memory.events.local",
		"low 0\nhigh 381\nmax 3\noom 1\noom_kill 1\noom_group_kill 1\n", "memory.pressure",
		"some avg10=51.30 avg60=11.38 avg300=2.46 total=7748497\n"
		"full avg10=7.06 avg60=11.38 avg300=2.46 total=7748497\n",
		"cgroup.stat", "nr_descendants 0\nnr_dying_descendants 2\n", "memory.stat",
		"anon 21028864\nfile 12582912\nkernel 126976\nkernel_stack 0\npagetables 69632\n"
		"sec_pagetables 0\npercpu 0\nsock 4096\nvmalloc 0\nshmem 12578816\nzswap 0\n"
		"file_mapped 0\ninactive_anon 21024768\nactive_anon 12587008\ninactive_file 8192\n"
		"active_file 0\nunevictable 0\nslab_reclaimable 29208\nslab_unreclaimable 5456\n"
		"slab 34664\npgfault 6043\nnew_key_of_a_later_kernel 5\n",
		NULL);
}

/* K6: with memory.oom.group the victim counts twice, so that kills exceed the processes. */
static void
files_of_version_2_are_read_by_key(void **state)
{
	struct cgroup_world *world = *state;
	const struct cgroup_charge *charge;

	cgroup_world_mount(world, 2, "/");
	write_leaf(world, "leaf");
	charge = cgroup_world_group(world, "/leaf");
	assert_int_equal(charge->depth, 1);
	assert_int_equal(charge->parent, 0);
	assert_int_equal(charge->current, 33738752);
	assert_int_equal(charge->workset, 33738752 - 8192);
	assert_int_equal(charge->anon, 21028864);
	assert_int_equal(charge->file, 12582912);
	assert_int_equal(charge->shmem, 12578816);
	assert_int_equal(charge->kernel, 126976);
	is_unknown(charge->kernel_is_sum);
	assert_int_equal(charge->sock, 4096);
	assert_int_equal(charge->zswap, 0);
	assert_int_equal(charge->swap, 0);
	assert_int_equal(charge->peak, 33951744);
	assert_int_equal(charge->max, 48 * MIB);
	assert_int_equal(charge->high, 40 * MIB);
	assert_int_equal(charge->low, 8 * MIB);
	assert_int_equal(charge->min, 0);
	assert_int_equal(charge->swap_max, 16 * MIB);
	assert_int_equal(charge->effective, 48 * MIB);
	assert_string_equal(charge->limited_by, "/leaf");
	assert_int_equal(charge->headroom, 48 * MIB - 33738752);
	assert_int_equal(charge->high_events, 381);
	assert_int_equal(charge->max_events, 3);
	assert_int_equal(charge->ooms, 1);
	assert_int_equal(charge->kills, 4);
	assert_int_equal(charge->own_kills, 1);
	assert_int_equal(charge->group_kills, 1);
	assert_int_equal(charge->psi_some, 513);
	assert_int_equal(charge->psi_full, 71);
	assert_int_equal(charge->pids, 2);
	assert_int_equal(charge->dying, 2);
	is_unknown(charge->removed); /* it has processes */
}

/* K15, K14, K13: total_ keys, swap as a difference, both counts of a limit that was reached. */
static void
files_of_version_1_are_those_of_the_whole_group(void **state)
{
	struct cgroup_world *world = *state;
	const struct cgroup_charge *charge;

	cgroup_world_mount(world, 1, "/");
	cgroup_world_write(world, "", "memory.usage_in_bytes", "900000000\n",
		"memory.limit_in_bytes", "9223372036854771712\n", "memory.stat",
		"total_rss 5\nhierarchical_memory_limit 7\n", NULL);
	cgroup_world_write(world, "g", "memory.usage_in_bytes", "200000000\n",
		"memory.limit_in_bytes", "300000000\n", "memory.memsw.usage_in_bytes",
		"200004096\n", "memory.memsw.limit_in_bytes", "9223372036854771712\n",
		"memory.max_usage_in_bytes", "250000000\n", "memory.soft_limit_in_bytes",
		"9223372036854771712\n", "memory.kmem.usage_in_bytes", "1000\n",
		"memory.kmem.tcp.usage_in_bytes", "70\n", "memory.failcnt", "5\n",
		"memory.memsw.failcnt", "2\n", "memory.oom_control",
		"oom_kill_disable 0\nunder_oom 0\noom_kill 3\n", "memory.stat",
		"cache 1\nrss 1\nshmem 1\ninactive_file 1\nhierarchical_memory_limit 300000000\n"
		"hierarchical_memsw_limit 9223372036854771712\ntotal_cache 60000000\n"
		"total_rss 130000000\ntotal_shmem 20000000\ntotal_inactive_file 30000000\n",
		NULL);
	charge = cgroup_world_group(world, "/g");
	assert_int_equal(charge->current, 200000000);
	assert_int_equal(charge->workset, 170000000);
	assert_int_equal(charge->anon, 130000000);
	assert_int_equal(charge->file, 60000000);
	assert_int_equal(charge->shmem, 20000000);
	assert_int_equal(charge->kernel, 1000);
	assert_int_equal(charge->sock, 70);
	assert_int_equal(charge->swap, 4096);
	is_unlimited(charge->swap_max);
	assert_int_equal(charge->peak, 250000000);
	assert_int_equal(charge->max, 300000000);
	is_unknown(charge->low);
	is_unknown(charge->high);
	is_unknown(charge->psi_some);
	assert_int_equal(charge->headroom, 100000000);
	assert_int_equal(charge->max_events, 7);
	assert_int_equal(charge->own_kills, 3);
	is_unknown(charge->removed);
	charge = cgroup_world_find(world, "/");
	assert_int_equal(charge->current, 900000000);
	is_unlimited(charge->max);
	is_unlimited(charge->headroom);
	assert_null(charge->limited_by);
	if (charge->anon ==
		UNKNOWN) /* else the tests run where the machine's root cannot be told */
		is_unlimited(charge->effective);
}

/* K1 */
static void
the_root_of_version_2_has_few_files(void **state)
{
	struct cgroup_world *world = *state;
	const struct cgroup_charge *charge;

	cgroup_world_mount(world, 2, "/");
	cgroup_world_write(world, "", "memory.stat", "anon 4096\ninactive_file 4096\n", NULL);
	charge = cgroup_world_group(world, "/");
	is_unknown(charge->current);
	is_unknown(charge->workset);
	is_unknown(charge->max);
	is_unknown(charge->removed);
	assert_int_equal(charge->anon, 4096);
	is_unlimited(charge->effective);
	is_unlimited(charge->headroom);
}

/* The keys of memory.stat that kernel memory is made of. */
static const struct {
	const char *kernel, *stat;
	int64_t sum;
	bool is_sum;
} stats[] = {
	{ "4.19", "anon 1\nkernel_stack 16384\nslab 8192\nsock 0\n", 24576, true },
	{ "5.10", "anon 1\nkernel_stack 16384\npercpu 100\nsock 0\nslab 8192\n", 24676, true },
	{ "5.15", "kernel_stack 16384\npagetables 4096\npercpu 100\nslab 8192\n", 28772, true },
	{ "6.1", "kernel 30000\nkernel_stack 16384\nsec_pagetables 0\nvmalloc 9\nslab 8192\n",
		30000, false },
	{ "6.6", "kernel 30000\nslab 8192\nzswap 4096\nzswapped 12288\n", 30000, false },
	{ "6.12", "hugetlb 0\nslab 8192\nzswpwb 0\nkernel 30000\n", 30000, false },
	{ "none", "anon 1\nslab_reclaimable 5\nkernel_stack 16384\n", UNKNOWN, false },
};

/* K17 */
static void
kernel_memory_is_the_sum_of_its_parts_before_linux_5_18(void **state)
{
	struct cgroup_world *world = *state;

	cgroup_world_mount(world, 2, "/");
	for (size_t i = 0; i < ARRAY_SIZE(stats); i++)
		cgroup_world_write(world, stats[i].kernel, "memory.current", "1000000\n",
			"memory.stat", stats[i].stat, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(stats); i++) {
		const struct cgroup_charge *charge;
		char path[32];

		snprintf(path, sizeof(path), "/%s", stats[i].kernel);
		charge = cgroup_world_group(world, path);
		assert_true(charge->kernel == stats[i].sum);
		assert_int_equal(charge->kernel_is_sum == 1, stats[i].is_sum);
	}
	assert_int_equal(cgroup_world_group(world, "/6.6")->zswap, 4096);
	is_unknown(cgroup_world_group(world, "/6.1")->zswap);
}

static void
garbage_is_unknown(void **state)
{
	static const char *const texts[] = { "", "\n", "-1\n", "12", "12 \n", "12x\n", "12\r\n",
		"0x12\n", "max 5\n", "maximum\n", "18446744073709551615\n",
		"99999999999999999999999999\n", " 12\n", "1.5\n" };
	struct cgroup_world *world = *state;

	cgroup_world_mount(world, 2, "/");
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		const struct cgroup_charge *charge;
		char stat[128];

		snprintf(stat, sizeof(stat), "anon\nfile  7\nkernel\t7\nshmem %s", texts[i]);
		cgroup_world_write(world, "g", "memory.current", texts[i], "memory.stat", stat,
			"memory.events", stat, "memory.pressure", texts[i], "memory.swap.current",
			texts[i], NULL);
		charge = cgroup_world_group(world, "/g");
		is_unknown(charge->current);
		is_unknown(charge->workset);
		is_unknown(charge->anon);
		is_unknown(charge->file);
		is_unknown(charge->kernel);
		is_unknown(charge->shmem);
		is_unknown(charge->swap);
		is_unknown(charge->kills);
		is_unknown(charge->psi_some);
	}
}

/* K10: it can be switched off for a group, and then there is no file; neither is it 0. */
static void
missing_pressure_is_unknown(void **state)
{
	static const char *const texts[] = { "some avg10=1.2 avg60=0.00\n", "some avg10=\n",
		"some avg10=1.234 \n", "some avg10=101.00 avg60=0\n", "awesome avg10=1.00 \n",
		"some avg10=1,00 \n", "some avg10=1.00" };
	struct cgroup_world *world = *state;

	cgroup_world_mount(world, 2, "/");
	cgroup_world_number(world, "g", "memory.current", 1);
	is_unknown(cgroup_world_group(world, "/g")->psi_some);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		cgroup_world_write(world, "g", "memory.pressure", texts[i], NULL);
		is_unknown(cgroup_world_group(world, "/g")->psi_some);
	}
	cgroup_world_write(world, "g", "memory.pressure", "some avg10=100.00 avg60=0.00\n", NULL);
	assert_int_equal(cgroup_world_group(world, "/g")->psi_some, 1000);
	is_unknown(cgroup_world_group(world, "/g")->psi_full);
}

/* K16. Only of groups of the same name: elsewhere other processes are in it. */
static void
hybrid_machines_have_pressure_in_version_2(void **state)
{
	struct cgroup_world *world = *state;
	char mounts[1024];

	cgroup_world_mount(world, 1, "/");
	cgroup_world_number(world, "g", "memory.usage_in_bytes", 1);
	cgroup_world_number(world, "h", "memory.usage_in_bytes", 1);
	tree_write(&world->tree, "unified/g/memory.pressure",
		"some avg10=5.13 avg60=0.00\nfull avg10=0.71 avg60=0.00\n");
	is_unknown(cgroup_world_group(world, "/g")->psi_some);
	cgroups_destroy(world->reader);
	cgroup_tree_destroy(world->cgroups);
	snprintf(mounts, sizeof(mounts),
		"30 21 0:29 / %s/unified rw - cgroup2 none rw\n"
		"31 21 0:30 / %s/memory rw - cgroup cgroup rw,memory\n",
		world->tree.path, world->tree.path);
	tree_write(&world->tree, "self/mountinfo", mounts);
	world->cgroups = cgroup_tree_create(world->tree.fd);
	world->reader = cgroups_create(world->cgroups);
	assert_int_equal(cgroup_world_group(world, "/g")->psi_some, 51);
	assert_int_equal(cgroup_world_group(world, "/g")->psi_full, 7);
	is_unknown(cgroup_world_group(world, "/h")->psi_some);
}

/* Each file costs as much as the first. */
static void
only_what_is_needed_is_read(void **state)
{
	struct cgroup_world *world = *state;
	const struct cgroup_charge *charge;

	cgroup_world_mount(world, 2, "/");
	write_leaf(world, "leaf");
	cgroup_world_read(world, NEED_CHARGE);
	charge = cgroup_world_find(world, "/leaf");
	assert_int_equal(charge->current, 33738752);
	is_unknown(charge->anon);
	is_unknown(charge->effective);
	is_unknown(charge->kills);
	cgroup_world_read(world, NEED_CHARGE | NEED_CHARGE_MAX);
	assert_int_equal(cgroup_world_find(world, "/leaf")->effective, 48 * MIB);
	is_unknown(cgroup_world_find(world, "/leaf")->high);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CGROUP_TEST(files_of_version_2_are_read_by_key),
		CGROUP_TEST(files_of_version_1_are_those_of_the_whole_group),
		CGROUP_TEST(the_root_of_version_2_has_few_files),
		CGROUP_TEST(kernel_memory_is_the_sum_of_its_parts_before_linux_5_18),
		CGROUP_TEST(garbage_is_unknown),
		CGROUP_TEST(missing_pressure_is_unknown),
		CGROUP_TEST(hybrid_machines_have_pressure_in_version_2),
		CGROUP_TEST(only_what_is_needed_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
