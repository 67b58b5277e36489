// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/group.h"
#include "model/growth-set.h"
#include "table/rows.h"

#include <stdint.h>

struct growth_row;
struct process;
struct snapshot;

/*
 * Follows the processes of a snapshot that hold at least 8 MiB of anonymous memory and swap, and
 * fills their growth, if NEED_GROWTH was asked for. The usual time between two refreshes is
 * `interval` nanoseconds.
 */
void growth_of_processes(struct growth_set *set, struct snapshot *now, int64_t interval);

/*
 * The same of some rows that were read between two refreshes, where none of them is known yet: what
 * is large enough has not grown so far. Nothing is followed.
 */
void growth_of_new_rows(struct snapshot *rows);

/*
 * Fills the growth of processes from a sample of memtop record, which has seen more of them, if
 * that is of the last five minutes of this boot.
 */
void growth_of_recorded(struct snapshot *now, const struct snapshot *sample);

/* The processes that grow, the fastest first; returns how many of `rows` were filled. */
size_t growth_fastest(const struct snapshot *now, const struct process **rows, size_t most);

/* The same as growth_of_processes() of groups of that snapshot, of one kind. */
void growth_of_groups(struct growth_set *set, struct groups *groups, const struct snapshot *now,
	int64_t interval);

/* The growth of all of a machine: its sums, budget, slab caches and processes, or groups of them.
 */
struct growth_list {
	struct growth_set set;
	struct rows rows; /* struct growth_row, of this refresh; texts as long as the snapshot's */
	struct arena texts; /* of the rows */
	struct groups groups;
	struct index charges; /* of the snapshot, by path */
};

/* The kind of group, or processes. */
enum { GROWTH_OF_PROCESSES = GROUP_KINDS };

/* What must be read for it. */
uint64_t growth_list_needs(unsigned kind);

/* Takes the next snapshot; `interval` and `span` as in growth_set_begin(). */
void growth_list_take(struct growth_list *list, const struct snapshot *now, unsigned kind,
	int64_t interval, int64_t span);

/* The row of all memory in use, or NULL. */
const struct growth_row *growth_list_in_use(const struct growth_list *list);

void growth_list_finish(struct growth_list *list);
