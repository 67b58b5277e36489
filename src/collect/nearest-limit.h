// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>

struct arena;
struct cgroup_tree;
struct snapshot;

/*
 * Finds the memory cgroup that is nearest to its limit. Which groups have a limit is read anew
 * every 30 seconds: at most 1,024 groups, the outer ones first, and of these 256 with a limit. In
 * each refresh only their use is read, and all of the few that use most of their limit.
 */
struct nearest_limit_reader;

/* `root` is a descriptor of /proc; both it and the tree must outlive this. */
struct nearest_limit_reader *nearest_limit_create(int root, struct cgroup_tree *tree);
void nearest_limit_destroy(struct nearest_limit_reader *reader);

/* How many groups with a limit it knows. */
size_t nearest_limit_count(const struct nearest_limit_reader *reader);

/*
 * The name of a group, as in the column CGROUP, whose last part is `last`, such as "db.service".
 * Searches as far as above; of several it is the first that is found. NULL: none.
 */
const char *nearest_limit_path(
	struct nearest_limit_reader *reader, const char *last, struct arena *texts);

/*
 * Fills `nearest` of the totals, whose memory and swap must be known already. No limit is no error.
 * Returns 0.
 */
int nearest_limit_read(struct nearest_limit_reader *reader, struct snapshot *now);
