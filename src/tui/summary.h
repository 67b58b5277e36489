// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/known.h"

#include <curses.h>
#include <stddef.h>

struct app;
struct process;

/* The memory of one process in the last refreshes. */
enum { SUMMARY_VALUES = 240 };
struct summary {
	int64_t pid, start_time;
	int64_t values[SUMMARY_VALUES]; /* oldest first */
	size_t count;
	int64_t first_time, last_time; /* monotonic, of these */
};

/* Notes its memory of this snapshot; another process begins anew. */
void summary_note(struct summary *summary, const struct app *app, const struct process *process);

/*
 * Draws what one wants to know of a process first, from line y on, which may be above the window:
 * what it is, its memory by kind, its growth, its place in the order of kills, where it belongs.
 * Unknown figures are left out. Returns the number of lines.
 */
int summary_draw(const struct summary *summary, const struct app *app,
	const struct process *process, WINDOW *window, int y);
