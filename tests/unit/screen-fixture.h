// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/snapshot.h"
#include "tui/app.h"
#include "tui/process-list.h"

/* A screen over a snapshot that a test fills, with columns that it names. */
struct screen_fixture {
	struct snapshot snapshot;
	struct tui_settings settings;
	struct app *tui;
	WINDOW *window; /* of the test; deleted with the fixture. NULL: none */
};

/* Sorted by RES, over a snapshot without processes. */
struct screen_fixture *screen_fixture_create(const char *columns);
void screen_fixture_destroy(struct screen_fixture *fixture);

/* The same for the fixture that is a test's state. */
int screen_fixture_tear_down(void **state);

/* Adds a process of root with this name and command, and as many MiB as its pid. */
struct process *screen_fixture_add(
	struct screen_fixture *fixture, int64_t pid, const char *command);

/* Gives each figure of the processes that is unknown a value. */
void screen_fixture_know_all(struct screen_fixture *fixture);

/* Shows what has been filled in. */
void screen_fixture_show(struct screen_fixture *fixture);

/* Types keys; none may leave. */
void screen_fixture_type(struct screen_fixture *fixture, const char *keys);

/* Draws a view, or gives it an action, whichever view is open. */
void screen_draw_view(struct app *app, const char *name, WINDOW *window);
bool screen_act(struct app *app, const char *name, enum action action);

/* Filters the processes. */
void screen_filter(struct app *app, const char *text);
