// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/tui.h"

#include "base/macros.h"
#include "base/memory.h"
#include "model/snapshot.h"
#include "tui/app.h"
#include "tui/editor.h"
#include "tui/header.h"
#include "tui/mouse.h"
#include "tui/past.h"
#include "tui/process-list.h"
#include "tui/screen.h"
#include "tui/table-input.h"
#include "tui/table-view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct app *
tui_create(struct tui_settings *settings, const struct filter *filter, const char *filter_text,
	const struct moment *past)
{
	struct app *app = xcalloc(1, sizeof(*app));

	app->past.is_open = past != NULL;
	if (past)
		past_go(app, past);

	app->settings = settings;
	app->charset = charset_of_locale();
	app->seen_kill = UNKNOWN;
	app->press = tui_key;
	app->processes = xcalloc(1, sizeof(*app->processes));
	process_list_init(app->processes, settings, filter, filter_text);
	app->editor = xcalloc(1, sizeof(*app->editor));
	app->states = xcalloc(view_count, sizeof(app->states[0]));
	for (size_t i = 0; i < view_count; i++) {
		app->states[i] = xcalloc(1, views[i]->state_size + 1);
		if (views[i]->init)
			views[i]->init(app->states[i]);
	}
	app->view = views[0];
	app_open(app, views[0]);
	return app;
}

void
tui_destroy(struct app *app)
{
	if (!app)
		return;
	for (size_t i = 0; i < view_count; i++) {
		if (views[i]->finish)
			views[i]->finish(app->states[i]);
		free(app->states[i]);
	}
	free(app->states);
	process_list_finish(app->processes);
	free(app->processes);
	editor_finish(app->editor);
	free(app->editor);
	choose_finish(&app->choose);
	free(app);
}

/* An OOM kill stays on the screen until Esc: the user may be typing. */
static void
announce(struct app *app)
{
	const struct snapshot *snapshot = app->snapshot;
	char text[EVENT_TEXT_SIZE];

	if (app->past.is_open) { /* each sample has its own */
		app->announcement[0] = '\0';
		app->announced = 0;
	}
	if (snapshot->events.count == 0)
		return;
	app->announced += snapshot->events.count;
	event_text(event_at(&snapshot->events, snapshot->events.count - 1), text);
	if (app->announced == 1)
		snprintf(app->announcement, sizeof(app->announcement), "%s (Esc)", text);
	else
		snprintf(app->announcement, sizeof(app->announcement), "%s (%zu kills, Esc)", text,
			app->announced);
}

/* Kills that were announced have been seen. Returns whether one was. */
static bool
end_announcement(struct app *app)
{
	if (!app->announcement[0])
		return false;
	app->announcement[0] = '\0';
	app->announced = 0;
	app->seen_kill = app->snapshot->system.verdict.since; /* if it is one */
	return true;
}

void
tui_show(struct app *app, const struct snapshot *snapshot, int stretch)
{
	bool is_first = !app->snapshot || app->snapshot->sizes_only; /* then without start times */

	app->snapshot = snapshot;
	app->stretch = stretch;
	header_note(app);
	if (app_view_below(app) != app->last_list) /* app_show() does not do it */
		process_list_show(app->processes, snapshot);
	app_show(app);
	table_input_search_on(app);
	if (is_first)
		process_list_remember(app->processes);
	announce(app);
	past_tell_selected(app);
	editor_show(app);
	choose_refill(&app->choose, app, app->prompt.text); /* texts may be of the old snapshot */
	app->wants_exact = app->wants_exact && !snapshot->exact;
}

/* Of the first rows the start times were not known. */
void
tui_show_rows(struct app *app)
{
	if (app->snapshot->sizes_only)
		process_list_remember(app->processes);
}

/* Adds the process to read in full, if there is one. */
static void
add_focus(const struct app *app, const struct view *view, struct needs *needs)
{
	const struct process *selected = process_list_selected(app->processes);

	struct process_key key = { .pid = 0 };

	if (view->has_process)
		key = app->process;
	else if (app->view->is_over == OVER_FIGURES && view == app->last_list && selected)
		key = process_key_of(selected);
	needs->focus = key.pid;
	needs->focus_start = key.start_time;
	if (needs->focus == 0)
		return;
	needs->bits |= view->has_process ? NEED_BADNESS : 0; /* a rank needs all processes */
	needs->focus_bits = NEED_LIMITS;
	for (size_t i = 0; i < process_table.column_count; i++)
		needs->focus_bits |= process_table.columns[i].need;
}

