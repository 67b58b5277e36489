// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/editor.h"

#include "act/drop-in.h"
#include "act/oom.h"
#include "base/clock.h"
#include "base/macros.h"
#include "base/memory.h"
#include "model/needs.h"
#include "model/oom-lasting.h"
#include "model/snapshot.h"
#include "tui/app.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char editor_hint[] =
	"Enter change it  Esc leave it  t tree  s make it last  w write that  u undo";

enum { STEP = 10, FAR_STEP = 100 };

void
editor_finish(struct editor *editor)
{
	free(editor->targets);
	oom_plan_finish(&editor->plan);
	oom_plan_finish(&editor->undo);
	oom_preview_finish(&editor->preview);
}

bool
editor_is_open(const struct editor *editor)
{
	return editor->state != EDITOR_CLOSED;
}

uint64_t
editor_needs(const struct editor *editor)
{
	return editor->state == EDITOR_CLOSED ? 0 : NEED_BADNESS | NEED_OWNER | NEED_CGROUP;
}

void
editor_open(struct app *app, const struct process_key *keys, size_t count, long steps)
{
	struct editor *editor = app->editor;
	const struct process *only = count == 1 ? app_find(app, &keys[0]) : NULL;

	if (only && only->is_kernel_thread) {
		app_say(app, "%lld: %s", (long long)only->pid, oom_error_cause(-ENOTSUP));
		return;
	}
	editor->targets = array_reserve(
		editor->targets, &editor->target_capacity, count, sizeof(editor->targets[0]));
	for (size_t i = 0; i < count; i++)
		editor->targets[i] = keys[i];
	editor->target_count = count;
	editor->with_tree = false;
	editor->steps = steps;
	editor->ahead_count = 0;
	editor->opened = clock_ns(CLOCK_BOOTTIME);
	editor->state = EDITOR_WAITING;
	app_refresh(app);
}

static void
close_editor(struct app *app)
{
	app->editor->state = EDITOR_CLOSED;
	app_refresh(app);
}

/* Makes the plan and its preview anew. */
static void
update(struct app *app)
{
	struct editor *editor = app->editor;

	editor->plan.count = 0;
	for (size_t i = 0; i < editor->target_count; i++) {
		const struct process *process = app_find(app, &editor->targets[i]);

		if (process && editor->with_tree)
			oom_plan_add_tree(&editor->plan, app->snapshot, process, editor->to);
		else if (process)
			oom_plan_add(&editor->plan, process, editor->to);
	}
	oom_preview(&editor->preview, app->snapshot, &editor->plan);
}

static void
set_to(struct app *app, long to)
{
	app->editor->to = to < OOM_ADJ_LEAST  ? OOM_ADJ_LEAST
			  : to > OOM_ADJ_MOST ? OOM_ADJ_MOST
					      : to;
	update(app);
}

/* Handles the keys typed while waiting, up to one that changes or asks something not shown yet. */
static void
take_keys_ahead(struct app *app)
{
	struct editor *editor = app->editor;

	for (size_t i = 0; i < editor->ahead_count; i++) {
		int key = editor->ahead[i];
		enum action action = action_of_key(&editor_keys, key);

		if (prompt_key(app, &app->prompt, key))
			continue;
		if (action == ACTION_ADJ_APPLY || action == ACTION_ADJ_UNDO)
			return;
		editor_key(app, key);
	}
}

/* The snapshot has all that the editor waits for. */
static bool
is_read(const struct app *app)
{
	const struct snapshot *snapshot = app->snapshot;
	uint64_t needs = editor_needs(app->editor);

	return (snapshot->bits & needs) == needs && snapshot->exact &&
	       snapshot->monotonic >= app->editor->opened;
}

/* The first target that still runs, or NULL. */
static const struct process *
first_target(const struct app *app)
{
	const struct editor *editor = app->editor;
	const struct process *first = NULL;

	for (size_t i = 0; i < editor->target_count && !first; i++)
		first = app_find(app, &editor->targets[i]);
	return first;
}

void
editor_show(struct app *app)
{
	struct editor *editor = app->editor;
	bool is_waiting = editor->state == EDITOR_WAITING;
	const struct process *first;

	if (!editor_is_open(editor) || (is_waiting && !is_read(app)))
		return;
	first = first_target(app);
	if (!first) {
		app_say(app, "%lld has ended", (long long)editor->targets[0].pid);
		app->prompt.label = NULL; /* it asked something for the editor */
		editor->state = EDITOR_CLOSED;
	} else if (is_waiting) {
		editor->state = EDITOR_OPEN;
		set_to(app, known_or_zero(first->oom_adj) + editor->steps * STEP);
		take_keys_ahead(app);
	} else {
		update(app); /* the preview has texts and rows of the snapshot before */
	}
}

