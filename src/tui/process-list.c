// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/process-list.h"

#include "base/memory.h"
#include "base/sort.h"
#include "model/badness.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "tui/bar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool
process_keys_have(const struct process_keys *set, const struct process *process)
{
	for (size_t i = 0; i < set->count; i++)
		if (process_key_is(&set->keys[i], process))
			return true;
	return false;
}

void
process_keys_toggle(struct process_keys *set, const struct process *process)
{
	for (size_t i = 0; i < set->count; i++)
		if (process_key_is(&set->keys[i], process)) {
			set->keys[i] = set->keys[--set->count];
			return;
		}
	set->keys = array_reserve(set->keys, &set->capacity, set->count + 1, sizeof(set->keys[0]));
	set->keys[set->count++] = process_key_of(process);
}

/* The table view is the first member. */
static const struct process_list *
list_of(const struct table_view *view)
{
	return (const struct process_list *)view;
}

static bool
is_command(const struct column *column)
{
	return strcmp(column->name, "command") == 0;
}

/* COMMAND shows the kernel's name as long as the command line has not been read. */
static const char *
text_of_row(const struct table_view *view, const struct column *column, size_t index)
{
	const struct process *process = view->rows.rows[index];

	if (!is_command(column))
		return NULL;
	if (!process->command)
		return process->comm;
	return list_of(view)->settings->command_line ? NULL : process_program(process->command);
}

static enum style
style_of(const struct table_view *view, const void *row)
{
	return process_keys_have(&list_of(view)->tags, row) ? STYLE_TAGGED : STYLE_NORMAL;
}

static const struct row_look look = { .style = style_of, .text = text_of_row, .draw = trend_draw };

void
process_list_init(struct process_list *list, const struct tui_settings *settings,
	const struct filter *fixed_filter, const char *given_filter)
{
	*list = (struct process_list){ .table = { .heading_line = -1, .look = &look },
		.settings = settings,
		.fixed_filter = fixed_filter,
		.given_filter = given_filter };
}

void
process_list_finish(struct process_list *list)
{
	table_view_finish(&list->table);
	free(list->tags.keys);
	arena_finish(&list->scopes);
	free(list->visible.pids);
	free(list->near.pids);
	free(list->summed.pids);
}

void
process_list_use(struct process_list *list, struct listing *listing, uint64_t needs)
{
	if (listing != list->listing)
		list->table.grid.first_column = 0;
	list->listing = listing;
	list->table.columns = &listing->columns;
	list->table.has_commands = listing == &list->settings->processes;
	list->table.order = &listing->order;
	list->table.tree = &listing->tree;
	list->needs = needs;
	list->is_of_candidates = false;
}

/* Of a column only rows on the screen are read, unless the rank of all follows from it. */
static void
add_column(struct needs *needs, const struct column *column)
{
	uint64_t seen = column->need & NEED_RANK ? 0 : column->need & SEEN_NEEDS;

	needs->near_bits |= seen;
	needs->bits |= column->need & ~seen;
}

/* What must be known of each process to find out which rows are on the screen. */
static uint64_t
needs_of_all(const struct process_list *list)
{
	const struct table_view *table = &list->table;
	uint64_t needs = list->needs | table->order->column->need;

	if (table->filter)
		needs |= filter_needs(table->filter);
	if (list->fixed_filter)
		needs |= filter_needs(list->fixed_filter);
	if (table->search[0] || table->is_filtering)
		needs |= NEED_COMMAND;
	return needs;
}

/* Whether the sizes of all are enough to find out which rows are on the screen. */
static bool
has_sizes_for_order(const struct process_list *list)
{
	const struct column *column = list->table.order->column;

	return column->need == NEED_MEMORY && column->unit == UNIT_BYTES &&
	       needs_of_all(list) == NEED_MEMORY && !list->listing->tree && !list->table.filter &&
	       (!list->fixed_filter || filter_needs(list->fixed_filter) == 0);
}