/* Whether each row on the screen was read for all that is needed of it. */
static bool
has_what_is_seen(const struct snapshot *snapshot, const struct needs *needs)
{
	for (size_t i = 0; i < needs->visible_count; i++) {
		const struct process *row = snapshot_find_process(snapshot, needs->visible[i]);

		if (row && needs_of_process(needs, row->pid) & ~row->asked)
			return false;
	}
	return true;
}

/* Whether all has been read but perhaps what only rows on the screen need. */
static bool
has_all_but_rows(const struct snapshot *snapshot, const struct needs *needs)
{
	if (!snapshot ||
		(snapshot->sizes_only ? !needs->sizes_only : (needs->bits & ~snapshot->bits) != 0))
		return false;
	return needs->focus == 0 ||
	       (needs->focus == snapshot->focus && needs->focus_start == snapshot->focus_start &&
		       !(needs->focus_bits & ~snapshot->focus_bits));
}

struct needs
tui_needs(const struct app *app)
{
	const struct view *view = app_view_below(app);
	struct needs needs = { .bits = NEED_OVERVIEW | NEED_VERDICT | view->needs |
				       editor_needs(app->editor),
		.exact = app->wants_exact || app->editor->state == EDITOR_WAITING };

	needs.bits |= app->choose.kind ? app->choose.kind->needs : 0;
	needs.bits |= app->past.is_open ? NEED_HISTORY | NEED_INCIDENTS : 0;
	process_list_add_needs(app->processes, !app->snapshot, &needs);
	add_focus(app, view, &needs);
	if (view->add_needs)
		view->add_needs(app_state(app, view), app, &needs);
	if (needs.bits & NEED_SAMPLED) { /* nothing can be read between two refreshes */
		needs.bits |= needs.near_bits;
		needs.near_bits = 0;
	}
	needs.sizes_only = needs.sizes_only && view == views[0] && !app->choose.kind &&
			   (!app->snapshot || app->snapshot->sizes_only) &&
			   !(needs.bits & (NEED_SAMPLED | NEED_RANK));
	needs.rows_only = !(needs.bits & (NEED_RANK | NEED_PSS | NEED_OOM_GROUP)) &&
			  has_all_but_rows(app->snapshot, &needs);
	return needs;
}

bool
tui_is_complete(const struct app *app)
{
	const struct needs needs = tui_needs(app);

	return has_all_but_rows(app->snapshot, &needs) && has_what_is_seen(app->snapshot, &needs);
}

bool
tui_has_rows_to_draw(const struct app *app)
{
	return !app->snapshot || !app->snapshot->sizes_only || tui_is_complete(app);
}

bool
tui_wants_refresh(struct app *app)
{
	bool wants = app->wants_refresh;

	app->wants_refresh = false;
	return wants;
}

bool
tui_wants_save(struct app *app)
{
	bool wants = app->wants_save;

	app->wants_save = false;
	return wants;
}

void
tui_tell(struct app *app, const char *message)
{
	app_say(app, "%s", message);
}

bool
tui_take_moment(struct app *app, struct moment *ret_moment)
{
	return past_take(app, ret_moment);
}

int64_t
tui_next_moment(const struct app *app)
{
	return past_next(app);
}

void
tui_miss_moment(struct app *app)
{
	past_miss(app);
}

bool
tui_stands_still(const struct app *app)
{
	return app->editor->state != EDITOR_WAITING &&
	       (app->is_frozen || app->choose.kind || editor_is_open(app->editor) ||
		       (app->prompt.label && app->prompt.answered));
}

bool
tui_is_frozen(const struct app *app)
{
	return tui_stands_still(app) && tui_is_complete(app);
}

/* Keys of all views that do not handle them themselves. */

static void
quit(struct app *app)
{
	app->is_leaving = true;
}

static void
leave(struct app *app)
{
	if (!app_back(app))
		quit(app);
}

static void
leave_answered(struct app *app, bool yes)
{
	app->is_leaving = yes;
}

/* Esc may be the start of a late key: without a question it leaves only pages. */
static void
go_back(struct app *app)
{
	if (app_back(app))
		return;
	if (app->view == views[0] && app->snapshot && header_shows_kill(app))
		app->seen_kill = app->snapshot->system.verdict.since;
	else if (app->view == views[0])
		prompt_ask(&app->prompt, "Leave memtop?", leave_answered);
	else
		app_open(app, app->view == app->last_list ? views[0] : app->last_list);
}

