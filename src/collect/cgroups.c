// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/cgroups.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "collect/cgroup-files.h"
#include "collect/cgroup-tree.h"
#include "model/needs.h"
#include "model/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_SIZE = 4096 };

/* A group that has been found, but not been read yet. */
struct found {
	const char *path;
	int64_t parent, depth;
};

struct cgroups_reader {
	struct cgroup_tree *tree;
	struct found *list;
	size_t count, capacity;
	bool is_cut, is_of_one;
	int error; /* of a group or file that could not be read; 0: none */
	char path[PATH_SIZE];
	struct cgroup_reading reading;
};

struct cgroups_reader *
cgroups_create(struct cgroup_tree *tree)
{
	struct cgroups_reader *reader = xcalloc(1, sizeof(*reader));

	reader->tree = tree;
	return reader;
}

void
cgroups_destroy(struct cgroups_reader *reader)
{
	if (!reader)
		return;
	free(reader->list);
	free(reader);
}

static void
add_found(struct cgroups_reader *reader, const struct found *found)
{
	reader->list = array_reserve(
		reader->list, &reader->capacity, reader->count + 1, sizeof(reader->list[0]));
	reader->list[reader->count++] = *found;
}

/* Writes the path of a group into reader->path. Returns its length, or 0 if it is too long. */
static size_t
join(struct cgroups_reader *reader, const char *above, const char *name)
{
	size_t length = strlen(above), more = strlen(name);

	if (length + more + 2 > PATH_SIZE)
		return 0;
	memcpy(reader->path, above, length);
	if (above[length - 1] != '/')
		reader->path[length++] = '/';
	memcpy(reader->path + length, name, more + 1);
	return length + more;
}

/* What a group holds beside those below it is not known if one of these is not. */
static void
leave_out(struct rows *charges, int64_t parent)
{
	if (parent != UNKNOWN)
		charge_at(charges, (size_t)parent)->below = UNKNOWN;
}

static bool
is_group(const struct dirent *entry)
{
	return entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 &&
	       strcmp(entry->d_name, "..") != 0;
}

/* Finds the groups below the one in row `parent`. Closes its folder. */
static void
find_below(struct cgroups_reader *reader, int folder, int64_t parent, struct snapshot *now)
{
	const char *above = charge_at(&now->charges, (size_t)parent)->path;
	int64_t depth = charge_at(&now->charges, (size_t)parent)->depth + 1;
	_cleanup_closedir_ DIR *entries = fdopendir(folder);
	const struct dirent *entry;

	if (!entries)
		close(folder);
	while (entries && (entry = readdir(entries))) {
		size_t length = is_group(entry) ? join(reader, above, entry->d_name) : 0;

		if (length > 0 && depth < CGROUPS_MOST_DEEP && reader->count < CGROUPS_MOST) {
			add_found(reader,
				&(struct found){ arena_copy(&now->texts, reader->path, length),
					parent, depth });
		} else if (is_group(entry)) {
			reader->is_cut = true;
			leave_out(&now->charges, parent);
		}
	}
}

/*
 * The own limit of a group, where version 1 has told only the least of all: one below that of the
 * group above is its own; any other limits nothing more.
 */
static int64_t
own_limit(const struct cgroup_reading *reading, const struct cgroup_charge *above, uint64_t bits)
{
	if (reading->max != UNKNOWN || bits & NEED_CHARGE_OWN_MAX || !above)
		return reading->max;
	return reading->hierarchical_max == above->effective ? UNLIMITED
							     : reading->hierarchical_max;
}

static bool
read_files(struct cgroups_reader *reader, int folder, uint64_t bits, bool is_outermost)
{
	bool is_machine = is_outermost && cgroup_tree_is_whole(reader->tree);

	return cgroup_files_read(
		&reader->reading, folder, cgroup_tree_version(reader->tree), bits, is_machine);
}

