// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/context.h"

#include "base/compare.h"
#include "base/memory.h"
#include "model/badness.h"
#include "table/tree.h"
#include "tui/processes-input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TREE_INDENT = 2, TREE_DEPTH = 20, MARK_SIZE = 32 };

static const struct column *
column_called(const char *name)
{
	return table_find(&process_table, name, strlen(name));
}

static bool
is_command(const struct column *column)
{
	return strcmp(column->name, "command") == 0;
}

/* COMMAND shows the name where command lines are switched off. */
static const struct column *
shown_column(const struct tui *tui, const struct column *column)
{
	if (!tui->settings->command_line && is_command(column))
		return column_called("comm");
	return column;
}

unsigned
processes_needs(const struct tui *tui)
{
	const struct listing *listing = tui->listing;
	unsigned bits = listing->order.column->need;

	/* At first only what chooses and sorts the rows: they are there in half the time. */
	for (size_t i = 0; tui->snapshot && i < listing->columns.count; i++)
		bits |= shown_column(tui, listing->columns.columns[i])->need;
	if (tui->filter)
		bits |= filter_needs(tui->filter);
	if (tui->fixed_filter)
		bits |= filter_needs(tui->fixed_filter);
	if (tui->search[0])
		bits |= NEED_COMMAND;
	return bits;
}

const struct process *
processes_selected(const struct tui *tui)
{
	return tui->rows.count ? tui->rows.rows[tui->list.selected] : NULL;
}

bool
processes_is_shown(const struct tui *tui, const struct process *process)
{
	if (!tui->settings->kernel_threads && process->kernel_thread == 1)
		return false;
	return !tui->fixed_filter || filter_matches(tui->fixed_filter, process);
}

/* The kill order is about the candidates of its scope; NULL: all processes are shown. */
static bool
is_shown(const struct tui *tui, const struct badness_scope *scope, const struct process *process)
{
	return (!scope || badness_is_candidate(scope, process)) && processes_is_shown(tui, process);
}

/* A kernel thread that would be shown if K had been typed. */
static bool
is_hidden_thread(const struct tui *tui, const struct process *process)
{
	return !tui->settings->kernel_threads && process->kernel_thread == 1 &&
	       (!tui->fixed_filter || filter_matches(tui->fixed_filter, process));
}

static void
drop_hidden(struct tui *tui, const struct badness_scope *scope)
{
	size_t count = 0;

	tui->hidden_kernel_threads = 0;
	for (size_t i = 0; i < tui->rows.count; i++) {
		const struct process *process = tui->rows.rows[i];

		if (is_shown(tui, scope, process))
			tui->rows.rows[count++] = process;
		else
			tui->hidden_kernel_threads += !scope && is_hidden_thread(tui, process);
	}
	tui->rows.count = count;
}

/* What passes a filter is summed, and its PSS is wanted for that. */
static void
sum_filtered(struct tui *tui)
{
	tui->summed_count = 0;
	if ((!tui->filter_text[0] && !tui->given_filter) || tui->rows.count == 0)
		return;
	tui->footprint = footprint_of(tui->snapshot, &tui->rows);
	tui->summed = array_fit(
		tui->summed, &tui->summed_capacity, tui->rows.count, sizeof(tui->summed[0]));
	tui->summed = array_reserve(
		tui->summed, &tui->summed_capacity, tui->rows.count, sizeof(tui->summed[0]));
	for (size_t i = 0; i < tui->rows.count; i++)
		tui->summed[tui->summed_count++] = ((const struct process *)tui->rows.rows[i])->pid;
	qsort(tui->summed, tui->summed_count, sizeof(tui->summed[0]), compare_int64);
}

/* The selected process stays selected wherever the new order has put it. */
static void
follow(struct tui *tui, const struct process_key *key)
{
	for (size_t i = 0; i < tui->rows.count; i++) {
		const struct process *process = tui->rows.rows[i];

		if (process_key_is(key, process)) {
			tui->list.selected = i;
			break;
		}
	}
	list_fit(&tui->list, tui->rows.count, tui->list.height);
}

static bool
is_folded(const void *row, const void *folded)
{
	return process_keys_have(folded, row);
}

