// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <curses.h>

struct app;

/*
 * The line above the rows that says which filter is active, how many it lets through and, of
 * processes, what they hold together; what does not fit is said shorter, but never left out.
 * Its height is 0 where no filter is active or no rows are listed, else 1.
 */
int filter_line_height(struct app *app, int window_height);
void filter_line_draw(struct app *app, WINDOW *window, int y);
