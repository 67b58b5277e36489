// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/arena.h"
#include "base/macros.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "tui/app.h"
#include "tui/table-view.h"

#include <stdio.h>

enum { TEXT_SIZE = 256 };

/* Reading smaps delays the process: beyond 5 ms only with Ctrl-R. */
#define DEAR_COST (5 * NS_PER_MS)

struct state {
	struct table_view segments, mappings;
	struct rows rows; /* shown, made from: */
	struct rows last; /* the last rows read, with their texts: */
	struct arena row_texts;
	struct rows first_mappings, first_segments; /* of the first reading, with their texts: */
	struct arena texts;
	bool is_all;      /* each mapping is to be a row */
	bool is_last_all; /* and is one in `last` */
	bool wants;       /* read again even if it takes long */
};

static const char segment_columns[] =
	"segment,size,rss,pss,private_dirty,swap,rss_grown,role,mappings,name";
static const char mapping_columns[] =
	"start,segment,permissions,size,rss,pss,private_dirty,swap,rss_grown,end,role,flags,name";

static void
init(void *data)
{
	struct state *state = data;

	table_view_init(&state->segments, &segment_table, segment_columns, "rss");
	table_view_init(&state->mappings, &mapping_table, mapping_columns, "start");
}

static void
forget(struct state *state)
{
	rows_reset(&state->rows);
	rows_reset(&state->last);
	state->is_last_all = false;
	rows_reset(&state->first_mappings);
	rows_reset(&state->first_segments);
	arena_reset(&state->texts);
}

static void
finish(void *data)
{
	struct state *state = data;

	table_view_finish(&state->segments);
	table_view_finish(&state->mappings);
	rows_finish(&state->rows);
	rows_finish(&state->last);
	arena_finish(&state->row_texts);
	rows_finish(&state->first_mappings);
	rows_finish(&state->first_segments);
	arena_finish(&state->texts);
}

static struct table_view *
table(void *data, struct app *app)
{
	struct state *state = data;

	return state->is_all ? &state->mappings : &state->segments;
}

static void
open_map(void *data, struct app *app, const struct process_key *process)
{
	struct state *state = data;

	forget(state);
	state->wants = true;
}

/* Large processes are not delayed. */
static void
add_needs(const void *data, const struct app *app, struct needs *needs)
{
	const struct state *state = data;
	const struct process *process = app_find(app, &app->process);

	if (state->wants ||
		(process && process->rollup->cost != UNKNOWN && process->rollup->cost <= DEAR_COST))
		needs->focus_bits |= NEED_MAPPINGS | (state->is_all ? NEED_EACH_MAPPING : 0);
}

/* Rows of a snapshot are valid only as long as the snapshot, so they are copied. */
static void
keep_rows(struct state *state, const struct snapshot *snapshot)
{
	arena_reset(&state->row_texts);
	map_copy(&state->last, &snapshot->mappings, &state->row_texts);
	state->is_last_all = snapshot->focus_bits & NEED_EACH_MAPPING;
	state->wants = state->wants && state->is_all && !state->is_last_all;
	if (state->is_last_all && state->first_mappings.count == 0)
		map_copy(&state->first_mappings, &state->last, &state->texts);
	if (state->first_segments.count > 0)
		return;
	if (state->is_last_all)
		map_group(&state->first_segments, &state->first_mappings);
	else
		map_copy(&state->first_segments, &state->last, &state->texts);
}

/* Segments follow from mappings, but not the other way: then there are no rows for a moment. */
static void
show(void *data, struct app *app)
{
	struct state *state = data;
	const struct snapshot *snapshot = app->snapshot;

	if (snapshot->mappings_of == app->process.pid && snapshot->mappings.count > 0 &&
		app_find(app, &app->process))
		keep_rows(state, snapshot);
	if (state->is_all && !state->is_last_all)
		rows_reset(&state->rows);
	else if (state->is_all == state->is_last_all)
		rows_copy(&state->rows, &state->last, NULL);
	else
		map_group(&state->rows, &state->last);
	if (state->rows.count > 0)
		map_compare(&state->rows,
			state->is_all ? &state->first_mappings : &state->first_segments);
	table_view_show(table(state, app), &state->rows);
}

/* Draws why there are no rows. */
static void
draw_absence(const struct app *app, WINDOW *window, const struct process *process)
{
	const struct hint *hint = snapshot_find_hint(app->snapshot, NEED_MAPPINGS);
	char text[HINT_TEXT_SIZE] = "reading its mappings ...";

	if (!process)
		snprintf(text, sizeof(text), "process %lld has ended", (long long)app->process.pid);
	else if (process->is_kernel_thread)
		snprintf(text, sizeof(text), "a kernel thread has no mappings");
	else if (process->virtual == 0)
		snprintf(text, sizeof(text),
			"it has ended and holds nothing; its parent has not asked for its end yet");
	else if (hint)
		hint_text(hint, text);
	screen_put(window, 1, 0, STYLE_WARNING, text);
}

static void
draw_totals(const struct app *app, WINDOW *window, const struct process *process)
{
	const struct process_rollup *rollup = process->rollup;
	const int64_t sizes[] = { process->virtual, process->resident, rollup->pss, rollup->uss,
		process->swap, process->page_tables, process->weight->frees };
	char text[7][UNIT_FORMAT_SIZE];

	for (int i = 0; i < 7; i++)
		unit_format(text[i], UNIT_BYTES, sizes[i], app->settings->scale);
	screen_printf(window, 1, 0, STYLE_DIM,
		"size %s  RSS %s  PSS %s  USS %s  swap %s  page tables %s  a kill would free "
		"about %s",
		text[0], text[1], text[2], text[3], text[4], text[5], text[6]);
}

static void
draw_notes(void *data, struct app *app, WINDOW *window)
{
	const struct state *state = data;
	const struct process *process = app_find(app, &app->process);
	char name[TEXT_SIZE], kinds[MAP_KINDS_SIZE];

	text_safe(name, sizeof(name), process && process->command ? process->command : "-",
		app->charset);
	screen_printf(
		window, 0, 0, STYLE_BOLD, "Map of %lld %s", (long long)app->process.pid, name);
	if (!process || process->virtual == 0 || state->rows.count == 0) {
		draw_absence(app, window, process);
		return;
	}
	draw_totals(app, window, process);
	map_kinds_text(kinds, &state->rows, app->settings->scale);
	screen_printf(window, 2, 0, STYLE_DIM, "RSS by kind: %s", kinds);
}

static bool
act(void *data, struct app *app, enum action action)
{
	struct state *state = data;

	if (action == ACTION_GROUPING) {
		state->is_all = !state->is_all;
		state->wants = state->wants || (state->is_all && !state->is_last_all);
		app_show(app);
	} else if (action == ACTION_REFRESH) {
		state->wants = true;
		app_refresh(app);
	} else {
		return false;
	}
	return true;
}

const struct view view_map = {
	.name = "Map",
	.hint = "b segments or mappings  < > R sort  Ctrl-R read again  x explain  q back  ? help",
	.key = { .keys = "4",
		.help = "the memory of the selected process by kind",
		.codes = { '4' } },
	.has_tab = true,
	.is_page = true,
	.has_process = true,
	.state_size = sizeof(struct state),
	.init = init,
	.finish = finish,
	.open = open_map,
	.add_needs = add_needs,
	.show = show,
	.note_lines = 3,
	.draw_notes = draw_notes,
	.act = act,
	.table = table,
};
