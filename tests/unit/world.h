// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "unit.h"

#include "collect/collect.h"
#include "model/derive.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "table/order.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A tree, a collector that reads it and its last two snapshots: for tests of the collector. */

enum {
	DEFAULT_NEEDS = NEED_PROCESSES | NEED_STAT | NEED_MEMORY | NEED_OWNER | NEED_OOM_SCORE |
			NEED_OOM_ADJ | NEED_CGROUP | NEED_COMMAND
};

static int64_t page;

struct world {
	struct tree tree;
	struct source *source;
	struct snapshot snapshots[2];
	int refresh;
	struct needs needs;
};

static int
set_up(void **state)
{
	struct world *world = test_calloc(1, sizeof(*world));

	page = sysconf(_SC_PAGESIZE);
	tree_create(&world->tree);
	world->needs.bits = DEFAULT_NEEDS;
	world->needs.again = true;
	assert_int_equal(collect_create(world->tree.path, &world->source), 0);
	*state = world;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *world = *state;

	world->source->destroy(world->source);
	snapshot_finish(&world->snapshots[0]);
	snapshot_finish(&world->snapshots[1]);
	tree_destroy(&world->tree);
	test_free(world);
	return 0;
}

static struct snapshot *
refresh(struct world *world)
{
	struct snapshot *now = &world->snapshots[world->refresh % 2];
	struct snapshot *before =
		world->refresh ? &world->snapshots[(world->refresh + 1) % 2] : NULL;

	world->refresh++;
	assert_int_equal(world->source->read(world->source, now, before, &world->needs), 0);
	derive(now, before);
	return now;
}

/* What is told where all rows are shown. */
static inline size_t
hints_of_all(const struct snapshot *now, struct hint hints[static SNAPSHOT_HINTS])
{
	struct row_list rows = { .count = 0 };
	size_t count;

	order_build(&rows, &process_table, now->processes, now->process_count, NULL,
		&(struct order){ .column = NULL });
	count = snapshot_hints(now, &rows, hints);
	row_list_finish(&rows);
	return count;
}

static const char status[] =
	"Name:\tx\nThreads:\t1\nVmPeak:\t 900 kB\nVmSize:\t 800 kB\nVmLck:\t 4 kB\nVmHWM:\t 700 "
	"kB\n"
	"VmRSS:\t 600 kB\nRssAnon:\t 300 kB\nRssFile:\t 200 kB\nRssShmem:\t 100 kB\nVmData:\t 50 "
	"kB\n"
	"VmStk:\t 132 kB\nVmExe:\t 20 kB\nVmLib:\t 30 kB\nVmPTE:\t 44 kB\nVmSwap:\t 12 kB\n"
	"HugetlbPages:\t 2048 kB\n";

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
