// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/growth-list.h"

#include "base/macros.h"
#include "model/course.h"
#include "model/growth-row.h"
#include "model/kernel.h"
#include "model/needs.h"
#include "model/snapshot.h"

#include <string.h>

/* Sizes in bytes: a figure is followed from the first on, as long as it has the second. */
#define FOLLOWED_FROM (INT64_C(8) << 20)
#define FOLLOWED_DOWN_TO (INT64_C(4) << 20)

/* What figures are of: groups of a kind have OF_GROUPS and that kind. */
enum { OF_PROCESS = 1, OF_MACHINE, OF_SLAB, OF_BUDGET, OF_GROUPS };

/* The start of an identity. It is far from any small number, such as the PID or time of init. */
static uint64_t
begin_identity(unsigned of)
{
	return index_mix(0, of);
}

static uint64_t
identity_of(const struct process *process)
{
	return index_mix(index_mix(begin_identity(OF_PROCESS), (uint64_t)process->pid),
		(uint64_t)process->start_time);
}

/*
 * Returns the place of a figure of at least 8 MiB, or of one that had so much. It may be unknown
 * for a while, as that of a group is when one of its processes ends while it is read.
 */
static uint32_t
note(struct growth_set *set, uint64_t identity, int64_t value)
{
	if (value != UNKNOWN && value < FOLLOWED_DOWN_TO)
		return INDEX_END;
	if (value < FOLLOWED_FROM && !growth_set_has(set, identity))
		return INDEX_END;
	return growth_set_note(set, identity, value);
}

static struct growth_summary
summary_of(struct growth_set *set, uint32_t place, struct arena *texts)
{
	const struct growth_figure *figure = growth_set_judge(set, place);

	return (struct growth_summary){ figure->verdict, figure->last - figure->first,
		figure->minute, figure->ten_minutes, figure->hour,
		*figure->trend ? arena_text(texts, figure->trend) : NULL };
}

void
growth_of_processes(struct growth_set *set, struct snapshot *now, int64_t interval)
{
	if (!(now->bits & NEED_GROWTH))
		return;
	growth_set_begin(set, now->monotonic, interval, UNKNOWN);
	for (size_t i = 0; i < now->process_count; i++) {
		struct process *process = &now->processes[i];
		uint32_t place = note(set, identity_of(process), course_bytes_of(process));

		if (place != INDEX_END)
			snapshot_extras(now, process)->growth = summary_of(set, place, &now->texts);
	}
	growth_set_end(set);
}

void
growth_of_new_rows(struct snapshot *rows)
{
	for (size_t i = 0; i < rows->process_count; i++) {
		struct process *process = &rows->processes[i];
		int64_t bytes = course_bytes_of(process);

		if (bytes != UNKNOWN && bytes >= FOLLOWED_FROM)
			snapshot_extras(rows, process)->growth =
				(struct growth_summary){ growth_word(GROWTH_YOUNG), 0, UNKNOWN,
					UNKNOWN, UNKNOWN, NULL };
	}
}

/* The times of a sample of another boot differ by other spans. */
static bool
is_recent(const struct snapshot *now, const struct snapshot *sample)
{
	const int64_t most = 300 * NS_PER_SEC;

	int64_t passed = known_difference(now->monotonic, sample->monotonic);
	int64_t later = known_difference(now->time, sample->time);

	return passed >= 0 && passed <= most && later >= -most && later <= most;
}

void
growth_of_recorded(struct snapshot *now, const struct snapshot *sample)
{
	for (size_t i = 0; is_recent(now, sample) && i < sample->process_count; i++) {
		const struct process *recorded = &sample->processes[i];
		struct growth_summary growth = recorded->extras->growth;
		struct process *process = snapshot_find_process(now, recorded->pid);

		if (!growth.verdict || !process || process->start_time != recorded->start_time)
			continue;
		growth.verdict = arena_text(&now->texts, growth.verdict);
		growth.trend = growth.trend ? arena_text(&now->texts, growth.trend) : NULL;
		snapshot_extras(now, process)->growth = growth;
	}
}

static bool
is_growing(const struct process *process)
{
	const char *verdict = process->extras->growth.verdict;

	return verdict && (strcmp(verdict, growth_word(GROWTH_GROWING)) == 0 ||
				  strcmp(verdict, growth_word(GROWTH_LEAK)) == 0);
}

