// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/cgroup-tree.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "collect/cgroup.h"
#include "collect/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	PATH_SIZE = 2 * 4096,
	TEXT_SIZE = 16 * 1024,
	MACHINE_INODE = 1,  /* inode of the root of a hierarchy (fs/kernfs) */
	MOST_LEVELS = 64,   /* between a mount and the namespace's root below it */
	MOST_FOLDERS = 4096 /* read to find the name of the namespace's root */
};

/* PROC_CGROUP_INIT_INO of include/linux/proc_ns.h: the initial namespace. */
static const char first_namespace[] = "cgroup:[4026531835]";

struct cgroup_tree {
	int root;
	struct cgroup_mount mount;
	struct cgroup_mount unified; /* of version 2, beside a memory controller of version 1 */
	bool is_whole;
	size_t levels; /* from the mount's root down to the namespace's root, */
	char *inside;  /* and the name of the namespace's root below the mount */
	char given[PATH_SIZE], name[PATH_SIZE]; /* space for making names */
};

struct cgroup_tree *
cgroup_tree_create(int root)
{
	struct cgroup_tree *tree = xcalloc(1, sizeof(*tree));

	tree->root = root;
	return tree;
}

void
cgroup_tree_destroy(struct cgroup_tree *tree)
{
	if (tree)
		free(tree->inside);
	free(tree);
}

static bool
has_word(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = list; (at = strstr(at, word)); at += length)
		if ((at == list || at[-1] == ',') && strchr(",\n", at[length]))
			return true;
	return false;
}

/* The version of the control groups if the line mounts their memory controller, else 0. */
static int
version_of(const char *line)
{
	const char *type = procfs_mount_field(line, MOUNT_TYPE);

	if (!type)
		return 0;
	if (strncmp(type, "cgroup2 ", 8) == 0)
		return 2;
	return strncmp(type, "cgroup ", 7) == 0 && has_word(strrchr(type, ' ') + 1, "memory");
}

bool
cgroup_mount_parse(const char *line, struct cgroup_mount *mount)
{
	const char *root = procfs_mount_field(line, MOUNT_ROOT);
	const char *path = procfs_mount_field(line, MOUNT_POINT);
	_cleanup_free_ struct cgroup_mount *found = NULL;
	int version = version_of(line);

	if (version == 0 || !root || !path)
		return false;
	found = xcalloc(1, sizeof(*found));
	found->version = version;
	if (!procfs_unescape(found->root, sizeof(found->root), root, (size_t)(path - 1 - root)) ||
		!procfs_unescape(found->path, sizeof(found->path), path, strcspn(path, " ")))
		return false;
	if (mount->version > 0 && mount->version <= version &&
		(mount->version < version || strcmp(mount->path, found->path) != 0))
		return false;
	*mount = *found;
	return true;
}

/* Whether a path begins with a step outward: "/..", with no other characters in that name. */
static bool
leads_out(const char *path, size_t length)
{
	return length >= 3 && memcmp(path, "/..", 3) == 0 && (length == 3 || path[3] == '/');
}

/* The number of steps outward at the start of a path. */
static size_t
steps_out(const char *path, size_t length)
{
	size_t steps = 0;

	while (leads_out(path + 3 * steps, length - 3 * steps))
		steps++;
	return steps;
}

size_t
cgroup_mount_levels_above(const char *root)
{
	size_t length = strlen(root), steps = steps_out(root, length);

	return 3 * steps == length ? steps : 0;
}

/* The length of the first `count` names of a path. */
static size_t
length_of_names(const char *path, size_t count)
{
	size_t length = 0;

	for (size_t i = 0; i < count && path[length]; i++)
		length += 1 + strcspn(path + length + 1, "/");
	return length;
}

bool
cgroup_mount_name(
	const char *path, size_t length, const char *inside, size_t levels, char *name, size_t size)
{
	size_t steps = steps_out(path, length), kept = 0;

	if (steps <= levels) {
		kept = length_of_names(inside, levels - steps);
		path += 3 * steps;
		length -= 3 * steps;
	}
	if (length == 1 && *path == '/' && kept > 0)
		length = 0;
	if (kept + length + 2 > size)
		return false;
	memcpy(name, inside, kept);
	memcpy(name + kept, path, length);
	if (kept + length == 0)
		name[length++] = '/';
	name[kept + length] = '\0';
	return true;
}

