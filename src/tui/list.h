// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tui/keys.h"

#include <stdbool.h>
#include <stddef.h>

struct app;
struct process_key;

/* The selected and the visible rows of a list. */
struct list {
	size_t count, height; /* number of rows, rows that fit */
	size_t selected, top;
	int line;          /* screen line of the first visible row; -1: not shown */
	bool stays_at_end; /* of a page: it stays at its last line as lines are added */
};

/* Moves the selection. Returns false for another action. */
bool list_action(struct list *list, enum action action);

/* For struct view: opens a page, which begins with its list, at its first line. */
void list_open_page(void *list, struct app *app, const struct process_key *process);

/*
 * For a page of `lines` lines without a selection: `selected` is the first visible line. After
 * ACTION_LAST it stays at the end of a page that grows as more figures are read.
 */
void list_fit_page(struct list *list, size_t lines, size_t height);

/* Keeps the selected row in the list and on the screen. */
void list_fit(struct list *list, size_t count, size_t height);
