// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tui/keys.h"

#include <curses.h>
#include <stdbool.h>
#include <stddef.h>

struct app;
struct needs;
struct process_key;
struct table_view;

/*
 * A page below the header. A view has its own state and does not know other views; app.h has its
 * functions of the screen. Only name, hint, and draw or table are needed: the rest may be NULL or
 * 0.
 */
struct view {
	const char *name;
	const char *hint;       /* the main keys, on the last line */
	struct key_binding key; /* opens it, and closes a page */
	bool has_tab;           /* the header always shows its name, not only while it is open */
	bool is_page;           /* Esc and q return to its opener */
	bool has_process;       /* shows one process: of the page below, or the selected one */
	bool may_have_process;  /* shows the process of the page below, if any; else it is a tab */
	bool is_of_past;        /* only a recording has it */
	/* It is about the rows, or the figures, of the view below, which stays visible. */
	enum { OVER_NOTHING, OVER_ROWS, OVER_FIGURES } is_over;
	uint64_t needs;
	size_t state_size; /* size of the state; it is zeroed first, and the first argument below */
	void (*init)(void *state);
	void (*finish)(void *state);
	/* Called when a key opens it, with its process, if any; not when returning to it. */
	void (*open)(void *state, struct app *app, const struct process_key *process);
	void (*add_needs)(const void *state, const struct app *app, struct needs *needs);
	/*
	 * Makes its rows anew: for a new snapshot, or a new filter or order. The screen does it
	 * for the process list, and remembers its selected row.
	 */
	void (*show)(void *state, struct app *app);
	/* Draws it; NULL: its table rows, below these lines of notes if they fit. */
	void (*draw)(void *state, struct app *app, WINDOW *window);
	int note_lines;
	void (*draw_notes)(void *state, struct app *app, WINDOW *window);
	/*
	 * Handles keys of this view only. Returns false for others: moves in `list`, and the keys
	 * of table rows (table-input.h), are handled for all.
	 */
	bool (*act)(void *state, struct app *app, enum action action);
	/*
	 * The processes that keys change, where the rows are others, and what the row is called;
	 * see app_targets().
	 */
	size_t (*targets)(void *state, struct app *app, const struct process_key **ret_keys,
		const char **ret_name);
	/* Remembers the selected row: called after each key. */
	void (*remember)(void *state, struct app *app);
	struct table_view *(*table)(void *state, struct app *app); /* its table rows; or: */
	bool has_list; /* its state begins with a struct list of other lines that can be selected */
};

/* All views, in the order of the header and the help. The first one is open at the start. */
extern const struct view *const views[];
extern const size_t view_count;

/* The view of a key, or with this name; NULL: none. */
const struct view *view_of_key(int key);
const struct view *view_of_name(const char *name);