struct search {
	const char *own; /* this process's path from the namespace's root */
	int folders;     /* folders that may still be read */
	char path[PATH_SIZE];
};

/* Whether this process is in the group. */
static bool
is_own(struct search *search, size_t length)
{
	_cleanup_fclose_ FILE *file = NULL;
	_cleanup_free_ char *line = NULL;
	size_t size = 0;
	bool found = false;

	snprintf(search->path + length, PATH_SIZE - length, "%s/cgroup.procs", search->own);
	file = fopen(search->path, "re");
	while (file && !found && getline(&line, &size, file) > 0)
		found = strtol(line, NULL, 10) == getpid();
	search->path[length] = '\0';
	return found;
}

/* Searches `levels` below the folder search->path, and leaves the result in search->path. */
static bool
find_inside(struct search *search, size_t levels)
{
	size_t length = strlen(search->path);
	_cleanup_closedir_ DIR *folder = NULL;
	struct dirent *entry;

	if (levels == 0)
		return is_own(search, length);
	folder = opendir(search->path);
	while (folder && search->folders > 0 && (entry = readdir(folder))) {
		if (entry->d_type != DT_DIR || *entry->d_name == '.' ||
			length + strlen(entry->d_name) + 2 > PATH_SIZE)
			continue;
		search->folders--;
		snprintf(search->path + length, PATH_SIZE - length, "/%s", entry->d_name);
		if (find_inside(search, levels - 1))
			return true;
		search->path[length] = '\0';
	}
	return false;
}

/* If the name cannot be found its parts are "?", so that it matches no other group. */
static char *
name_inside(const struct cgroup_tree *tree)
{
	_cleanup_free_ struct search *search = xcalloc(1, sizeof(*search));
	_cleanup_free_ char *text = xmalloc(TEXT_SIZE), *own = NULL;
	char unknown[2 * MOST_LEVELS + 1] = "";
	size_t length = strlen(tree->mount.path);
	struct cgroup cgroup;

	for (size_t i = 0; i < tree->levels; i++)
		memcpy(unknown + 2 * i, "/?", 3);
	if (procfs_read(tree->root, "self/cgroup", text, TEXT_SIZE) <= 0 ||
		cgroup_parse(text, &cgroup) < 0 || leads_out(cgroup.path, cgroup.path_length))
		return xstrdup(unknown);
	own = xstrndup(cgroup.path, cgroup.path_length);
	search->own = strcmp(own, "/") == 0 ? "" : own;
	search->folders = MOST_FOLDERS;
	memcpy(search->path, tree->mount.path, length + 1);
	return xstrdup(find_inside(search, tree->levels) ? search->path + length : unknown);
}

static bool
is_first_namespace(const struct cgroup_tree *tree)
{
	char text[64];
	ssize_t length = readlinkat(tree->root, "self/ns/cgroup", text, sizeof(text) - 1);

	if (length < 0)
		return errno == ENOENT; /* before Linux 4.6 there are no others */
	text[length] = '\0';
	return strcmp(text, first_namespace) == 0;
}

static void
look_around(struct cgroup_tree *tree)
{
	const struct cgroup_mount *mount = &tree->mount;
	struct stat status;

	tree->is_whole = (strcmp(mount->root, "/") == 0 && is_first_namespace(tree)) ||
			 (stat(mount->path, &status) == 0 && status.st_ino == MACHINE_INODE);
	tree->levels = cgroup_mount_levels_above(mount->root);
	if (tree->levels > MOST_LEVELS)
		tree->levels = 0;
	if (tree->levels > 0)
		tree->inside = name_inside(tree);
}

int
cgroup_tree_version(struct cgroup_tree *tree)
{
	_cleanup_fclose_ FILE *file = NULL;
	_cleanup_free_ char *line = NULL;
	size_t size = 0;

	if (tree->mount.version > 0)
		return tree->mount.version;
	file = procfs_open(tree->root, "self/mountinfo");
	if (!file)
		return -errno;
	while (getline(&line, &size, file) > 0) {
		cgroup_mount_parse(line, &tree->mount);
		if (version_of(line) == 2)
			cgroup_mount_parse(line, &tree->unified);
	}
	if (tree->mount.version == 0)
		return -ENOENT;
	look_around(tree);
	return tree->mount.version;
}

