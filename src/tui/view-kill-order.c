// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/badness.h"
#include "model/needs.h"
#include "model/oom-domain.h"
#include "model/snapshot.h"
#include "tui/app.h"
#include "tui/process-list.h"
#include "tui/process-view.h"

static void
open_list(void *state, struct app *app, const struct process_key *process)
{
	process_list_use(
		app->processes, &app->settings->kill_order, NEED_OOM | NEED_BADNESS | NEED_CGROUP);
	app->processes->is_of_candidates = true;
}

/* Draws the scope of the order, or a doubt about it. */
static void
draw_notes(void *state, struct app *app, WINDOW *window)
{
	const struct system *system = &app->snapshot->system;
	const char *warning = badness_warning(system);
	char text[OOM_DOMAIN_TEXT_SIZE], total[UNIT_FORMAT_SIZE];

	if (!(app->snapshot->bits & NEED_RANK)) {
		screen_put(window, 0, 0, STYLE_DIM, "reading what each process weighs ...");
	} else if (warning) {
		screen_put(window, 0, 0, STYLE_WARNING, warning);
	} else if (!system->oom_asked) {
		unit_format(total, UNIT_BYTES, badness_scope_of(app->snapshot).total, SCALE_HUMAN);
		screen_printf(
			window, 0, 0, STYLE_DIM, "Predicted, for %s of memory and swap", total);
	} else {
		oom_domain_say(system, app->charset, SCALE_HUMAN, text, sizeof(text));
		screen_printf(window, 0, 0, STYLE_DIM, "Predicted, for %s", text);
	}
}

/* Switches between the machine and the cgroup of the selected process. */
static void
change_scope(struct app *app)
{
	struct process_list *list = app->processes;
	const struct process *process = process_list_selected(list);

	if (list->scope)
		list->scope = NULL;
	else if (process && process->place->cgroup)
		list->scope = arena_text(&list->scopes, process->place->cgroup);
	else
		app_say(app, "its control group is not known");
	app_refresh(app);
}

static bool
act(void *state, struct app *app, enum action action)
{
	if (action != ACTION_SCOPE)
		return process_view_act(state, app, action);
	change_scope(app);
	return true;
}

const struct view view_kill_order = {
	.name = "Kill order",
	.hint = "a OOM priority  g cgroup  Enter detail  \\ filter  k signal  x explain  ? help",
	.key = { .keys = "3",
		.help = "who would be killed first if memory ran out",
		.codes = { '3' } },
	.has_tab = true,
	.open = open_list,
	.note_lines = 1,
	.draw_notes = draw_notes,
	.act = act,
	.table = process_view_table,
};
