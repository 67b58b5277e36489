// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/macros.h"
#include "tui/context.h"

enum { KEY_COLUMNS = 11 };

static const struct key_list *const lists[] = { &screen_keys, &prompt_keys, &editor_keys };

static void
draw_binding(WINDOW *window, int y, const struct key_binding *binding)
{
	screen_put(window, y, 0, KEY_COLUMNS, STYLE_BOLD, true, binding->keys);
	screen_put(window, y, KEY_COLUMNS, getmaxx(window), STYLE_NORMAL, false, binding->help);
}

static size_t
line_count(void)
{
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		for (size_t j = 0; j < lists[i]->count; j++)
			count += 1 + (lists[i]->bindings[j].group != NULL);
	return count;
}

/* Returns where the next list begins. */
static int
draw_list(WINDOW *window, int y, const struct key_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct key_binding *binding = &list->bindings[i];

		if (binding->group)
			screen_put(window, y++, 0, getmaxx(window), STYLE_HEADING, true,
				binding->group);
		draw_binding(window, y++, binding);
	}
	return y;
}

/* From the first line that is shown, which makes those before it stand above the window. */
static void
draw(struct tui *tui, WINDOW *window)
{
	int y;

	list_fit_page(&tui->lines, line_count(), (size_t)getmaxy(window));
	y = -(int)tui->lines.selected;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		y = draw_list(window, y, lists[i]);
}

static bool
request(struct tui *tui, enum request request)
{
	return list_request(&tui->lines, request);
}

const struct view view_help = {
	.name = "Help",
	.tab = "? Help",
	.hint = "Up Down scroll  q back",
	.draw = draw,
	.request = request,
};