/*
 * Applies a plan. Keeps the successful changes for undo, and shows the first error. Returns whether
 * all succeeded.
 */
static bool
apply(struct app *app, struct oom_plan *plan)
{
	struct editor *editor = app->editor;
	char failure[OOM_ERROR_SIZE] = "";
	size_t done = 0, count = plan->count;

	for (size_t i = 0; i < count; i++) {
		int error = oom_apply(&plan->changes[i]);

		if (error == 0)
			plan->changes[done++] = plan->changes[i];
		else if (!failure[0])
			oom_error_text(plan->changes[i].pid, error, failure);
	}
	plan->count = done;
	app_refresh_exactly(app); /* nothing else shows these changes */
	if (done > 0)
		oom_plan_invert(plan, &editor->undo);
	if (failure[0] && count > 1)
		app_say(app, "%zu of %zu changed; %s", done, count, failure);
	else if (failure[0])
		app_say(app, "%s", failure);
	else if (count == 1)
		app_say(app, "OOM adjustment of %lld changed from %lld to %lld",
			(long long)plan->changes[0].pid, (long long)plan->changes[0].from,
			(long long)plan->changes[0].to);
	else
		app_say(app, "OOM adjustment of %zu processes changed", done);
	return !failure[0];
}

/* Removes changes that have no effect. */
static void
drop_unchanged(struct oom_plan *plan)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->count; i++)
		if (plan->changes[i].from != plan->changes[i].to)
			plan->changes[count++] = plan->changes[i];
	plan->count = count;
}

static void
apply_plan(struct app *app)
{
	drop_unchanged(&app->editor->plan);
	if (apply(app, &app->editor->plan))
		close_editor(app);
	else
		update(app); /* the plan has only the successful changes now */
}

static void
apply_answered(struct app *app, bool yes)
{
	if (yes)
		apply_plan(app);
}

static bool
changes_anything(const struct oom_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->changes[i].from != plan->changes[i].to)
			return true;
	return false;
}

static void
action_apply(struct app *app)
{
	struct editor *editor = app->editor;

	if (!changes_anything(&editor->plan))
		app_say(app, "nothing to change");
	else if (editor->to == OOM_ADJ_LEAST)
		prompt_ask(&app->prompt,
			"-1000 is never killed; if only such are left the machine hangs. Sure?",
			apply_answered);
	else
		apply_plan(app);
}

static void
undo_answered(struct app *app, bool yes)
{
	struct oom_plan undo = app->editor->undo;

	if (!yes)
		return;
	app->editor->undo = (struct oom_plan){ .changes = NULL };
	apply(app, &undo);
	oom_plan_finish(&undo);
	close_editor(app);
}

static void
action_undo(struct app *app)
{
	const struct oom_plan *undo = &app->editor->undo;
	char question[PROMPT_SIZE];

	if (undo->count == 0) {
		app_say(app, "nothing has been changed yet");
		return;
	}
	if (undo->count == 1)
		snprintf(question, sizeof(question), "Set the OOM adjustment of %lld back to %lld?",
			(long long)undo->changes[0].pid, (long long)undo->changes[0].to);
	else
		snprintf(question, sizeof(question),
			"Set the OOM adjustment of %zu processes back?", undo->count);
	prompt_ask(&app->prompt, question, undo_answered);
}

static void
action_step(struct app *app, long step)
{
	set_to(app, (long)app->editor->to + step);
}

static void
action_tree(struct app *app)
{
	app->editor->with_tree = !app->editor->with_tree;
	update(app);
}

static void
action_lasting(struct app *app)
{
	app->editor->state = app->editor->state == EDITOR_OPEN ? EDITOR_LASTING : EDITOR_OPEN;
}

static void
drop_in_answered(struct app *app, bool yes)
{
	const struct process *process = app->editor->preview.effects[0].process;
	char folder[OOM_LASTING_SIZE], content[OOM_LASTING_SIZE];
	int error;

	if (!yes || !oom_lasting_file(process, app->editor->to, folder, content))
		return;
	error = drop_in_write(DROP_IN_ROOT, folder, content);
	if (error < 0)
		app_say(app, "cannot write the drop-in: %s", strerror(-error));
	else
		app_say(app,
			"written; after systemctl daemon-reload it applies from the next start");
}

