// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/group-row.h"
#include "table/rows.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct process;
struct snapshot;

struct group_description {
	const char *name, *help; /* of --by */
	uint64_t need;           /* the data that tells the group of a process */
	const char *columns; /* default columns of a kind that has a charge; NULL: it has none */
};
extern const struct group_description group_kinds[GROUP_KINDS];

/* Writes the names of all kinds: "program, user, unit". */
enum { GROUP_KINDS_SIZE = 128 };
void group_kinds_list(char text[static GROUP_KINDS_SIZE]);

extern const struct table group_table;
extern const char group_default_columns[], group_charge_columns[];

/*
 * Sums the processes of each group. A page counts once: the footprint is the sum of PSS, in which
 * a page that several processes map is divided among them, and an address space that several
 * processes use (VMOF) counts once, in the group of the first. Where PSS is not known RES stands
 * for it, and the sum is an upper bound. Kernel threads hold no memory and are left out. New texts
 * are in the arena, others are those of the snapshot.
 *
 * With the charges of cgroups in the snapshot, all cgroups with memory or processes are rows, and
 * each has the processes of those below it, too, as its charge has their memory: rows of depth 0
 * add up to the machine.
 */
void group_build(struct rows *groups, const struct snapshot *snapshot, enum group_kind kind,
	struct arena *texts);

/*
 * The same; `rows`, with space for each process of the snapshot, gets the row of the group that
 * each is in, of cgroups the innermost one. INDEX_END: none, it is a kernel thread.
 */
void group_build_with_members(struct rows *groups, const struct snapshot *snapshot,
	enum group_kind kind, struct arena *texts, uint32_t *rows);

/*
 * What all processes of some groups hold together, each group once; UNKNOWN if a part is not known.
 * `*ret_is_bound`: it is at most that, since some PSS are not known.
 */
int64_t group_total(const struct rows *groups, bool *ret_is_bound);

/* Whether a process is in the group of a kind, or in a cgroup below it. */
bool group_has(const struct group *group, enum group_kind kind, const struct process *process);
