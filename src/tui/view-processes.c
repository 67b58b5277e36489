// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/context.h"

#include "base/memory.h"
#include "model/badness.h"
#include "model/cell.h"
#include "model/tree.h"
#include "tui/processes-input.h"

#include <string.h>

enum { GAP = 1, LAST_COLUMNS = 20, TREE_INDENT = 2, TREE_DEPTH = 20 };

static const struct column *
column_called(const char *name)
{
	return table_find(&process_table, name, strlen(name));
}

/* COMMAND shows the name where command lines are switched off. */
static const struct column *
shown_column(const struct tui *tui, const struct column *column)
{
	if (!tui->settings->command_line && column == column_called("command"))
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

static bool
is_shown(const struct tui *tui, const struct process *process)
{
	const struct badness_scope scope = badness_scope_of(tui->snapshot);

	if (!tui->settings->kernel_threads && process->kernel_thread == 1)
		return false;
	if (tui->listing_view == &view_kill_order && !badness_is_candidate(&scope, process))
		return false;
	return !tui->fixed_filter || filter_matches(tui->fixed_filter, process);
}

static void
drop_hidden(struct tui *tui)
{
	size_t count = 0;

	for (size_t i = 0; i < tui->rows.count; i++)
		if (is_shown(tui, tui->rows.rows[i]))
			tui->rows.rows[count++] = tui->rows.rows[i];
	tui->rows.count = count;
}

/* Whether its memory is that of another row (T25). */
static bool
shares_memory(const struct tui *tui, const struct process *process)
{
	const struct process *other =
		process->memory_of == UNKNOWN
			? NULL
			: snapshot_find_process(tui->snapshot, process->memory_of);

	return other && is_shown(tui, other) &&
	       (!tui->filter || filter_matches(tui->filter, other));
}

static void
sum_resident(struct tui *tui)
{
	tui->resident_sum = 0;
	for (size_t i = 0; i < tui->rows.count; i++) {
		const struct process *process = tui->rows.rows[i];

		if (process->resident != UNKNOWN && !shares_memory(tui, process))
			tui->resident_sum += process->resident;
	}
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

void
processes_rebuild(struct tui *tui)
{
	if (!tui->snapshot)
		return;
	order_build(&tui->rows, &process_table, tui->snapshot->processes,
		tui->snapshot->process_count, tui->filter, &tui->listing->order);
	drop_hidden(tui);
	sum_resident(tui);
	if (tui->listing->tree)
		tree_arrange(&tui->rows, column_called("pid"), column_called("ppid"));
	follow(tui, &tui->selected);
}

static int
width_of(const struct column *column)
{
	int title = (int)strlen(column->title);

	return column->width > title ? column->width : title;
}

static void
place_column(struct tui *tui, const struct column *column, int x, int room)
{
	if (tui->heading_count < MOST_HEADINGS)
		tui->headings[tui->heading_count++] =
			(struct heading){ .column = column, .x = x, .room = room };
}

/* What the column that is sorted by will take, if it is one of the first `count`. */
static int
room_for_sorted(const struct tui *tui, size_t count)
{
	const struct column *sorted = tui->listing->order.column;

	for (size_t i = (size_t)tui->first_column; i < count; i++)
		if (tui->listing->columns.columns[i] == sorted)
			return width_of(sorted) + GAP;
	return 0;
}

/*
 * Places the columns from the first one that is scrolled to. If the last one is a text, as
 * COMMAND, it is always there with what is left of the line, at least LAST_COLUMNS; columns that
 * do not fit before it are left out, but the one that is sorted by is there as long as it can be.
 */
static void
place_columns(struct tui *tui, int width)
{
	const struct selection *columns = &tui->listing->columns;
	const struct column *last = columns->columns[columns->count - 1];
	bool keeps_last = last->unit == UNIT_TEXT;
	int x = 0, edge = keeps_last && width >= 2 * LAST_COLUMNS ? width - LAST_COLUMNS : width;
	int sorted = room_for_sorted(tui, columns->count - keeps_last);
	bool full = false;

	tui->heading_count = 0;
	for (size_t i = (size_t)tui->first_column; i + keeps_last < columns->count; i++) {
		bool is_sorted = columns->columns[i] == tui->listing->order.column;
		int room = width_of(columns->columns[i]);

		if (is_sorted)
			sorted = 0;
		else
			full = full || (x > 0 && x + room + sorted > edge);
		if (is_sorted ? x > 0 && x + room > edge : full)
			continue;
		place_column(tui, columns->columns[i], x, room);
		x += room + GAP;
	}
	if (keeps_last && x < width)
		place_column(tui, last, x, width - x);
}

/* Numbers stand at the right of their room, texts at the left. */
static void
put_cell(WINDOW *window, int y, int x, int room, enum style style, const struct column *column,
	const char *text)
{
	int columns = (int)text_width(text);

	if (column->unit != UNIT_TEXT && columns < room)
		x += room - columns;
	screen_put(window, y, x, room, style, false, text);
}

static void
draw_headings(const struct tui *tui, WINDOW *window, int y)
{
	screen_put(window, y, 0, getmaxx(window), STYLE_HEADING, true, "");
	for (size_t i = 0; i < tui->heading_count; i++) {
		const struct heading *heading = &tui->headings[i];
		bool sorted = heading->column == tui->listing->order.column;

		put_cell(window, y, heading->x, heading->room,
			sorted ? STYLE_SORTED : STYLE_HEADING, heading->column,
			heading->column->title);
	}
}

/* In a tree the last text stands below its parent's. */
static int
indent_of(const struct tui *tui, size_t index, size_t heading)
{
	int depth;

	if (!tui->listing->tree || heading + 1 < tui->heading_count ||
		tui->headings[heading].column->unit != UNIT_TEXT)
		return 0;
	depth = tui->rows.depths[index];
	return TREE_INDENT * (depth < TREE_DEPTH ? depth : TREE_DEPTH);
}

/* A number that its unit makes too wide is shown in the unit that fits: never cut. */
static void
format_cell(const struct tui *tui, char text[static CELL_SIZE], const struct column *column,
	const struct process *process, int room)
{
	cell_format(text, CELL_SIZE, column, process, tui->charset, tui->settings->scale);
	if (column->unit != UNIT_TEXT && (int)text_width(text) > room)
		cell_format(text, CELL_SIZE, column, process, tui->charset, SCALE_HUMAN);
}

static void
draw_row(const struct tui *tui, WINDOW *window, int y, size_t index)
{
	const struct process *process = tui->rows.rows[index];
	enum style style = index == tui->list.selected   ? STYLE_SELECTED
			   : processes_tag(tui, process) ? STYLE_TAGGED
							 : STYLE_NORMAL;

	if (style == STYLE_SELECTED)
		screen_put(window, y, 0, getmaxx(window), style, true, "");
	for (size_t i = 0; i < tui->heading_count; i++) {
		const struct heading *heading = &tui->headings[i];
		const struct column *column = shown_column(tui, heading->column);
		int indent = indent_of(tui, index, i);
		char text[CELL_SIZE];

		if (column == column_called("command") && !process->command)
			column = column_called("comm"); /* has not been read yet */
		format_cell(tui, text, column, process, heading->room);
		put_cell(window, y, heading->x + indent, heading->room - indent, style, column,
			text);
	}
}

void
processes_draw(struct tui *tui, WINDOW *window)
{
	int height = getmaxy(window), width = getmaxx(window);
	int heading = height > 1 ? 1 : 0;

	tui->heading_line = heading ? getbegy(window) : -1;

	list_fit(&tui->list, tui->rows.count, (size_t)(height - heading));
	place_columns(tui, width);
	if (heading)
		draw_headings(tui, window, 0);
	for (size_t i = 0; i < tui->list.height && tui->list.top + i < tui->rows.count; i++)
		draw_row(tui, window, heading + (int)i, tui->list.top + i);
}

static struct listing *
listing(struct tui_settings *settings)
{
	return &settings->processes;
}

const struct view view_processes = {
	.name = "Processes",
	.tab = "1 Processes",
	.hint = "Enter detail  / search  \\ filter  MPNT sort  f fields  k signal  a OOM  ? "
		"help",
	.draw = processes_draw,
	.listing = listing,
	.request = processes_request,
};
