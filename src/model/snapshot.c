// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/snapshot.h"

#include "base/memory.h"
#include "model/needs.h"
#include "table/order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Frees memory that the last refresh did not need. */
static void
give_back(struct snapshot *s)
{
	struct ranking *ranking = &s->ranking;

	s->processes = array_fit(
		s->processes, &s->process_capacity, s->process_count, sizeof(s->processes[0]));
	s->kill_order = array_fit(
		s->kill_order, &s->kill_capacity, s->kill_count, sizeof(s->kill_order[0]));
	ranking->owners = array_fit(ranking->owners, &ranking->owner_capacity, s->process_count,
		sizeof(ranking->owners[0]));
	ranking->groups = array_fit(ranking->groups, &ranking->group_capacity, ranking->index.count,
		sizeof(ranking->groups[0]));
	index_reset(&ranking->index);
}

void
snapshot_reset(struct snapshot *snapshot)
{
	give_back(snapshot);
	arena_reset(&snapshot->texts);
	snapshot->process_count = snapshot->command_bytes = 0;
	rows_reset(&snapshot->events);
	rows_reset(&snapshot->day);
	rows_reset(&snapshot->history);
	rows_reset(&snapshot->incidents);
	rows_reset(&snapshot->exits);
	rows_reset(&snapshot->faults);
	rows_reset(&snapshot->mappings);
	snapshot->mappings_of = 0;
	rows_reset(&snapshot->budget);
	rows_reset(&snapshot->charges);
	for (size_t i = 0; i < KERNEL_PARTS; i++)
		rows_reset(&snapshot->kernel[i]);
	snapshot->kill_count = 0;
	snapshot->bits = snapshot->focus_bits = 0;
	snapshot->focus = snapshot->focus_start = 0;
	snapshot->exact = snapshot->only_missing = snapshot->sizes_only = false;
	snapshot->hint_count = 0;
	snapshot->past = (struct past){ .is_there = false };
	for (size_t i = 0; i < LIMIT_KINDS; i++)
		snapshot->limits[i] = (struct limit){ .soft = UNKNOWN, .hard = UNKNOWN };
	snapshot->named_limits = NULL;
	snapshot->focus_limit = (struct nearest_limit){ NULL, UNKNOWN, UNKNOWN };
	table_reset_row(&system_table, &snapshot->system);
	snapshot->system.last_kill_doubt = 0;
}

void
snapshot_finish(struct snapshot *snapshot)
{
	free(snapshot->processes);
	rows_finish(&snapshot->events);
	rows_finish(&snapshot->day);
	rows_finish(&snapshot->history);
	rows_finish(&snapshot->incidents);
	rows_finish(&snapshot->exits);
	rows_finish(&snapshot->faults);
	rows_finish(&snapshot->mappings);
	rows_finish(&snapshot->budget);
	rows_finish(&snapshot->charges);
	for (size_t i = 0; i < KERNEL_PARTS; i++)
		rows_finish(&snapshot->kernel[i]);
	free(snapshot->kill_order);
	free(snapshot->ranking.owners);
	free(snapshot->ranking.groups);
	index_finish(&snapshot->ranking.index);
	arena_finish(&snapshot->texts);
	*snapshot = (struct snapshot){ .time = 0 };
}

static struct process *
append_process(struct snapshot *snapshot)
{
	snapshot->processes = array_reserve(snapshot->processes, &snapshot->process_capacity,
		snapshot->process_count + 1, sizeof(snapshot->processes[0]));
	return &snapshot->processes[snapshot->process_count++];
}

void
snapshot_set_place(
	struct snapshot *snapshot, struct process *row, const struct process_place *place)
{
	const struct process_place *last =
		row > snapshot->processes ? row[-1].place : &process_no_place;

	if (memcmp(place, last, sizeof(*place)) == 0)
		row->place = last;
	else if (memcmp(place, &process_no_place, sizeof(*place)) == 0)
		row->place = &process_no_place;
	else
		row->place = arena_store(&snapshot->texts, place, sizeof(*place));
}

struct process_weight *
snapshot_weight(struct snapshot *snapshot, struct process *row)
{
	return row_own_part(row, &process_weight_part, &snapshot->texts);
}

