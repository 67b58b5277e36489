// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "collect/kernel-tables.h"
#include "collect/system.h"
#include "model/derive.h"
#include "model/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int64_t page;

/* A tree of files and what was read of it. */
struct world {
	struct tree tree;
	struct snapshot now;
};

static int
set_up(void **state)
{
	struct world *world = test_calloc(1, sizeof(*world));

	page = sysconf(_SC_PAGESIZE);
	tree_create(&world->tree);
	*state = world;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *world = *state;

	snapshot_finish(&world->now);
	tree_destroy(&world->tree);
	test_free(world);
	return 0;
}

static const char zoneinfo[] = "Node 0, zone      DMA\n"
			       "  per-node stats\n"
			       "      nr_inactive_anon 822\n"
			       "  pages free     3840\n"
			       "        boost    0\n"
			       "        min      28\n"
			       "        low      35\n"
			       "        high     42\n"
			       "        promo    49\n"
			       "        spanned  4095\n"
			       "        present  3998\n"
			       "        managed  3840\n"
			       "        cma      0\n"
			       "        protection: (0, 3019, 8907, 8907, 8907)\n"
			       "      nr_free_pages 3841\n"
			       "  pagesets\n"
			       "    cpu: 0\n"
			       "              count:    7\n"
			       "              high:     186\n"
			       "Node 1, zone   Normal\n"
			       "  pages free     10\n"
			       "        min      x\n"
			       "        low      30\n"
			       "        high\n";

static const char buddyinfo[] =
	"Node 0, zone      DMA      0      1      0      0      0      0      0      0      1"
	"      1      3 \n"
	"nonsense\n"
	"Node 7, zone      DMA      5\n"
	"Node 1, zone   Normal      6      2      x\n";

static int
read_with(struct world *world, int (*read)(int root, struct snapshot *now))
{
	int root = open(world->tree.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), error;

	snapshot_reset(&world->now);
	error = read(root, &world->now);
	close(root);
	return error;
}

static int
read_reclaim(int root, struct snapshot *now)
{
	static char text[VMSTAT_SIZE];

	return reclaim_read(root, text, now);
}

static int
read_swaps(int root, struct snapshot *now)
{
	static char line[SWAPS_LINE_SIZE];

	return swaps_read(root, line, now);
}

static const void *
rows_of(const struct world *world, enum kernel_part part, size_t count)
{
	assert_int_equal(world->now.kernel[part].count, count);
	return world->now.kernel[part].data;
}

static void
zones_have_watermarks_and_blocks(void **state)
{
	struct world *world = *state;
	const struct zone *zones;

	tree_write(&world->tree, "zoneinfo", zoneinfo);
	tree_write(&world->tree, "buddyinfo", buddyinfo);
	assert_int_equal(read_with(world, zones_read), 0);
	zones = rows_of(world, KERNEL_ZONES, 2);
	assert_int_equal(zones[0].node, 0);
	assert_string_equal(zones[0].name, "DMA");
	assert_int_equal(zones[0].free, 3840 * page);
	assert_int_equal(zones[0].min, 28 * page);
	assert_int_equal(zones[0].low, 35 * page);
	assert_int_equal(zones[0].high, 42 * page);
	assert_int_equal(zones[0].above, 3805 * page);
	assert_int_equal(zones[0].spanned, 4095 * page);
	assert_int_equal(zones[0].present, 3998 * page);
	assert_int_equal(zones[0].managed, 3840 * page);
	assert_int_equal(zones[0].cma, 0);
	assert_int_equal(zones[0].blocks[1], 1);
	assert_int_equal(zones[0].blocks[10], 3);
	assert_int_equal(zones[0].blocks[11], UNKNOWN);
	assert_string_equal(zones[1].name, "Normal");
	assert_int_equal(zones[1].above, -20 * page); /* kswapd is at work */
}

static void
what_is_broken_in_a_zone_is_unknown(void **state)
{
	struct world *world = *state;
	const struct zone *zones;

	tree_write(&world->tree, "zoneinfo", zoneinfo);
	tree_write(&world->tree, "buddyinfo", buddyinfo);
	assert_int_equal(read_with(world, zones_read), 0);
	zones = rows_of(world, KERNEL_ZONES, 2);
	assert_int_equal(zones[1].min, UNKNOWN);
	assert_int_equal(zones[1].high, UNKNOWN);
	assert_int_equal(zones[1].present, UNKNOWN);
	assert_int_equal(zones[1].blocks[1], 2);
	assert_int_equal(zones[1].blocks[2], UNKNOWN);
	assert_int_equal(zones[1].fragmentation, UNKNOWN);
}

