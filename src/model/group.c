// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/group.h"

#include "base/cleanup.h"
#include "base/index.h"
#include "base/known.h"
#include "base/memory.h"
#include "model/footprint.h"
#include "model/group-tree.h"
#include "model/snapshot.h"
#include "table/tree.h"

#include <stdlib.h>
#include <string.h>

struct grouping {
	const struct snapshot *snapshot;
	struct groups *groups;
	struct index index;
	bool *marks;           /* the address spaces that have been counted, by their owner's row */
	size_t tree_count;     /* the first rows are the cgroups of the snapshot; 0: they are not */
	const char *unread;    /* the last cgroup that is not among them, */
	uint32_t above_unread; /* and the row that counts its processes */
};

static uint32_t
add_group(struct grouping *grouping, const char *name, const char *path, uint64_t hash)
{
	struct groups *groups = grouping->groups;
	struct group *group = rows_add(&groups->rows, &group_table);

	group->name = name ? arena_text(&groups->texts, name) : NULL;
	group->path = path ? arena_text(&groups->texts, path) : NULL;
	group->by = group_kinds[groups->kind].name;
	group->processes = group->known = group->footprint = group->stale_rest = 0;
	group->anon = group->file = group->shared = group->swap = group->page_tables = 0;
	group->major_fault_rate = 0;
	group->id = group->root_start = UNKNOWN;
	group->above = 0;
	group->row_above = INDEX_END;
	if (grouping->tree_count > 0)
		group->depth = 0;
	index_add(&grouping->index, hash);
	return (uint32_t)groups->rows.count - 1;
}

static bool
is_same_name(const char *name, const char *key, size_t length)
{
	return name && key ? strncmp(name, key, length) == 0 && !name[length] : name == key;
}

/* By the path, where the kind has one, else by the name. The key may be NULL. */
static uint32_t
find_group(const struct grouping *grouping, const char *key, size_t length, uint64_t hash)
{
	bool by_path = group_has_path(grouping->groups->kind);
	uint32_t row = index_first(&grouping->index, hash);

	for (; row != INDEX_END; row = index_next(&grouping->index, row)) {
		const struct group *group = groups_at(grouping->groups, row);

		if (is_same_name(by_path ? group->path : group->name, key, length))
			break;
	}
	return row;
}

/*
 * The nearest cgroup above a path. All are looked for on one way along the path, which a user can
 * make some thousand deep: hashes are made of words of 8 bytes, and longer paths go on from them.
 */
static uint32_t
nearest_above(const struct grouping *grouping, const char *path)
{
	size_t end = group_tree_above(path, strlen(path)), mixed = 0;
	uint64_t hash = 0, word;
	uint32_t nearest = INDEX_END;

	for (size_t length = 1; length <= end; length++) {
		uint32_t row = INDEX_END;

		if (length - mixed == sizeof(word)) {
			memcpy(&word, path + mixed, sizeof(word));
			hash = index_mix(hash, word);
			mixed = length;
		}
		if (length == 1 || path[length] == '/')
			row = find_group(grouping, path, length,
				index_mix_bytes(hash, path + mixed, length - mixed));
		if (row != INDEX_END)
			nearest = row;
	}
	return nearest;
}

/*
 * A process may be in a cgroup that was not read: it counts in the nearest one above. That of the
 * process before is often the same.
 */
static uint32_t
find_above(struct grouping *grouping, const char *path)
{
	if (!grouping->unread || strcmp(grouping->unread, path) != 0) {
		grouping->unread = path;
		grouping->above_unread = nearest_above(grouping, path);
	}
	return grouping->above_unread;
}

static uint32_t
group_row_of(struct grouping *grouping, const struct process *process)
{
	char text[GROUP_NAME_SIZE];
	const struct group_key key = group_key_of(grouping->groups->kind, process, text);
	uint64_t hash = index_mix_text(0, key.key);
	uint32_t row = find_group(grouping, key.key, key.key ? strlen(key.key) : 0, hash);

	if (row == INDEX_END && grouping->tree_count > 0 && key.name)
		row = find_above(grouping, key.name);
	return row == INDEX_END ? add_group(grouping, key.name, key.path, hash) : row;
}

