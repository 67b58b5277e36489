// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/grid.h"

#include "model/cell.h"

#include <stdbool.h>
#include <string.h>

enum { GAP = 1, LAST_COLUMNS = 20 }; /* the last text has at least so many */

static int
width_of(const struct column *column)
{
	int title = (int)strlen(column->title);

	return column->width > title ? column->width : title;
}

static void
place_column(struct grid *grid, const struct column *column, int x, int room)
{
	if (grid->heading_count < MOST_HEADINGS)
		grid->headings[grid->heading_count++] =
			(struct heading){ .column = column, .x = x, .room = room };
}

/* What the column that is sorted by will take, if it is one of the first `count`. */
static int
room_for_sorted(const struct grid *grid, const struct selection *columns,
	const struct column *sorted, size_t count)
{
	for (size_t i = (size_t)grid->first_column; i < count; i++)
		if (columns->columns[i] == sorted)
			return width_of(sorted) + GAP;
	return 0;
}

void
grid_place(
	struct grid *grid, const struct selection *columns, const struct column *sorted, int width)
{
	const struct column *last = columns->columns[columns->count - 1];
	bool keeps_last = last->unit == UNIT_TEXT, full = false;
	int x = 0, edge = keeps_last && width >= 2 * LAST_COLUMNS ? width - LAST_COLUMNS : width;
	int reserved = room_for_sorted(grid, columns, sorted, columns->count - keeps_last);

	grid->heading_count = 0;
	for (size_t i = (size_t)grid->first_column; i + keeps_last < columns->count; i++) {
		bool is_sorted = columns->columns[i] == sorted;
		int room = width_of(columns->columns[i]);

		if (is_sorted)
			reserved = 0;
		else
			full = full || (x > 0 && x + room + reserved > edge);
		if (is_sorted ? x > 0 && x + room > edge : full)
			continue;
		place_column(grid, columns->columns[i], x, room);
		x += room + GAP;
	}
	if (keeps_last && x < width)
		place_column(grid, last, x, width - x);
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

void
grid_draw_headings(const struct grid *grid, const struct column *sorted, WINDOW *window, int y)
{
	screen_put(window, y, 0, getmaxx(window), STYLE_HEADING, true, "");
	for (size_t i = 0; i < grid->heading_count; i++) {
		const struct heading *heading = &grid->headings[i];
		enum style style = heading->column == sorted ? STYLE_SORTED : STYLE_HEADING;

		put_cell(window, y, heading->x, heading->room, style, heading->column,
			heading->column->title);
	}
}

void
grid_draw_cell(const struct heading *heading, const struct column *column, const void *row,
	WINDOW *window, int y, int indent, enum style style, enum charset charset, enum scale scale)
{
	char text[CELL_SIZE];

	cell_format(text, CELL_SIZE, column, row, charset, scale);
	if (column->unit != UNIT_TEXT && (int)text_width(text) > heading->room)
		cell_format(text, CELL_SIZE, column, row, charset, SCALE_HUMAN);
	put_cell(window, y, heading->x + indent, heading->room - indent, style, column, text);
}

void
grid_scroll(struct grid *grid, const struct selection *columns, int step)
{
	int first = grid->first_column + step;

	if (first >= 0 && first < (int)columns->count)
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
