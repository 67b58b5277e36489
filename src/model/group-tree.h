// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/group-row.h"

#include <stddef.h>
#include <stdint.h>

struct rows;
struct snapshot;

/* Groups and the tree of cgroups: for group_build(). */

/*
 * The length of the path of the cgroup above; 0 for the outermost, or for one outside of what is
 * visible ("/../x").
 */
size_t group_tree_above(const char *path, size_t length);

/* Adds each of the first `count` groups to the one above it. They are those of the charges. */
void group_tree_sum(struct rows *groups, size_t count);

/*
 * Removes those of the first `count` groups that have neither memory nor processes. `group_rows`
 * has the row of each process, and gets the new one.
 */
void group_tree_shrink(
	struct rows *groups, size_t count, uint32_t *group_rows, size_t process_count);

/*
 * Gives each unit, container or pod the charge of its cgroup: that whose path ends in its name, if
 * all its processes are there or below. `group_rows` has the group of each process; INDEX_END:
 * none.
 */
void group_find_charges(struct rows *groups, const struct snapshot *snapshot, enum group_kind kind,
	const uint32_t *group_rows);