/* The slope of the last hour, of a younger one of the last minutes; without one it comes last. */
static int64_t
slope_of(const struct process *process)
{
	const struct growth_summary *growth = &process->extras->growth;
	int64_t slope = growth->hour != UNKNOWN ? growth->hour : growth->ten_minutes;

	if (!is_growing(process))
		return UNKNOWN;
	return slope != UNKNOWN ? slope : UNKNOWN + 1;
}

size_t
growth_fastest(const struct snapshot *now, const struct process **rows, size_t most)
{
	return snapshot_most(now, slope_of, rows, most);
}

/* A tree may have the same name as others, but has another root. */
static uint64_t
identity_of_group(const struct group *group, enum group_kind kind)
{
	uint64_t names = index_mix_text(
		index_mix_text(begin_identity(OF_GROUPS + kind), group->name), group->path);

	return index_mix(index_mix(names, (uint64_t)group->root), (uint64_t)group->root_start);
}

/* Each page counts once, but only if that is known of all its processes. */
static int64_t
bytes_of_group(const struct group *group)
{
	return known_sum(group->anon, group->swap);
}

void
growth_of_groups(
	struct growth_set *set, struct groups *groups, const struct snapshot *now, int64_t interval)
{
	if (!(now->bits & NEED_GROWTH))
		return;
	growth_set_begin(set, now->monotonic, interval, UNKNOWN);
	for (size_t i = 0; i < groups->rows.count; i++) {
		struct group *group = groups_at(groups, i);
		uint64_t identity = identity_of_group(group, groups->kind);
		uint32_t place = note(set, identity, bytes_of_group(group));

		if (place != INDEX_END)
			group->growth = summary_of(set, place, &groups->texts);
	}
	growth_set_end(set);
}

/* Sums of the machine; what is used up makes all of it full. */
static const struct {
	const char *name;
	size_t offset;
} sums[] = {
	{ "in use", 0 },
	{ "swap", offsetof(struct system, swap_used) },
};

struct taking {
	struct growth_list *list;
	const struct snapshot *now;
};

static struct growth_row *
add_row(const struct taking *taking, const char *of, const char *name, uint32_t place,
	int64_t limit)
{
	struct growth_list *list = taking->list;
	struct growth_row *row = rows_add(&list->rows, &growth_table);

	growth_set_row(&list->set, place, limit, row);
	row->of = of;
	row->name = name;
	row->pid = UNKNOWN;
	return row;
}

/*
 * Adds a row for a figure that can grow by `left` bytes at most. Returns it, or NULL if the figure
 * is not followed.
 */
static struct growth_row *
take(struct taking *taking, const char *of, const char *name, uint64_t identity, int64_t value,
	int64_t left)
{
	uint32_t place = note(&taking->list->set, identity, value);

	return place != INDEX_END ? add_row(taking, of, name, place, known_sum(value, left)) : NULL;
}

static void
take_sums(struct taking *taking)
{
	const struct system *s = &taking->now->system;

	for (size_t i = 0; i < ARRAY_SIZE(sums); i++) {
		int64_t value = sums[i].offset == 0 ? known_difference(s->total, s->available)
						    : system_figure(s, sums[i].offset);
		bool is_swap = sums[i].offset == offsetof(struct system, swap_used);

		take(taking, "machine", sums[i].name, index_mix(begin_identity(OF_MACHINE), i),
			value, is_swap ? s->swap_free : s->available);
	}
}

static void
take_slabs(struct taking *taking)
{
	const struct rows *slabs = &taking->now->kernel[KERNEL_SLABS];
	const struct slab *slab = slabs->data;

	for (size_t i = 0; i < slabs->count; i++)
		take(taking, "slab", slab[i].name,
			index_mix_text(begin_identity(OF_SLAB), slab[i].name), slab[i].bytes,
			taking->now->system.available);
}

/* What is free, or can be dropped when memory is short, takes nothing away. */
static bool
can_be_dropped(const char *item)
{
	static const char *const items[] = { "free", "free_per_cpu", "cache", "buffers",
		"slab_reclaimable", "kernel_reclaimable", "gpu_reclaimable", "arc", "mixed" };

	for (size_t i = 0; i < ARRAY_SIZE(items); i++)
		if (strcmp(items[i], item) == 0)
			return true;
	return false;
}

