// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/needs.h"
#include "tui/tui-settings.h"

#include <stdbool.h>

struct filter;
struct snapshot;
struct app;

/*
 * Creates the screen, of a recording from a moment on (NULL: of what lives). The settings are
 * borrowed and changed. `filter` (NULL: none) is from the command line and always active;
 * `filter_text` is its text on the screen (NULL: none). Both are borrowed.
 */
struct app *tui_create(struct tui_settings *settings, const struct filter *filter,
	const char *filter_text, const struct moment *past);
void tui_destroy(struct app *app);

/*
 * Shows a new snapshot; it is borrowed until the next one, which comes after `stretch` intervals.
 */
void tui_show(struct app *app, const struct snapshot *snapshot, int stretch);

/* The last snapshot has more of the rows on the screen than before. */
void tui_show_rows(struct app *app);

/* The needs of the open view, its order and filter, and of the process in focus. */
struct needs tui_needs(const struct app *app);

/* Handles a key of curses. Returns false if the program is to end. */
bool tui_key(struct app *app, int key);

/*
 * Of a recording: takes which sample is to be read next. Returns false if none is now; then
 * tui_next_moment() says when one may be (CLOCK_MONOTONIC; INT64_MAX: after a key).
 */
bool tui_take_moment(struct app *app, struct moment *ret_moment);
int64_t tui_next_moment(const struct app *app);

/* That sample does not exist. */
void tui_miss_moment(struct app *app);

/* Whether the snapshot has all needs of now; false for the first one. */
bool tui_is_complete(const struct app *app);

/* Whether there are rows to draw: at first only the sizes of all are known for a moment. */
bool tui_has_rows_to_draw(const struct app *app);

/* Returns whether a refresh is requested: something was done. Clears the request. */
bool tui_wants_refresh(struct app *app);

/* Returns whether the user asked to save the settings. Clears the request. */
bool tui_wants_save(struct app *app);

/* Shows a message on the last line until the next key. */
void tui_tell(struct app *app, const char *message);

/*
 * Figures stand still while the screen is frozen or a question is open. Missing ones are read: then
 * it is not frozen yet.
 */
bool tui_stands_still(const struct app *app);
bool tui_is_frozen(const struct app *app);

/* Draws everything into stdscr; the caller calls doupdate(). */
void tui_draw(struct app *app);