struct process_extras *
snapshot_extras(struct snapshot *snapshot, struct process *row)
{
	return row_own_part(row, &process_extras_part, &snapshot->texts);
}

struct process_rollup *
snapshot_rollup(struct snapshot *snapshot, struct process *row)
{
	return row_own_part(row, &process_rollup_part, &snapshot->texts);
}

struct process_status *
snapshot_status(struct snapshot *snapshot, struct process *row)
{
	return row_own_part(row, &process_status_part, &snapshot->texts);
}

/* How old it is now is for others to say. */
static void
copy_rollup(struct process_rollup *copy, const struct process_rollup *rollup)
{
	*copy = *rollup;
	copy->age = copy->stale = UNKNOWN;
}

struct process *
snapshot_copy_process(struct snapshot *snapshot, const struct process *row, uint64_t needs)
{
	struct process *copy = append_process(snapshot);

	*copy = *row;
	copy->weight = &process_no_weight;
	copy->status = &process_no_status;
	copy->rollup = &process_no_rollup;
	copy->extras = &process_no_extras;
	if (needs & NEED_STATUS && row->status != &process_no_status)
		*snapshot_status(snapshot, copy) = *row->status;
	if (row->rollup->time != UNKNOWN)
		copy_rollup(snapshot_rollup(snapshot, copy), row->rollup);
	if (row->extras->memory_of != UNKNOWN)
		snapshot_extras(snapshot, copy)->memory_of = row->extras->memory_of;
	return copy;
}

/* A copy with texts of its own. */
static const struct process_place *
copy_place(struct snapshot *snapshot, const struct process_place *place)
{
	struct arena *texts = &snapshot->texts;
	const struct process_place copy = {
		.cgroup = arena_text(texts, place->cgroup),
		.unit = arena_text(texts, place->unit),
		.container = arena_text(texts, place->container),
		.container_path = arena_text(texts, place->container_path),
		.pod = arena_text(texts, place->pod),
		.pod_path = arena_text(texts, place->pod_path),
	};

	return place == &process_no_place ? place : arena_store(texts, &copy, sizeof(copy));
}

/*
 * Growth is that of the snapshot: only all processes together are followed. Of the weight the text
 * is not copied: only all together are ranked.
 */
static void
take_row(struct snapshot *snapshot, struct process *own, const struct process *row)
{
	const struct growth_summary growth = own->extras->growth;
	bool is_same = own->start_time == row->start_time;

	*own = *row;
	row_keep_texts(&process_table, own, &snapshot->texts);
	own->place = copy_place(snapshot, row->place);
	row_keep_part(own, &process_weight_part, &snapshot->texts);
	row_keep_part(own, &process_status_part, &snapshot->texts);
	row_keep_part(own, &process_rollup_part, &snapshot->texts);
	row_keep_part(own, &process_extras_part, &snapshot->texts);
	if (growth.verdict && is_same)
		snapshot_extras(snapshot, own)->growth = growth;
}

void
snapshot_take_rows(struct snapshot *snapshot, const struct snapshot *rows)
{
	for (size_t i = 0; i < rows->process_count; i++) {
		const struct process *row = &rows->processes[i];
		struct process *own = snapshot_find_process(snapshot, row->pid);

		if (own)
			take_row(snapshot, own, row);
	}
}

const char *
snapshot_keep_command(struct snapshot *snapshot, const char *text, size_t length)
{
	if (length > SHORT_COMMAND && snapshot->command_bytes + length > MOST_COMMAND_BYTES)
		length = SHORT_COMMAND;
	snapshot->command_bytes += length;
	return arena_copy(&snapshot->texts, text, length);
}

struct process *
snapshot_add_process(struct snapshot *snapshot)
{
	struct process *row = append_process(snapshot);

	table_reset_row(&process_table, row);
	row->start_time = UNKNOWN;
	row->look_time = row->memory_time = UNKNOWN;
	row->asked = 0;
	row->is_kernel_thread = row->has_slept = row->is_kept = false;
	return row;
}

const char *
snapshot_last_comm(const struct snapshot *snapshot, const struct process *row)
{
	return row > snapshot->processes ? row[-1].comm : NULL;
}

