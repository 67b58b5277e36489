// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/cgroup-walk.h"

#include "base/cleanup.h"
#include "base/index.h"
#include "base/known.h"
#include "base/memory.h"
#include "collect/cgroup-tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

enum { PATH_SIZE = 4096, OTHER_DESCRIPTORS = 256, MOST_LISTINGS = 2 };

struct group {
	struct cgroup_found found;
	nlink_t links;     /* of its folder when it was listed; 0: list it again */
	unsigned listings; /* in this refresh */
	bool is_kept;      /* its descriptors stay open */
	bool is_gone;
};

struct cgroup_walk {
	struct cgroup_tree *tree;
	bool keeps;
	struct group *groups; /* each after the one above it */
	size_t count, capacity, next, gone;
	struct index index; /* of their paths */
	int mount;          /* descriptor of the outermost folder; -1: not open */
	int room;           /* so many more descriptors may be kept */
	int no_room;        /* 0 */
	size_t refreshes;
	int error;
	char path[PATH_SIZE];
};

struct cgroup_walk *
cgroup_walk_create(struct cgroup_tree *tree, bool keeps)
{
	struct cgroup_walk *walk = xcalloc(1, sizeof(*walk));

	walk->tree = tree;
	walk->keeps = keeps;
	walk->mount = -1;
	return walk;
}

/* Closes the descriptors of a group. */
static void
close_group(struct cgroup_walk *walk, struct group *group)
{
	int closed = cgroup_files_close(&group->found.open);

	if (group->is_kept)
		walk->room += closed;
	group->is_kept = false;
}

void
cgroup_walk_close(struct cgroup_walk *walk)
{
	for (size_t i = 0; i < walk->count; i++)
		close_group(walk, &walk->groups[i]);
	walk->refreshes = 0;
	walk->room = 0;
}

void
cgroup_walk_forget(struct cgroup_walk *walk)
{
	cgroup_walk_close(walk);
	for (size_t i = 0; i < walk->count; i++)
		free(walk->groups[i].found.path);
	walk->count = walk->gone = 0;
	index_reset(&walk->index);
}

void
cgroup_walk_destroy(struct cgroup_walk *walk)
{
	if (!walk)
		return;
	cgroup_walk_forget(walk);
	index_finish(&walk->index);
	cleanup_close(&walk->mount);
	free(walk->groups);
	free(walk);
}

static void
add(struct cgroup_walk *walk, const char *path, int64_t parent, int64_t depth)
{
	struct group *group;

	walk->groups = array_reserve(
		walk->groups, &walk->capacity, walk->count + 1, sizeof(walk->groups[0]));
	group = &walk->groups[walk->count++];
	*group = (struct group){ .found = { .path = xstrdup(path),
					 .parent = parent,
					 .depth = depth,
					 .inode = UNKNOWN,
					 .row = UNKNOWN } };
	cgroup_files_none(&group->found.open);
	index_add(&walk->index, index_mix_text(0, path));
}

static bool
has(const struct cgroup_walk *walk, const char *path)
{
	uint32_t row = index_first(&walk->index, index_mix_text(0, path));

	while (row != INDEX_END &&
		(walk->groups[row].is_gone || strcmp(walk->groups[row].found.path, path) != 0))
		row = index_next(&walk->index, row);
	return row != INDEX_END;
}

/* Drops the groups that are gone, and those that were below them. */
static void
drop_gone(struct cgroup_walk *walk)
{
	_cleanup_free_ int64_t *places = xcalloc(walk->count + 1, sizeof(places[0]));
	size_t kept = 0;

	index_reset(&walk->index);
	for (size_t i = 0; i < walk->count; i++) {
		struct group *group = &walk->groups[i];
		int64_t *parent = &group->found.parent;

		if (*parent != UNKNOWN)
			*parent = places[*parent];
		places[i] = UNKNOWN;
		if (group->is_gone || (*parent == UNKNOWN && i > 0)) {
			close_group(walk, group);
			free(group->found.path);
			continue;
		}
		places[i] = (int64_t)kept;
		index_add(&walk->index, index_mix_text(0, group->found.path));
		walk->groups[kept++] = *group;
	}
	walk->count = kept;
	walk->gone = 0;
}

/* How many descriptors may be kept; more are asked for if they are too few. */
static int
most_kept(void)
{
	struct rlimit limit;
	rlim_t wanted = CGROUPS_MOST_KEPT + OTHER_DESCRIPTORS;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 0;
	if (limit.rlim_cur < wanted) {
		limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
		if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
			return 0;
	}
	if (limit.rlim_cur >= wanted)
		return CGROUPS_MOST_KEPT;
	return limit.rlim_cur > OTHER_DESCRIPTORS ? (int)limit.rlim_cur - OTHER_DESCRIPTORS : 0;
}

int
cgroup_walk_begin(struct cgroup_walk *walk)
{
	int version = cgroup_tree_version(walk->tree);
	const char *outermost = cgroup_tree_outermost(walk->tree);

	if (version < 0)
		return version;
	if (walk->gone > 0)
		drop_gone(walk);
	if (walk->count == 0)
		add(walk, outermost, UNKNOWN, 0);
	if (walk->mount < 0)
		walk->mount = cgroup_tree_open(walk->tree, outermost, strlen(outermost));
	if (walk->mount < 0)
		return walk->mount;
	for (size_t i = 0; i < walk->count; i++) {
		walk->groups[i].found.row = UNKNOWN;
		walk->groups[i].listings = 0;
	}
	walk->next = 0;
	walk->error = 0;
	if (++walk->refreshes == 2 && walk->keeps)
		walk->room = most_kept();
	return 0;
}

