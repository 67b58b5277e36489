// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/oom-plan.h"
#include "tui/process-key.h"

#include <curses.h>
#include <stdbool.h>

struct app;

enum { MOST_AHEAD = 32 };

/*
 * The OOM priority editor (app->editor): a dialog below the rows that shows the effect of another
 * adjustment before applying it. While it is open it takes all keys and the rows do not change. Its
 * targets are fixed by pid and start time.
 */
struct editor {
	enum { EDITOR_CLOSED, EDITOR_WAITING, EDITOR_OPEN, EDITOR_LASTING } state;
	struct process_key *targets;
	size_t target_count, target_capacity;
	bool with_tree;
	long steps;            /* initial change of the adjustment */
	int64_t to, to_before; /* new adjustment; the one before a typed number */
	int64_t opened;        /* earlier snapshots are too old for it */
	struct oom_plan plan;
	struct oom_preview preview;
	struct oom_plan undo;  /* of the last change */
	int ahead[MOST_AHEAD]; /* keys typed while it waits */
	size_t ahead_count;
};

extern const char editor_hint[];

/*
 * Opens it and copies the keys. It waits for a new snapshot, and starts with the adjustment of the
 * first target, moved by `steps` up (or down).
 */
void editor_open(struct app *app, const struct process_key *keys, size_t count, long steps);
void editor_finish(struct editor *editor);

/* Call it for each new snapshot. */
void editor_show(struct app *app);

uint64_t editor_needs(const struct editor *editor);
bool editor_is_open(const struct editor *editor);

/* Handles a key. Returns false if it is not open. */
bool editor_key(struct app *app, int key);

/* Draws it over the lower part of the window. */
void editor_draw(const struct app *app, WINDOW *window);
