// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct cgroup_tree;
struct snapshot;

/*
 * Reads what the memory cgroups are charged for, from the files of version 1 or 2 in the folder of
 * each group (Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/memory.rst).
 */
struct cgroups_reader;

/* The tree must outlive this. */
struct cgroups_reader *cgroups_create(struct cgroup_tree *tree);
void cgroups_destroy(struct cgroups_reader *reader);

/*
 * Fills `charges` of the snapshot, each row after the one above it, with the figures of the needs
 * in its `bits`. All groups are read in one go, from the outside in: the first memory.stat makes
 * the kernel add up the counters of all, and the others are cheap then. A missing or unreadable
 * file leaves its figures UNKNOWN, a group that is removed meanwhile is left out. Adds a hint if
 * there are more groups than the bounds of collect/cgroup-walk.h. Returns 0, or -errno if there is
 * no memory controller.
 */
int cgroups_read(struct cgroups_reader *reader, struct snapshot *now);

/* They are not read any more: closes what was kept open. */
void cgroups_close(struct cgroups_reader *reader);

/*
 * The same for one group and those above it: it is the last row. Its path is as in the column
 * CGROUP. Returns -ENOENT if it is not there.
 */
int cgroups_read_one(struct cgroups_reader *reader, const char *path, struct snapshot *now);
