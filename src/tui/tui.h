// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/needs.h"
#include "tui/tui-settings.h"

#include <stdbool.h>

struct filter;
struct snapshot;
struct app;

/*
 * The state of the screen. The settings are borrowed and changed. `filter` (NULL: none) comes
 * from the command line and always holds; `filter_text` is how it is called on the screen (NULL:
 * not at all). Both are borrowed.
 */
struct app *tui_create(
	struct tui_settings *settings, const struct filter *filter, const char *filter_text);
void tui_destroy(struct app *app);

/*
 * Shows another snapshot from now on; it is borrowed until the next one comes, after `stretch`
 * times the interval that is asked for.
 */
void tui_show(struct app *app, const struct snapshot *snapshot, int stretch);

/* What must be read for what is shown, sorted and filtered, and of the process in focus. */
struct needs tui_needs(const struct app *app);

/* Takes one key of curses. Returns false where it asks to leave. */
bool tui_key(struct app *app, int key);

/* Whether all that is wanted now was read for the snapshot that is shown; not so the first one. */
bool tui_is_complete(const struct app *app);

/* Whether a refresh is wanted at once: the user asked, or something has not been read yet. Asking
 * clears it. */
bool tui_wants_refresh(struct app *app);

/* Whether the user asked for the settings to be saved. Asking clears it. */
bool tui_wants_save(struct app *app);

/* Says something on the last line, until the next key. */
void tui_tell(struct app *app, const char *message);

/*
 * Nothing moves while the screen is frozen or a question is open; but a view whose figures have
 * not been read yet is not left empty.
 */
bool tui_is_frozen(const struct app *app);

/* Draws everything into stdscr; the caller calls doupdate(). */
void tui_draw(struct app *app);