/* Adds a row for each cgroup that was read, in the same order. */
static void
add_cgroups(struct grouping *grouping)
{
	const struct rows *charges = &grouping->snapshot->charges;

	grouping->tree_count = charges->count;
	for (size_t i = 0; i < charges->count; i++) {
		const struct cgroup_charge *charge = charge_at(charges, i);
		uint32_t row =
			add_group(grouping, charge->path, NULL, index_mix_text(0, charge->path));

		struct group *group = groups_at(grouping->groups, row);

		group->id = charge->inode;
		if (charge->parent != UNKNOWN) {
			group->row_above = (uint32_t)charge->parent;
			group->above = charge_at(charges, (size_t)charge->parent)->inode;
		}
		group->depth = charge->depth;
		group->charge = charge;
	}
}

/* All processes but kernel threads, each after its parent. */
static void
arrange_processes(const struct snapshot *snapshot, struct row_list *list)
{
	list->rows = array_reserve(
		list->rows, &list->capacity, snapshot->process_count + 1, sizeof(list->rows[0]));
	for (size_t i = 0; i < snapshot->process_count; i++)
		if (!snapshot->processes[i].is_kernel_thread)
			list->rows[list->count++] = &snapshot->processes[i];
	tree_arrange(list, process_table.tree);
}

/* Adds a row for each process, which has all that descend from it. */
static void
add_processes(struct grouping *grouping)
{
	const struct snapshot *snapshot = grouping->snapshot;
	_cleanup_free_ uint32_t *above = xcalloc(snapshot->process_count + 1, sizeof(above[0]));
	struct row_list list = { .rows = NULL };

	arrange_processes(snapshot, &list);
	for (size_t i = 0; i < list.count; i++) {
		const struct process *process = list.rows[i];
		char text[GROUP_NAME_SIZE];
		const char *name = group_key_of(GROUP_BY_TREE, process, text).name;
		uint32_t row = add_group(grouping, name, NULL, (uint64_t)i);
		struct group *group = groups_at(grouping->groups, row);

		group->id = group->root = process->pid;
		group->root_start = process->start_time;
		group->depth = list.depths[i];
		if (group->depth > 0) {
			group->above = process->parent;
			group->row_above = above[group->depth - 1];
		}
		above[group->depth] = row;
		grouping->groups->of_process[process - snapshot->processes] = row;
	}
	row_list_finish(&list);
}

/* Counts a process, which may share its memory with another. */
static void
count_process(struct group *group, const struct process *process)
{
	group->processes++;
	group->major_fault_rate = known_sum(group->major_fault_rate, process->major_fault_rate);
	if (process->resident != UNKNOWN && process->resident > group->largest) {
		group->largest = process->resident;
		group->largest_pid = process->pid;
	}
}

/* Without a resident page all is 0; what is in swap is not known then. */
static void
add_sizes(struct group *group, const struct process *process, int64_t pss)
{
	const struct process_rollup *rollup = process->rollup;
	bool is_empty = process->resident == 0;

	group->footprint = known_sum(group->footprint, pss);
	group->anon = known_sum(group->anon, is_empty ? 0 : rollup->pss_anon);
	group->file = known_sum(group->file, is_empty ? 0 : rollup->pss_file);
	group->shared = known_sum(group->shared, is_empty ? 0 : rollup->pss_shmem);
	group->swap = known_sum(group->swap, process->swap == 0 ? 0 : rollup->swap_pss);
	group->page_tables = known_sum(group->page_tables, process->page_tables);
	if (process->rollup->age > group->pss_age)
		group->pss_age = process->rollup->age;
}

