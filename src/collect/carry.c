// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/carry.h"

#include "base/memory.h"
#include "collect/refresh.h"
#include "model/needs.h"
#include "model/snapshot.h"

#include <stdlib.h>
#include <string.h>

void
carrier_init(struct carrier *carrier)
{
	const struct table *table = &process_table;

	*carrier = (struct carrier){ .texts = xcalloc(table->column_count, sizeof(size_t)) };
	for (size_t i = 0; i < table->column_count; i++)
		if (table->columns[i].unit == UNIT_TEXT && !table->columns[i].part &&
			table->columns[i].offset != offsetof(struct process, command))
			carrier->texts[carrier->text_count++] = table->columns[i].offset;
}

void
carrier_finish(struct carrier *carrier)
{
	free(carrier->texts);
}

const struct process *
carry_find(const struct refresh *refresh, const struct known *known)
{
	if (!refresh->before || known->row >= refresh->before->process_count)
		return NULL;
	return &refresh->before->processes[known->row];
}

/* Values that are taken over may be missing: the row tells of that in each refresh. */
static void
repeat_gaps(struct process *row, const struct known *known, unsigned needs)
{
	row->gaps.refused |= known->refused & needs;
	row->gaps.absent |= known->absent & needs;
}

/* Copies a text into its snapshot, or takes that of the row before where it is the same. */
static void
copy_text(struct snapshot *now, struct process *row, size_t offset, const char *text)
{
	const char **copy = (const char **)((char *)row + offset), *last = NULL;

	if (row > now->processes)
		last = *(const char **)((char *)(row - 1) + offset);
	*copy = text ? arena_copy_new(&now->texts, last, text, strlen(text)) : NULL;
}

/* Gives a copied row texts of its own snapshot. */
static void
copy_texts(const struct carrier *carrier, struct snapshot *now, struct process *row)
{
	for (size_t i = 0; i < carrier->text_count; i++) {
		size_t offset = carrier->texts[i];

		copy_text(now, row, offset, *(const char **)((char *)row + offset));
	}
}

void
carry_rollup(const struct refresh *refresh, struct process *row, const struct process *old)
{
	if (old->extras->rollup.time != UNKNOWN)
		snapshot_extras(refresh->now, row)->rollup = old->extras->rollup;
}

static const char *
copy_command(const struct refresh *refresh, const char *text)
{
	return text ? snapshot_keep_command(refresh->now, text, strlen(text)) : NULL;
}

struct process *
carry_row(const struct carrier *carrier, const struct refresh *refresh, struct known *known)
{
	const struct process *old = carry_find(refresh, known);
	struct process *row = snapshot_copy_process(refresh->now, old);

	copy_texts(carrier, refresh->now, row);
	row->command = copy_command(refresh, old->command);
	carry_rollup(refresh, row, old);
	repeat_gaps(row, known, needs_of_process(refresh->needs, known->pid));
	known->row = (uint32_t)(row - refresh->now->processes);
	return row;
}

unsigned
carry_names(const struct refresh *refresh, const struct known *known, struct process *row,
	const struct process *old, unsigned needs)
{
	needs &= known->read;
	repeat_gaps(row, known, needs_of_process(refresh->needs, known->pid) & needs);
	if (needs & NEED_COMMAND)
		row->command = copy_command(refresh, old->command);
	if (needs & NEED_CGROUP) {
		copy_text(refresh->now, row, offsetof(struct process, cgroup), old->cgroup);
		copy_text(refresh->now, row, offsetof(struct process, unit), old->unit);
	}
	return needs;
}
