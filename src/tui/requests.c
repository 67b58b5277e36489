// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/macros.h"
#include "tui/action.h"
#include "tui/choosers.h"
#include "tui/context.h"
#include "tui/processes-prompts.h"

/* What requests mean in all views that do not take them themselves. */

static void
quit(struct tui *tui)
{
	tui->leaving = true;
}

static void
leave(struct tui *tui)
{
	if (!tui_back(tui))
		quit(tui);
}

static void
leave_answered(struct tui *tui, bool yes)
{
	tui->leaving = yes;
}

/* Esc may be the start of another key that came late: it leaves nothing but pages unasked. */
static void
go_back(struct tui *tui)
{
	if (tui_back(tui))
		return;
	if (tui->view == &view_processes)
		prompt_ask(&tui->prompt, "Leave memtop?", leave_answered);
	else
		tui_open_view(tui, tui->view->listing ? &view_processes : tui->listing_view);
}

static void
help(struct tui *tui)
{
	if (tui->view != &view_help || !tui_back(tui))
		tui_open_page(tui, &view_help);
}

static void
open_processes(struct tui *tui)
{
	tui_open_view(tui, &view_processes);
}

static void
open_kill_order(struct tui *tui)
{
	tui_open_view(tui, &view_kill_order);
}

/* Of the process that is looked at, or else of the selected one. */
static void
open_map(struct tui *tui)
{
	struct process_key key;

	if (tui_subject(tui, &key))
		map_open(tui, &key);
}

static void
open_faults(struct tui *tui)
{
	faults_open(tui, tui->view->has_focus ? &tui->focus : NULL);
}

static void
open_budget(struct tui *tui)
{
	tui_open_view(tui, &view_budget);
	tui->wants_refresh = true;
}

static void
open_kernel(struct tui *tui)
{
	tui_open_view(tui, &view_kernel);
	tui->wants_refresh = true;
}

static void
change_scale(struct tui *tui, long step)
{
	long count = SCALE_PEBI + 1;

	tui->settings->scale = (enum scale)(((long)tui->settings->scale + step + count) % count);
}

static void
freeze(struct tui *tui)
{
	tui->frozen = !tui->frozen;
	tui->wants_refresh = !tui->frozen;
}

static void
save(struct tui *tui)
{
	tui->wants_save = true;
}

static void
refresh_now(struct tui *tui)
{
	tui->wants_refresh = true;
}

static void
redraw(struct tui *tui)
{
	(void)tui;
	clearok(curscr, TRUE);
}

static const struct action everywhere[] = {
	{ REQUEST_QUIT, .act = quit },
	{ REQUEST_LEAVE, .act = leave },
	{ REQUEST_BACK, .act = go_back },
	{ REQUEST_HELP, .act = help },
	{ REQUEST_PROCESSES, .act = open_processes },
	{ REQUEST_KILL_ORDER, .act = open_kill_order },
	{ REQUEST_MAP, .act = open_map },
	{ REQUEST_FAULTS, .act = open_faults },
	{ REQUEST_BUDGET, .act = open_budget },
	{ REQUEST_KERNEL, .act = open_kernel },
	{ REQUEST_UNIT_NEXT, .act_with = change_scale, .argument = 1 },
	{ REQUEST_UNIT_PREVIOUS, .act_with = change_scale, .argument = -1 },
	{ REQUEST_DELAY, .act = prompts_delay },
	{ REQUEST_FREEZE, .act = freeze },
	{ REQUEST_SAVE, .act = save },
	{ REQUEST_REFRESH, .act = refresh_now },
	{ REQUEST_REDRAW, .act = redraw },
};

/* Those that change processes, in a view that is about some. */

static void
adjust(struct tui *tui, long step)
{
	const struct process_key *keys;
	size_t count = tui_targets(tui, &keys);

	if (count > 0)
		editor_open(tui, keys, count, step);
}

static const struct action on_processes[] = {
	{ REQUEST_SIGNAL, .act = choosers_signal },
	{ REQUEST_ADJUST, .act_with = adjust, .argument = 0 },
	{ REQUEST_ADJUST_DOWN, .act_with = adjust, .argument = -1 },
	{ REQUEST_ADJUST_UP, .act_with = adjust, .argument = 1 },
};

/* Those that are about rows. */

static const struct action on_rows[] = {
	{ REQUEST_SORT_LIST, .act = choosers_order },
};

static const struct action on_figures[] = {
	{ REQUEST_EXPLAIN, .act = explain_open },
};

static void
open_fields(struct tui *tui)
{
	tui_open_page(tui, &view_fields);
}

static const struct action on_listings[] = {
	{ REQUEST_FIELDS, .act = open_fields },
};

#define TAKES(actions) actions_take(actions, ARRAY_SIZE(actions), tui, request)

bool
common_request(struct tui *tui, enum request request)
{
	const struct view *view = tui->view;
	bool has_rows = view->page || view->listing, has_focus = view->has_focus;

	return TAKES(everywhere) || ((view->listing || has_focus) && TAKES(on_processes)) ||
	       (has_rows && TAKES(on_rows)) || ((has_rows || has_focus) && TAKES(on_figures)) ||
	       (view->listing && TAKES(on_listings));
}