bool
cgroup_tree_is_whole(struct cgroup_tree *tree)
{
	return cgroup_tree_version(tree) < 0 ? is_first_namespace(tree) : tree->is_whole;
}

const char *
cgroup_tree_name(struct cgroup_tree *tree, const char *path, size_t length, const char *last,
	struct arena *texts)
{
	if (cgroup_tree_version(tree) < 0 || tree->levels == 0 ||
		!cgroup_mount_name(path, length, tree->inside, tree->levels, tree->name, PATH_SIZE))
		return arena_copy_new(texts, last, path, length);
	return arena_copy_new(texts, last, tree->name, strlen(tree->name));
}

/* The name of the mounted group, if the names of all groups begin with it; else "". */
static const char *
base_of(const struct cgroup_tree *tree)
{
	const char *root = tree->mount.root;

	return root[0] && root[1] && tree->levels == 0 ? root : "";
}

/* Whether a path is the folder or is below it. */
static bool
is_below(const char *path, size_t length, const char *folder)
{
	size_t above = strlen(folder);

	return above <= length && strncmp(path, folder, above) == 0 &&
	       (length == above || path[above] == '/');
}

/* Leaves one slash at the start, none doubled and none at the end. Returns the new length. */
static size_t
fold_slashes(char *path, size_t length)
{
	size_t used = 0;

	for (size_t i = 0; i < length; i++)
		if (path[i] != '/' || used == 0 || path[used - 1] != '/')
			path[used++] = path[i];
	while (used > 1 && path[used - 1] == '/')
		used--;
	path[used] = '\0';
	return used;
}

const char *
cgroup_tree_find(struct cgroup_tree *tree, const char *given, struct arena *texts)
{
	bool is_seen = cgroup_tree_version(tree) > 0;
	const char *base = is_seen ? base_of(tree) : "", *mount = tree->mount.path;
	char *name = tree->given;
	int end = snprintf(name, PATH_SIZE, "/%s", given);
	size_t length = fold_slashes(name, end < PATH_SIZE ? (size_t)end : PATH_SIZE - 1);

	if (is_seen && is_below(name, length, mount)) {
		length -= strlen(mount);
		memmove(name, name + strlen(mount), length + 1);
	} else if (leads_out(name, length)) {
		return cgroup_tree_name(tree, name, length, NULL, texts);
	} else if (is_below(name, length, base)) {
		return arena_copy(texts, name, length);
	}
	if (strlen(base) + length + 2 > PATH_SIZE)
		return arena_copy(texts, name, length);
	memmove(name + strlen(base), name, length + 1);
	memcpy(name, base, strlen(base));
	length = fold_slashes(name, strlen(base) + length);
	return length > 0 ? arena_copy(texts, name, length) : "/";
}

const char *
cgroup_tree_outermost(const struct cgroup_tree *tree)
{
	return *base_of(tree) ? base_of(tree) : "/";
}

size_t
cgroup_tree_above(const struct cgroup_tree *tree, const char *name, size_t length)
{
	size_t base = strlen(base_of(tree));

	if (length <= 1 || length <= base)
		return 0;
	while (length > 0 && name[length - 1] != '/')
		length--;
	length = length > 1 ? length - 1 : 1;
	return base > 0 && length < base ? base : length;
}

/* Opens the folder of a group below a mount. Returns its descriptor, or -errno. */
static int
open_below(const struct cgroup_tree *tree, const char *mount, const char *name, size_t length)
{
	const char *base = base_of(tree);
	_cleanup_free_ char *path = NULL;
	int fd;

	if (leads_out(name, length) || !is_below(name, length, base))
		return -ENOENT; /* outside the mounted groups */
	name += strlen(base);
	length -= strlen(base);
	path = xmalloc(strlen(mount) + length + 2);
	sprintf(path, "%s/%.*s", mount, (int)length, name);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int
cgroup_tree_open(const struct cgroup_tree *tree, const char *name, size_t length)
{
	return open_below(tree, tree->mount.path, name, length);
}

int
cgroup_tree_open_unified(const struct cgroup_tree *tree, const char *name)
{
	const struct cgroup_mount *unified = &tree->unified;

	if (tree->mount.version != 1 || unified->version != 2 || tree->levels > 0 ||
		strcmp(unified->root, tree->mount.root) != 0)
		return -ENOENT;
	return open_below(tree, unified->path, name, strlen(name));
}
