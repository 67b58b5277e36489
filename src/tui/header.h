// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <curses.h>

struct app;

/*
 * The totals, the tabs and the active filter. A small window has fewer lines; HEADER_WITH_TABS is
 * the maximum without the filter. Returns the number of lines.
 */
enum { HEADER_WITH_TABS = 5 };
int header_height(struct app *app, int window_height);
void header_draw(struct app *app, WINDOW *window, int height);

/*
 * The last line of it: the active filter, the number of rows that pass and, for processes, their
 * memory. It is shortened if necessary, but never left out. Its height is 1, or 0 without a filter
 * or without a list of rows.
 */
int filter_line_height(struct app *app, int window_height);
void filter_line_draw(struct app *app, WINDOW *window, int y);
