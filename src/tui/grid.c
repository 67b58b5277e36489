// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/grid.h"

#include "table/cell.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define LARGE (INT64_C(1) << 30)

enum {
	GAP = 1,
	LAST_COLUMNS = 20,    /* minimum for the last text, */
	WIDE_COLUMNS = 40,    /* and in a window of at least twice as many columns */
	SCROLLED_COLUMNS = 8, /* minimum for the scrolled columns */
	TITLE_SIZE = 64
};

/* The columns to place, without the last text. */
struct placing {
	struct heading columns[MOST_HEADINGS];
	int count, staying;
	int hidden;            /* 1 if the first scrolled column is visible only when scrolled to */
	struct heading sorted; /* without a column: none */
	int sorted_at;         /* -1: not among them */
	const struct column *last; /* NULL: none */
	int width, edge;
};

static bool
tells_rows_apart(const struct column *column)
{
	return column->unit == UNIT_ID || column->unit == UNIT_ADDRESS || column->unit == UNIT_TEXT;
}

/* Includes space for the arrow of the sorted column. */
static int
room_of(const struct column *column, const struct grid_content *content)
{
	int title = (int)strlen(column->title) + (column == content->order->column);
	int width = column->unit == UNIT_TEXT ? column->width
					      : cell_width(column, content->rows, content->scale);

	return width > title ? width : title;
}

/* The number of first columns that stay. */
static int
count_staying(const struct placing *placing)
{
	int spare = placing->width - SCROLLED_COLUMNS, count = 0, x = 0;
	int edge = placing->edge < spare ? placing->edge : spare;

	while (count < placing->count && tells_rows_apart(placing->columns[count].column)) {
		bool is_sorted_placed = placing->sorted_at >= 0 && placing->sorted_at <= count;
		int reserved = placing->sorted.column && !is_sorted_placed
				       ? placing->sorted.room + GAP
				       : 0;

		x += placing->columns[count].room + GAP;
		if (x + reserved > edge)
			break;
		count++;
	}
	return count;
}

/* The least space for a last text. */
static int
reserved_for_last(const struct grid_content *content, int width)
{
	if (content->has_commands && width >= 2 * WIDE_COLUMNS)
		return WIDE_COLUMNS;
	return width >= 2 * LAST_COLUMNS ? LAST_COLUMNS : 0;
}

static struct placing
prepare(const struct grid_content *content, int width)
{
	const struct selection *columns = content->columns;
	const struct column *last = columns->columns[columns->count - 1];
	bool keeps_last = last->unit == UNIT_TEXT;
	struct placing placing = { .sorted.column = content->order->column,
		.last = keeps_last ? last : NULL,
		.sorted_at = -1,
		.width = width,
		.edge = width - (keeps_last ? reserved_for_last(content, width) : 0) };

	if (placing.sorted.column == placing.last)
		placing.sorted.column = NULL; /* it is always visible */
	for (size_t i = 0; i + keeps_last < columns->count && i < MOST_HEADINGS; i++) {
		placing.columns[i] = (struct heading){ .column = columns->columns[i],
			.room = room_of(columns->columns[i], content) };
		if (columns->columns[i] == placing.sorted.column)
			placing.sorted_at = (int)i;
		placing.count++;
	}
	if (placing.sorted.column)
		placing.sorted.room = room_of(placing.sorted.column, content);
	placing.staying = count_staying(&placing);
	return placing;
}

/* Returns the x of the next column. */
static int
place_column(struct grid *grid, struct heading heading, int x)
{
	heading.x = x;
	if (grid->heading_count < MOST_HEADINGS)
		grid->headings[grid->heading_count++] = heading;
	return x + heading.room + GAP;
}

/*
 * Places the scrolled columns, up to one that does not fit; the sorted one is always placed. The
 * first one may use the space of the last text. Returns whether all fit.
 */
static bool
place_scrolled(
	struct grid *grid, const struct placing *placing, int first, bool is_scrolled, int *x)
{
	bool is_sorted_there = placing->sorted_at >= first;
	int reserved = is_sorted_there ? placing->sorted.room + GAP : 0;
	bool is_full = false;

	for (int i = first; i < placing->count; i++) {
		bool is_sorted = i == placing->sorted_at;
		bool is_first = i == first && is_scrolled;
		int edge = is_sorted || is_first ? placing->width : placing->edge;
		int room = placing->columns[i].room;

		if (is_sorted)
			reserved = 0;
		else
			is_full = is_full || (*x > 0 && *x + room + reserved > edge);
		if (is_sorted ? *x > 0 && *x + room > edge : is_full)
			continue;
		*x = place_column(grid, placing->columns[i], *x);
	}
	return !is_full;
}

/* Returns whether all columns from the scroll position on are visible. */
static bool
place(struct grid *grid, const struct placing *placing, int scrolled)
{
	int first = placing->staying + (scrolled ? scrolled - placing->hidden : 0), x = 0;
	bool is_hidden = placing->sorted.column &&
			 (placing->sorted_at < 0 || (placing->sorted_at >= placing->staying &&
							    placing->sorted_at < first));
	bool all_fit;

	grid->heading_count = 0;
	for (int i = 0; i < placing->staying; i++)
		x = place_column(grid, placing->columns[i], x);
	if (is_hidden)
		x = place_column(grid, placing->sorted, x);
	all_fit = place_scrolled(grid, placing, first, scrolled > 0, &x);
	if (placing->last && x < placing->width)
		place_column(grid,
			(struct heading){ .column = placing->last, .room = placing->width - x }, x);
	return all_fit;
}

