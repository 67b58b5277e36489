// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/cgroups.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "collect/cgroup-files.h"
#include "collect/cgroup-tree.h"
#include "collect/cgroup-walk.h"
#include "collect/procfs.h"
#include "model/needs.h"
#include "model/snapshot.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct cgroups_reader {
	struct cgroup_tree *tree;
	struct cgroup_walk *walk;
	uint64_t bits;   /* of the last refresh */
	bool is_refused; /* a file may not be read */
	struct cgroup_reading reading;
};

struct cgroups_reader *
cgroups_create(struct cgroup_tree *tree)
{
	struct cgroups_reader *reader = xcalloc(1, sizeof(*reader));

	reader->tree = tree;
	reader->walk = cgroup_walk_create(tree, true);
	return reader;
}

void
cgroups_destroy(struct cgroups_reader *reader)
{
	if (!reader)
		return;
	cgroup_walk_destroy(reader->walk);
	free(reader);
}

void
cgroups_close(struct cgroups_reader *reader)
{
	cgroup_walk_close(reader->walk);
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

/* Version 1 has no pressure; a hybrid machine has it in a group of version 2 (K16). */
static void
read_unified_pressure(struct cgroups_reader *reader, const char *path)
{
	struct cgroup_reading *reading = &reader->reading;
	int folder = cgroup_tree_open_unified(reader->tree, path);

	if (folder < 0)
		return;
	if (procfs_read(folder, "memory.pressure", reading->text, sizeof(reading->text)) > 0)
		cgroup_files_take(reading, 2, "memory.pressure");
	close(folder);
}

/*
 * Reads the files of a group that is below the one in row `above`. Returns false if the group is
 * not there any more.
 */
static bool
read_group(struct cgroups_reader *reader, struct cgroup_found *found, int64_t above_row, int *room,
	struct snapshot *now)
{
	bool is_outermost = above_row == UNKNOWN;
	bool is_machine = is_outermost && cgroup_tree_is_whole(reader->tree);
	uint64_t bits = now->bits;
	struct cgroup_charge *above = NULL, *charge = &reader->reading.charge;

	*charge = charge_unknown;
	reader->reading.time = now->monotonic;
	reader->reading.is_exact = now->exact;
	if (is_outermost && bits & NEED_CHARGE_MAX)
		bits |= NEED_CHARGE_OWN_MAX; /* a hidden group may have set the least */
	if (!cgroup_files_read(&reader->reading, &found->open, room,
		    cgroup_tree_version(reader->tree), bits, is_machine))
		return false;
	if (bits & NEED_CHARGE_PRESSURE)
		read_unified_pressure(reader, found->path);
	charge->path = arena_text(&now->texts, found->path);
	charge->parent = above_row;
	charge->depth = found->depth;
	charge->inode = found->inode;
	charge->below = 0;
	reader->is_refused = reader->is_refused || reader->reading.is_refused;
	if (!is_outermost)
		above = charge_at(&now->charges, (size_t)above_row);
	if (bits & NEED_CHARGE_MAX) {
		charge->limit = own_limit(&reader->reading, above, bits);
		charge->hierarchical = reader->reading.hierarchical_max;
		charge_limit(charge, above);
	}
	if (above)
		above->below = known_sum(above->below, charge->current);
	found->row = (int64_t)now->charges.count;
	*charge_add(&now->charges) = *charge;
	return true;
}

/* What a group holds beside those below it is not known if one of these is not. */
static void
leave_out_cut(const struct cgroup_walk *walk, struct rows *charges)
{
	for (size_t i = 0; i < cgroup_walk_count(walk); i++) {
		const struct cgroup_found *found = cgroup_walk_at(walk, i);

		if (found->is_cut && found->row != UNKNOWN)
			charge_at(charges, (size_t)found->row)->below = UNKNOWN;
	}
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

/* Opens a group of a chain. Returns 0 or -errno. */
static int
open_one(struct cgroups_reader *reader, const char *path, size_t length, struct cgroup_found *found)
{
	struct stat status;

	cgroup_files_none(&found->open);
	found->open.folder = cgroup_tree_open(reader->tree, path, length);
	if (found->open.folder < 0)
		return found->open.folder;
	if (fstat(found->open.folder, &status) < 0)
		return -errno;
	found->inode = (int64_t)status.st_ino;
	return 0;
}

/* Reads the first `length` bytes of a path as the group below the last row. */
static int
read_one(struct cgroups_reader *reader, const char *path, size_t length, struct snapshot *now)
{
	int64_t rows = (int64_t)now->charges.count;
	_cleanup_free_ char *name = xstrndup(path, length);
	struct cgroup_found found = { .path = name, .depth = rows };
	int error = open_one(reader, path, length, &found);

	if (error == 0 &&
		!read_group(reader, &found, rows > 0 ? rows - 1 : UNKNOWN, &(int){ 0 }, now))
		error = -ENOENT;
	cgroup_files_close(&found.open);
	return error;
}

int
cgroups_read_one(struct cgroups_reader *reader, const char *path, struct snapshot *now)
{
	int version = cgroup_tree_version(reader->tree), error = 0;
	const char *outermost = cgroup_tree_outermost(reader->tree);
	size_t end = strlen(outermost);

	if (version < 0)
		return version;
	if (strncmp(path, outermost, end) != 0)
		return -ENOENT;
	for (;;) {
		error = read_one(reader, path, end, now);
		if (error < 0 || !path[end])
			return error;
		end += end > 1 || path[end] == '/';
		end += strcspn(path + end, "/");
	}
}

int
cgroups_read(struct cgroups_reader *reader, struct snapshot *now)
{
	struct cgroup_walk *walk = reader->walk;
	struct cgroup_found *found;
	int error;

	if ((now->bits & CHARGE_NEEDS) != reader->bits)
		cgroup_walk_close(walk); /* other files are read */
	reader->bits = now->bits & CHARGE_NEEDS;
	error = cgroup_walk_begin(walk);
	if (error < 0)
		return error;
	reader->is_refused = false;
	while ((found = cgroup_walk_next(walk))) {
		int64_t above = found->parent == UNKNOWN
					? UNKNOWN
					: cgroup_walk_at(walk, (size_t)found->parent)->row;

		if (!read_group(reader, found, above, cgroup_walk_room(walk), now))
			cgroup_walk_lost(walk);
	}
	leave_out_cut(walk, &now->charges);
	find_removed(&now->charges);
	error = cgroup_walk_error(walk);
	if (error < 0 || reader->is_refused)
		snapshot_add_hint(now, NEED_CHARGE, error < 0 ? error : -EACCES, 0);
	return now->charges.count > 0 ? 0 : -ENOENT;
}
