// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <curses.h>

struct app;

/*
 * The line above the rows with the active filter, the number of rows that pass and, for processes,
 * their memory. It is shortened if necessary, but never left out. Its height is 1, or 0 without a
 * filter or without a list of rows.
 */
int filter_line_height(struct app *app, int window_height);
void filter_line_draw(struct app *app, WINDOW *window, int y);
