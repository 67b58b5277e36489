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

/* One thing that can be chosen. Its texts are safe for a terminal and borrowed. */
struct choice {
	int64_t number; /* by which it may be typed as well; UNKNOWN: it has none */
	const char *name, *text;
	const void *value; /* for whoever asked */
};

/* What is chosen from. */
struct choose_kind {
	const char *label;   /* before what is typed: "Signal: " */
	const char *heading; /* above the list; NULL: the keys of all lists */
	const char *missing; /* what is said where nothing matches: "no such signal" */
	const char *prefix;  /* may be typed before a name, or NULL */
	uint64_t needs;      /* what must have been read for it */
	/* Adds the choices, at least one, with texts in choose->texts, and sets choose->preset. */
	void (*fill)(struct app *app, struct choose *choose);
	/* Takes one. Returns true where it goes on to ask something. */
	bool (*chosen)(struct app *app, const struct choice *choice);
};

/*
 * A list to choose from: a dialog over the rows, below it the line in which typing narrows it. A
 * zeroed one is closed.
 */
struct choose {
	const struct choose_kind *kind; /* NULL: closed */
	struct choice *choices;
	size_t count, capacity;
	size_t preset; /* which one is selected at first */
	size_t *matches;
	size_t match_capacity; /* its count is that of the list */
	struct list list;
	struct arena texts;
};

/* Opens it with its line, or fills an open one anew; `text` is what stands in the line. */
void choose_open(struct choose *choose, struct prompt *prompt, struct app *app,
	const struct choose_kind *kind);
void choose_refill(struct choose *choose, struct app *app, const char *text);
void choose_finish(struct choose *choose);
void choose_add(struct choose *choose, const struct choice *choice);

/* How well it matches: 0 not at all, 1 somewhere in the name, 2 from the start, 3 wholly. */
int choose_match(const struct choice *choice, const char *typed, const char *prefix);

/*
 * Keeps the choices that match, and selects the best of them: of equal ones the first, where
 * nothing is typed the preset. Returns false, and changes nothing, where none would be left.
 */
bool choose_narrow(struct choose *choose, const char *typed);

/* The selected one. */
const struct choice *choose_selected(const struct choose *choose);

/* Takes a key that moves in it. Returns false where it is closed, or for another key. */
bool choose_key(struct choose *choose, int key);

/* Draws it over the lower part of the window. */
void choose_draw(struct choose *choose, WINDOW *window);
