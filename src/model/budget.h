// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/rows.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* What the kernel says of its memory, in bytes; UNKNOWN where it does not. */
struct budget_figures {
	/* /proc/meminfo (fs/proc/meminfo.c) */
	int64_t total, free, cma_free, anon, anon_huge, swap_cached, cached, shmem, dirty,
		writeback, buffers, slab, slab_reclaimable, slab_unreclaimable, reclaimable, stacks,
		page_tables, secondary_page_tables, per_cpu, vmalloc, vmalloc_chunk, hugetlb, zswap,
		balloon, gpu_active, gpu_reclaim, corrupted;
	int64_t free_per_cpu; /* /proc/zoneinfo: pages in the free lists of the CPUs */
	int64_t zram;         /* /sys/block/zram*: memory of all of them */
	int64_t arc;          /* /proc/spl/kstat/zfs/arcstats: size */
	int64_t sockets;      /* /proc/net/sockstat: memory of all protocols */
	int64_t installed;    /* /proc/iomem: System RAM; only root may see it */
	int64_t present;      /* /proc/zoneinfo: the same, but for what firmware has reserved */
	int64_t slab_told;    /* by budget_build(): what of `slab` the two parts of it are */
};

/* A part of an item that has a name of its own: a mount of tmpfs, a slab cache, a pool. */
struct budget_part {
	const char *item, *name, *what;
	int64_t bytes;
};

struct budget_row {
	const char *item;
	const char *part; /* of the item; NULL: the item itself, which counts */
	int64_t bytes, share;
	int64_t change, rate;      /* since the first reading, and of it a minute */
	int64_t figure, elsewhere; /* the kernel's figure, and what of it another item counts */
	const char *what, *source, *misreading;
};

/* A row of some. */
static inline struct budget_row *
budget_at(const struct rows *rows, size_t i)
{
	return (struct budget_row *)rows->data + i;
}

extern const struct table budget_table;
extern const char budget_default_columns[];

void budget_reset_figures(struct budget_figures *figures);

/*
 * Rows whose items add up to MemTotal: the last one is what nothing accounts for, and less than 0
 * where figures that were read at different moments overlap. Behind each item stand its parts, the
 * largest first; they are in it and do not count. Where MemTotal is unknown there are no rows.
 * Returns whether the last row is "mixed": the items are so far above MemTotal that some of them
 * must be figures of another machine (L22).
 */
bool budget_build(struct rows *budget, const struct budget_figures *figures,
	const struct budget_part *parts, size_t part_count);

/*
 * What of the installed memory is not in MemTotal: given back to the host by a balloon, and kept by
 * firmware and the kernel. UNKNOWN where that is not told.
 */
void budget_beyond(const struct rows *budget, const struct budget_figures *figures,
	int64_t *ret_balloon, int64_t *ret_kept);

/* Fills how much each row has changed since another reading, `elapsed` nanoseconds ago. */
void budget_compare(struct rows *now, const struct rows *first, int64_t elapsed);

/* Whether a struct budget_row says something: one of 0 only where it has become that. */
bool budget_is_worth_showing(const void *row);
