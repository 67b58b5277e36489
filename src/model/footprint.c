// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/footprint.h"

#include "base/known.h"
#include "base/memory.h"
#include "model/snapshot.h"
#include "table/order.h"

#include <stdio.h>
#include <string.h>

/* The limit for a chain of processes that each use the address space of the next. */
enum { LONGEST_CHAIN = 32 };

const struct process *
footprint_owner(
	const struct snapshot *snapshot, const struct process *process, bool *ret_is_certain)
{
	for (int i = 0; i < LONGEST_CHAIN && process->extras->memory_of != UNKNOWN; i++) {
		const struct process *other =
			snapshot_find_process(snapshot, process->extras->memory_of);

		if (!other)
			break;
		process = other;
	}
	*ret_is_certain = process->extras->memory_of == UNKNOWN;
	return process;
}

/* Marks the address space of a process as counted. Returns false if it already was. */
static bool
is_first(const struct snapshot *snapshot, const struct row_list *rows,
	const struct process *process, struct footprint *footprint)
{
	bool is_certain;
	const struct process *owner = footprint_owner(snapshot, process, &is_certain);
	bool *mark = &rows->marks[owner - snapshot->processes];

	if (*mark)
		return false;
	footprint->at_most = footprint->at_most || !is_certain;
	*mark = true;
	return true;
}

int64_t
footprint_pss(const struct process *process)
{
	return process->resident == 0 ? 0 : process->rollup->pss;
}

int64_t
footprint_rest(const struct process *process)
{
	int64_t pss = footprint_pss(process);

	if (process->rollup->stale != 1 || pss == UNKNOWN || process->resident <= pss)
		return 0;
	return process->resident - pss;
}

struct footprint
footprint_of(const struct snapshot *snapshot, struct row_list *rows)
{
	struct footprint footprint = { .bytes = 0 };
	int64_t total = snapshot->system.total, rest = 0;

	if (rows->count == 0)
		return footprint;
	rows->marks = array_reserve(
		rows->marks, &rows->mark_capacity, snapshot->process_count, sizeof(rows->marks[0]));
	memset(rows->marks, 0, snapshot->process_count * sizeof(rows->marks[0]));
	for (size_t i = 0; i < rows->count; i++) {
		const struct process *process = rows->rows[i];
		int64_t pss = footprint_pss(process);

		if (pss == UNKNOWN || !is_first(snapshot, rows, process, &footprint))
			continue;
		footprint.bytes = known_sum(footprint.bytes, pss);
		footprint.is_stale = footprint.is_stale || process->rollup->stale == 1;
		rest = known_sum(rest, footprint_rest(process));
	}
	for (size_t i = 0; i < rows->count; i++) {
		const struct process *process = rows->rows[i];

		if (!is_first(snapshot, rows, process, &footprint))
			continue;
		footprint.bytes = known_sum(footprint.bytes, process->resident);
		footprint.at_most = true;
	}
	if (footprint.at_most)
		footprint.bytes = known_sum(footprint.bytes, rest);
	if (footprint.at_most && footprint.bytes > total && total != UNKNOWN)
		footprint.bytes = total;
	return footprint;
}

void
footprint_text(
	const struct footprint *footprint, enum scale scale, char text[static FOOTPRINT_TEXT_SIZE])
{
	char size[UNIT_FORMAT_SIZE];
	bool is_known = footprint->bytes != UNKNOWN;

	unit_format(size, UNIT_BYTES, footprint->bytes, scale);
	snprintf(text, FOOTPRINT_TEXT_SIZE, "PSS %s%s",
		!is_known             ? ""
		: footprint->at_most  ? "at most "
		: footprint->is_stale ? "~"
				      : "",
		size);
}