static bool
is_placed(const struct grid *grid, const struct column *column)
{
	for (size_t i = 0; i < grid->heading_count; i++)
		if (grid->headings[i].column == column)
			return true;
	return false;
}

void
grid_place(struct grid *grid, const struct grid_content *content, int width)
{
	struct placing placing = prepare(content, width);
	int most = placing.count - placing.staying - 1, scrolled = 0;

	place(grid, &placing, 0);
	placing.hidden = most >= 0 && !is_placed(grid, placing.columns[placing.staying].column);
	while (!place(grid, &placing, scrolled) && scrolled < most + placing.hidden)
		scrolled++;
	grid->last_first = scrolled;
	if (grid->first_column > scrolled)
		grid->first_column = scrolled;
	place(grid, &placing, grid->first_column);
}

/* Aligns numbers right and texts left. */
static void
put_cell(WINDOW *window, int y, int x, int room, enum style style, const struct column *column,
	const char *text)
{
	int columns = (int)text_width(text);

	if (column->unit != UNIT_TEXT && columns < room)
		x += room - columns;
	screen_put_within(window, y, x, room, style, text);
}

static const char *
arrow_of(const struct grid_content *content)
{
	if (content->charset == CHARSET_UTF8)
		return content->order->ascending ? "\u25b2" : "\u25bc";
	return content->order->ascending ? "^" : "v";
}

void
grid_draw_headings(
	const struct grid *grid, const struct grid_content *content, WINDOW *window, int y)
{
	screen_put_line(window, y, STYLE_HEADING, "");
	for (size_t i = 0; i < grid->heading_count; i++) {
		const struct heading *heading = &grid->headings[i];
		bool is_sorted = heading->column == content->order->column;
		char title[TITLE_SIZE];

		snprintf(title, sizeof(title), "%s%s", heading->column->title,
			is_sorted ? arrow_of(content) : "");
		put_cell(window, y, heading->x, heading->room,
			is_sorted ? STYLE_SORTED : STYLE_HEADING, heading->column, title);
	}
}

static bool
is_size(enum unit unit)
{
	return unit == UNIT_BYTES || unit == UNIT_LIMIT || unit == UNIT_BYTES_PER_MINUTE ||
	       unit == UNIT_BYTES_PER_SECOND;
}

/* Identifiers and texts have no size. */
static enum style
style_of_number(const struct column *column, const void *row)
{
	int64_t number;

	if (tells_rows_apart(column))
		return STYLE_NORMAL;
	number = column_number(column, row);
	if (number == 0)
		return STYLE_ZERO;
	return is_size(column->unit) && ((number >= LARGE && number != UNLIMITED) ||
						(number <= -LARGE && number != UNKNOWN))
		       ? STYLE_LARGE
		       : STYLE_NORMAL;
}

/* In the place of what does not fit. */
static const char *
mark_of(const struct grid_content *content)
{
	return content->charset == CHARSET_UTF8 ? "\u2026" : "+";
}

static void
put_end_of_path(const struct heading *heading, const struct grid_content *content, WINDOW *window,
	int y, enum style style, const char *path)
{
	screen_put_within(window, y, heading->x, heading->room, style, mark_of(content));
	screen_put_within(window, y, heading->x + 1, heading->room - 1, style,
		text_end(path, (size_t)heading->room - 1));
}

void
grid_draw_cell(const struct heading *heading, const struct grid_content *content, const void *row,
	const char *text, WINDOW *window, int y, int indent, enum style style)
{
	static char cell[CELL_SIZE]; /* only the curses thread draws */
	const struct column *column = heading->column;

	if (text)
		text_safe(cell, CELL_SIZE, text, content->charset);
	else
		cell_format(cell, CELL_SIZE, column, row, content->charset, content->scale);
	if (style == STYLE_NORMAL)
		style = style_of_number(column, row);
	if (column->is_path && *cell == '/' && text_width(cell) > (size_t)heading->room) {
		put_end_of_path(heading, content, window, y, style, cell);
		return;
	}
	put_cell(window, y, heading->x + indent, heading->room - indent, style, column, cell);
	if (column->unit == UNIT_TEXT && (int)text_width(cell) > heading->room - indent &&
		heading->x + heading->room < getmaxx(window))
		screen_put(window, y, heading->x + heading->room - 1, style, mark_of(content));
}

void
grid_scroll(struct grid *grid, int step)
{
	int first = grid->first_column + step;

	if (first >= 0 && first <= grid->last_first)
		grid->first_column = first;
}

const struct column *
grid_column_at(const struct grid *grid, int x)
{
	for (size_t i = grid->heading_count; i-- > 0;)
		if (x >= grid->headings[i].x)
			return grid->headings[i].column;
	return NULL;
}

/* The place of an unselected column: after those that identify the rows. */
static int
place_beside(const struct selection *columns, int step)
{
	int at = 0, count = (int)columns->count;

	while (at < count && tells_rows_apart(columns->columns[at]))
		at++;
	return step < 0 ? at : at - 1;
}

const struct column *
grid_column_beside(const struct selection *columns, const struct column *sorted, int step)
{
	int at = place_beside(columns, step), count = (int)columns->count;

	for (int i = 0; i < count; i++)
		if (columns->columns[i] == sorted)
			at = i;
	at += step;
	return at >= 0 && at < count ? columns->columns[at] : NULL;
}
