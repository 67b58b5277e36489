// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/group-tree.h"

#include "base/cleanup.h"
#include "base/index.h"
#include "base/known.h"
#include "base/memory.h"
#include "model/charge.h"
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
	sum->stale_rest = known_sum(sum->stale_rest, part->stale_rest);
	sum->sum = weaker(sum->sum, part->sum);
	if (part->pss_age > sum->pss_age)
		sum->pss_age = part->pss_age;
	if (part->largest > sum->largest) {
		sum->largest = part->largest;
		sum->largest_pid = part->largest_pid;
	}
}

/* The last first: each is complete when it is added. */
void
group_tree_sum(struct groups *groups)
{
	for (size_t i = groups->rows.count; i-- > 0;) {
		const struct group *group = groups_at(groups, i);

		if (group->row_above != INDEX_END)
			add_group(groups_at(groups, group->row_above), group);
	}
}

static bool
is_worth_a_row(const struct group *group)
{
	return group->depth == 0 || group->processes > 0 || group->charge->current > 0;
}

void
group_tree_shrink(struct groups *groups, size_t count, size_t process_count)
{
	_cleanup_free_ uint32_t *places = xcalloc(groups->rows.count + 1, sizeof(places[0]));
	uint32_t kept = 0;

	if (count == 0)
		return;
	for (size_t i = 0; i < groups->rows.count; i++) {
		struct group *group = groups_at(groups, i);

		if (group->row_above != INDEX_END)
			group->row_above = places[group->row_above];
		places[i] = INDEX_END;
		if (i < count && !is_worth_a_row(group))
			continue;
		places[i] = kept;
		*groups_at(groups, kept++) = *group;
	}
	groups->rows.count = kept;
	for (size_t i = 0; i < process_count; i++)
		if (groups->of_process[i] != INDEX_END)
			groups->of_process[i] = places[groups->of_process[i]];
}

/* The length of a path up to the name of the unit in it; 0: the name is not in it. */
static size_t
up_to_unit(const char *path, const struct process *process)
{
	size_t length = process->place->unit ? strlen(process->place->unit) : 0;

	for (const char *at = path; length > 0 && (at = strstr(at, process->place->unit)); at++)
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
	return up_to_start(path, process->place->container_path);
}

static size_t
up_to_pod(const char *path, const struct process *process)
{
	return up_to_start(path, process->place->pod_path);
}

/* The length of the part of a process's cgroup that is its group; 0: none. */
static size_t (*const up_to[GROUP_KINDS])(const char *path, const struct process *process) = {
	[GROUP_BY_UNIT] = up_to_unit,
	[GROUP_BY_CONTAINER] = up_to_container,
	[GROUP_BY_POD] = up_to_pod,
};

void
group_find_charges(struct groups *groups, const struct snapshot *snapshot)
{
	struct index index = { .heads = NULL };

	charge_index(&index, &snapshot->charges);
	for (size_t i = 0; i < snapshot->process_count; i++) {
		const struct process *process = &snapshot->processes[i];
		const struct cgroup_charge *charge = NULL;
		struct group *group;
		size_t length = process->place->cgroup
					? up_to[groups->kind](process->place->cgroup, process)
					: 0;

		if (groups->of_process[i] == INDEX_END)
			continue;
		group = groups_at(groups, groups->of_process[i]);
		if (!group->name)
			continue;
		if (length > 0)
			charge = charge_find(
				&index, &snapshot->charges, process->place->cgroup, length);
		if (!charge || (group->charge != charge && group->charge != &charge_unknown))
			group->is_in_several = true;
		group->charge = charge && !group->is_in_several ? charge : &charge_unknown;
	}
	index_finish(&index);
}