void
snapshot_drop_last_process(struct snapshot *snapshot)
{
	const char *command = snapshot->processes[--snapshot->process_count].command;

	snapshot->command_bytes -= command ? strlen(command) : 0;
}

void
snapshot_note_gap(struct snapshot *snapshot, struct process *row, uint64_t need, int error)
{
	struct gaps *gaps;

	if (error == -ESRCH)
		return;
	gaps = &snapshot_extras(snapshot, row)->gaps;
	if (error == -EACCES || error == -EPERM) {
		gaps->refused |= need;
	} else if (error == -ENOENT) {
		gaps->absent |= need;
	} else if (error == -ETIMEDOUT) {
		gaps->silent |= need;
	} else {
		gaps->failed |= need;
		gaps->error = -error;
	}
}

struct event *
snapshot_add_event(struct snapshot *snapshot)
{
	struct event *event = rows_add(&snapshot->events, &event_table);

	event->time = snapshot->time;
	return event;
}

struct process *
snapshot_find_process(const struct snapshot *snapshot, int64_t pid)
{
	size_t first = 0, end = snapshot->process_count;

	while (first < end) {
		size_t middle = first + (end - first) / 2;

		if (snapshot->processes[middle].pid < pid)
			first = middle + 1;
		else
			end = middle;
	}
	if (first == snapshot->process_count || snapshot->processes[first].pid != pid)
		return NULL;
	return &snapshot->processes[first];
}

size_t
snapshot_most(const struct snapshot *snapshot, int64_t (*weight)(const struct process *process),
	const struct process **ret_rows, size_t most)
{
	size_t count = 0;

	for (size_t i = 0; i < snapshot->process_count; i++) {
		const struct process *row = &snapshot->processes[i];
		size_t at = count;

		if (weight(row) == UNKNOWN)
			continue;
		while (at > 0 && weight(ret_rows[at - 1]) < weight(row))
			at--;
		if (at == most)
			continue;
		count += count < most;
		memmove(&ret_rows[at + 1], &ret_rows[at], (count - at - 1) * sizeof(ret_rows[0]));
		ret_rows[at] = row;
	}
	return count;
}

void
snapshot_add_hint(struct snapshot *snapshot, uint64_t need, int error, int64_t rows)
{
	const struct hint hint = {
		.need = need, .error = error == -EPERM ? EACCES : -error, .count = rows
	};

	hint_add(snapshot->hints, &snapshot->hint_count, &hint);
}

static void
add_gaps(struct hint *hints, size_t *count, uint64_t needs, int error)
{
	for (uint64_t left = needs; left; left &= left - 1)
		hint_add(hints, count,
			&(struct hint){ .need = left & -left, .error = error, .count = 1 });
}

size_t
snapshot_hints(const struct snapshot *snapshot, const struct row_list *processes,
	struct hint hints[static MOST_HINTS])
{
	size_t count = 0;

	for (size_t i = 0; i < snapshot->hint_count; i++)
		if (snapshot->hints[i].error != ESRCH || snapshot->hints[i].need == NEED_PROCESSES)
			hint_add(hints, &count, &snapshot->hints[i]);
	for (size_t i = 0; processes && i < processes->count; i++) {
		const struct process *process = processes->rows[i];
		const struct gaps *gaps = &process->extras->gaps;

		add_gaps(hints, &count, gaps->refused, EACCES);
		add_gaps(hints, &count, gaps->absent, ENOENT);
		add_gaps(hints, &count, gaps->silent, ETIMEDOUT);
		add_gaps(hints, &count, gaps->failed, gaps->error);
	}
	return count;
}

void
snapshot_drop_hint(struct snapshot *snapshot, uint64_t need, int error)
{
	size_t kept = 0;

	for (size_t i = 0; i < snapshot->hint_count; i++)
		if (snapshot->hints[i].need != need || snapshot->hints[i].error != error)
			snapshot->hints[kept++] = snapshot->hints[i];
	snapshot->hint_count = kept;
}

const struct hint *
snapshot_find_hint(const struct snapshot *snapshot, uint64_t need)
{
	for (size_t i = 0; i < snapshot->hint_count; i++)
		if (snapshot->hints[i].need == need)
			return &snapshot->hints[i];
	return NULL;
}
