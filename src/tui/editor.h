// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/oom-plan.h"
#include "tui/process-key.h"

#include <curses.h>
#include <stdbool.h>

struct app;

enum { MOST_AHEAD = 32 };

/*
 * The OOM priority editor (app->editor): a dialog below the rows that shows what another adjustment
 * would do before it does it. While it is open it takes all keys and the rows stand still; what it
 * changes is bound to pid and start time.
 */
struct editor {
	enum { EDITOR_CLOSED, EDITOR_WAITING, EDITOR_OPEN, EDITOR_DROP_IN } state;
	struct process_key *targets;
	size_t target_count, target_capacity;
	bool with_tree;
	long steps;            /* that the adjustment is moved when it opens */
	int64_t to, to_before; /* the adjustment that would be set; before a number is typed */
	int64_t opened;        /* when: snapshots that were begun before are not for it */
	struct oom_plan plan;
	struct oom_preview preview;
	struct oom_plan undo;  /* of the last change */
	int ahead[MOST_AHEAD]; /* keys that came while it waited */
	size_t ahead_count;
};

extern const char editor_hint[];

/*
 * Opens it; the keys are copied. It waits for a snapshot that was read for it, and then begins so
 * many steps above (or below) the adjustment that the first one has.
 */
void editor_open(struct app *app, const struct process_key *keys, size_t count, long steps);
void editor_finish(struct editor *editor);

/* Tells it of a new snapshot. */
void editor_show(struct app *app);

/* What must be read for it. */
uint64_t editor_needs(const struct editor *editor);
bool editor_is_open(const struct editor *editor);
bool editor_is_waiting(const struct editor *editor);

/* Takes a key. Returns false where it is not open. */
bool editor_key(struct app *app, int key);

/* Draws it over the lower part of the window. */
void editor_draw(const struct app *app, WINDOW *window);
