// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/memory.h"
#include "tui/context.h"

#include <stdlib.h>
#include <string.h>

enum { WHEEL_ROWS = 3, MOST_EVENTS = 8 };

static void
turn_wheel(struct tui *tui, int key)
{
	for (int i = 0; i < WHEEL_ROWS; i++)
		if (!choose_key(&tui->choose, key) && !tui->prompt.label &&
			!editor_is_open(&tui->editor))
			tui->view->request(tui, request_of_key(&screen_keys, key));
}

/* What is written at a place of the screen: tabs and hints are, between two blanks each. */

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

static int
key_of_word(const struct key_list *list, const char *line, int x)
{
	int start = x;

	while (start > 0 && line[start - 1] != ' ')
		start--;
	return key_of_name(list, line + start, strcspn(line + start, " "));
}

/* The word that was clicked, or else the first one of what it belongs to. */
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
press(struct tui *tui, int y, int x, bool only_first)
{
	char *line = read_screen(y);
	int key = key_at(
		editor_is_open(&tui->editor) ? &editor_keys : &screen_keys, line, x, only_first);

	free(line);
	if (key)
		tui_key(tui, key);
}

/* Rows. */

static const struct list *
list_of(struct tui *tui)
{
	if (tui->view->page)
		return &tui->view->page(tui)->list;
	return tui->view->list ? tui->view->list(tui) : NULL;
}

static void
select_row(struct tui *tui, int row)
{
	const struct list *list = list_of(tui);
	long steps;

	if (!list || row < 0 || (size_t)row >= list->height ||
		list->top + (size_t)row >= list->count)
		return;
	steps = (long)(list->top + (size_t)row) - (long)list->selected;
	for (long i = 0; i < labs(steps); i++)
		tui->view->request(tui, steps < 0 ? REQUEST_UP : REQUEST_DOWN);
}

/* Sorts by a column; by the one that is sorted by already: the other way round. */
static void
click_heading(struct tui *tui, int x)
{
	const struct table_page *page = tui->view->page ? tui->view->page(tui) : NULL;
	const struct column *column = grid_column_at(page ? &page->grid : &tui->grid, x);
	const struct order *order = tui_order(tui);

	if (!column || !order)
		return;
	if (column == order->column)
		tui_sort(tui, (struct order){ column, !order->ascending });
	else
		tui_sort(tui, order_of(column));
}

/* The first click on a choice selects it, the next one takes it. */
static void
click_choice(struct tui *tui, int y)
{
	struct list *list = &tui->choose.list;
	size_t row = list->top + (size_t)(y - tui->choose.line);

	if (tui->choose.line < 0 || y < tui->choose.line || row >= list->count)
		return;
	if (row == list->selected)
		tui_key(tui, '\n');
	else
		list->selected = row;
}

static void
click(struct tui *tui, int y, int x)
{
	if (tui->choose.kind)
		click_choice(tui, y);
	else if (tui->prompt.label)
		return;
	else if (y == tui->hint_line)
		press(tui, y, x, false);
	else if (editor_is_open(&tui->editor))
		return;
	else if (y == tui->tab_line)
		press(tui, y, x, true); /* a filter may stand there as well */
	else if (y == tui->heading_line)
		click_heading(tui, x);
	else if (tui->rows_line >= 0)
		select_row(tui, y - tui->rows_line);
}

static void
take(struct tui *tui, const MEVENT *event)
{
	if (event->bstate & BUTTON4_PRESSED)
		turn_wheel(tui, KEY_UP);
	else if (event->bstate & BUTTON5_PRESSED)
		turn_wheel(tui, KEY_DOWN);
	else if (event->bstate & BUTTON1_PRESSED)
		click(tui, event->y, event->x);
}

/* Events that came together are one key of curses, which gives the last of them first. */
void
mouse_request(struct tui *tui)
{
	MEVENT events[MOST_EVENTS];
	size_t count = 0;

	while (count < MOST_EVENTS && getmouse(&events[count]) == OK)
		count++;
	while (count-- > 0)
		take(tui, &events[count]);
}
