// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/text.h"
#include "base/unit.h"
#include "table/order.h"
#include "tui/screen.h"

#include <stdbool.h>
#include <stddef.h>

enum { MOST_HEADINGS = 64 };

/* A visible column: from x, `room` terminal columns wide. */
struct heading {
	const struct column *column;
	int x, room;
};

/* The visible columns of a table and their places. A zeroed one is not scrolled. */
struct grid {
	int first_column; /* scroll position among the columns that do not stay */
	int last_first;   /* its maximum: all columns from there are visible */
	struct heading headings[MOST_HEADINGS]; /* of the visible columns */
	size_t heading_count;
};

/* The content; all is borrowed. */
struct grid_content {
	const struct selection *columns;
	const struct order *order; /* without a column: unsorted */
	const struct row_list *rows;
	enum scale scale;
	enum charset charset;
	bool has_commands; /* the last texts need more space to tell rows apart */
};

/*
 * Places the columns, each with space for all its numbers. The columns before the first figure,
 * such as PID and USER, identify the rows: they stay if there is space for others. A last column of
 * texts, such as COMMAND, stays too and gets the rest of the line. The others are placed from the
 * scroll position on, as far as they fit. The sorted column is always visible: if necessary, after
 * those that stay.
 */
void grid_place(struct grid *grid, const struct grid_content *content, int width);

/* Draws the headings, with an arrow at the sorted one: down for largest first, up for smallest. */
void grid_draw_headings(
	const struct grid *grid, const struct grid_content *content, WINDOW *window, int y);

/*
 * Writes a cell below its heading, `indent` further right; another text instead of its value if
 * `text` is not NULL. In a row of STYLE_NORMAL zeros are dim and large sizes stand out.
 */
void grid_draw_cell(const struct heading *heading, const struct grid_content *content,
	const void *row, const char *text, WINDOW *window, int y, int indent, enum style style);

/* Scrolls the columns left (-1) or right, if possible. */
void grid_scroll(struct grid *grid, int step);

/* The column with its heading at x, or NULL. */
const struct column *grid_column_at(const struct grid *grid, int x);

/*
 * The column to the left (-1) or right of the sorted one, to sort by. If that is not selected: the
 * first beside those that stay. NULL at the ends.
 */
const struct column *grid_column_beside(
	const struct selection *columns, const struct column *sorted, int step);
