// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/group.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/index.h"
#include "base/known.h"
#include "base/macros.h"
#include "base/memory.h"
#include "model/footprint.h"
#include "model/group-tree.h"
#include "model/needs.h"
#include "model/snapshot.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_SIZE = 1024 };

/* The first word without the colon of "sshd: user". */
static const char *
program_of(const struct process *process, char text[static NAME_SIZE])
{
	const char *program = process->command ? process_program(process->command) : process->comm;
	size_t length = program ? strcspn(program, " ") : 0;

	if (length > 1 && program[length - 1] == ':')
		length--;
	if (length >= NAME_SIZE)
		length = NAME_SIZE - 1;
	memcpy(text, program ? program : "", length);
	text[length] = '\0';
	return length > 0 ? text : NULL;
}

static const char *
user_of(const struct process *process, char unused[static NAME_SIZE])
{
	return process->user;
}

static const char *
unit_of(const struct process *process, char unused[static NAME_SIZE])
{
	return process->unit;
}

static const char *
cgroup_of(const struct process *process, char unused[static NAME_SIZE])
{
	return process->cgroup;
}

/* Containers of different pods often have the same name: "NAMESPACE/POD/CONTAINER". */
static const char *
container_of(const struct process *process, char text[static NAME_SIZE])
{
	bool has_pod_name = process->pod && strchr(process->pod, '/');

	if (!process->container || !has_pod_name)
		return process->container;
	snprintf(text, NAME_SIZE, "%s/%s", process->pod, process->container);
	return text;
}

static const char *
pod_of(const struct process *process, char unused[static NAME_SIZE])
{
	return process->pod;
}

/*
 * The name of the group of a process, which may be made in `text`; NULL: none. `path` is the text
 * in the process that tells groups apart; 0: the name does.
 */
static const struct {
	const char *(*name)(const struct process *process, char text[static NAME_SIZE]);
	size_t path;
} names[GROUP_KINDS] = {
	[GROUP_BY_PROGRAM] = { program_of },
	[GROUP_BY_USER] = { user_of },
	[GROUP_BY_UNIT] = { unit_of },
	[GROUP_BY_CGROUP] = { cgroup_of },
	[GROUP_BY_CONTAINER] = { container_of, offsetof(struct process, container_path) },
	[GROUP_BY_POD] = { pod_of, offsetof(struct process, pod_path) },
};

/* clang-format off */
const struct group_description group_kinds[GROUP_KINDS] = {
	[GROUP_BY_PROGRAM]   = { "program", "the program, or the script that an interpreter runs", NEED_COMMAND },
	[GROUP_BY_USER]      = { "user", "the effective user", NEED_OWNER },
	[GROUP_BY_UNIT]      = { "unit", "the systemd unit", NEED_CGROUP, group_charge_columns },
	[GROUP_BY_CGROUP]    = { "cgroup", "the cgroup with all cgroups below it", NEED_CGROUP | NEED_CHARGE, group_charge_columns },
	[GROUP_BY_CONTAINER] = { "container", "the container, by name or id", NEED_CONTAINER | NEED_CGROUP, group_charge_columns },
	[GROUP_BY_POD]       = { "pod", "the pod, by namespace and name or UID", NEED_CONTAINER | NEED_CGROUP, group_charge_columns },
};
/* clang-format on */

void
group_kinds_list(char text[static GROUP_KINDS_SIZE])
{
	size_t length = 0;

	for (size_t i = 0; i < GROUP_KINDS && length < GROUP_KINDS_SIZE; i++)
		length += (size_t)snprintf(text + length, GROUP_KINDS_SIZE - length, "%s%s",
			i ? ", " : "", group_kinds[i].name);
}

/* What tells the group of a process: `key` is the path, or the name where there is none. */
struct key {
	const char *name, *path, *key;
};

static struct key
key_of(enum group_kind kind, const struct process *process, char text[static NAME_SIZE])
{
	size_t offset = names[kind].path;
	struct key key = { .name = names[kind].name(process, text) };

	key.path = offset ? *(const char *const *)((const char *)process + offset) : NULL;
	key.key = offset ? key.path : key.name;
	return key;
}

