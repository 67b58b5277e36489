// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct arena;
struct cgroup_tree;
struct nearest_limit;
struct snapshot;

/*
 * The scope of an OOM kill: vm.panic_on_oom and vm.oom_kill_allocating_task, and for a memory
 * cgroup its limit and whether it is killed as a whole. Supports version 1 and version 2 at any
 * mount point.
 */
struct oom_scope;

/* `root` is a descriptor of /proc; both it and the tree must outlive this. */
struct oom_scope *oom_scope_create(int root, struct cgroup_tree *tree);
void oom_scope_destroy(struct oom_scope *scope);

/*
 * Fills the oom_ columns of the snapshot's system, whose memory and swap must be known already.
 * `cgroup` is a path as in the column CGROUP, or the path of its folder; NULL or the root group
 * means the machine. The scope is the group, at or above `cgroup`, with the nearest limit; without
 * any limit the machine. Returns 0 or -errno; -ENOENT: no such cgroup, or no memory controller.
 */
int oom_scope_read(struct oom_scope *scope, const char *cgroup, struct snapshot *now);

/* The name of memtop's own group, or NULL where there is none. */
const char *oom_scope_own_cgroup(struct oom_scope *scope, struct arena *texts);

/*
 * Fills own and own_cgroup of the totals: the limit that memtop's own group reaches first, whose
 * memory and swap must be known already. Where there is none it looks again after 30 seconds.
 * Returns 0.
 */
int oom_scope_read_own(struct oom_scope *scope, struct snapshot *now);

/*
 * Finds the limit that a group of this name, as in the column CGROUP, reaches first: its own, or
 * one of a group above it. Without any the cgroup of the result is NULL. Texts are those of the
 * snapshot. Returns 0 or -errno; -ENOENT: no such cgroup, or no memory controller.
 */
int oom_scope_find_limit(struct oom_scope *scope, const char *name, struct snapshot *now,
	struct nearest_limit *ret_limit);

/*
 * Fills oom_group of all processes: the highest cgroup above each, within the scope, with
 * memory.oom.group set: its members are killed together (version 2 only). Of a process that has
 * none it is not changed: rows are new.
 */
void oom_scope_find_groups(struct oom_scope *scope, struct snapshot *now);
