// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/nearest-limit.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/known.h"
#include "base/macros.h"
#include "base/memory.h"
#include "collect/cgroup-tree.h"
#include "collect/cgroup-walk.h"
#include "collect/cgroup.h"
#include "collect/procfs.h"
#include "model/snapshot.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WALK_DISTANCE (30 * NS_PER_SEC)

/* MUCH: per mille of the limit from which a group's cache is looked at, too. */
enum {
	MOST_GROUPS = 1024,
	MOST_LIMITED = 256,
	MOST_NEAR = 16,
	MUCH = 800,
};

struct limited {
	char *name;
	int64_t max;   /* at the last walk */
	int64_t share; /* in use, per mille; cache is not subtracted */
};

struct nearest_limit_reader {
	int root;
	struct cgroup_tree *tree;
	struct cgroup_walk *walk;
	int64_t next_walk; /* monotonic */
	int64_t swappiness;
	size_t groups; /* seen in this walk */
	struct limited *list;
	size_t count, capacity;
	char stat[CGROUP_STAT_SIZE];
};

struct nearest_limit_reader *
nearest_limit_create(int root, struct cgroup_tree *tree)
{
	struct nearest_limit_reader *reader = xcalloc(1, sizeof(*reader));

	reader->root = root;
	reader->tree = tree;
	reader->walk = cgroup_walk_create(tree, false);
	return reader;
}

void
nearest_limit_destroy(struct nearest_limit_reader *reader)
{
	if (!reader)
		return;
	for (size_t i = 0; i < reader->count; i++)
		free(reader->list[i].name);
	free(reader->list);
	cgroup_walk_destroy(reader->walk);
	free(reader);
}

static struct oom_level
read_level(struct nearest_limit_reader *reader, int directory, const char *name)
{
	return cgroup_limits_read(directory, cgroup_tree_version(reader->tree), reader->swappiness,
		name, reader->stat);
}

/* The smaller one of its two limits. */
static int64_t
smaller_max(const struct oom_level *level)
{
	return level->max < level->both_max ? level->max : level->both_max;
}

static void
add_if_limited(struct nearest_limit_reader *reader, const struct cgroup_found *found)
{
	struct oom_level level = read_level(reader, found->open.folder, found->path);
	int64_t max = smaller_max(&level);

	if (max == UNLIMITED || max == UNKNOWN || reader->count == MOST_LIMITED)
		return;
	reader->list = array_reserve(
		reader->list, &reader->capacity, reader->count + 1, sizeof(reader->list[0]));
	reader->list[reader->count++] = (struct limited){ xstrdup(found->path), max, UNKNOWN };
}

/*
 * Begins a walk. Returns the first group, or NULL. Groups that are made later come last in a walk
 * that goes on: if not all can be looked at, a new one begins with the outer ones.
 */
static struct cgroup_found *
first_group(struct nearest_limit_reader *reader)
{
	reader->groups = 0;
	cgroup_walk_close(reader->walk); /* the last one may have ended before its end */
	if (cgroup_walk_count(reader->walk) > MOST_GROUPS || reader->count == MOST_LIMITED)
		cgroup_walk_forget(reader->walk);
	return cgroup_walk_begin(reader->walk) < 0 ? NULL : cgroup_walk_next(reader->walk);
}

/* The group after this one, as far as the bound. */
static struct cgroup_found *
next_group(struct nearest_limit_reader *reader, struct cgroup_found *found)
{
	found->row = 0; /* those below it come too */
	return ++reader->groups < MOST_GROUPS ? cgroup_walk_next(reader->walk) : NULL;
}

const char *
nearest_limit_path(struct nearest_limit_reader *reader, const char *last, struct arena *texts)
{
	struct cgroup_found *found = first_group(reader);

	while (found && strcmp(strrchr(found->path, '/') + 1, last) != 0)
		found = next_group(reader, found);
	return found ? arena_text(texts, found->path) : NULL;
}

static void
find_limits(struct nearest_limit_reader *reader)
{
	struct cgroup_found *found = first_group(reader);
	char text[64];

	for (size_t i = 0; i < reader->count; i++)
		free(reader->list[i].name);
	reader->count = 0;
	reader->swappiness = procfs_read(reader->root, "sys/vm/swappiness", text, sizeof(text)) > 0
				     ? procfs_signed_number(text)
				     : UNKNOWN;
	for (; found; found = next_group(reader, found))
		add_if_limited(reader, found);
}

static void
read_share(struct nearest_limit_reader *reader, struct limited *limited)
{
	_cleanup_close_ int directory =
		cgroup_tree_open(reader->tree, limited->name, strlen(limited->name));

	limited->share = UNKNOWN;
	if (directory >= 0)
		limited->share = known_share(
			cgroup_current(directory, cgroup_tree_version(reader->tree)), limited->max);
}

static int
compare_shares(const void *a, const void *b)
{
	int64_t left = ((const struct limited *)a)->share,
		right = ((const struct limited *)b)->share;

	return (left < right) - (left > right);
}

/*
 * Takes the group if it has less left of its limit than the one that was found before. The limit
 * may have changed since the walk.
 */
static void
consider(struct nearest_limit_reader *reader, const struct limited *limited, struct snapshot *now)
{
	_cleanup_close_ int directory =
		cgroup_tree_open(reader->tree, limited->name, strlen(limited->name));
	struct nearest_limit *nearest = &now->system.nearest;
	struct oom_level level;
	struct oom_domain domain;
	int64_t max;

	if (directory < 0)
		return;
	level = read_level(reader, directory, limited->name);
	max = smaller_max(&level);
	if (max == UNKNOWN || !oom_domain_find(&level, 1, &now->system, &domain) ||
		domain.headroom == UNKNOWN || domain.headroom == UNLIMITED)
		return;
	if (nearest->cgroup &&
		known_share(domain.headroom, max) >= known_share(nearest->headroom, nearest->max))
		return;
	*nearest = (struct nearest_limit){ arena_text(&now->texts, limited->name), max,
		domain.headroom };
}

size_t
nearest_limit_count(const struct nearest_limit_reader *reader)
{
	return reader->count;
}

int
nearest_limit_read(struct nearest_limit_reader *reader, struct snapshot *now)
{
	if (cgroup_tree_version(reader->tree) < 0)
		return 0;
	if (now->monotonic >= reader->next_walk) {
		find_limits(reader);
		reader->next_walk = now->monotonic + WALK_DISTANCE;
	}
	for (size_t i = 0; i < reader->count; i++)
		read_share(reader, &reader->list[i]);
	if (reader->count > 0)
		qsort(reader->list, reader->count, sizeof(reader->list[0]), compare_shares);
	for (size_t i = 0; i < reader->count && i < MOST_NEAR; i++)
		if (i == 0 || reader->list[i].share >= MUCH)
			consider(reader, &reader->list[i], now);
	return 0;
}
