// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/list.h"

#include "base/macros.h"

static void
move_by(struct list *list, long rows)
{
	long selected = (long)list->selected + rows;
	long last = list->count ? (long)list->count - 1 : 0;

	list->selected = (size_t)(selected < 0 ? 0 : selected > last ? last : selected);
}

/* A page also moves the visible part, not only the selection. */
static void
scroll_by(struct list *list, long rows)
{
	long top = (long)list->top + rows;

	list->top = (size_t)(top < 0 ? 0 : top);
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
		move_by(list, moves[i].rows);
		if (action == ACTION_PAGE_UP || action == ACTION_PAGE_DOWN)
			scroll_by(list, moves[i].rows);
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
list_fit_page(struct list *list, size_t lines, size_t height)
{
	list->count = lines > height ? lines - height + 1 : 1;
	list->height = height;
	list->line = -1;
	if (list->selected >= list->count)
		list->selected = list->count - 1;
}