/* Writes the drop-in after a question; what is not systemd's is only shown. */
static void
action_write(struct app *app)
{
	const struct editor *editor = app->editor;
	char folder[OOM_LASTING_SIZE], content[OOM_LASTING_SIZE], question[PROMPT_SIZE];

	if (editor->preview.count != 1) {
		app_say(app, "only for one process at once");
	} else if (oom_lasting_file(
			   editor->preview.effects[0].process, editor->to, folder, content)) {
		snprintf(question, sizeof(question),
			"Write " DROP_IN_ROOT "/%.100s/" DROP_IN_NAME "?", folder);
		prompt_ask(&app->prompt, question, drop_in_answered);
	} else {
		app->editor->state = EDITOR_LASTING;
		app_say(app, "there is no file that memtop could write for it");
	}
}

static void
action_cancel(struct app *app)
{
	if (app->editor->state == EDITOR_LASTING)
		app->editor->state = EDITOR_OPEN;
	else
		close_editor(app);
}

static const struct action_handler handlers[] = {
	{ ACTION_ADJ_PROTECT, .act_with = set_to, .argument = -900 },
	{ ACTION_ADJ_LESS, .act_with = set_to, .argument = -300 },
	{ ACTION_ADJ_NORMAL, .act_with = set_to, .argument = 0 },
	{ ACTION_ADJ_MORE, .act_with = set_to, .argument = 300 },
	{ ACTION_ADJ_FIRST, .act_with = set_to, .argument = 1000 },
	{ ACTION_ADJ_DOWN, .act_with = action_step, .argument = -STEP },
	{ ACTION_ADJ_UP, .act_with = action_step, .argument = STEP },
	{ ACTION_ADJ_DOWN_FAR, .act_with = action_step, .argument = -FAR_STEP },
	{ ACTION_ADJ_UP_FAR, .act_with = action_step, .argument = FAR_STEP },
	{ ACTION_ADJ_TREE, .act = action_tree },
	{ ACTION_ADJ_LASTING, .act = action_lasting },
	{ ACTION_ADJ_WRITE, .act = action_write },
	{ ACTION_ADJ_UNDO, .act = action_undo },
	{ ACTION_ADJ_APPLY, .act = action_apply },
	{ ACTION_ADJ_CANCEL, .act = action_cancel },
};

/* A typed number shows its effect at once; Esc restores the old one. */
static bool
number_changed(struct app *app, struct prompt *prompt, bool done)
{
	int64_t number;

	if (text_to_number(prompt->text, &number) == 0 && number >= OOM_ADJ_LEAST &&
		number <= OOM_ADJ_MOST) {
		set_to(app, number);
		return false;
	}
	if (done || prompt->length > 1)
		snprintf(prompt->complaint, sizeof(prompt->complaint),
			"not a number from -1000 to 1000");
	return done;
}

static void
number_cancelled(struct app *app, struct prompt *prompt)
{
	set_to(app, app->editor->to_before);
}

static void
open_number(struct app *app, int key)
{
	char text[2] = { (char)key, '\0' };

	app->editor->to_before = app->editor->to;
	prompt_open(&app->prompt, "OOM adjustment: ", text, number_changed, number_cancelled);
	number_changed(app, &app->prompt, false);
}

static void
refuse_key(struct app *app, int key)
{
	char name[KEY_NAME_SIZE];

	name_of_key(name, key);
	app_say(app, "no such key here: %s (Esc leaves all as it is)", name);
}

bool
editor_key(struct app *app, int key)
{
	struct editor *editor = app->editor;
	enum action action = action_of_key(&editor_keys, key);

	if (editor->state == EDITOR_CLOSED)
		return false;
	if (action_of_key(&screen_keys, key) == ACTION_REDRAW)
		return false;
	if (editor->state == EDITOR_WAITING && action != ACTION_ADJ_CANCEL) {
		if (editor->ahead_count < MOST_AHEAD)
			editor->ahead[editor->ahead_count++] = key;
		return true;
	}
	if (action == ACTION_ADJ_NUMBER)
		open_number(app, key);
	else if (!action_handle(handlers, ARRAY_SIZE(handlers), app, action))
		refuse_key(app, key);
	return true;
}