static void
take_budget(struct taking *taking)
{
	const struct rows *budget = &taking->now->budget;

	for (size_t i = 0; i < budget->count; i++) {
		const struct budget_row *row = budget_at(budget, i);

		if (!row->part && !can_be_dropped(row->item))
			take(taking, "budget", row->name,
				index_mix_text(begin_identity(OF_BUDGET), row->item), row->bytes,
				taking->now->system.available);
	}
}

/* What is left for a cgroup: of the machine, and of the limit that it reaches first. */
static int64_t
left_within(const struct taking *taking, const struct cgroup_charge *charge)
{
	int64_t of_machine = taking->now->system.available;
	int64_t left = charge ? charge->available : UNKNOWN;

	return left != UNKNOWN && left < of_machine ? left : of_machine;
}

/* Of the limits of its cgroup, and of those above it. */
static int64_t
left_for(const struct taking *taking, const struct process *process)
{
	const char *path = process->place->cgroup;

	return left_within(taking,
		path ? charge_find_nearest(&taking->list->charges, &taking->now->charges, path)
		     : NULL);
}

/* Processes have the names that groups of programs have. Most are too small to be followed. */
static void
take_processes(struct taking *taking)
{
	struct growth_list *list = taking->list;

	index_reset(&list->charges);
	charge_index(&list->charges, &taking->now->charges);
	for (size_t i = 0; i < taking->now->process_count; i++) {
		const struct process *process = &taking->now->processes[i];
		int64_t bytes = course_bytes_of(process);
		uint32_t place = note(&list->set, identity_of(process), bytes);
		char text[GROUP_NAME_SIZE];
		const char *name;

		if (place == INDEX_END)
			continue;
		name = group_key_of(GROUP_BY_PROGRAM, process, text).name;
		add_row(taking, "process", name ? arena_text(&list->texts, name) : NULL, place,
			known_sum(bytes, left_for(taking, process)))
			->pid = process->pid;
	}
}

static void
take_groups(struct taking *taking, enum group_kind kind)
{
	struct groups *groups = &taking->list->groups;

	groups_build(groups, taking->now, kind);
	for (size_t i = 0; i < groups->rows.count; i++) {
		const struct group *group = groups_at(groups, i);
		struct growth_row *row = take(taking, group_kinds[kind].name, group->name,
			identity_of_group(group, kind), bytes_of_group(group),
			left_within(taking, group->charge));

		if (row)
			row->pid = group->root;
	}
}

uint64_t
growth_list_needs(unsigned kind)
{
	uint64_t needs = NEED_PROCESSES | NEED_STAT | NEED_MEMORY | NEED_SWAP | NEED_MEMINFO |
			 NEED_SLABS | NEED_BUDGET | NEED_COMMAND;
	const uint64_t charges = NEED_CHARGE | NEED_CHARGE_MAX | NEED_CHARGE_STAT;

	if (kind == GROWTH_OF_PROCESSES)
		return needs | NEED_CGROUP | charges;
	return needs | group_kinds[kind].need | NEED_PSS |
	       (group_kinds[kind].has_charge ? charges : 0);
}

void
growth_list_take(struct growth_list *list, const struct snapshot *now, unsigned kind,
	int64_t interval, int64_t span)
{
	struct taking taking = { .list = list, .now = now };

	rows_reset(&list->rows);
	arena_reset(&list->texts);
	growth_set_begin(&list->set, now->monotonic, interval, span);
	take_sums(&taking);
	take_budget(&taking);
	take_slabs(&taking);
	if (kind == GROWTH_OF_PROCESSES)
		take_processes(&taking);
	else
		take_groups(&taking, (enum group_kind)kind);
	growth_set_end(&list->set);
}

const struct growth_row *
growth_list_in_use(const struct growth_list *list)
{
	const struct growth_row *first = list->rows.data;

	return list->rows.count > 0 && first->name == sums[0].name ? first : NULL;
}

void
growth_list_finish(struct growth_list *list)
{
	growth_set_finish(&list->set);
	rows_finish(&list->rows);
	arena_finish(&list->texts);
	groups_finish(&list->groups);
	index_finish(&list->charges);
}
