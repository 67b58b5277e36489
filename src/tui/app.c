// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/app.h"

#include "model/snapshot.h"
#include "tui/process-list.h"
#include "tui/table-view.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Lines above a table in a window with fewer than so many. */
enum { FEW_NOTES = 2, HIGH_WINDOW = 12 };

/* Columns of a group's name in a line that says more. */
enum { LEAST_NAME = 8, MOST_NAME = 48, BESIDE_NAME = 4, NAME_BYTES = 200 };

void
app_say(struct app *app, const char *format, ...)
{
	char text[sizeof(app->message)];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	text_safe(app->message, sizeof(app->message), text, app->charset);
}

void
app_refresh(struct app *app)
{
	app->wants_refresh = true;
}

void
app_refresh_exactly(struct app *app)
{
	app->wants_exact = app->wants_refresh = true;
}

void *
app_state(const struct app *app, const struct view *view)
{
	for (size_t i = 0; i < view_count; i++)
		if (views[i] == view)
			return app->states[i];
	assert(!"a view that is not listed");
	return NULL;
}

const struct view *
app_view_below(const struct app *app)
{
	size_t top = app->page_count - 1;

	while (top > 0 && app->pages[top]->is_over)
		top--;
	return app->pages[top];
}

struct table_view *
app_table(struct app *app)
{
	const struct view *view = app_view_below(app);

	return view->table ? view->table(app_state(app, view), app) : NULL;
}

void
app_show(struct app *app)
{
	const struct view *view = app_view_below(app);

	if (!app->snapshot)
		return;
	if (view == app->last_list)
		process_list_show(app->processes, app->snapshot);
	else if (view->show)
		view->show(app_state(app, view), app);
}

/* Draws a table below its notes: in a low window rows matter more than the third note. */
static void
draw_table(struct app *app, const struct view *view, WINDOW *window)
{
	void *state = app_state(app, view);
	int lines = view->note_lines;
	WINDOW *notes;

	if (lines > FEW_NOTES && getmaxy(window) < HIGH_WINDOW)
		lines = FEW_NOTES;
	if (!table_view_draw(
		    view->table(state, app), window, lines, app->charset, app->settings->scale) ||
		!view->draw_notes)
		return;
	notes = derwin(window, lines, getmaxx(window), 0, 0);
	view->draw_notes(state, app, notes ? notes : window);
	if (notes)
		delwin(notes);
}

void
app_draw(struct app *app, const struct view *view, WINDOW *window)
{
	if (view->draw)
		view->draw(app_state(app, view), app, window);
	else
		draw_table(app, view, window);
	if (view == app->last_list)
		process_list_note_visible(app->processes);
}

/* Shows the top page. Its rows may be of an older snapshot, so they are made anew. */
static void
enter(struct app *app)
{
	app->view = app->pages[app->page_count - 1];
	app_show(app);
}

/* Opens a page and removes its earlier place; the tab stays. */
static void
push(struct app *app, const struct view *view)
{
	size_t count = 0;

	for (size_t i = 0; i < app->page_count; i++)
		if (i == 0 || app->pages[i] != view)
			app->pages[count++] = app->pages[i];
	assert(count < MOST_PAGES); /* each view once, except the first */
	app->pages[count] = view;
	app->page_count = count + 1;
}

bool
app_back(struct app *app)
{
	if (app->page_count == 1)
		return false;
	app->page_count--;
	enter(app);
	return true;
}

/* Whether the open view has the rows or figures that `view` needs. */
static bool
has_meaning(const struct app *app, const struct view *view)
{
	return view->is_over == OVER_NOTHING || app->view->table ||
	       (view->is_over == OVER_FIGURES && app->view->has_process);
}

/* The process of the page, or the selected one. Without any, shows a message and returns false. */
static bool
subject_of(struct app *app, struct process_key *ret_key)
{
	const struct process *process = process_list_selected(app->processes);

	if (app->view->has_process)
		*ret_key = app->process;
	else if (process && process->start_time != UNKNOWN)
		*ret_key = process_key_of(process);
	else
		app_say(app,
			process ? "the process has not been read yet" : "no process is selected");
	return app->view->has_process || (process && process->start_time != UNKNOWN);
}

bool
app_open(struct app *app, const struct view *view)
{
	bool on_process = view->has_process || (view->may_have_process && app->view->has_process);
	struct process_key key = { .pid = 0 };

	if (view == app->view && view->is_page && !view->has_process)
		return app_back(app);
	if (!has_meaning(app, view))
		return false;
	if (view->is_of_past && !app->past.is_open) {
		app_say(app, "only a recording has it: memtop replay");
		return true;
	}
	if (on_process && !subject_of(app, &key))
		return true;
	if (!view->is_page && !on_process)
		app->page_count = 0; /* a tab: there is no way back */
	push(app, view);
	if (view->has_process)
		app->process = key;
	if (view->open)
		view->open(app_state(app, view), app, on_process ? &key : NULL);
	if (view->table && view->table(app_state(app, view), app) == &app->processes->table)
		app->last_list = view;
	enter(app);
	return true;
}

const struct process *
app_find(const struct app *app, const struct process_key *key)
{
	const struct process *process =
		app->snapshot ? snapshot_find_process(app->snapshot, key->pid) : NULL;

	return process && process_key_is(key, process) ? process : NULL;
}

/* The end of a path says more than its start. */
static void
name_group(struct app *app, const char *name, size_t count)
{
	const char *mark = app->charset == CHARSET_UTF8 ? "\u2026" : "+";
	char safe[NAME_BYTES * 4 + 1];
	int half = getmaxx(stdscr) / 2 - BESIDE_NAME;
	size_t room = half < LEAST_NAME ? LEAST_NAME : half > MOST_NAME ? MOST_NAME : (size_t)half;
	size_t length = strlen(name);
	bool fits, is_path = *name == '/';
	const char *start = safe;

	if (is_path && length > NAME_BYTES)
		name += length - NAME_BYTES;
	text_safe(safe, sizeof(safe), name, app->charset);
	fits = length <= NAME_BYTES && text_width(safe) <= room;
	if (!fits && is_path)
		start = text_end(safe, room - 1);
	else if (!fits)
		safe[text_fit(safe, room - 1)] = '\0';
	snprintf(app->target_group, sizeof(app->target_group), "%s%.160s%s (%zu process%s)",
		fits || !is_path ? "" : mark, start, fits || is_path ? "" : mark, count,
		count == 1 ? "" : "es");
}

static size_t
group_targets(struct app *app, const struct process_key **ret_keys)
{
	const char *name;
	size_t count = app->view->targets(app_state(app, app->view), app, ret_keys, &name);

	if (count > 0)
		name_group(app, name, count);
	return count;
}

size_t
app_targets(struct app *app, const struct process_key **ret_keys)
{
	const struct process_keys *tags = &app->processes->tags;

	app->target_group[0] = '\0';
	if (app->view->targets)
		return group_targets(app, ret_keys);
	*ret_keys = &app->target;
	if (!app->view->has_process && tags->count > 0) {
		*ret_keys = tags->keys;
		return tags->count;
	}
	return subject_of(app, &app->target) ? 1 : 0;
}

bool
action_handle(
	const struct action_handler *handlers, size_t count, struct app *app, enum action action)
{
	for (size_t i = 0; i < count; i++) {
		if (handlers[i].action != action)
			continue;
		if (handlers[i].act)
			handlers[i].act(app);
		else
			handlers[i].act_with(app, handlers[i].argument);
		return true;
	}
	return false;
}
