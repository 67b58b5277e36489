// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/group-row.h"

#include <stddef.h>
#include <stdint.h>

struct snapshot;

/* Groups below groups, and the charges of cgroups: for groups_build(). */

/*
 * The length of the path of the cgroup above; 0 for the outermost, or for one outside of what is
 * visible ("/../x").
 */
size_t group_tree_above(const char *path, size_t length);

/* Adds each group to the one above it. Each row must be after the one above it. */
void group_tree_sum(struct groups *groups);

/* Removes those of the first `count` groups that have neither memory nor processes. */
void group_tree_shrink(struct groups *groups, size_t count, size_t process_count);

/*
 * Gives each unit, container or pod the charge of its cgroup: that whose path ends in its name, if
 * all its processes are there or below.
 */
void group_find_charges(struct groups *groups, const struct snapshot *snapshot);
