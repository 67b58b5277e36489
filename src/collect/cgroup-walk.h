// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "collect/cgroup-files.h"

#include <stdbool.h>
#include <stdint.h>

struct cgroup_tree;

/*
 * All memory cgroups, from the outside in, in one refresh after the other. What was found stays
 * known: a folder is listed again only if its number of links has changed, or if a group below it
 * is gone. Descriptors can stay open, as far as there are enough of them.
 */
struct cgroup_walk;

/* At most so many groups are walked over, and so many levels; so many descriptors are kept. */
enum { CGROUPS_MOST = 8192, CGROUPS_MOST_DEEP = 64, CGROUPS_MOST_KEPT = 6144 };

/* A group of the walk. */
struct cgroup_found {
	char *path;     /* as in the column CGROUP; owned by the walk */
	int64_t parent; /* the place of the group above it; UNKNOWN: outermost */
	int64_t depth;  /* 0: outermost */
	int64_t inode;  /* of its folder */
	int64_t row;    /* set by the caller; UNKNOWN: it has none, nor have those below it */
	bool is_cut;    /* not all groups below it could be found */
	struct cgroup_open open;
};

/* The tree must outlive this. `keeps`: descriptors stay open from the second refresh on. */
struct cgroup_walk *cgroup_walk_create(struct cgroup_tree *tree, bool keeps);
void cgroup_walk_destroy(struct cgroup_walk *walk);

/* Begins a refresh. Returns 0, or -errno if there is no memory controller. */
int cgroup_walk_begin(struct cgroup_walk *walk);

/*
 * The next group, with its folder open, or NULL after the last one. Each comes after the one above
 * it. It may move at the next call.
 */
struct cgroup_found *cgroup_walk_next(struct cgroup_walk *walk);

/* How many more descriptors of the files of this group may be kept. */
int *cgroup_walk_room(struct cgroup_walk *walk);

/* The group of the last call has been removed. Others may be there now, and come later. */
void cgroup_walk_lost(struct cgroup_walk *walk);

/* All groups of this refresh; those without a row have been removed. */
size_t cgroup_walk_count(const struct cgroup_walk *walk);
const struct cgroup_found *cgroup_walk_at(const struct cgroup_walk *walk, size_t place);

/* Why a group could not be opened or listed, -errno; -E2BIG: there are more than the bounds. */
int cgroup_walk_error(const struct cgroup_walk *walk);

/* Closes what is kept. */
void cgroup_walk_close(struct cgroup_walk *walk);

/* The same, and all groups are found anew: the outer ones are first again. */
void cgroup_walk_forget(struct cgroup_walk *walk);
