// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/context.h"

#include "model/badness.h"
#include "model/needs.h"
#include "model/oom-domain.h"
#include "tui/processes-input.h"

#include <string.h>

enum { LEAST_HEIGHT = 6 };

/* What the order is about, and what is against it, above the rows where there is room. */
static void
draw_note(const struct tui *tui, WINDOW *window)
{
	const struct system *system = &tui->snapshot->system;
	const char *warning = badness_warning(system);
	char text[OOM_DOMAIN_TEXT_SIZE], total[UNIT_FORMAT_SIZE];

	if (!(tui->snapshot->bits & NEED_RANK)) {
		screen_put(window, 0, 0, getmaxx(window), STYLE_DIM, false,
			"reading what each process weighs ...");
	} else if (warning) {
		screen_put(window, 0, 0, getmaxx(window), STYLE_WARNING, false, warning);
	} else if (!system->oom_asked) {
		unit_format(total, UNIT_BYTES, badness_scope_of(tui->snapshot).total, SCALE_HUMAN);
		screen_printf(
			window, 0, 0, STYLE_DIM, "Predicted, for %s of memory and swap", total);
	} else {
		oom_domain_say(system, tui->charset, SCALE_HUMAN, text, sizeof(text));
		screen_printf(window, 0, 0, STYLE_DIM, "Predicted, for %s", text);
	}
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

/* From the machine to the cgroup of the selected process and back. */
static void
change_scope(struct tui *tui)
{
	const struct process *process = processes_selected(tui);

	if (tui->scope)
		tui->scope = NULL;
	else if (process && process->cgroup)
		tui->scope = arena_text(&tui->texts, process->cgroup);
	else
		tui_say(tui, "its control group is not known");
	tui->wants_refresh = true;
}

static bool
request(struct tui *tui, enum request request)
{
	if (request != REQUEST_SCOPE)
		return processes_request(tui, request);
	change_scope(tui);
	return true;
}

static struct listing *
listing(struct tui_settings *settings)
{
	return &settings->kill_order;
}

const struct view view_kill_order = {
	.name = "Kill order",
	.tab = "2 Kill order",
	.hint = "a OOM priority  g cgroup  Enter detail  \\ filter  k signal  x explain  ? help",
	.draw = draw,
	.request = request,
	.needs = NEED_OOM | NEED_BADNESS | NEED_CGROUP,
	.listing = listing,
	.list = processes_list,
};
