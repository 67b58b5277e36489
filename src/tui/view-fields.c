// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/app.h"
#include "tui/screen.h"
#include "tui/table-view.h"

#include <string.h>

enum { NAME_COLUMNS = 16 };

static void
draw(void *data, struct app *app, WINDOW *window)
{
	struct list *list = data;
	const struct selection *columns = app_table(app)->columns;
	size_t height = (size_t)getmaxy(window);

	list->line = getbegy(window);
	list_fit(list, columns->table->column_count, height);
	for (size_t i = 0; i < height && list->top + i < list->count; i++) {
		size_t row = list->top + i;
		const struct column *column = table_view_column(columns, row);
		enum style style = row == list->selected ? STYLE_SELECTED : STYLE_NORMAL;

		screen_printf(window, (int)i, 0, style, "[%c] %-8s",
			row < columns->count ? 'x' : ' ', column->title);
		screen_put(window, (int)i, NAME_COLUMNS, STYLE_NORMAL, column->help);
	}
}

/* Adds a column at the end, but before a text that gets the rest of the line. */
static void
add(struct selection *columns, const struct column *column)
{
	const struct column *last = columns->columns[columns->count - 1];

	selection_add(columns, column);
	if (last->unit != UNIT_TEXT || column->unit == UNIT_TEXT)
		return;
	columns->columns[columns->count - 2] = column;
	columns->columns[columns->count - 1] = last;
}

static void
drop(struct selection *columns, size_t place)
{
	columns->count--;
	memmove(&columns->columns[place], &columns->columns[place + 1],
		(columns->count - place) * sizeof(columns->columns[0]));
}

static void
toggle(struct list *list, struct table_view *view)
{
	struct selection *columns = view->columns;
	const struct column *column = table_view_column(columns, list->selected);

	if (list->selected >= columns->count)
		add(columns, column);
	else if (columns->count > 1)
		drop(columns, list->selected);
	for (list->selected = 0; table_view_column(columns, list->selected) != column;)
		list->selected++; /* so that a second Space reverts it */
	view->grid.first_column = 0;
}

/* Moves a visible column and the selection with it. */
static void
shift(struct list *list, struct selection *columns, long step)
{
	long from = (long)list->selected, to = from + step;
	const struct column *column;

	if (from >= (long)columns->count || to < 0 || to >= (long)columns->count)
		return;
	column = columns->columns[from];
	columns->columns[from] = columns->columns[to];
	columns->columns[to] = column;
	list->selected = (size_t)to;
}

static bool
act(void *data, struct app *app, enum action action)
{
	struct list *list = data;
	struct table_view *view = app_table(app);

	if (action == ACTION_TAG)
		toggle(list, view);
	else if (action == ACTION_LEFT || action == ACTION_RIGHT)
		shift(list, view->columns, action == ACTION_LEFT ? -1 : 1);
	else
		return action == ACTION_OPEN && app_back(app);
	return true;
}

const struct view view_fields = {
	.name = "Fields",
	.hint = "Space show or hide  Left Right move  q back",
	.key = { .keys = "f F2", .help = "choose the columns", .codes = { 'f', KEY_F(2) } },
	.is_page = true,
	.is_over = OVER_ROWS,
	.state_size = sizeof(struct list),
	.draw = draw,
	.act = act,
	.has_list = true,
};
