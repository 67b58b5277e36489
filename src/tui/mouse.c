// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/mouse.h"

#include "base/memory.h"
#include "tui/app.h"
#include "tui/editor.h"
#include "tui/table-input.h"
#include "tui/table-view.h"

#include <stdlib.h>
#include <string.h>

enum { WHEEL_ROWS = 3, MOST_EVENTS = 8 };

/* The text of a screen line: tabs and hints are separated by two blanks. */

static char *
read_screen(int y)
{
	int width = getmaxx(stdscr);
	char *line = xcalloc((size_t)width + 1, 1);

	for (int x = 0; x < width; x++) {
		chtype cell = mvwinch(stdscr, y, x) & A_CHARTEXT;

		line[x] = cell >= ' ' && cell < 127 ? (char)cell : '?';
	}
	return line;
}

static bool
is_gap(const char *line, int x)
{
	return !line[x] || (line[x] == ' ' && (!line[x + 1] || line[x + 1] == ' ' ||
						      (x > 0 && line[x - 1] == ' ')));
}

/* The keys of views are in no list. */
static int
key_named(const struct key_list *list, const char *name, size_t length)
{
	int key = key_of_name(list, name, length);

	for (size_t i = 0; i < view_count && key == 0 && list == &screen_keys; i++)
		key = key_binding_named(&views[i]->key, name, length);
	return key;
}

static int
key_of_word(const struct key_list *list, const char *line, int x)
{
	int start = x;

	while (start > 0 && line[start - 1] != ' ')
		start--;
	return key_named(list, line + start, strcspn(line + start, " "));
}

/* The key of the clicked word, or else of the first word of its group. */
static int
key_at(const struct key_list *list, const char *line, int x, bool only_first)
{
	int first = x, key = 0;

	if (x < 0 || x >= (int)strlen(line) || is_gap(line, x))
		return 0;
	while (first > 0 && !is_gap(line, first - 1))
		first--;
	if (!only_first && line[x] != ' ')
		key = key_of_word(list, line, x);
	return key ? key : key_of_word(list, line, first);
}

static void
press_word(struct app *app, int y, int x, bool only_first)
{
	bool in_editor = editor_is_open(app->editor);
	char *line = read_screen(y);
	int key = 0;

	if (app->past.is_open && !in_editor)
		key = key_at(&past_keys, line, x, only_first);
	if (key == 0)
		key = key_at(in_editor ? &editor_keys : &screen_keys, line, x, only_first);

	free(line);
	if (key)
		app->press(app, key);
}

static void
press_often(struct app *app, int key, long times)
{
	for (long i = 0; i < times; i++)
		app->press(app, key);
}

static void
turn_wheel(struct app *app, int key)
{
	if (app->choose.kind || (!app->prompt.label && !editor_is_open(app->editor)))
		press_often(app, key, WHEEL_ROWS);
}

static const struct list *
list_of(struct app *app)
{
	if (app->view->table)
		return &app_table(app)->list;
	return app->view->has_list ? app_state(app, app->view) : NULL;
}

static void
select_row(struct app *app, int y)
{
	const struct list *list = list_of(app);
	size_t row = list ? list->top + (size_t)(y - list->line) : 0;
	long steps;

	if (!list || list->line < 0 || y < list->line || row >= list->top + list->height ||
		row >= list->count)
		return;
	steps = (long)row - (long)list->selected;
	press_often(app, steps < 0 ? KEY_UP : KEY_DOWN, labs(steps));
}

/* Sorts by a column, or reverses the order if it is sorted already. */
static void
click_heading(struct app *app, int x)
{
	const struct table_view *view = app_table(app);
	const struct column *column = grid_column_at(&view->grid, x);

	if (!column)
		return;
	table_input_sort(app, column == view->order->column
				      ? (struct order){ column, !view->order->ascending }
				      : order_of(column));
}

/* The first click on a choice selects it, the second one takes it. */
static void
click_choice(struct app *app, int y)
{
	struct list *list = &app->choose.list;
	size_t row = list->top + (size_t)(y - list->line);

	if (list->line < 0 || y < list->line || row >= list->top + list->height ||
		row >= list->count)
		return;
	if (row == list->selected)
		app->press(app, '\n');
	else
		list->selected = row;
}

static void
click_at(struct app *app, int y, int x)
{
	if (app->choose.kind)
		click_choice(app, y);
	else if (app->prompt.label)
		return;
	else if (y == app->hint_line)
		press_word(app, y, x, false);
	else if (editor_is_open(app->editor))
		return;
	else if (y == app->tab_line)
		press_word(app, y, x, true); /* the line may also have a filter */
	else if (app->view->table && y == app_table(app)->heading_line)
		click_heading(app, x);
	else
		select_row(app, y);
}

static void
take(struct app *app, const MEVENT *event)
{
	if (event->bstate & BUTTON4_PRESSED)
		turn_wheel(app, KEY_UP);
	else if (event->bstate & BUTTON5_PRESSED)
		turn_wheel(app, KEY_DOWN);
	else if (event->bstate & BUTTON1_PRESSED)
		click_at(app, event->y, event->x);
}

/* curses gives simultaneous events as one key, and returns the last one first. */
void
mouse_take(struct app *app)
{
	MEVENT events[MOST_EVENTS];
	size_t count = 0;

	while (count < MOST_EVENTS && getmouse(&events[count]) == OK)
		count++;
	while (count-- > 0)
		take(app, &events[count]);
}
