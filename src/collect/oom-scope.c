// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/oom-scope.h"

#include "base/cleanup.h"
#include "base/macros.h"
#include "base/memory.h"
#include "base/sort.h"
#include "base/text.h"
#include "collect/cgroup-tree.h"
#include "collect/cgroup.h"
#include "collect/procfs.h"
#include "model/snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { CGROUP_TEXT_SIZE = 16 * 1024 };

#define OWN_DISTANCE (30 * NS_PER_SEC)

struct oom_scope {
	int root;
	struct cgroup_tree *tree;
	int64_t next_own;         /* when its own limit is looked for again, monotonic */
	struct oom_level *levels; /* space for a group and all above it */
	size_t level_count, level_capacity;
	struct process **rows; /* space to sort them */
	size_t row_capacity;
	union {
		char cgroup[CGROUP_TEXT_SIZE];
		char memory_stat[CGROUP_STAT_SIZE];
	} text; /* space for a file */
};

struct oom_scope *
oom_scope_create(int root, struct cgroup_tree *tree)
{
	struct oom_scope *scope = xcalloc(1, sizeof(*scope));

	scope->root = root;
	scope->tree = tree;
	return scope;
}

void
oom_scope_destroy(struct oom_scope *scope)
{
	if (!scope)
		return;
	free(scope->levels);
	free(scope->rows);
	free(scope);
}

static int64_t
read_number(int directory, const char *name)
{
	char text[64];

	return procfs_read(directory, name, text, sizeof(text)) > 0 ? procfs_signed_number(text)
								    : UNKNOWN;
}

static void
add_level(struct oom_scope *scope, const struct oom_level *level)
{
	scope->levels = array_reserve(scope->levels, &scope->level_capacity, scope->level_count + 1,
		sizeof(scope->levels[0]));
	scope->levels[scope->level_count++] = *level;
}

/*
 * Whether the memory of a version 1 group also counts in the groups above it: before Linux 5.11
 * that was an option (memory.use_hierarchy of the group above).
 */
static bool
counts_above(const struct oom_scope *scope, const char *name, size_t above)
{
	_cleanup_close_ int directory = cgroup_tree_open(scope->tree, name, above);

	return directory < 0 || read_number(directory, "memory.use_hierarchy") != 0;
}

/*
 * Reads a group and all groups above it. Returns 0, or -errno if the group itself cannot be read.
 */
static int
read_levels(struct oom_scope *scope, const char *name, struct arena *texts)
{
	int version = cgroup_tree_version(scope->tree);
	int64_t swappiness = read_number(scope->root, "sys/vm/swappiness");
	size_t length = strlen(name), above;

	scope->level_count = 0;
	for (;; length = above) {
		_cleanup_close_ int directory = cgroup_tree_open(scope->tree, name, length);
		struct oom_level level;

		above = cgroup_tree_above(scope->tree, name, length);
		if (directory < 0 && scope->level_count == 0)
			return directory;
		level = directory < 0
				? oom_level_none(name)
				: cgroup_limits_read(directory, version, swappiness,
					  arena_copy(texts, name, length), scope->text.memory_stat);
		add_level(scope, &level);
		if (above > 0 && version == 1 && !counts_above(scope, name, above))
			return 0;
		if (above > 0)
			continue;
		if (version == 1 && directory >= 0 && !cgroup_tree_is_whole(scope->tree)) {
			level = cgroup_limits_above(directory, &level, scope->text.memory_stat);
			add_level(scope, &level);
		}
		return 0;
	}
}

/* Finds the scope of a kill caused by the limit of the group or of a group above it. */
static int
read_group(struct oom_scope *scope, const char *name, struct snapshot *now)
{
	struct system *system = &now->system;
	struct oom_domain domain;
	int error;

	system->oom_asked = name;
	system->oom_scope = name;
	error = cgroup_tree_version(scope->tree);
	if (error > 0)
		error = read_levels(scope, name, &now->texts);
	if (error < 0)
		return error;
	system->oom_scope = OOM_SCOPE_MACHINE;
	if (!oom_domain_find(scope->levels, scope->level_count, system, &domain))
		return 0;
	system->oom_scope = scope->levels[domain.level].path;
	if (!system->oom_scope)
		system->oom_scope = OOM_SCOPE_HIDDEN;
	system->oom_limit = scope->levels[domain.level].max;
	system->oom_headroom = domain.headroom;
	system->oom_total = domain.total;
	return 0;
}

int
oom_scope_find_limit(struct oom_scope *scope, const char *name, struct snapshot *now,
	struct nearest_limit *ret_limit)
{
	int error = cgroup_tree_version(scope->tree);
	const struct oom_level *level;
	struct oom_domain domain;