/* Writes the path of a group into walk->path. Returns false if it is too long. */
static bool
join(struct cgroup_walk *walk, const char *above, const char *name)
{
	size_t length = strlen(above), more = strlen(name);

	if (length + more + 2 > PATH_SIZE)
		return false;
	memcpy(walk->path, above, length);
	if (above[length - 1] != '/')
		walk->path[length++] = '/';
	memcpy(walk->path + length, name, more + 1);
	return true;
}

static bool
is_group(const struct dirent *entry)
{
	return entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 &&
	       strcmp(entry->d_name, "..") != 0;
}

/* Opens the folder of a group. Returns its descriptor or -errno. */
static int
open_folder(const struct cgroup_walk *walk, size_t place, int flags)
{
	const char *path = walk->groups[place].found.path + strlen(walk->groups[0].found.path);
	int folder;

	path += *path == '/';
	folder = openat(walk->mount, *path ? path : ".", flags | O_DIRECTORY | O_CLOEXEC);
	return folder < 0 ? -errno : folder;
}

/* Why a folder cannot be opened: it has been removed. */
static bool
is_absence(int error)
{
	return error == -ENOENT || error == -ENODEV;
}

/* Not all below a group is known: it is listed again in the next refresh. */
static void
fail(struct cgroup_walk *walk, size_t place, int error)
{
	walk->groups[place].found.is_cut = true;
	walk->groups[place].links = 0;
	if (error < 0 && (walk->error == 0 || error != -E2BIG))
		walk->error = error;
}

/* Finds those below a group that are not known yet. */
static void
list_below(struct cgroup_walk *walk, size_t place)
{
	int64_t depth = walk->groups[place].found.depth + 1;
	int folder = open_folder(walk, place, O_RDONLY);
	_cleanup_closedir_ DIR *entries = folder < 0 ? NULL : fdopendir(folder);
	const struct dirent *entry;
	bool is_cut = false;

	if (!entries && folder >= 0)
		close(folder);
	if (!entries && is_absence(folder))
		walk->groups[place].links = 0;
	else if (!entries)
		fail(walk, place, folder);
	walk->groups[place].listings++;
	while (entries && (entry = readdir(entries))) {
		if (!is_group(entry))
			continue;
		if (!join(walk, walk->groups[place].found.path, entry->d_name) ||
			depth >= CGROUPS_MOST_DEEP)
			is_cut = true;
		else if (has(walk, walk->path))
			continue;
		else if (walk->count < CGROUPS_MOST)
			add(walk, walk->path, (int64_t)place, depth);
		else
			is_cut = true;
	}
	if (is_cut)
		fail(walk, place, -E2BIG);
}

/* What was removed may have been made again, or something else in its place. */
static void
lose(struct cgroup_walk *walk, size_t place)
{
	struct group *group = &walk->groups[place];
	int64_t above = group->found.parent;

	group->is_gone = true;
	group->found.row = UNKNOWN;
	walk->gone++;
	close_group(walk, group);
	if (above == UNKNOWN || walk->groups[above].is_gone)
		return;
	walk->groups[above].links = 0;
	if (walk->groups[above].listings < MOST_LISTINGS)
		list_below(walk, (size_t)above);
}

void
cgroup_walk_lost(struct cgroup_walk *walk)
{
	lose(walk, walk->next - 1);
}

/* Opens a group and finds those below it. Returns whether it is there. */
static bool
visit(struct cgroup_walk *walk, size_t place)
{
	struct group *group = &walk->groups[place];
	int *folder = &group->found.open.folder;
	struct stat status;

	if (*folder < 0) {
		*folder = open_folder(walk, place, O_PATH);
		group->is_kept = *folder >= 0 && walk->room > 0;
		walk->room -= group->is_kept;
	}
	if (*folder < 0 && !is_absence(*folder)) {
		if (group->found.parent != UNKNOWN)
			fail(walk, (size_t)group->found.parent, *folder);
		return false;
	}
	if (*folder < 0 || fstat(*folder, &status) < 0 || status.st_nlink == 0) {
		lose(walk, place);
		return false;
	}
	if (group->found.inode != (int64_t)status.st_ino || status.st_nlink == 1)
		group->links = 0; /* it is another, or its links tell nothing */
	group->found.inode = (int64_t)status.st_ino;
	if (group->links == status.st_nlink)
		return true;
	group->found.is_cut = false;
	group->links = status.st_nlink;
	if (status.st_nlink != 2)
		list_below(walk, place);
	return true;
}

/* Whether a group may be there: the one above it is. */
static bool
has_above(const struct cgroup_walk *walk, size_t place)
{
	const struct group *group = &walk->groups[place];
	int64_t above = group->found.parent;

	return !group->is_gone && (above == UNKNOWN || walk->groups[above].found.row != UNKNOWN);
}

struct cgroup_found *
cgroup_walk_next(struct cgroup_walk *walk)
{
	if (walk->next > 0 && !walk->groups[walk->next - 1].is_kept)
		close_group(walk, &walk->groups[walk->next - 1]);
	while (walk->next < walk->count) {
		size_t place = walk->next++;

		if (has_above(walk, place) && visit(walk, place))
			return &walk->groups[place].found;
	}
	return NULL;
}

int *
cgroup_walk_room(struct cgroup_walk *walk)
{
	return walk->groups[walk->next - 1].is_kept ? &walk->room : &walk->no_room;
}

size_t
cgroup_walk_count(const struct cgroup_walk *walk)
{
	return walk->count;
}

const struct cgroup_found *
cgroup_walk_at(const struct cgroup_walk *walk, size_t place)
{
	return &walk->groups[place].found;
}

int
cgroup_walk_error(const struct cgroup_walk *walk)
{
	return walk->error;
}