void
process_list_add_needs(const struct process_list *list, bool is_first, struct needs *needs)
{
	const struct selection *columns = list->table.columns;
	uint64_t of_all = needs_of_all(list);

	needs->bits |= of_all;
	for (size_t i = 0; !is_first && i < columns->count; i++)
		add_column(needs, columns->columns[i]);
	needs->sizes_only = has_sizes_for_order(list);
	needs->visible = list->visible.pids;
	needs->visible_count = list->visible.count;
	needs->near = list->near.pids;
	needs->near_count = list->near.count;
	needs->summed = list->summed.pids;
	needs->summed_count = list->summed.count;
	needs->scope = list->is_of_candidates ? list->scope : NULL;
}

const struct process *
process_list_selected(const struct process_list *list)
{
	return table_view_selected(&list->table);
}

void
process_list_remember(struct process_list *list)
{
	const struct process *process = process_list_selected(list);

	if (process)
		list->selected = process_key_of(process);
}

static bool
passes_fixed_filter(const struct process_list *list, const struct process *process)
{
	return !list->fixed_filter || filter_matches(list->fixed_filter, process);
}

static bool
is_hidden_thread(const struct process_list *list, const struct process *process)
{
	return !list->settings->kernel_threads && process->is_kernel_thread;
}

bool
process_list_has(const struct process_list *list, const struct process *process)
{
	return !is_hidden_thread(list, process) && passes_fixed_filter(list, process);
}

static void
drop_hidden(struct process_list *list, const struct badness_scope *scope)
{
	struct row_list *rows = &list->table.rows;
	size_t count = 0;

	list->hidden_kernel_threads = 0;
	for (size_t i = 0; i < rows->count; i++) {
		const struct process *process = rows->rows[i];

		if ((!scope || badness_is_candidate(scope, process)) &&
			process_list_has(list, process))
			rows->rows[count++] = process;
		else if (!scope)
			list->hidden_kernel_threads += is_hidden_thread(list, process) &&
						       passes_fixed_filter(list, process);
	}
	rows->count = count;
}

/* Notes the processes of the rows from `first` to before `end`, as far as there are rows. */
static void
note_pids(struct pids *pids, const struct row_list *rows, size_t first, size_t end)
{
	size_t count;

	end = end < rows->count ? end : rows->count;
	pids->count = 0;
	if (first >= end)
		return;
	count = end - first;
	pids->pids = array_fit(pids->pids, &pids->capacity, count, sizeof(pids->pids[0]));
	pids->pids = array_reserve(pids->pids, &pids->capacity, count, sizeof(pids->pids[0]));
	for (size_t i = first; i < end; i++)
		pids->pids[pids->count++] = ((const struct process *)rows->rows[i])->pid;
	qsort(pids->pids, pids->count, sizeof(pids->pids[0]), compare_int64);
}

/* Sums the rows that pass a filter, and asks for their PSS. */
static void
sum_filtered(struct process_list *list, const struct snapshot *snapshot)
{
	struct row_list *rows = &list->table.rows;
	bool is_filtered = list->table.filter_text[0] || list->given_filter;

	if (is_filtered && rows->count > 0)
		list->footprint = footprint_of(snapshot, rows);
	note_pids(&list->summed, rows, 0, is_filtered ? rows->count : 0);
}

/* Keeps the same process selected after a change of the order. */
static void
follow(struct table_view *table, const struct process_key *key)
{
	for (size_t i = 0; i < table->rows.count; i++)
		if (process_key_is(key, table->rows.rows[i])) {
			table->list.selected = i;
			break;
		}
	list_fit(&table->list, table->rows.count, table->list.height);
}

void
process_list_note_visible(struct process_list *list)
{
	const struct row_list *rows = &list->table.rows;
	size_t height = list->table.list.height, top = list->table.list.top;

	note_pids(&list->visible, rows, top, top + height);
	note_pids(&list->near, rows, top > height ? top - height : 0, top + 2 * height);
}

void
process_list_show(struct process_list *list, const struct snapshot *snapshot)
{
	struct table_view *table = &list->table;
	struct badness_scope scope;

	if (list->is_of_candidates)
		scope = badness_scope_of(snapshot);
	order_build(&table->rows, &process_table, snapshot->processes, snapshot->process_count,
		table->filter, table->order);
	drop_hidden(list, list->is_of_candidates ? &scope : NULL);
	sum_filtered(list, snapshot);
	table_view_arrange(table);
	follow(table, &list->selected);
}
