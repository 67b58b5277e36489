// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/macros.h"
#include "model/fault-group.h"
#include "model/fault.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "tui/app.h"
#include "tui/process-list.h"
#include "tui/table-view.h"

#include <stdio.h>
#include <string.h>

enum { PLACE_SIZE = 80 };

/* The faults of all processes, or of one. */
struct state {
	struct table_view all, one;
	struct rows faults;
	struct process_key process; /* for one */
	bool is_one, walks;
	size_t grouping;
	/* The selected row, which is a new one in each snapshot. */
	int64_t selected_pid;
	char selected_place[PLACE_SIZE];
};

static const char columns_of_all[] =
	"pid,comm,segment,minor_rate,minor_rate_error,major_rate,share,"
	"code,waits,walk_rate,mapping";
static const char columns_of_one[] = "segment,minor_rate,minor_rate_error,major_rate,share,code,"
				     "mapping,waits,walk_rate,function";

/* The groupings: for all processes, for one. */
static const struct {
	unsigned all, one;
	const char *name;
} groupings[] = {
	{ FAULT_BY_PROCESS | FAULT_BY_SEGMENT, FAULT_BY_SEGMENT | FAULT_BY_MAPPING | FAULT_BY_CODE,
		"segment" },
	{ FAULT_BY_PROCESS | FAULT_BY_CODE, FAULT_BY_CODE | FAULT_BY_SYMBOL, "code" },
	{ FAULT_BY_PROCESS | FAULT_BY_MAPPING, FAULT_BY_MAPPING, "mapping" },
	{ FAULT_BY_PROCESS, 0, "process" },
};

static void
init(void *data)
{
	struct state *state = data;

	table_view_init(&state->all, &fault_table, columns_of_all, "minor_rate");
	table_view_init(&state->one, &fault_table, columns_of_one, "minor_rate");
}

static void
finish(void *data)
{
	struct state *state = data;

	table_view_finish(&state->all);
	table_view_finish(&state->one);
	rows_finish(&state->faults);
}

static struct table_view *
table(void *data, struct app *app)
{
	struct state *state = data;

	return state->is_one ? &state->one : &state->all;
}

/* What tells a row apart from others of its process, even with other counts. */
static void
place_of(const struct fault *row, char place[static PLACE_SIZE])
{
	snprintf(place, PLACE_SIZE, "%.15s\n%.63s", row->segment ? row->segment : "",
		row->code ? row->code : "");
}

static void
remember(void *data, struct app *app)
{
	struct state *state = data;
	const struct fault *row = table_view_selected(table(state, app));

	if (!row)
		return;
	state->selected_pid = row->pid;
	place_of(row, state->selected_place);
}

static void
follow(const struct state *state, struct table_view *view)
{
	char place[PLACE_SIZE];

	for (size_t i = 0; i < view->rows.count; i++) {
		const struct fault *row = view->rows.rows[i];

		if (row->pid != state->selected_pid)
			continue;
		place_of(row, place);
		if (strcmp(place, state->selected_place) == 0) {
			view->list.selected = i;
			return;
		}
	}
}

static void
show(void *data, struct app *app)
{
	struct state *state = data;
	const struct fault_grouping grouping = {
		.keys = state->is_one ? groupings[state->grouping].one
				      : groupings[state->grouping].all,
		.pid = state->is_one ? state->process.pid : UNKNOWN,
		.minor = UNKNOWN,
		.major = UNKNOWN,
	};

	fault_group(&state->faults, app->snapshot, &grouping);
	table_view_show(table(state, app), &state->faults);
	follow(state, table(state, app));
}

static void
add_needs(const void *data, const struct app *app, struct needs *needs)
{
	const struct state *state = data;

	needs->bits |= state->walks ? NEED_SAMPLED_WALKS : 0;
	/* The process to sample if not all processes are permitted. */
	needs->faults.pid = state->is_one ? state->process.pid : app->processes->selected.pid;
}

static void
open_faults(void *data, struct app *app, const struct process_key *process)
{
	struct state *state = data;

	state->is_one = process != NULL;
	if (process)
		state->process = *process;
	app_refresh(app); /* the sampler reads the symbols of another process */
}