	*ret_limit = (struct nearest_limit){ NULL, UNKNOWN, UNKNOWN };
	if (error > 0)
		error = read_levels(scope, name, &now->texts);
	if (error < 0)
		return error;
	if (!oom_domain_find(scope->levels, scope->level_count, &now->system, &domain))
		return 0;
	level = &scope->levels[domain.level];
	*ret_limit = (struct nearest_limit){ level->path ? level->path : OOM_SCOPE_HIDDEN,
		level->max, domain.headroom };
	return 0;
}

const char *
oom_scope_own_cgroup(struct oom_scope *scope, struct arena *texts)
{
	struct cgroup cgroup;

	if (procfs_read(scope->root, "self/cgroup", scope->text.cgroup, CGROUP_TEXT_SIZE) <= 0 ||
		cgroup_parse(scope->text.cgroup, &cgroup) < 0 ||
		cgroup_tree_version(scope->tree) < 0)
		return NULL;
	return cgroup_tree_name(scope->tree, cgroup.path, cgroup.path_length, NULL, texts);
}

int
oom_scope_read_own(struct oom_scope *scope, struct snapshot *now)
{
	struct system *system = &now->system;
	const char *name;

	if (now->monotonic < scope->next_own)
		return 0;
	name = oom_scope_own_cgroup(scope, &now->texts);
	if (name && oom_scope_find_limit(scope, name, now, &system->own) == 0 && system->own.cgroup)
		system->own_cgroup = name;
	else
		scope->next_own = now->monotonic + OWN_DISTANCE;
	return 0;
}

int
oom_scope_read(struct oom_scope *scope, const char *cgroup, struct snapshot *now)
{
	struct system *system = &now->system;
	const char *name = cgroup ? cgroup_tree_find(scope->tree, cgroup, &now->texts) : NULL;
	bool is_whole = cgroup_tree_is_whole(scope->tree);

	system->panic_on_oom = read_number(scope->root, "sys/vm/panic_on_oom");
	system->kill_allocating_task = read_number(scope->root, "sys/vm/oom_kill_allocating_task");
	system->oom_hidden = !is_whole;
	if (name && (!is_whole || strcmp(name, "/") != 0))
		return read_group(scope, name, now);
	system->oom_scope = OOM_SCOPE_MACHINE;
	return 0;
}

static bool
is_killed_together(const struct oom_scope *scope, const char *group, size_t length)
{
	_cleanup_close_ int directory = cgroup_tree_open(scope->tree, group, length);

	return directory >= 0 && read_number(directory, "memory.oom.group") == 1;
}

/* The end of the next name in a path, after the name that ends at `end`. The root is a name too. */
static size_t
next_end(const char *path, size_t end)
{
	return end + (end > 1) + strcspn(path + end + (end > 1), "/");
}

/*
 * The end of the highest group that is killed as a whole, among the groups from `first` to the end
 * of the path; 0: none (mem_cgroup_get_oom_group).
 */
static size_t
find_group(const struct oom_scope *scope, const char *path, size_t first)
{
	for (size_t end = first;; end = next_end(path, end)) {
		if (is_killed_together(scope, path, end))
			return end;
		if (!path[end])
			return 0;
	}
}

static int
compare_cgroups(const void *a, const void *b)
{
	const struct process *left = *(struct process *const *)a,
			     *right = *(struct process *const *)b;

	return strcmp(left->place->cgroup, right->place->cgroup);
}

/* Sorts by cgroup, so that each is looked up once. */
void
oom_scope_find_groups(struct oom_scope *scope, struct snapshot *now)
{
	const char *domain = now->system.oom_scope, *last = NULL, *group = NULL;
	struct process **rows;
	size_t count = 0;

	if (cgroup_tree_version(scope->tree) != 2)
		return;
	if (!domain || *domain != '/')
		domain = "/";
	rows = scope->rows = array_reserve(
		scope->rows, &scope->row_capacity, 2 * now->process_count, sizeof(rows[0]));
	for (size_t i = 0; i < now->process_count; i++) {
		if (now->processes[i].place->cgroup && *now->processes[i].place->cgroup == '/' &&
			text_is_below(now->processes[i].place->cgroup, domain))
			rows[count++] = &now->processes[i];
	}
	if (count > 1)
		sort_merge(rows, rows + count, count, sizeof(rows[0]), compare_cgroups);
	for (size_t i = 0; i < count; i++) {
		const char *path = rows[i]->place->cgroup;

		if (!last || strcmp(path, last) != 0) {
			size_t end = find_group(scope, path, strlen(domain));

			group = end > 0 ? arena_copy(&now->texts, path, end) : NULL;
		}
		last = path;
		if (group != rows[i]->extras->oom_group)
			snapshot_extras(now, rows[i])->oom_group = group;
	}
}
