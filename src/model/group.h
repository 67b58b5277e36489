// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/rows.h"

#include <stddef.h>
#include <stdint.h>

struct arena;
struct snapshot;

/* What the processes of a group have in common. */
enum group_kind {
	GROUP_BY_PROGRAM,
	GROUP_BY_USER,
	GROUP_BY_UNIT,
	GROUP_BY_CGROUP,
	GROUP_BY_CONTAINER,
	GROUP_BY_POD,
	GROUP_KINDS,
};

struct group_description {
	const char *name, *help; /* of --by */
	uint64_t need;           /* the data that tells the group of a process */
};
extern const struct group_description group_kinds[GROUP_KINDS];

/* Writes the names of all kinds: "program, user, unit". */
enum { GROUP_KINDS_SIZE = 128 };
void group_kinds_list(char text[static GROUP_KINDS_SIZE]);

/* Processes together. Bytes; UNKNOWN if the figure of a process is not known. */
struct group {
	const char *name; /* NULL: they belong to no group of that kind */
	const char *path; /* of a container or pod: tells those of one name apart */
	const char *by;   /* the kind */
	const char *sum;  /* what the footprint is: "PSS", "older PSS", "at most" */
	int64_t processes;
	int64_t known; /* so many of them have a known PSS */
	int64_t footprint, share;
	int64_t anon, file, shared; /* the parts of the footprint */
	int64_t swap, page_tables;
	int64_t major_fault_rate;
	int64_t largest, largest_pid; /* the process with the largest RES */
	int64_t is_stale; /* 1: some PSS were read before this refresh, or are missing */
};

extern const struct table group_table;
extern const char group_default_columns[];

/*
 * Sums the processes of each group. A page counts once: the footprint is the sum of PSS, in which
 * a page that several processes map is divided among them, and an address space that several
 * processes use (VMOF) counts once, in the group of the first. Where PSS is not known RES stands
 * for it, and the sum is an upper bound. Kernel threads hold no memory and are left out. New texts
 * are in the arena, others are those of the snapshot.
 */
void group_build(struct rows *groups, const struct snapshot *snapshot, enum group_kind kind,
	struct arena *texts);
