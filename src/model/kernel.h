// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/rows.h"

#include <stdbool.h>

/*
 * What the kernel keeps of its own memory: one kind of row each. Bytes and counts; the texts belong
 * to the snapshot.
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
	const char *reclaimable; /* yes, no; NULL: not told */
};

/* Kernels have up to 11 orders of free blocks, with large pages up to 14. */
enum { ZONE_ORDERS = 14 };

/* A zone of a NUMA node (/proc/zoneinfo, /proc/buddyinfo). */
struct zone {
	int64_t node;
	const char *name;
	int64_t free, min, low, high, spanned, present, managed, cma;
	int64_t above; /* free, less low: below 0 kswapd is at work */
	int64_t blocks[ZONE_ORDERS];
	int64_t fragmentation; /* per mille */
};

/* An event of reclaim or compaction (/proc/vmstat). */
struct reclaim {
	const char *group, *counter, *what;
	int64_t count, rate; /* since boot; a second, by model/derive.c */
};

/* A place to swap to (/proc/swaps). */
struct swap_device {
	const char *path, *kind; /* partition, file, zram */
	int64_t size, used, use, priority;
	int64_t stored, ratio; /* zram: the memory it takes, and what that is of the contents */
};

/* A NUMA node (/sys/devices/system/node). */
struct node {
	int64_t node, total, free, used, anon, file, shmem, slab, huge;
	int64_t hit, miss, foreign, interleave, local, other;
};

/*
 * The tables of the parts, the need for which each is read, and whether a row says something: a
 * cache with objects, a zone with memory, a counter above 0 (NULL: all do).
 */
extern const struct kernel_part_description {
	const struct table *table;
	uint64_t need;
	bool (*is_worth_showing)(const void *row);
} kernel_parts[KERNEL_PARTS];

/* How a part is shown; one may be shown in two ways. */
struct kernel_page {
	const char *name, *help;
	enum kernel_part part;
	const char *columns, *order; /* as selection_parse() and order_parse() take them */
};
enum { KERNEL_PAGES = 6 };
extern const struct kernel_page kernel_pages[KERNEL_PAGES];

extern const struct table slab_table;

/* Finds a page by name; NULL if there is none. */
const struct kernel_page *kernel_find_page(const char *name);

/* Adds a row for each counter of reclaim there is, in order; what none is has no count. */
void reclaim_add_rows(struct rows *rows);

/*
 * The share of a zone's free memory that is in blocks smaller than `order`, per mille: a request
 * for 2^order pages in one piece cannot have it (mm/vmstat.c, unusable_free_index). Of nothing all
 * is too small, as the kernel has it. UNKNOWN where the blocks are.
 */
int64_t zone_fragmentation(const struct zone *zone, int order);