struct grouping {
	const struct snapshot *snapshot;
	enum group_kind kind;
	struct rows *groups;
	struct index index;
	struct arena *texts;
	bool *marks;          /* the address spaces that have been counted, by their owner's row */
	uint32_t *group_rows; /* of each process; INDEX_END: none */
	size_t tree_count;    /* the first rows are the cgroups of the snapshot; 0: they are not */
};

static struct group *
group_at(const struct rows *groups, uint32_t row)
{
	return (struct group *)groups->data + row;
}

static uint32_t
add_group(struct grouping *grouping, const char *name, const char *path, uint64_t hash)
{
	struct group *group = rows_add(grouping->groups, &group_table);

	group->name = name ? arena_text(grouping->texts, name) : NULL;
	group->path = path ? arena_text(grouping->texts, path) : NULL;
	group->by = group_kinds[grouping->kind].name;
	group->processes = group->known = group->footprint = 0;
	group->anon = group->file = group->shared = group->swap = group->page_tables = 0;
	group->major_fault_rate = 0;
	group->id = UNKNOWN;
	group->above = 0;
	if (grouping->tree_count > 0)
		group->depth = 0;
	index_add(&grouping->index, hash);
	return (uint32_t)grouping->groups->count - 1;
}

static bool
is_same_name(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* By the path, where the kind has one, else by the name. */
static uint32_t
find_group(const struct grouping *grouping, const char *key, uint64_t hash)
{
	bool by_path = names[grouping->kind].path != 0;
	uint32_t row = index_first(&grouping->index, hash);

	for (; row != INDEX_END; row = index_next(&grouping->index, row)) {
		const struct group *group = group_at(grouping->groups, row);

		if (is_same_name(by_path ? group->path : group->name, key))
			break;
	}
	return row;
}

/* A process may be in a cgroup that was not read: it counts in the nearest one above. */
static uint32_t
find_above(const struct grouping *grouping, const char *name)
{
	_cleanup_free_ char *path = xstrdup(name);
	size_t length = strlen(path);
	uint32_t row = INDEX_END;

	while (row == INDEX_END && (length = group_tree_above(path, length)) > 0) {
		path[length] = '\0';
		row = find_group(grouping, path, index_mix_text(0, path));
	}
	return row;
}

static uint32_t
group_row_of(struct grouping *grouping, const struct process *process)
{
	char text[NAME_SIZE];
	const struct key key = key_of(grouping->kind, process, text);
	uint64_t hash = index_mix_text(0, key.key);
	uint32_t row = find_group(grouping, key.key, hash);

	if (row == INDEX_END && grouping->tree_count > 0 && key.name)
		row = find_above(grouping, key.name);
	return row == INDEX_END ? add_group(grouping, key.name, key.path, hash) : row;
}

/* Adds a row for each cgroup that was read, in the same order. */
static void
add_tree(struct grouping *grouping)
{
	const struct rows *charges = &grouping->snapshot->charges;

	grouping->tree_count = charges->count;
	for (size_t i = 0; i < charges->count; i++) {
		const struct cgroup_charge *charge = charge_at(charges, i);
		uint32_t row =
			add_group(grouping, charge->path, NULL, index_mix_text(0, charge->path));

		group_at(grouping->groups, row)->id = charge->inode;
		if (charge->parent != UNKNOWN)
			group_at(grouping->groups, row)->above =
				charge_at(charges, (size_t)charge->parent)->inode;
		group_at(grouping->groups, row)->depth = charge->depth;
		group_at(grouping->groups, row)->charge = charge;
	}
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
	const struct process_rollup *rollup = &process->extras->rollup;
	bool is_empty = process->resident == 0;

	group->footprint = known_sum(group->footprint, pss);
	group->anon = known_sum(group->anon, is_empty ? 0 : rollup->pss_anon);
	group->file = known_sum(group->file, is_empty ? 0 : rollup->pss_file);
	group->shared = known_sum(group->shared, is_empty ? 0 : rollup->pss_shmem);
	group->swap = known_sum(group->swap, process->swap == 0 ? 0 : rollup->swap_pss);
	group->page_tables = known_sum(group->page_tables, process->page_tables);
}

/* Adds an address space to the first group that has it. Those with a known PSS come first. */
static void
add_memory(struct grouping *grouping, size_t i, bool with_pss)
{
	const struct process *process = &grouping->snapshot->processes[i];
	struct group *group = group_at(grouping->groups, grouping->group_rows[i]);
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
	if (!with_pss || !is_certain)
		group->sum = "at most";
	else if (!group->sum && process->extras->pss_stale == 1)
		group->sum = "older PSS";
}

static void
finish(struct group *group, int64_t total)
{
	if (!group->sum)
		group->sum = "PSS";
	group->is_stale = strcmp(group->sum, "PSS") != 0;
	if (group->is_stale && total != UNKNOWN && group->footprint > total)
		group->footprint = total;
	group->share = known_share(group->footprint, total);
}

void
group_build_with_members(struct rows *groups, const struct snapshot *snapshot, enum group_kind kind,
	struct arena *texts, uint32_t *group_rows)
{
	_cleanup_free_ bool *marks = xcalloc(snapshot->process_count + 1, sizeof(marks[0]));
	struct grouping grouping = { .snapshot = snapshot,
		.kind = kind,
		.groups = groups,
		.texts = texts,
		.marks = marks,
		.group_rows = group_rows };

	rows_reset(groups);
	if (kind == GROUP_BY_CGROUP)
		add_tree(&grouping);
	for (size_t i = 0; i < snapshot->process_count; i++) {
		const struct process *process = &snapshot->processes[i];

		group_rows[i] = INDEX_END;
		if (process->is_kernel_thread)
			continue;
		group_rows[i] = group_row_of(&grouping, process);
		count_process(group_at(groups, group_rows[i]), process);
	}
	for (int with_pss = 1; with_pss >= 0; with_pss--)
		for (size_t i = 0; i < snapshot->process_count; i++)
			if (group_rows[i] != INDEX_END)
				add_memory(&grouping, i, with_pss);
	group_tree_sum(groups, grouping.tree_count);
	for (size_t i = 0; i < groups->count; i++)
		finish(group_at(groups, (uint32_t)i), snapshot->system.total);
	index_finish(&grouping.index);
	if (kind != GROUP_BY_CGROUP && group_kinds[kind].columns)
		group_find_charges(groups, snapshot, kind, group_rows);
	group_tree_shrink(groups, grouping.tree_count, group_rows, snapshot->process_count);
}

void
group_build(struct rows *groups, const struct snapshot *snapshot, enum group_kind kind,
	struct arena *texts)
{
	_cleanup_free_ uint32_t *rows = xcalloc(snapshot->process_count + 1, sizeof(rows[0]));

	group_build_with_members(groups, snapshot, kind, texts, rows);
}

int64_t
group_total(const struct rows *groups, bool *ret_is_bound)
{
	int64_t total = 0;

	*ret_is_bound = false;
	for (size_t i = 0; i < groups->count; i++) {
		const struct group *group = group_at(groups, (uint32_t)i);

		if (group->depth != UNKNOWN && group->depth > 0)
			continue; /* it is in the one above */
		total = known_sum(total, group->footprint);
		*ret_is_bound = *ret_is_bound || strcmp(group->sum, "at most") == 0;
	}
	return total;
}

/* Whether a path is that of a cgroup, or of one below it. */
static bool
is_below(const char *path, const char *name)
{
	size_t length = strcmp(name, "/") == 0 ? 0 : strlen(name);

	return path && strncmp(path, name, length) == 0 && (path[length] == '/' || !path[length]);
}

bool
group_has(const struct group *group, enum group_kind kind, const struct process *process)
{
	char text[NAME_SIZE];
	struct key key;

	if (process->is_kernel_thread)
		return false;
	key = key_of(kind, process, text);
	if (kind == GROUP_BY_CGROUP && group->name && group->depth != UNKNOWN)
		return is_below(process->cgroup, group->name);
	return is_same_name(names[kind].path ? group->path : group->name, key.key);
}
