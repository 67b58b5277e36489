// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/context.h"

enum { KEY_COLUMNS = 10 };

static void
draw(struct tui *tui, WINDOW *window)
{
	size_t height = (size_t)getmaxy(window);

	list_fit(&tui->lines, key_binding_count, height);
	for (size_t i = 0; i < height && tui->lines.top + i < key_binding_count; i++) {
		const struct key_binding *binding = &key_bindings[tui->lines.top + i];
		enum style style =
			tui->lines.top + i == tui->lines.selected ? STYLE_SELECTED : STYLE_NORMAL;

		screen_put(window, (int)i, 0, KEY_COLUMNS, STYLE_BOLD, true, binding->keys);
		screen_put(
			window, (int)i, KEY_COLUMNS, getmaxx(window), style, false, binding->help);
	}
}

static bool
request(struct tui *tui, enum request request)
{
	return list_request(&tui->lines, request);
}

const struct view view_help = {
	.name = "Help",
	.tab = "? Help",
	.hint = "Up Down scroll  Esc back  q quit",
	.draw = draw,
	.request = request,
	.is_passing = true,
};
