// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tui/keys.h"

#include <curses.h>
#include <stdbool.h>
#include <stddef.h>

struct app;
struct list;
struct needs;
struct process_key;
struct table_view;

/*
 * A page below the header. A view keeps its own state and knows no other view; what it asks of the
 * screen is in app.h. Only name, hint, and draw or table are needed:
 * the rest may be NULL or 0.
 */
struct view {
	const char *name;
	const char *hint;       /* the keys that matter, on the last line */
	struct key_binding key; /* opens it, and closes it again where it is a page */
	bool has_tab;           /* the header shows its name always, not only while it is open */
	bool is_page;           /* Esc and q lead back to where it was opened */
	bool has_process;      /* it is about one process: of the page below, or the selected one */
	bool may_have_process; /* so it is where the page below is about one; else it is a tab */
	/* It is about the rows, or the figures, that the view below shows, which goes on. */
	enum { OVER_NOTHING, OVER_ROWS, OVER_FIGURES } is_over;
	uint64_t needs;
	size_t state_size; /* of its state, which is zeroed at first and is the first argument below
			    */
	void (*init)(void *state);
	void (*finish)(void *state);
	/* Opened by a key, about a process where it is about one. Not called when one goes back. */
	void (*open)(void *state, struct app *app, const struct process_key *process);
	void (*add_needs)(const void *state, const struct app *app, struct needs *needs);
	/* Makes its rows anew: of another snapshot, or after the filter or the order has changed.
	 */
	void (*show)(void *state, struct app *app);
	void (*draw)(void *state, struct app *app, WINDOW *window);
	/*
	 * What keys do here and in no other view. Returns false for what it does not understand;
	 * where rows of a table are listed, table-input.h has the rest.
	 */
	bool (*act)(void *state, struct app *app, enum request request);
	/* Remembers which row is selected: after each key. */
	void (*remember)(void *state, struct app *app);
	/* The rows that it lists; or lines that can be selected, where they are no rows of a table.
	 */
	struct table_view *(*table)(void *state, struct app *app);
	struct list *(*list)(void *state);
};

/* All of them, in the order of the header and the help. The first one is open at the start. */
extern const struct view *const views[];
extern const size_t view_count;

/* The view that a key opens, or that has this name; NULL: none. */
const struct view *view_of_key(int key);
const struct view *view_of_name(const char *name);
