// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <curses.h>

struct app;

/*
 * The totals, the tabs and the active filter. They take some lines of the window, fewer where it
 * is small; HEADER_WITH_TABS are all without the filter's. Returns how many.
 */
enum { HEADER_WITH_TABS = 5 };
int header_height(struct app *app, int window_height);
void header_draw(struct app *app, WINDOW *window, int height);
