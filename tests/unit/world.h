// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "unit.h"

#include "model/needs.h"
#include "model/snapshot.h"
#include "model/source.h"

enum {
	WORLD_NEEDS = NEED_PROCESSES | NEED_STAT | NEED_MEMORY | NEED_OWNER | NEED_OOM_SCORE |
		      NEED_OOM_ADJ | NEED_CGROUP | NEED_COMMAND
};

/* A tree, a collector that reads it and its last two snapshots: for tests of the collector. */
struct world {
	struct tree tree;
	struct source *source;
	struct snapshot snapshots[2];
	int refresh;
	struct needs needs;
	int64_t page; /* bytes of a page of this machine */
};

/* It needs WORLD_NEEDS. */
int world_set_up(void **state);
int world_tear_down(void **state);

/* Lets it read once more, and computes the rates. */
struct snapshot *world_refresh(struct world *world);

/* What is told where all rows are shown. */
size_t world_hints(const struct snapshot *now, struct hint hints[static MOST_HINTS]);

/* /proc/PID/status of a process of 600 KiB. */
extern const char world_status[];
