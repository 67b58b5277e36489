// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/list.h"

#include "base/macros.h"

/* The row `rows` further down, but within the list. */
static size_t
moved(const struct list *list, size_t from, long rows)
{
	long to = (long)from + rows, last = list->count ? (long)list->count - 1 : 0;

	return (size_t)(to < 0 ? 0 : to > last ? last : to);
}

bool
list_action(struct list *list, enum action action)
{
	long page = list->height > 1 ? (long)list->height - 1 : 1;
	long all = (long)list->count;
	const struct {
		enum action action;
		long rows;
	} moves[] = {
		{ ACTION_UP, -1 },
		{ ACTION_DOWN, 1 },
		{ ACTION_PAGE_UP, -page },
		{ ACTION_PAGE_DOWN, page },
		{ ACTION_FIRST, -all },
		{ ACTION_LAST, all },
	};

	for (size_t i = 0; i < ARRAY_SIZE(moves); i++) {
		if (moves[i].action != action)
			continue;
		list->stays_at_end = action == ACTION_LAST;
		list->selected = moved(list, list->selected, moves[i].rows);
		/* A page also moves the visible part, not only the selection. */
		if (action == ACTION_PAGE_UP || action == ACTION_PAGE_DOWN)
			list->top = moved(list, list->top, moves[i].rows);
		list_fit(list, list->count, list->height);
		return true;
	}
	return false;
}

void
list_fit(struct list *list, size_t count, size_t height)
{
	list->count = count;
	list->height = height;
	if (list->selected >= count)
		list->selected = count ? count - 1 : 0;
	if (list->top + height > count)
		list->top = count > height ? count - height : 0;
	if (list->selected < list->top)
		list->top = list->selected;
	if (height > 0 && list->selected >= list->top + height)
		list->top = list->selected - height + 1;
}

void
list_open_page(void *list, struct app *app, const struct process_key *process)
{
	struct list *page = list;

	page->selected = 0;
	page->stays_at_end = false;
}

void
list_fit_page(struct list *list, size_t lines, size_t height)
{
	list->count = lines > height ? lines - height + 1 : 1;
	list->height = height;
	list->line = -1;
	if (list->selected >= list->count || list->stays_at_end)
		list->selected = list->count - 1;
}
