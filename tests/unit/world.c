// SPDX-License-Identifier: GPL-3.0-or-later
#include "world.h"

#include "collect/collect.h"
#include "model/derive.h"
#include "table/order.h"

#include <unistd.h>

const char world_status[] =
	"Name:\tx\nThreads:\t1\nVmPeak:\t 900 kB\nVmSize:\t 800 kB\nVmLck:\t 4 kB\n"
	"VmHWM:\t 700 kB\nVmRSS:\t 600 kB\nRssAnon:\t 300 kB\nRssFile:\t 200 kB\n"
	"RssShmem:\t 100 kB\nVmData:\t 50 kB\nVmStk:\t 132 kB\nVmExe:\t 20 kB\n"
	"VmLib:\t 30 kB\nVmPTE:\t 44 kB\nVmSwap:\t 12 kB\nHugetlbPages:\t 2048 kB\n";

int
world_set_up(void **state)
{
	struct world *world = test_calloc(1, sizeof(*world));

	world->page = sysconf(_SC_PAGESIZE);
	tree_create(&world->tree);
	world->needs.bits = WORLD_NEEDS;
	assert_int_equal(collect_create(world->tree.path, &world->source), 0);
	*state = world;
	return 0;
}

int
world_tear_down(void **state)
{
	struct world *world = *state;

	world->source->destroy(world->source);
	snapshot_finish(&world->snapshots[0]);
	snapshot_finish(&world->snapshots[1]);
	tree_destroy(&world->tree);
	test_free(world);
	return 0;
}

struct snapshot *
world_refresh(struct world *world)
{
	struct snapshot *now = &world->snapshots[world->refresh % 2];
	struct snapshot *before =
		world->refresh ? &world->snapshots[(world->refresh + 1) % 2] : NULL;

	world->refresh++;
	assert_int_equal(world->source->read(world->source, now, before, &world->needs), 0);
	derive(now, before);
	return now;
}

size_t
world_hints(const struct snapshot *now, struct hint hints[static MOST_HINTS])
{
	struct row_list rows = { .count = 0 };
	size_t count;

	order_build(&rows, &process_table, now->processes, now->process_count, NULL,
		&(struct order){ .column = NULL });
	count = snapshot_hints(now, &rows, hints);
	row_list_finish(&rows);
	return count;
}
