// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct arena;

/*
 * The control groups of the memory controller as they can be seen from here: where they are
 * mounted, and how they are called. In a cgroup namespace /proc/PID/cgroup tells paths from the
 * namespace's own root; where the groups were mounted outside of it they are "/../../x". Here a
 * group is called by its path below what is mounted, as the user finds it there.
 */
struct cgroup_tree;

/* `root` is a descriptor of /proc that stays open as long as this lives. */
struct cgroup_tree *cgroup_tree_create(int root);
void cgroup_tree_destroy(struct cgroup_tree *tree);

/*
 * The version of the control groups. Looks for the mount once: a memory controller does not move
 * while processes use it. Returns -ENOENT or another -errno where there is none to be seen.
 */
int cgroup_tree_version(struct cgroup_tree *tree);

/* Whether no group stands above the outermost one that is visible: it is the whole machine. */
bool cgroup_tree_is_whole(struct cgroup_tree *tree);

/*
 * The name of a group of which /proc/PID/cgroup gives the path. The text is the arena's; `last` is
 * returned where it is the same (NULL: none).
 */
const char *cgroup_tree_name(struct cgroup_tree *tree, const char *path, size_t length,
	const char *last, struct arena *texts);

/* The same of what a user has given: a name, or the path of its folder. */
const char *cgroup_tree_find(struct cgroup_tree *tree, const char *given, struct arena *texts);

/*
 * The length of the name of the group above one whose name has this length; 0: it is the outermost
 * that is visible.
 */
size_t cgroup_tree_above(const struct cgroup_tree *tree, const char *name, size_t length);

/* Opens the folder of a group (O_PATH). Returns its descriptor, or -errno. */
int cgroup_tree_open(const struct cgroup_tree *tree, const char *name, size_t length);

/* Where the memory controller is mounted, from one line of /proc/PID/mountinfo. */
struct cgroup_mount {
	int version;     /* of the control groups; 0: not found */
	char root[4096]; /* the group that is mounted */
	char path[4096]; /* and where */
};

/*
 * Takes a line into account. A mount of the memory controller of version 1 goes before one of
 * version 2, which has none then. Returns whether the line was taken.
 */
bool cgroup_mount_parse(const char *line, struct cgroup_mount *mount);

/*
 * How many levels above the root of the cgroup namespace a mount begins: "/../.." is 2. 0 where it
 * does not begin above it.
 */
size_t cgroup_mount_levels_above(const char *root);

/*
 * Writes the name below a mount that begins so many levels above the namespace's root, of which
 * `inside` is the name there. A path that leads further out stays as it is. Returns false where it
 * does not fit.
 */
bool cgroup_mount_name(const char *path, size_t length, const char *inside, size_t levels,
	char *name, size_t size);