/* Adds an address space to the first group that has it. Those with a known PSS come first. */
static void
add_memory(struct grouping *grouping, size_t i, bool with_pss)
{
	const struct process *process = &grouping->snapshot->processes[i];
	struct group *group = groups_at(grouping->groups, grouping->groups->of_process[i]);
	int64_t pss = footprint_pss(process);
	bool is_certain;
	const struct process *owner = footprint_owner(grouping->snapshot, process, &is_certain);
	bool *mark = &grouping->marks[owner - grouping->snapshot->processes];

	if (with_pss)
		group->known += pss != UNKNOWN;
	if (*mark || (with_pss && pss == UNKNOWN))
		return;
	*mark = true;
	add_sizes(group, process, with_pss ? pss : process->resident);
	group->stale_rest = known_sum(group->stale_rest, with_pss ? footprint_rest(process) : 0);
	if (!with_pss || !is_certain)
		group->sum = "at most";
	else if (!group->sum && process->rollup->stale == 1)
		group->sum = "older PSS";
}

static void
finish(struct group *group, int64_t total)
{
	if (!group->sum)
		group->sum = "PSS";
	if (strcmp(group->sum, "at most") == 0)
		group->footprint = known_sum(group->footprint, group->stale_rest);
	group->is_stale = strcmp(group->sum, "PSS") != 0;
	if (group->is_stale && total != UNKNOWN && group->footprint > total)
		group->footprint = total;
	group->share = known_share(group->footprint, total);
}

/* Finds the group of each process. */
static void
place_processes(struct grouping *grouping)
{
	const struct snapshot *snapshot = grouping->snapshot;
	struct groups *groups = grouping->groups;

	if (groups->kind == GROUP_BY_CGROUP)
		add_cgroups(grouping);
	if (groups->kind == GROUP_BY_TREE)
		add_processes(grouping);
	for (size_t i = 0; i < snapshot->process_count; i++) {
		const struct process *process = &snapshot->processes[i];

		if (process->is_kernel_thread)
			groups->of_process[i] = INDEX_END;
		else if (groups->kind != GROUP_BY_TREE)
			groups->of_process[i] = group_row_of(grouping, process);
		if (!process->is_kernel_thread)
			count_process(groups_at(groups, groups->of_process[i]), process);
	}
}

void
groups_build(struct groups *groups, const struct snapshot *snapshot, enum group_kind kind)
{
	size_t count = snapshot->process_count;
	_cleanup_free_ bool *marks = xcalloc(count + 1, sizeof(marks[0]));
	struct grouping grouping = { .snapshot = snapshot, .groups = groups, .marks = marks };

	groups->kind = kind;
	rows_reset(&groups->rows);
	arena_reset(&groups->texts);
	groups->of_process = array_reserve(
		groups->of_process, &groups->capacity, count + 1, sizeof(groups->of_process[0]));
	place_processes(&grouping);
	for (int with_pss = 1; with_pss >= 0; with_pss--)
		for (size_t i = 0; i < count; i++)
			if (groups->of_process[i] != INDEX_END)
				add_memory(&grouping, i, with_pss);
	group_tree_sum(groups);
	for (size_t i = 0; i < groups->rows.count; i++)
		finish(groups_at(groups, i), snapshot->system.total);
	index_finish(&grouping.index);
	if (group_kinds[kind].has_charge && !group_kinds[kind].is_tree)
		group_find_charges(groups, snapshot);
	group_tree_shrink(groups, grouping.tree_count, count);
}

void
groups_finish(struct groups *groups)
{
	rows_finish(&groups->rows);
	arena_finish(&groups->texts);
	free(groups->of_process);
}

int64_t
groups_total(const struct groups *groups, bool *ret_is_bound)
{
	int64_t total = 0;

	*ret_is_bound = false;
	for (size_t i = 0; i < groups->rows.count; i++) {
		const struct group *group = groups_at(groups, i);

		if (group->depth != UNKNOWN && group->depth > 0)
			continue; /* it is in the one above */
		total = known_sum(total, group->footprint);
		*ret_is_bound = *ret_is_bound || strcmp(group->sum, "at most") == 0;
	}
	return total;
}

bool
groups_has(const struct groups *groups, const struct group *group, size_t process)
{
	uint32_t row = groups->of_process[process];

	while (row != INDEX_END && groups_at(groups, row) != group)
		row = groups_at(groups, row)->row_above;
	return row != INDEX_END;
}
