// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct cgroup_tree;
struct snapshot;

/*
 * What an OOM kill would be about: vm.panic_on_oom and vm.oom_kill_allocating_task, and of a memory
 * cgroup its limit and whether it is killed as a whole. Version 1 and version 2, wherever they are
 * mounted.
 */
struct oom_scope;

/* `root` is a descriptor of /proc that stays open as long as this lives; so does the tree. */
struct oom_scope *oom_scope_create(int root, struct cgroup_tree *tree);
void oom_scope_destroy(struct oom_scope *scope);

/*
 * Fills the oom_ columns of the snapshot's system, whose memory and swap must be known already.
 * `cgroup` is a path as in the column CGROUP or that of the folder itself; NULL, or the root of all
 * groups: the machine. The kill is about the group, or the one above it, whose limit is nearest;
 * where none has a limit about the machine. Returns 0, or -errno: -ENOENT there is no such cgroup
 * or no memory controller.
 */
int oom_scope_read(struct oom_scope *scope, const char *cgroup, struct snapshot *now);

/*
 * Fills oom_group of all processes: the highest cgroup above each, within the scope, whose
 * memory.oom.group says that its members are killed together (version 2 only).
 */
void oom_scope_find_groups(struct oom_scope *scope, struct snapshot *now);
