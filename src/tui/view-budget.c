// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/arena.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "tui/app.h"
#include "tui/table-view.h"

#include <stdio.h>

struct state {
	struct table_view table;
	struct rows rows;  /* of the snapshot, with the changes since: */
	struct rows first; /* the first reading, with its texts: */
	struct arena texts;
	int64_t first_time;
};

static void
init(void *data)
{
	struct state *state = data;

	table_view_init(&state->table, &budget_table, budget_growth_columns, NULL);
	state->table.is_worth_showing = budget_is_worth_showing;
}

static void
finish(void *data)
{
	struct state *state = data;

	table_view_finish(&state->table);
	rows_finish(&state->rows);
	rows_finish(&state->first);
	arena_finish(&state->texts);
}

static void
show(void *data, struct app *app)
{
	struct state *state = data;
	const struct snapshot *snapshot = app->snapshot;

	if (snapshot->budget.count == 0)
		return;
	if (state->first.count == 0) {
		rows_copy(&state->first, &snapshot->budget, &state->texts);
		state->first_time = snapshot->monotonic;
	}
	rows_copy(&state->rows, &snapshot->budget, NULL);
	budget_compare(&state->rows, &state->first, snapshot->monotonic - state->first_time);
	table_view_show(&state->table, &state->rows);
}

static void
draw_notes(void *state, struct app *app, WINDOW *window)
{
	const struct budget_figures *figures = &app->snapshot->budget_figures;
	char total[UNIT_FORMAT_SIZE], kept[UNIT_FORMAT_SIZE];
	int64_t balloon, rest;
	int x;

	if (app->snapshot->budget.count == 0) {
		screen_put(window, 0, 0, STYLE_DIM, "reading where memory is ...");
		return;
	}
	unit_format(total, UNIT_BYTES, figures->total, app->settings->scale);
	x = screen_printf(
		window, 0, 0, STYLE_DIM, "Budget: the items add up to MemTotal, %s", total);
	budget_beyond(&app->snapshot->budget, figures, &balloon, &rest);
	if (balloon <= 0 && rest <= 0)
		return;
	unit_format(kept, UNIT_BYTES, balloon > 0 ? balloon : rest, app->settings->scale);
	screen_printf(window, 0, x, STYLE_DIM,
		balloon > 0 ? "; back with the host (balloon): %s"
			    : "; firmware and the kernel keep %s",
		kept);
}

static struct table_view *
table(void *state, struct app *app)
{
	return &((struct state *)state)->table;
}

const struct view view_budget = {
	.name = "Budget",
	.hint = "Up Down  < > R sort  x explain  e unit  z freeze  ? help",
	.key = { .keys = "6", .help = "where all memory of the machine is", .codes = { '6' } },
	.has_tab = true,
	.needs = NEED_BUDGET,
	.state_size = sizeof(struct state),
	.init = init,
	.finish = finish,
	.show = show,
	.note_lines = 1,
	.draw_notes = draw_notes,
	.table = table,
};