/* Draws what is sampled and how well, or what is missing. */
static void
draw_sampling(const struct state *state, const struct app *app, WINDOW *window)
{
	const struct sampling *sampling = &app->snapshot->system.sampling;
	enum style style = sampling->missing || sampling->lost > 0 ? STYLE_WARNING : STYLE_DIM;
	const struct process *process = app_find(app, &state->process);
	const char *name = process ? process->comm : "has ended";
	char comm[64];
	int x = screen_put(
		window, 0, 0, style, state->is_one ? "Faults of " : "Faults of all processes");

	if (state->is_one) {
		text_safe(comm, sizeof(comm), name ? name : "-", app->charset);
		x += screen_printf(window, 0, x, style, "process %lld %s",
			(long long)state->process.pid, comm);
	}
	if (app->past.is_open)
		screen_put(window, 0, x, style, ": not in this recording");
	else if (!sampling->access)
		screen_put(window, 0, x, style, ": sampling begins ...");
	else if (sampling->missing)
		screen_printf(window, 0, x, style, ": %s", sampling->missing);
	else
		screen_printf(window, 0, x, style,
			" by %s: one in %lld sampled, %lld samples, %lld lost",
			groupings[state->grouping].name, (long long)sampling->period,
			(long long)sampling->samples, (long long)sampling->lost);
}

static void
draw_walks(const struct state *state, const struct app *app, WINDOW *window)
{
	const struct system *system = &app->snapshot->system;
	char data[UNIT_FORMAT_SIZE], code[UNIT_FORMAT_SIZE], share[UNIT_FORMAT_SIZE];

	unit_format(data, UNIT_RATE, system->tlb_walk_rate, SCALE_HUMAN);
	unit_format(code, UNIT_RATE, system->code_tlb_walk_rate, SCALE_HUMAN);
	unit_format(share, UNIT_NUMBER, system->walks_per_million, SCALE_HUMAN);
	screen_printf(window, 1, 0, STYLE_DIM,
		"TLB walks: data %s/s  code %s/s  in a million instructions %s%s", data, code,
		share,
		state->walks ? "  by process: sampled 97 times per second" : "  (w: by process)");
}

static void
draw_notes(void *data, struct app *app, WINDOW *window)
{
	draw_sampling(data, app, window);
	draw_walks(data, app, window);
}

/* Opens the process of the selected row. */
static void
drill_down(struct state *state, struct app *app)
{
	const struct fault *row = table_view_selected(&state->all);
	const struct process *process =
		row && !state->is_one ? snapshot_find_process(app->snapshot, row->pid) : NULL;

	if (!process)
		return;
	state->is_one = true;
	state->process = process_key_of(process);
	app_refresh(app);
}

static void
flip_walks(struct state *state, struct app *app)
{
	state->walks = !state->walks;
	if (state->walks)
		app_say(app, "the kernel may lower kernel.perf_event_max_sample_rate for all while "
			     "walks are sampled");
}

/* Returns from a process opened here. A page returns to its opener instead. */
static bool
leave_one(struct state *state, const struct app *app)
{
	if (!state->is_one || app->page_count > 1)
		return false;
	state->is_one = false;
	return true;
}

static bool
act(void *data, struct app *app, enum action action)
{
	struct state *state = data;

	if (action == ACTION_OPEN)
		drill_down(state, app);
	else if (action == ACTION_GROUPING)
		state->grouping = (state->grouping + 1) % (ARRAY_SIZE(groupings));
	else if (action == ACTION_WALKS)
		flip_walks(state, app);
	else if ((action != ACTION_BACK && action != ACTION_LEAVE) || !leave_one(state, app))
		return false;
	app_show(app);
	return true;
}

const struct view view_faults = {
	.name = "Faults",
	.hint = "Enter the process  b by segment, code, mapping  w TLB walks  < > R sort  ? help",
	.key = { .keys = "5",
		.help = "where page faults come from; in the detail: of its process",
		.codes = { '5' } },
	.has_tab = true,
	.may_have_process = true,
	.needs = NEED_FAULTS | NEED_WALKS,
	.state_size = sizeof(struct state),
	.init = init,
	.finish = finish,
	.open = open_faults,
	.add_needs = add_needs,
	.show = show,
	.note_lines = 2,
	.draw_notes = draw_notes,
	.act = act,
	.remember = remember,
	.table = table,
};
