// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tui/bar.h"

#include <curses.h>
#include <stdint.h>

struct app;
struct process;

/* The memory of one process in the last refreshes. */
struct summary {
	int64_t pid, start_time;
	struct series used;
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
