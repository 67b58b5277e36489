// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/arena.h"
#include "base/unit.h"
#include "tui/list.h"

#include <curses.h>
#include <stdbool.h>
#include <stddef.h>

struct choose;
struct app;
struct prompt;

/* One choice. Its texts are safe for a terminal and borrowed. */
struct choice {
	int64_t number; /* may be typed too; UNKNOWN: none */
	const char *name, *text;
	const void *value; /* for the caller */
};

/* A kind of list. */
struct choose_kind {
	const char *label;   /* of the input line: "Signal: " */
	const char *heading; /* above the list; NULL: the default keys */
	const char *missing; /* the error without matches: "no such signal" */
	const char *prefix;  /* optional before a typed name, or NULL */
	uint64_t needs;      /* for the choices */
	/* Adds the choices, at least one, with texts in choose->texts, and sets choose->preset. */
	void (*fill)(struct app *app, struct choose *choose);
	/* Takes the choice. Returns true if a question follows. */
	bool (*chosen)(struct app *app, const struct choice *choice);
};

/*
 * A dialog over the rows: a list to choose from, narrowed by an input line below it. A zeroed one
 * is closed.
 */
struct choose {
	const struct choose_kind *kind; /* NULL: closed */
	const char *about;              /* a text before the heading, borrowed, or "" */
	struct choice *choices;
	size_t count, capacity;
	size_t preset;                    /* the choice selected first */
	int number_columns, name_columns; /* that all choices need */
	size_t *matches;
	size_t match_capacity; /* its count is that of the list */
	struct list list;
	struct arena texts;
};

/* Opens the dialog with its line, or refills an open one; `text` is the text of the line. */
void choose_open(struct choose *choose, struct prompt *prompt, struct app *app,
	const struct choose_kind *kind);
void choose_refill(struct choose *choose, struct app *app, const char *text);
void choose_finish(struct choose *choose);
void choose_add(struct choose *choose, const struct choice *choice);

/* How well it matches: 0 not at all, 1 inside the name, 2 at its start, 3 whole. */
int choose_match(const struct choice *choice, const char *typed, const char *prefix);

const struct choice *choose_selected(const struct choose *choose);

/* Handles a key that moves the selection. Returns false if closed, or for another key. */
bool choose_key(struct choose *choose, int key);

/* Draws it over the lower part of the window. */
void choose_draw(struct choose *choose, WINDOW *window);

/*
 * Lets the user choose a signal for the targets (see app_targets()), asks for confirmation, and
 * sends it; choose a user of the listed processes, and filters by it.
 */
void choose_signal(struct app *app);
void choose_user(struct app *app);
