// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/arena.h"
#include "model/growth.h"
#include "table/rows.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cgroup_charge;

/* What the processes of a group have in common. */
enum group_kind {
	GROUP_BY_PROGRAM,
	GROUP_BY_USER,
	GROUP_BY_UNIT,
	GROUP_BY_CGROUP,
	GROUP_BY_CONTAINER,
	GROUP_BY_POD,
	GROUP_BY_TREE,
	GROUP_KINDS,
};

/*
 * Processes together. Bytes; UNKNOWN if the figure of a process is not known. The charge is what
 * the kernel counts for a cgroup, which is another thing than the footprint of its processes.
 */
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
	int64_t stale_rest;           /* what an upper bound adds where PSS is older */
	int64_t pss_age;              /* of the oldest PSS in the footprint */
	struct growth_summary growth; /* of anon + swap */
	int64_t is_stale; /* 1: some PSS were read before this refresh, or are missing */
	/*
	 * Of a cgroup the inode of its folder, of a process with its descendants their root's PID,
	 * and the same of the one above; 0: none.
	 */
	int64_t id, above;
	int64_t root, root_start; /* PID and start time of the root */
	int64_t depth;            /* 0: outermost; UNKNOWN: the row has no rows below it */
	uint32_t row_above;       /* in the same rows; INDEX_END: none */
	const struct cgroup_charge *charge; /* never NULL; the snapshot's, or charge_unknown */
	bool is_in_several; /* its processes are in several cgroups: it has no charge */
};

/* The processes of a snapshot in groups. A zeroed one is empty. */
struct groups {
	enum group_kind kind;
	struct rows rows;     /* struct group */
	struct arena texts;   /* of the rows; others are those of the snapshot */
	uint32_t *of_process; /* the row of each process, the innermost; INDEX_END: none, it is a
				 kernel thread */
	size_t capacity;
};

static inline struct group *
groups_at(const struct groups *groups, size_t row)
{
	return (struct group *)groups->rows.data + row;
}
