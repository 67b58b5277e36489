// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/rows.h"

#include <stddef.h>
#include <stdint.h>

struct index;

/*
 * What the kernel has charged to one memory cgroup and the cgroups below it, and its limits. Bytes
 * and counts; UNLIMITED: no limit. Who used a page first is charged for all of it, so a figure is
 * no sum over processes (model/group.h).
 */
struct cgroup_charge {
	const char *path;   /* as in the column CGROUP */
	int64_t parent;     /* the row of the group above it; UNKNOWN: outermost */
	int64_t depth;      /* 0: outermost */
	int64_t inode;      /* tells a group from a later one with the same path */
	int64_t current;    /* with cache and kernel memory, without swap */
	int64_t workset;    /* current without inactive file pages, as container tools show it */
	int64_t anon, file; /* file with shmem */
	int64_t shmem, kernel, sock, zswap;
	int64_t kernel_is_sum; /* 1: `kernel` is a sum of its parts, before Linux 5.18 */
	int64_t swap, peak;    /* the peak of `current` */
	int64_t max, high, low, min, swap_max;
	int64_t limit;        /* its own, also where it cannot have one: UNLIMITED */
	int64_t hierarchical; /* the least limit as version 1 says it, which may be that of a group
				 above the visible ones; UNKNOWN: not said */
	int64_t effective;    /* the least limit of it and all visible groups above it, */
	const char *limited_by; /* the group that sets it, or OOM_SCOPE_HIDDEN; NULL: none */
	int64_t headroom;       /* left until the first of these limits is reached */
	int64_t full; /* how much of that one is charged, per mille; UNKNOWN: there is none */
	int64_t full_workset; /* the same for its working set */
	int64_t cache;        /* of `current`: page cache and slab that can be given back */
	int64_t available;    /* as headroom, with the cache of each of these groups given back */
	int64_t high_events, max_events, ooms, kills, group_kills;
	int64_t own_kills; /* without those in the groups below it */
	int64_t high_rate, kill_rate;
	int64_t psi_some, psi_full; /* avg10, per mille */
	int64_t pids;
	int64_t dying;   /* groups below it that are removed but still charged */
	int64_t removed; /* memory that no group below it holds, where it has no processes */
	int64_t below;   /* the sum of `current` of the groups one level below it */
};

/* All UNKNOWN. */
extern const struct cgroup_charge charge_unknown;

/* Its columns are those of groups (model/group-columns.c). */
extern const struct table charge_table;

/* Adds a row of UNKNOWNs to the rows of a snapshot's `charges`. Earlier rows may move. */
struct cgroup_charge *charge_add(struct rows *charges);

static inline struct cgroup_charge *
charge_at(const struct rows *charges, size_t row)
{
	return (struct cgroup_charge *)charges->data + row;
}

/*
 * Computes what follows from the limits (`effective` to `available`, without `cache`) for a row
 * whose own figures are there. `above` is the complete row above it; NULL: none.
 */
void charge_limit(struct cgroup_charge *charge, const struct cgroup_charge *above);

/*
 * Completes rows that have only figures of their own, as those of a recording: each after the one
 * above it, which their paths tell. Rows without a path are dropped.
 */
void charge_complete(struct rows *charges);

struct system;

/*
 * Replaces the totals of the machine by those of a group, as `memtop free --cgroup` shows them. No
 * figure is above that of the machine; where no limit applies the total is the machine's.
 */
void charge_as_totals(const struct cgroup_charge *charge, struct system *totals);

/* Adds all rows, by path, to an empty index. */
void charge_index(struct index *index, const struct rows *charges);

/* The row of a path of so many bytes, or NULL. */
const struct cgroup_charge *charge_find(
	const struct index *index, const struct rows *charges, const char *path, size_t length);

/* The same of a whole path, or of the innermost group above it that has a row. */
const struct cgroup_charge *charge_find_nearest(
	const struct index *index, const struct rows *charges, const char *path);
