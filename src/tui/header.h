// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <curses.h>
#include <stdbool.h>

struct app;

/*
 * The totals, the tabs and the active filter. A small window has fewer lines; HEADER_WITH_TABS is
 * the maximum without the filter. Returns the number of lines.
 */
enum { HEADER_WITH_TABS = 6 };
int header_height(struct app *app, int window_height);

/* The line of the tabs, or -1 if there is none. */
int header_tab_line(struct app *app, int window_height);
void header_draw(struct app *app, WINDOW *window, int height);

/* Whether it shows a kill that the user has not said to have seen. There must be a snapshot. */
bool header_shows_kill(const struct app *app);

/*
 * The graphs of the last minutes, in header-graph.c: in a high window, if the settings want them.
 * header_note() takes the figures of the snapshot.
 */
void header_note(struct app *app);
int header_graph_height(const struct app *app, int window_height);
void header_draw_graph(struct app *app, WINDOW *window, int y);

/* Lines of it, in header-bar.c: memory with its bar, the names of its parts, swap and stalls. */
void header_draw_memory(struct app *app, WINDOW *window, int y);
void header_draw_legend(struct app *app, WINDOW *window, int y);
void header_draw_swap(struct app *app, WINDOW *window, int y);

/*
 * The last line of it: the active filter, the number of rows that pass and, for processes, their
 * memory. It is shortened if necessary, but never left out. Its height is 1, or 0 without a filter
 * or without a list of rows.
 */
int filter_line_height(struct app *app, int window_height);
void filter_line_draw(struct app *app, WINDOW *window, int y);