/* Reads the files of a group. Returns false if the group is not there any more. */
static bool
read_group(struct cgroups_reader *reader, int folder, const struct found *found,
	const struct stat *status, struct snapshot *now)
{
	bool is_outermost = found->parent == UNKNOWN;
	uint64_t bits = now->bits;
	struct cgroup_charge *above = NULL, *charge = &reader->reading.charge;

	*charge = charge_unknown;
	charge->path = found->path;
	charge->parent = found->parent;
	charge->depth = found->depth;
	charge->inode = (int64_t)status->st_ino;
	charge->below = 0;
	if (is_outermost && bits & NEED_CHARGE_MAX)
		bits |= NEED_CHARGE_OWN_MAX; /* a hidden group may have set the least */
	if (!read_files(reader, folder, bits, is_outermost))
		return false;
	if (reader->reading.is_refused)
		reader->error = -EACCES;
	if (!is_outermost)
		above = charge_at(&now->charges, (size_t)found->parent);
	if (bits & NEED_CHARGE_MAX)
		charge_limit(charge, own_limit(&reader->reading, above, bits), above,
			reader->reading.hierarchical_max);
	if (above)
		above->below = known_sum(above->below, charge->current);
	*charge_add(&now->charges) = *charge;
	return true;
}

/*
 * Reads a group and finds those below it: the number of links of a folder tells whether it has any
 * (fs/kernfs/inode.c, kernfs_refresh_inode). Elsewhere it may be 1.
 */
static void
visit(struct cgroups_reader *reader, int mount, const struct found *found, struct snapshot *now)
{
	size_t outermost = strlen(reader->list[0].path);
	const char *path = found->path + outermost;
	struct stat status;
	int folder;

	path += *path == '/';
	folder = openat(mount, *path ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0 && errno != ENOENT && errno != ENODEV) {
		reader->error = -errno;
		leave_out(&now->charges, found->parent);
	}
	if (folder < 0)
		return;
	if (fstat(folder, &status) == 0 && read_group(reader, folder, found, &status, now) &&
		status.st_nlink != 2 && !reader->is_of_one)
		find_below(reader, folder, (int64_t)now->charges.count - 1, now);
	else
		close(folder);
}

/* Memory of removed groups stays charged, and counts only in the groups above them (F7). */
static void
find_removed(struct rows *charges)
{
	for (size_t i = 0; i < charges->count; i++) {
		struct cgroup_charge *charge = charge_at(charges, i);

		if (charge->removed == UNKNOWN)
			continue;
		charge->removed = known_difference(charge->current, charge->below);
		if (charge->removed < 0 && charge->removed != UNKNOWN)
			charge->removed = 0; /* those below have grown meanwhile */
	}
}

/* Begins a reading with the outermost group. Returns its folder or -errno. */
static int
begin(struct cgroups_reader *reader, struct snapshot *now)
{
	int version = cgroup_tree_version(reader->tree);
	const char *outermost = cgroup_tree_outermost(reader->tree);

	if (version < 0)
		return version;
	reader->count = 0;
	reader->is_cut = reader->is_of_one = false;
	reader->error = 0;
	add_found(reader, &(struct found){ arena_text(&now->texts, outermost), UNKNOWN, 0 });
	return cgroup_tree_open(reader->tree, outermost, strlen(outermost));
}

int
cgroups_read_one(struct cgroups_reader *reader, const char *path, struct snapshot *now)
{
	_cleanup_close_ int mount = begin(reader, now);
	size_t outermost = mount < 0 ? 0 : strlen(reader->list[0].path), end = outermost;

	if (mount < 0)
		return mount;
	reader->is_of_one = true;
	if (strncmp(path, reader->list[0].path, outermost) != 0)
		return -ENOENT;
	while (path[end]) {
		int64_t above = (int64_t)reader->count - 1;

		end += end > 1 || path[end] == '/';
		end += strcspn(path + end, "/");
		add_found(reader,
			&(struct found){ arena_copy(&now->texts, path, end), above, above + 1 });
	}
	for (size_t i = 0; i < reader->count && now->charges.count == i; i++)
		visit(reader, mount, &reader->list[i], now);
	if (now->charges.count == reader->count)
		return 0;
	return reader->error < 0 ? reader->error : -ENOENT;
}

int
cgroups_read(struct cgroups_reader *reader, struct snapshot *now)
{
	_cleanup_close_ int mount = begin(reader, now);

	if (mount < 0)
		return mount;
	for (size_t i = 0; i < reader->count; i++) {
		const struct found found = reader->list[i];

		visit(reader, mount, &found, now);
	}
	find_removed(&now->charges);
	if (reader->is_cut)
		snapshot_add_hint(now, NEED_CHARGE, -E2BIG, 0);
	if (reader->error < 0)
		snapshot_add_hint(now, NEED_CHARGE, reader->error, 0);
	return now->charges.count > 0 ? 0 : -ENOENT;
}
