// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/group-row.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct process;
struct snapshot;

struct group_description {
	const char *name, *help; /* of --by */
	uint64_t need;           /* the data that tells the group of a process */
	const char *columns;     /* NULL: group_default_columns */
	bool has_charge;         /* the kernel charges such groups for memory */
	bool is_tree;            /* groups have others below them */
};
extern const struct group_description group_kinds[GROUP_KINDS];

/* Writes the names of all kinds: "program, user, unit". */
enum { GROUP_KINDS_SIZE = 128 };
void group_kinds_list(char text[static GROUP_KINDS_SIZE]);

/* What tells the group of a process: `key` is the path, or the name where the kind has none. */
enum { GROUP_NAME_SIZE = 1024 };
struct group_key {
	const char *name, *path, *key; /* of the process, or in `text`; NULL: it has no group */
};
struct group_key group_key_of(
	enum group_kind kind, const struct process *process, char text[static GROUP_NAME_SIZE]);

/* Whether groups of a kind are told apart by a path. */
bool group_has_path(enum group_kind kind);

extern const struct table group_table;
extern const char group_default_columns[], group_charge_columns[];

/*
 * Sums the processes of each group. A page counts once: the footprint is the sum of PSS, in which
 * a page that several processes map is divided among them, and an address space that several
 * processes use (VMOF) counts once, in the group of the first. Where PSS is not known RES stands
 * for it, and the sum is an upper bound. Kernel threads hold no memory and are left out.
 *
 * With the charges of cgroups in the snapshot, all cgroups with memory or processes are rows, and
 * each has the processes of those below it, too, as its charge has their memory. A tree has a row
 * for each process, with all that descend from it. Rows of depth 0 add up to the machine.
 */
void groups_build(struct groups *groups, const struct snapshot *snapshot, enum group_kind kind);
void groups_finish(struct groups *groups);

/*
 * What all processes of some groups hold together, each group once; UNKNOWN if a part is not known.
 * `*ret_is_bound`: it is at most that, since some PSS are not known.
 */
int64_t groups_total(const struct groups *groups, bool *ret_is_bound);

/* Whether the snapshot's process of this row is in a group, or in one below it. */
bool groups_has(const struct groups *groups, const struct group *group, size_t process);
