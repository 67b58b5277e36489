// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/text.h"
#include "model/needs.h"
#include "table/order.h"

#include <stdbool.h>

struct filter;
struct snapshot;
struct tui;

/* How processes are listed. */
struct listing {
	struct selection columns; /* the last one, if a text, takes the rest of the line */
	struct order order;
	bool tree;
};

/* What the user chooses; the screen changes it. */
struct tui_settings {
	struct listing processes, kill_order; /* of the views with these names */
	int64_t interval;                     /* nanoseconds */
	enum scale scale;
	bool kernel_threads, command_line, mouse;
};

/*
 * The state of the screen. The settings are borrowed and changed; `filter` (NULL: none) comes
 * from the command line and always holds.
 */
struct tui *tui_create(struct tui_settings *settings, const struct filter *filter);
void tui_destroy(struct tui *tui);

/* How the filter from the command line is called on the screen: a text, which is borrowed. */
void tui_name_filter(struct tui *tui, const char *text);

/*
 * Shows another snapshot from now on; it is borrowed until the next one comes, after `stretch`
 * times the interval that is asked for.
 */
void tui_show(struct tui *tui, const struct snapshot *snapshot, int stretch);

/* What must be read for what is shown, sorted and filtered, and of the process in focus. */
struct needs tui_needs(const struct tui *tui);

/* Takes one key of curses. Returns false where it asks to leave. */
bool tui_key(struct tui *tui, int key);

/* Whether all that is wanted now was read for the snapshot that is shown; not so the first one. */
bool tui_is_complete(const struct tui *tui);

/* Whether the user asked for a refresh at once. Asking clears it. */
bool tui_wants_refresh(struct tui *tui);

/* Whether the user asked for the settings to be saved. Asking clears it. */
bool tui_wants_save(struct tui *tui);

/* Says something on the last line, until the next key. */
void tui_tell(struct tui *tui, const char *message);

/*
 * Nothing moves while the screen is frozen or a question is open; but a view whose figures have
 * not been read yet is not left empty.
 */
bool tui_is_frozen(const struct tui *tui);

/* Draws everything into stdscr; the caller calls doupdate(). */
void tui_draw(struct tui *tui);
