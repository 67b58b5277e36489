// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/rows.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* The kernel's figures for its memory, in bytes; UNKNOWN if missing. */
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
	int64_t installed;    /* /proc/iomem: System RAM; only for root */
	int64_t present;      /* /proc/zoneinfo: the same without memory reserved by firmware */
	int64_t slab_told;    /* sum of the two parts of `slab`, set by budget_build() */
};

/* A named part of an item: a mount of tmpfs, a slab cache, a pool. */
struct budget_part {
	const char *item, *name, *what;
	int64_t bytes;
};

struct budget_row {
	const char *item;
	const char *part; /* NULL: the row is the item itself, which counts */
	const char *name; /* the item in words, or the part */
	int64_t depth;    /* 1 for a part, else 0 */
	int64_t bytes, share, bytes_of_item;
	int64_t change, rate;      /* since the first reading; per minute */
	int64_t figure, elsewhere; /* the kernel's figure; its part that another item counts */
	const char *what, *source, *misreading;
};

static inline struct budget_row *
budget_at(const struct rows *rows, size_t i)
{
	return (struct budget_row *)rows->data + i;
}

extern const struct table budget_table;
extern const char budget_default_columns[], budget_growth_columns[];

void budget_reset_figures(struct budget_figures *figures);

/*
 * Builds rows whose items add up to MemTotal, the largest first. The last row is the rest; it is
 * below 0 if figures of different moments overlap. The parts of an item follow it, the largest
 * first; the item includes them. No rows if MemTotal is unknown. Returns whether the last row is
 * "mixed": the items are so far above MemTotal that some must be figures of another machine (L22).
 */
bool budget_build(struct rows *budget, const struct budget_figures *figures,
	const struct budget_part *parts, size_t part_count);

/*
 * The installed memory that is not in MemTotal: given to the host by a balloon, and reserved by
 * firmware and kernel. UNKNOWN if not known.
 */
void budget_beyond(const struct rows *budget, const struct budget_figures *figures,
	int64_t *ret_balloon, int64_t *ret_kept);

/* Fills the change of each row since another reading, `elapsed` nanoseconds ago. */
void budget_compare(struct rows *now, const struct rows *first, int64_t elapsed);

/* Whether to show a struct budget_row: its size is not 0, or has changed. */
bool budget_is_worth_showing(const void *row);
