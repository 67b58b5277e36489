// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct snapshot;

/*
 * What an OOM kill would be about: vm.panic_on_oom and vm.oom_kill_allocating_task, and of a memory
 * cgroup its limit and whether it is killed as a whole. Version 1 and version 2, wherever they are
 * mounted.
 */
struct oom_scope;

/* `root` is a descriptor of /proc that stays open as long as this lives. */
struct oom_scope *oom_scope_create(int root);
void oom_scope_destroy(struct oom_scope *scope);

/*
 * Fills the oom_ columns of the snapshot's system, whose SwapTotal must be known already. `cgroup`
 * is a path as in the column CGROUP or that of the folder itself; NULL: the whole machine. Returns
 * 0, or -errno: -ENOENT there is no such cgroup or no memory controller.
 */
int oom_scope_read(struct oom_scope *scope, const char *cgroup, struct snapshot *now);

/*
 * Fills oom_group of all processes: the highest cgroup above each, within the scope, whose
 * memory.oom.group says that its members are killed together (version 2 only).
 */
void oom_scope_find_groups(struct oom_scope *scope, struct snapshot *now);

/* Where the memory controller is mounted, from one line of /proc/PID/mountinfo. */
struct oom_mount {
	int version;     /* of the control groups; 0: not found */
	char root[4096]; /* the cgroup that is mounted */
	char path[4096]; /* and where */
};

/*
 * Takes a line into account. A mount of the memory controller of version 1 goes before one of
 * version 2, which has none then. Returns whether the line was taken.
 */
bool oom_mount_parse(const char *line, struct oom_mount *mount);
