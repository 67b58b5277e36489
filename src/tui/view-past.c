// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/incident.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "tui/app.h"
#include "tui/past.h"
#include "tui/screen.h"
#include "tui/table-view.h"

static const char columns[] = "when,what,res,missing,comm";

static void
init(void *state)
{
	table_view_init(state, &incident_table, columns, "+when");
}

static void
finish(void *state)
{
	table_view_finish(state);
}

static void
show(void *state, struct app *app)
{
	table_view_show(state, &app->snapshot->incidents);
}

static void
draw_notes(void *state, struct app *app, WINDOW *window)
{
	size_t count = app->snapshot->incidents.count;

	if (!(app->snapshot->bits & NEED_INCIDENTS))
		screen_put(window, 0, 0, STYLE_DIM, "reading ...");
	else if (app->past.is_open)
		screen_printf(window, 0, 0, STYLE_DIM,
			"What happened in this recording: %zu; Enter goes there, i tells why",
			count);
	else if (count > 0)
		screen_printf(window, 0, 0, STYLE_DIM,
			"Kills for lack of memory since boot, in the log: %zu; Enter tells why",
			count);
	else
		screen_put(window, 0, 0, STYLE_DIM,
			"No kill for lack of memory since boot is in the log of the kernel");
}

/* The sample before a kill shows who held the memory. */
static void
go_there(struct app *app, const struct incident *incident)
{
	past_go(app, &(struct moment){ .kind = MOMENT_AT,
			     .time = incident->time - incident_is_kill(incident) });
	app_open(app, views[0]);
}

static bool
act(void *state, struct app *app, enum action action)
{
	const struct incident *incident = table_view_selected(state);
	const struct view *chapter = view_of_name("Kill");

	if (action != ACTION_OPEN && action != ACTION_WHY)
		return false;
	if (incident && app->past.is_open && action == ACTION_OPEN)
		go_there(app, incident);
	else if (incident && incident_is_kill(incident) && chapter && app->settings->explain_kill)
		app_open(app, chapter);
	else
		app_say(app, "only of a kill is there more to tell");
	return true;
}

static struct table_view *
table(void *state, struct app *app)
{
	return state;
}

const struct view view_past = {
	.name = "Past",
	.hint = "Enter open  \\ filter  < > R sort  x explain  ? help",
	.key = { .keys = "8",
		.help = "kills since boot, with the reason; of a recording all that happened",
		.codes = { '8' } },
	.has_tab = true,
	.needs = NEED_INCIDENTS,
	.state_size = sizeof(struct table_view),
	.init = init,
	.finish = finish,
	.show = show,
	.note_lines = 1,
	.draw_notes = draw_notes,
	.act = act,
	.table = table,
};
