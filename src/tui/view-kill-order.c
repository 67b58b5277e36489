// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/context.h"

#include "model/badness.h"
#include "tui/processes-input.h"

#include <stdio.h>

enum { LEAST_HEIGHT = 6, NOTE_SIZE = 160 };

/* What the order is about, above the rows where there is room for it. */
static void
draw_note(const struct tui *tui, WINDOW *window)
{
	struct badness_scope scope = badness_scope_of(tui->snapshot);
	char total[UNIT_FORMAT_SIZE];

	unit_format(total, UNIT_BYTES, scope.total, SCALE_HUMAN);
	screen_printf(window, 0, 0, STYLE_DIM, "Predicted, for %s of memory and swap", total);
}

static void
draw(struct tui *tui, WINDOW *window)
{
	int height = getmaxy(window), note = height >= LEAST_HEIGHT;
	WINDOW *rows = derwin(window, height - note, getmaxx(window), note, 0);

	if (note)
		draw_note(tui, window);
	if (!rows)
		return;
	processes_draw(tui, rows);
	delwin(rows);
}

static struct listing *
listing(struct tui_settings *settings)
{
	return &settings->kill_order;
}

const struct view view_kill_order = {
	.name = "Kill order",
	.tab = "2 Kill order",
	.hint = "Enter detail  \\ filter  R turn round  k signal  a OOM priority  1 processes  ? "
		"help",
	.draw = draw,
	.request = processes_request,
	.listing = listing,
};
