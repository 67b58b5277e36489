// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/rows.h"

#include <stdbool.h>

/*
 * Memory of the kernel: one kind of row for each part. Bytes and counts; the snapshot owns the
 * texts.
 */
enum kernel_part {
	KERNEL_SLABS,
	KERNEL_ZONES,
	KERNEL_RECLAIM,
	KERNEL_SWAPS,
	KERNEL_NODES,
	KERNEL_PARTS,
};

/* A slab cache (/proc/slabinfo): objects of one size, in slabs of some pages. */
struct slab {
	const char *name;
	int64_t objects, active_objects, use, object_size;
	int64_t slabs, active_slabs, objects_per_slab, pages_per_slab, bytes;
	const char *reclaimable; /* yes, no; NULL: unknown */
};

/* Kernels have up to 11 orders of free blocks, 14 with large pages. */
enum { ZONE_ORDERS = 14 };

/* A zone of a NUMA node (/proc/zoneinfo, /proc/buddyinfo). */
struct zone {
	int64_t node;
	const char *name;
	int64_t free, min, low, high, spanned, present, managed, cma;
	int64_t above; /* free - low; below 0: kswapd is at work */
	int64_t blocks[ZONE_ORDERS];
	int64_t fragmentation; /* per mille */
};

/* An event of reclaim or compaction (/proc/vmstat). */
struct reclaim {
	const char *group, *counter, *what;
	int64_t count, rate; /* since boot; per second, by model/derive.c */
};

/* A place to swap to (/proc/swaps). */
struct swap_device {
	const char *path, *kind; /* partition, file, zram */
	int64_t size, used, use, priority;
	int64_t stored, ratio; /* zram: memory used, and its share of the contents */
};

/* A NUMA node (/sys/devices/system/node). */
struct node {
	int64_t node, total, free, used, anon, file, shmem, slab, huge;
	int64_t hit, miss, foreign, interleave, local, other;
};

/*
 * The table, the need, and whether to show a row: a cache with objects, a zone with memory, a
 * counter above 0 (NULL: all).
 */
extern const struct kernel_part_description {
	const struct table *table;
	uint64_t need;
	bool (*is_worth_showing)(const void *row);
} kernel_parts[KERNEL_PARTS];

/* A way to show a part; a part may have two. */
struct kernel_page {
	const char *name, *help;
	enum kernel_part part;
	const char *columns, *order; /* for selection_parse() and order_parse() */
};
enum { KERNEL_PAGES = 6 };
extern const struct kernel_page kernel_pages[KERNEL_PAGES];

extern const struct table slab_table, zone_table, reclaim_table, swap_table, node_table;

/* Finds a page by name; NULL if there is none. */
const struct kernel_page *kernel_find_page(const char *name);

/* Adds a row for each known counter of reclaim, in order, without a count. */
void reclaim_add_rows(struct rows *rows);

/*
 * The share of a zone's free memory in blocks smaller than `order`, per mille: a request for
 * 2^order contiguous pages cannot use it (mm/vmstat.c, unusable_free_index). 1000 if nothing is
 * free, as in the kernel. UNKNOWN if the blocks are.
 */
int64_t zone_fragmentation(const struct zone *zone, int order);