static void
change_scale(struct app *app, long step)
{
	long count = SCALE_PEBI + 1;

	app->settings->scale = (enum scale)(((long)app->settings->scale + step + count) % count);
}

static bool
delay_changed(struct app *app, struct prompt *prompt, bool done)
{
	if (!done || unit_parse_interval(prompt->text, &app->settings->interval) == 0)
		return false;
	snprintf(prompt->complaint, sizeof(prompt->complaint), "not " INTERVAL_RANGE);
	return true;
}

static void
change_delay(struct app *app)
{
	char seconds[32];

	snprintf(seconds, sizeof(seconds), "%.10g", (double)app->settings->interval / 1e9);
	prompt_open(&app->prompt, "Seconds between two refreshes: ", seconds, delay_changed, NULL);
}

static void
freeze(struct app *app)
{
	app->is_frozen = !app->is_frozen;
	app->wants_refresh = !app->is_frozen;
}

static void
toggle_graph(struct app *app)
{
	app->settings->graph = !app->settings->graph;
	app_say(app, "graphs of the last minutes: %s", app->settings->graph ? "shown" : "hidden");
}

static void
save(struct app *app)
{
	app->wants_save = true;
}

static void
redraw(struct app *app)
{
	clearok(curscr, TRUE);
}

static const struct action_handler everywhere[] = {
	{ ACTION_QUIT, .act = quit },
	{ ACTION_LEAVE, .act = leave },
	{ ACTION_BACK, .act = go_back },
	{ ACTION_UNIT_NEXT, .act_with = change_scale, .argument = 1 },
	{ ACTION_UNIT_PREVIOUS, .act_with = change_scale, .argument = -1 },
	{ ACTION_DELAY, .act = change_delay },
	{ ACTION_FREEZE, .act = freeze },
	{ ACTION_GRAPH, .act = toggle_graph },
	{ ACTION_SAVE, .act = save },
	{ ACTION_REFRESH, .act = app_refresh },
	{ ACTION_REDRAW, .act = redraw },
};

static void
adjust(struct app *app, long step)
{
	const struct process_key *keys;
	size_t count = app_targets(app, &keys);

	if (count > 0)
		editor_open(app, keys, count, step);
}

/* Keys that change processes, in views of processes. */
static const struct action_handler on_processes[] = {
	{ ACTION_SIGNAL, .act = choose_signal },
	{ ACTION_ADJUST, .act_with = adjust, .argument = 0 },
	{ ACTION_ADJUST_DOWN, .act_with = adjust, .argument = -1 },
	{ ACTION_ADJUST_UP, .act_with = adjust, .argument = 1 },
};

/* Nothing can be done to what was recorded. */
static bool
refuse_change(struct app *app, enum action action)
{
	for (size_t i = 0; i < ARRAY_SIZE(on_processes); i++)
		if (app->past.is_open && on_processes[i].action == action) {
			app_say(app, "this is a recording: its processes cannot be changed");
			return true;
		}
	return false;
}

#define TAKES(handlers) action_handle(handlers, ARRAY_SIZE(handlers), app, action)

/* Asks the open view first, then the keys of all views. */
static bool
take_action(struct app *app, enum action action)
{
	const struct view *view = app->view;
	bool has_processes = view->has_process || view == app->last_list || view->targets;

	return refuse_change(app, action) ||
	       (view->act && view->act(app_state(app, view), app, action)) ||
	       (view->has_list && list_action(app_state(app, view), action)) ||
	       (view->table && table_input(app, action)) || TAKES(everywhere) ||
	       (has_processes && TAKES(on_processes));
}

/* Shows a message, so that no key is silently ignored. */
static void
refuse_key(struct app *app, int key, bool is_known)
{
	char name[KEY_NAME_SIZE];

	name_of_key(name, key);
	if (is_known)
		app_say(app, "%s does nothing in this view: %s (? shows the keys)", name,
			app->view->name);
	else
		app_say(app, "no such key: %s (? shows the keys)", name);
}

