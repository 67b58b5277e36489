// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <curses.h>

struct tui;

/*
 * The line above the processes that says which filter is active, how many processes it lets
 * through and what they hold together; what does not fit is said shorter, but never left out.
 * Its height is 0 where no filter is active or nothing is listed, else 1.
 */
int filter_line_height(const struct tui *tui, int window_height);
void filter_line_draw(const struct tui *tui, WINDOW *window, int y);