static void
without_the_files_zones_are_unknown(void **state)
{
	struct world *world = *state;
	const struct zone *zones;

	assert_int_equal(read_with(world, zones_read), -ENOENT);
	tree_write(&world->tree, "zoneinfo", zoneinfo);
	assert_int_equal(read_with(world, zones_read), -ENOENT); /* no buddyinfo */
	zones = rows_of(world, KERNEL_ZONES, 2);
	assert_int_equal(zones[0].free, 3840 * page);
	assert_int_equal(zones[0].blocks[0], UNKNOWN);
	assert_int_equal(zones[0].fragmentation, UNKNOWN);
	tree_write(&world->tree, "buddyinfo", "");
	assert_int_equal(read_with(world, zones_read), -ENODATA);
	tree_write(&world->tree, "zoneinfo", "");
	assert_int_equal(read_with(world, zones_read), -ENODATA);
}

/* Of 2 + 4 x 4 + 2 x 8 pages 16 are in blocks of 8. */
static void
fragmentation_is_the_share_that_is_in_small_blocks(void **state)
{
	struct zone zone;

	table_reset_row(kernel_parts[KERNEL_ZONES].table, &zone);
	assert_int_equal(zone_fragmentation(&zone, 0), UNKNOWN);
	for (int i = 0; i < 5; i++)
		zone.blocks[i] = (const int64_t[]){ 2, 0, 4, 2, 0 }[i];
	assert_int_equal(zone_fragmentation(&zone, 0), 0);
	assert_int_equal(zone_fragmentation(&zone, 1), 59);  /* 2 of 34 */
	assert_int_equal(zone_fragmentation(&zone, 3), 529); /* 18 of 34 */
	assert_int_equal(zone_fragmentation(&zone, 4), 1000);
	assert_int_equal(zone_fragmentation(&zone, 5), UNKNOWN); /* this kernel has no such order */
	assert_int_equal(zone_fragmentation(&zone, ZONE_ORDERS), UNKNOWN);
	for (int i = 0; i < 5; i++)
		zone.blocks[i] = 0;
	assert_int_equal(zone_fragmentation(&zone, 2), 1000); /* nothing is free at all */
}

static const struct reclaim *
find_counter(const struct snapshot *snapshot, const char *counter)
{
	const struct rows *rows = &snapshot->kernel[KERNEL_RECLAIM];
	const struct reclaim *counters = rows->data;

	for (size_t i = 0; i < rows->count; i++)
		if (strcmp(counters[i].counter, counter) == 0)
			return &counters[i];
	fail_msg("%s", counter);
	return NULL;
}

