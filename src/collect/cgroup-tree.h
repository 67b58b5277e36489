// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct arena;

/*
 * The control groups of the memory controller: their mount and their names. In a cgroup namespace
 * /proc/PID/cgroup has paths from the namespace's own root; for a mount from outside the namespace
 * they are "/../../x". Here the name of a group is its path below the mount, where the user finds
 * it.
 */
struct cgroup_tree;

/* `root` is a descriptor of /proc; it must outlive the tree. */
struct cgroup_tree *cgroup_tree_create(int root);
void cgroup_tree_destroy(struct cgroup_tree *tree);

/*
 * Returns the version of the control groups, or -ENOENT or another -errno if none is visible.
 * Searches the mount once: a memory controller does not move while processes use it.
 */
int cgroup_tree_version(struct cgroup_tree *tree);

/* Whether the outermost visible group is the whole machine, with no group above it. */
bool cgroup_tree_is_whole(struct cgroup_tree *tree);

/*
 * The name of the group with this path in /proc/PID/cgroup. Returns `last` if it is the same text
 * (NULL: none), else a text in the arena.
 */
const char *cgroup_tree_name(struct cgroup_tree *tree, const char *path, size_t length,
	const char *last, struct arena *texts);

/* The same for a user's input: a name, or the path of the group's folder. */
const char *cgroup_tree_find(struct cgroup_tree *tree, const char *given, struct arena *texts);

/* The name of the outermost visible group. */
const char *cgroup_tree_outermost(const struct cgroup_tree *tree);

/*
 * The length of the name of the parent group; 0 for the outermost visible group. `length` is the
 * length of the group's own name.
 */
size_t cgroup_tree_above(const struct cgroup_tree *tree, const char *name, size_t length);

/* Opens the folder of a group (O_PATH). Returns its descriptor, or -errno. */
int cgroup_tree_open(const struct cgroup_tree *tree, const char *name, size_t length);

/*
 * A hybrid machine has the memory controller in version 1, and beside it groups of version 2, where
 * systemd puts the same processes into groups of the same names. Opens the folder of such a group.
 * Returns its descriptor, or -errno.
 */
int cgroup_tree_open_unified(const struct cgroup_tree *tree, const char *name);

/* The mount of the memory controller, from one line of /proc/PID/mountinfo. */
struct cgroup_mount {
	int version;     /* of the control groups; 0: not found */
	char root[4096]; /* the mounted group */
	char path[4096]; /* the mount point */
};

/*
 * Takes a line into account. A mount of the memory controller of version 1 replaces one of version
 * 2, which cannot have the controller then. Returns whether the line was taken.
 */
bool cgroup_mount_parse(const char *line, struct cgroup_mount *mount);

/*
 * Returns how many levels a mount begins above the root of the cgroup namespace: "/../.." is 2.
 * Returns 0 if it does not begin above it.
 */
size_t cgroup_mount_levels_above(const char *root);

/*
 * Writes a group's name below a mount that begins `levels` above the namespace's root; `inside` is
 * the name of that root below the mount. A path that leads further out stays as it is. Returns
 * false if it does not fit.
 */
bool cgroup_mount_name(const char *path, size_t length, const char *inside, size_t levels,
	char *name, size_t size);
