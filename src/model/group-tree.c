// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/group-tree.h"

#include "base/cleanup.h"
#include "base/index.h"
#include "base/known.h"
#include "base/memory.h"
#include "model/charge.h"
#include "model/group-row.h"
#include "model/snapshot.h"

#include <stdbool.h>
#include <string.h>

size_t
group_tree_above(const char *path, size_t length)
{
	bool is_outside = strncmp(path, "/..", 3) == 0 && (length == 3 || path[3] == '/');

	if (*path != '/' || length <= 1 || is_outside)
		return 0;
	while (path[length - 1] != '/')
		length--;
	return length > 1 ? length - 1 : 1;
}

/* "at most" is the weakest statement, then "older PSS"; NULL: nothing is wrong. */
static const char *
weaker(const char *a, const char *b)
{
	if (!a || !b)
		return a ? a : b;
	return strcmp(b, "at most") == 0 ? b : a;
}

static void
add_group(struct group *sum, const struct group *part)
{
	sum->processes += part->processes;
	sum->known += part->known;
	sum->footprint = known_sum(sum->footprint, part->footprint);
	sum->anon = known_sum(sum->anon, part->anon);
	sum->file = known_sum(sum->file, part->file);
	sum->shared = known_sum(sum->shared, part->shared);
	sum->swap = known_sum(sum->swap, part->swap);
	sum->page_tables = known_sum(sum->page_tables, part->page_tables);
	sum->major_fault_rate = known_sum(sum->major_fault_rate, part->major_fault_rate);
	sum->sum = weaker(sum->sum, part->sum);
	if (part->largest > sum->largest) {
		sum->largest = part->largest;
		sum->largest_pid = part->largest_pid;
	}
}

/* The last first: each is complete when it is added. */
void
group_tree_sum(struct rows *groups, size_t count)
{
	struct group *rows = groups->data;

	for (size_t i = count; i-- > 0;)
		if (rows[i].charge->parent != UNKNOWN)
			add_group(&rows[rows[i].charge->parent], &rows[i]);
}

void
group_tree_shrink(struct rows *groups, size_t count, uint32_t *group_rows, size_t process_count)
{
	_cleanup_free_ uint32_t *places = xcalloc(groups->count + 1, sizeof(places[0]));
	struct group *rows = groups->data;
	uint32_t kept = 0;

	if (count == 0)
		return;
	for (size_t i = 0; i < groups->count; i++) {
		places[i] = kept;
		if (i >= count || rows[i].depth == 0 || rows[i].processes > 0 ||
			rows[i].charge->current > 0)
			rows[kept++] = rows[i];
	}
	groups->count = kept;
	for (size_t i = 0; i < process_count; i++)
		if (group_rows[i] != INDEX_END)
			group_rows[i] = places[group_rows[i]];
}

/* The length of a path up to the name of the unit in it; 0: the name is not in it. */
static size_t
up_to_unit(const char *path, const struct process *process)
{
	size_t length = process->unit ? strlen(process->unit) : 0;

	for (const char *at = path; length > 0 && (at = strstr(at, process->unit)); at++)
		if (at > path && at[-1] == '/' && (at[length] == '/' || !at[length]))
			return (size_t)(at - path) + length;
	return 0;
}

/* The same for a path that begins so; of a pod it has only the start of the last name. */
static size_t
up_to_start(const char *path, const char *start)
{
	size_t length = start ? strlen(start) : 0;

	if (length == 0 || strncmp(path, start, length) != 0)
		return 0;
	return length + strcspn(path + length, "/");
}

static size_t
up_to_container(const char *path, const struct process *process)
{
	return up_to_start(path, process->container_path);
}

static size_t
up_to_pod(const char *path, const struct process *process)
{
	return up_to_start(path, process->pod_path);
}

/* The length of the part of a process's cgroup that is its group; 0: none. */
static size_t (*const up_to[GROUP_KINDS])(const char *path, const struct process *process) = {
	[GROUP_BY_UNIT] = up_to_unit,
	[GROUP_BY_CONTAINER] = up_to_container,
	[GROUP_BY_POD] = up_to_pod,
};

void
group_find_charges(struct rows *groups, const struct snapshot *snapshot, enum group_kind kind,
	const uint32_t *group_rows)
{
	struct index index = { .heads = NULL };

	charge_index(&index, &snapshot->charges);
	for (size_t i = 0; i < snapshot->process_count; i++) {
		const struct process *process = &snapshot->processes[i];
		const struct cgroup_charge *charge;
		struct group *group;

		size_t length = process->cgroup ? up_to[kind](process->cgroup, process) : 0;

		if (group_rows[i] == INDEX_END ||
			!((struct group *)groups->data)[group_rows[i]].name)
			continue;
		group = (struct group *)groups->data + group_rows[i];
		charge = length > 0
				 ? charge_find(&index, &snapshot->charges, process->cgroup, length)
				 : NULL;
		if (!charge || (group->charge != charge && group->charge != &charge_unknown))
			group->is_in_several = true;
		group->charge = charge && !group->is_in_several ? charge : &charge_unknown;
	}
	index_finish(&index);
}