static void
counters_of_reclaim_are_those_of_vmstat(void **state)
{
	struct world *world = *state;
	struct snapshot *now = &world->now, before = { .time = 0 };
	int root;

	tree_write(&world->tree, "vmstat",
		"pgscan_kswapd 100\npgscan_kswapd_more 7\nallocstall_dma 1\nallocstall_normal 20\n"
		"pgsteal_kswapd x\nbroken\n\noom_kill 3\npswpin 18446744073709551615\n");
	assert_int_equal(read_with(world, read_reclaim), 0);
	assert_int_equal(find_counter(now, "pgscan_kswapd")->count, 100);
	assert_int_equal(find_counter(now, "allocstall")->count, 21);
	assert_int_equal(find_counter(now, "oom_kill")->count, 3);
	assert_int_equal(find_counter(now, "pgsteal_kswapd")->count, UNKNOWN);
	assert_int_equal(find_counter(now, "pgscan_direct")->count, UNKNOWN);
	assert_int_equal(find_counter(now, "pswpin")->count, UNKNOWN);
	assert_int_equal(find_counter(now, "oom_kill")->rate, UNKNOWN);

	tree_write(&world->tree, "vmstat", "pgscan_kswapd 40\noom_kill 1\nallocstall 30\n");
	root = open(world->tree.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(read_reclaim(root, &before), 0);
	close(root);
	before.monotonic = INT64_C(1000000000);
	now->monotonic = INT64_C(3000000000);
	derive(now, &before);
	assert_int_equal(find_counter(now, "pgscan_kswapd")->rate, 30 * 1000);
	assert_int_equal(find_counter(now, "oom_kill")->rate, 1000);
	assert_int_equal(find_counter(now, "allocstall")->rate, UNKNOWN); /* it went back */
	assert_int_equal(find_counter(now, "pgscan_direct")->rate, UNKNOWN);
	snapshot_finish(&before);
}

static void
swap_devices_have_a_kind(void **state)
{
	struct world *world = *state;
	const struct swap_device *devices;

	assert_int_equal(read_with(world, read_swaps), -ENOENT);
	tree_write(&world->tree, "swaps",
		"Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
		"/dev/sda2                               partition\t8388604\t\t4194302\t\t-2\n"
		"/swap\\040file\\134\\012x                   file\t\t1024\t\t0\t\t5\n"
		"/dev/zram77                             partition\t2048\t\t1024\t\t100\n"
		"/broken partition 12\n"
		"\n");
	assert_int_equal(read_with(world, read_swaps), 0);
	devices = rows_of(world, KERNEL_SWAPS, 3);
	assert_string_equal(devices[0].path, "/dev/sda2");
	assert_string_equal(devices[0].kind, "partition");
	assert_int_equal(devices[0].size, INT64_C(8388604) * 1024);
	assert_int_equal(devices[0].use, 500);
	assert_int_equal(devices[0].priority, -2);
	assert_int_equal(devices[0].stored, UNKNOWN);
	assert_string_equal(devices[1].path, "/swap file\\\nx");
	assert_string_equal(devices[1].kind, "file");
	assert_int_equal(devices[1].used, 0);
	assert_string_equal(devices[2].kind, "zram");
	assert_int_equal(devices[2].ratio, UNKNOWN); /* there is no such device to be asked */
	tree_write(&world->tree, "swaps", "Filename\tType\tSize\tUsed\tPriority\n");
	assert_int_equal(read_with(world, read_swaps), 0);
	assert_int_equal(world->now.kernel[KERNEL_SWAPS].count, 0);
}

static void
nodes_ascend_with_what_their_files_say(void **state)
{
	struct world *world = *state;
	const struct node *nodes;

	tree_write(&world->tree, "node1/meminfo",
		"Node 1 MemTotal:        2000 kB\nNode 1 MemFree:         500 kB\n"
		"Node 1 MemUsed:        1500 kB\nNode 1 HugePages_Total:     4\n"
		"Node 1 HugePages_Free:     3\nNode 1 Shmem:  x kB\n");
	tree_write(&world->tree, "node0/meminfo", "Node 0 MemTotal:        9136340 kB\n");
	tree_write(&world->tree, "node0/numastat",
		"numa_hit 10\nnuma_miss 2\nnuma_foreign 3\ninterleave_hit 4\nlocal_node 5\n"
		"other_node 6\n");
	tree_write(&world->tree, "nodes/meminfo", "Node x MemTotal: 1 kB\n");
	snapshot_reset(&world->now);
	assert_int_equal(nodes_read(world->tree.path, &world->now), -ENOENT); /* a numastat */
	nodes = rows_of(world, KERNEL_NODES, 2);
	assert_int_equal(nodes[0].node, 0);
	assert_int_equal(nodes[0].total, INT64_C(9136340) * 1024);
	assert_int_equal(nodes[0].free, UNKNOWN);
	assert_int_equal(nodes[0].hit, 10);
	assert_int_equal(nodes[0].other, 6);
	assert_int_equal(nodes[1].node, 1);
	assert_int_equal(nodes[1].used, 1500 * 1024);
	assert_int_equal(nodes[1].huge, 4);
	assert_int_equal(nodes[1].shmem, UNKNOWN);
	assert_int_equal(nodes[1].hit, UNKNOWN);
	assert_int_equal(nodes_read("/proc/self/no-such-folder", &world->now), -ENOENT);
}

static void
rows_of_nothing_are_not_worth_showing(void **state)
{
	struct slab slab = { .objects = 0 };
	struct reclaim counter = { .count = UNKNOWN };
	struct zone zone = { .present = 0 };

	assert_false(kernel_parts[KERNEL_SLABS].is_worth_showing(&slab));
	assert_false(kernel_parts[KERNEL_RECLAIM].is_worth_showing(&counter));
	assert_false(kernel_parts[KERNEL_ZONES].is_worth_showing(&zone));
	slab.objects = counter.count = zone.present = 1;
	assert_true(kernel_parts[KERNEL_SLABS].is_worth_showing(&slab));
	assert_true(kernel_parts[KERNEL_RECLAIM].is_worth_showing(&counter));
	assert_true(kernel_parts[KERNEL_ZONES].is_worth_showing(&zone));
	assert_null(kernel_parts[KERNEL_SWAPS].is_worth_showing); /* all are */
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(zones_have_watermarks_and_blocks),
		TEST(what_is_broken_in_a_zone_is_unknown),
		TEST(without_the_files_zones_are_unknown),
		cmocka_unit_test(fragmentation_is_the_share_that_is_in_small_blocks),
		TEST(counters_of_reclaim_are_those_of_vmstat),
		TEST(swap_devices_have_a_kind),
		TEST(nodes_ascend_with_what_their_files_say),
		cmocka_unit_test(rows_of_nothing_are_not_worth_showing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