static void
take_key(struct app *app, int key)
{
	enum action action = action_of_key(&screen_keys, key);
	const struct view *opens = view_of_key(key);

	if (action == ACTION_MOUSE)
		mouse_take(app);
	else if (!choose_key(&app->choose, key) && !prompt_key(app, &app->prompt, key) &&
		 !editor_key(app, key) && !(action == ACTION_BACK && end_announcement(app)) &&
		 !past_key(app, key) && !(opens ? app_open(app, opens) : take_action(app, action)))
		refuse_key(app, key, opens || action != ACTION_NONE);
}

bool
tui_key(struct app *app, int key)
{
	const struct view *view = app->view;
	const struct choose_kind *kind = app->choose.kind;

	if (key == KEY_RESIZE)
		return !app->is_leaving;
	app->message[0] = '\0';
	take_key(app, key);
	/* In another sample the same process shall be selected, though this one may lack it. */
	if (app->view == app->last_list && app->past.wanted_count == 0)
		process_list_remember(app->processes);
	else if (app->view->remember)
		app->view->remember(app_state(app, app->view), app);
	/* The next key may be there already, and moves in the new drawing. */
	if (app->view != view || app->choose.kind != kind)
		tui_draw(app);
	return !app->is_leaving;
}

/* Draws a text that ends in line y and may begin above. */
static void
draw_message(WINDOW *window, int y, enum style style, const char *text)
{
	int lines = screen_put_wrapped(window, getmaxy(window), 0, style, text);

	if (y == 0)
		screen_put_line(window, y, style, text);
	else
		screen_put_wrapped(window, y - lines + 1, 0, style, text);
}

/* The sample of a recording stays while views change: what another one lacked is not said here. */
static size_t
keep_wanted(const struct app *app, struct hint hints[static MOST_HINTS], size_t count)
{
	const struct needs needs = tui_needs(app);
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (hints[i].need & (needs.bits | needs.near_bits | needs.focus_bits))
			hints[kept++] = hints[i];
	return kept;
}

/* Only hints about the processes that the view shows. */
static size_t
hints_of_view(const struct app *app, struct hint hints[static MOST_HINTS])
{
	size_t count;

	const void *process = app->view->has_process ? app_find(app, &app->process) : NULL;
	const struct row_list one = { .rows = &process, .count = 1 };

	if (!app->snapshot)
		return 0;
	count = snapshot_hints(app->snapshot,
		app->view == app->last_list ? &app->processes->table.rows
		: process                   ? &one
					    : NULL,
		hints);
	return app->past.is_open ? keep_wanted(app, hints, count) : count;
}

/* The keys that matter most here. */
static const char *
hint_of(const struct app *app)
{
	if (editor_is_open(app->editor))
		return editor_hint;
	return app->past.is_open && app->view->has_tab ? past_hint : app->view->hint;
}

static void
draw_last_line(struct app *app, WINDOW *window)
{
	int y = getmaxy(window) - 1;
	char hint[HINT_TEXT_SIZE];
	struct hint hints[MOST_HINTS];

	if (app->prompt.label) {
		prompt_draw(&app->prompt, window, y);
	} else if (app->message[0]) {
		draw_message(window, y, STYLE_WARNING, app->message);
	} else if (!editor_is_open(app->editor) && hints_of_view(app, hints) > 0) {
		hint_text(&hints[0], hint);
		screen_put(window, y, 0, STYLE_DIM, hint);
	} else {
		app->hint_line = y;
		screen_put_keys(window, y, hint_of(app));
	}
}

void
tui_draw(struct app *app)
{
	int height = getmaxy(stdscr), width = getmaxx(stdscr);
	int header = header_height(app, height);
	int rows = height - header - (height > 2 || app->prompt.label ? 1 : 0);
	WINDOW *body;

	werase(stdscr);
	app->hint_line = -1;
	app->tab_line = header_tab_line(app, height);
	header_draw(app, stdscr, header);
	if (!app->snapshot)
		screen_put(stdscr, 0, 0, STYLE_NORMAL, "reading /proc ...");
	if (rows > 0 && app->snapshot && (body = derwin(stdscr, rows, width, header, 0))) {
		app_draw(app, app->view, body);
		editor_draw(app, body);
		choose_draw(&app->choose, body);
		delwin(body);
	}
	if (height > 2 || app->prompt.label)
		draw_last_line(app, stdscr);
	if (app->announcement[0] && height > 2 && !editor_is_open(app->editor))
		draw_message(stdscr, height - 2, STYLE_ALARM, app->announcement);
	wnoutrefresh(stdscr);
}
