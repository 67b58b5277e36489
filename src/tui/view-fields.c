// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/context.h"

#include <string.h>

enum { NAME_COLUMNS = 16 };

static long
place_of(const struct selection *columns, const struct column *column)
{
	for (size_t i = 0; i < columns->count; i++)
		if (columns->columns[i] == column)
			return (long)i;
	return -1;
}

/* Shown columns first, in their order, then all others in the table's. */
static const struct column *
column_at(const struct tui *tui, size_t row)
{
	const struct selection *columns = &tui->listing->columns;

	if (row < columns->count)
		return columns->columns[row];
	row -= columns->count;
	for (size_t i = 0; i < process_table.column_count; i++) {
		const struct column *column = &process_table.columns[i];

		if (place_of(columns, column) < 0 && row-- == 0)
			return column;
	}
	return NULL;
}

static void
draw(struct tui *tui, WINDOW *window)
{
	size_t height = (size_t)getmaxy(window);
	int width = getmaxx(window);

	tui->rows_line = getbegy(window);
	list_fit(&tui->fields, process_table.column_count, height);
	for (size_t i = 0; i < height && tui->fields.top + i < tui->fields.count; i++) {
		size_t row = tui->fields.top + i;
		const struct column *column = column_at(tui, row);
		enum style style = row == tui->fields.selected ? STYLE_SELECTED : STYLE_NORMAL;

		if (!column)
			break;
		screen_printf(window, (int)i, 0, style, "[%c] %-8s",
			row < tui->listing->columns.count ? 'x' : ' ', column->title);
		screen_put(window, (int)i, NAME_COLUMNS, width, STYLE_NORMAL, false, column->help);
	}
}

static size_t
row_of(const struct tui *tui, const struct column *column)
{
	size_t row = 0;

	while (row + 1 < process_table.column_count && column_at(tui, row) != column)
		row++;
	return row;
}

/* Shows a column as the last one, but before a text that takes the rest of the line. */
static void
show(struct selection *columns, const struct column *column)
{
	const struct column *last = columns->columns[columns->count - 1];

	selection_add(columns, column);
	if (last->unit != UNIT_TEXT || column->unit == UNIT_TEXT)
		return;
	columns->columns[columns->count - 2] = column;
	columns->columns[columns->count - 1] = last;
}

static void
toggle(struct tui *tui)
{
	struct selection *columns = &tui->listing->columns;
	const struct column *column = column_at(tui, tui->fields.selected);
	long place = column ? place_of(columns, column) : -1;

	if (!column || (place >= 0 && columns->count == 1))
		return;
	if (place < 0) {
		show(columns, column);
	} else {
		memmove(&columns->columns[place], &columns->columns[place + 1],
			(columns->count - (size_t)place - 1) * sizeof(columns->columns[0]));
		columns->count--;
	}
	tui->fields.selected = row_of(tui, column); /* so that Space takes it back */
	tui->grid.first_column = 0;
	tui->wants_refresh = true;
}

/* Moves a shown column and the selection with it. */
static void
shift(struct tui *tui, long step)
{
	struct selection *columns = &tui->listing->columns;
	long from = (long)tui->fields.selected, to = from + step;
	const struct column *column;

	if (from >= (long)columns->count || to < 0 || to >= (long)columns->count)
		return;
	column = columns->columns[from];
	columns->columns[from] = columns->columns[to];
	columns->columns[to] = column;
	tui->fields.selected = (size_t)to;
}

static bool
request(struct tui *tui, enum request request)
{
	if (list_request(&tui->fields, request))
		return true;
	switch (request) {
	case REQUEST_TAG:
		toggle(tui);
		return true;
	case REQUEST_LEFT:
		shift(tui, -1);
		return true;
	case REQUEST_RIGHT:
		shift(tui, 1);
		return true;
	case REQUEST_OPEN:
	case REQUEST_FIELDS:
		return tui_back(tui);
	default:
		return false;
	}
}

static const struct list *
list(struct tui *tui)
{
	return &tui->fields;
}

const struct view view_fields = {
	.name = "Fields",
	.hint = "Space show or hide  Left Right move  q back",
	.draw = draw,
	.request = request,
	.list = list,
};