void
processes_rebuild(struct tui *tui)
{
	const struct badness_scope *scope = NULL;
	struct badness_scope candidates;

	if (!tui->snapshot)
		return;
	if (tui->listing_view == &view_kill_order) {
		candidates = badness_scope_of(tui->snapshot);
		scope = &candidates;
	}
	order_build(&tui->rows, &process_table, tui->snapshot->processes,
		tui->snapshot->process_count, tui->filter, &tui->listing->order);
	drop_hidden(tui, scope);
	sum_filtered(tui);
	if (tui->listing->tree) {
		tree_arrange(&tui->rows, column_called("pid"), column_called("ppid"));
		tree_fold(&tui->rows, is_folded, &tui->folded);
	}
	follow(tui, &tui->selected);
}

/*
 * In a tree the last text stands below its parent's, behind how many rows are folded below it.
 * Returns how far it is moved.
 */
static int
draw_branch(
	const struct tui *tui, WINDOW *window, int y, size_t index, size_t number, enum style style)
{
	const struct heading *heading = &tui->grid.headings[number];
	char mark[MARK_SIZE];
	int indent;

	if (!tui->listing->tree || number + 1 < tui->grid.heading_count ||
		heading->column->unit != UNIT_TEXT)
		return 0;
	indent = tui->rows.depths[index];
	indent = TREE_INDENT * (indent < TREE_DEPTH ? indent : TREE_DEPTH);
	if (tui->rows.folded[index] == 0)
		return indent;
	snprintf(mark, sizeof(mark), "[+%zu] ", tui->rows.folded[index]);
	return indent + screen_put(window, y, heading->x + indent, heading->room - indent, style,
				false, mark);
}

static void
draw_row(const struct tui *tui, WINDOW *window, int y, size_t index)
{
	const struct process *process = tui->rows.rows[index];
	enum style style = index == tui->list.selected              ? STYLE_SELECTED
			   : process_keys_have(&tui->tags, process) ? STYLE_TAGGED
								    : STYLE_NORMAL;

	if (style == STYLE_SELECTED)
		screen_put(window, y, 0, getmaxx(window), style, true, "");
	for (size_t i = 0; i < tui->grid.heading_count; i++) {
		const struct heading *heading = &tui->grid.headings[i];
		const struct column *column = shown_column(tui, heading->column);

		if (!process->command && is_command(column))
			column = column_called("comm"); /* has not been read yet */
		grid_draw_cell(heading, column, process, window, y,
			draw_branch(tui, window, y, index, i, style), style, tui->charset,
			tui->settings->scale);
	}
}

/* What is on the screen comes first where not all can be read. */
static void
note_visible(struct tui *tui)
{
	tui->visible = array_reserve(
		tui->visible, &tui->visible_capacity, tui->list.height, sizeof(tui->visible[0]));
	tui->visible_count = 0;
	for (size_t i = 0; i < tui->list.height && tui->list.top + i < tui->rows.count; i++) {
		const struct process *process = tui->rows.rows[tui->list.top + i];

		tui->visible[tui->visible_count++] = process->pid;
	}
	qsort(tui->visible, tui->visible_count, sizeof(tui->visible[0]), compare_int64);
}

void
processes_draw(struct tui *tui, WINDOW *window)
{
	const struct grid_content content = { &tui->listing->columns, &tui->listing->order,
		&tui->rows, tui->settings->scale, tui->charset };
	int height = getmaxy(window), heading = height > 1 ? 1 : 0;

	tui->heading_line = heading ? getbegy(window) : -1;
	tui->rows_line = getbegy(window) + heading;
	list_fit(&tui->list, tui->rows.count, (size_t)(height - heading));
	grid_place(&tui->grid, &content, getmaxx(window));
	if (heading)
		grid_draw_headings(&tui->grid, &content, window, 0);
	for (size_t i = 0; i < tui->list.height && tui->list.top + i < tui->rows.count; i++)
		draw_row(tui, window, heading + (int)i, tui->list.top + i);
	note_visible(tui);
}

static struct listing *
listing_of(struct tui_settings *settings)
{
	return &settings->processes;
}

const struct list *
processes_list(struct tui *tui)
{
	return &tui->list;
}

const struct view view_processes = {
	.name = "Processes",
	.tab = "1 Processes",
	.hint = "Enter detail  / search  \\ filter  x explain  f fields  k signal  a OOM  ? "
		"help",
	.draw = processes_draw,
	.listing = listing_of,
	.request = processes_request,
	.list = processes_list,
};
