// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/text.h"
#include "base/unit.h"
#include "table/order.h"
#include "table/table.h"
#include "tui/screen.h"

#include <stddef.h>

enum { MOST_HEADINGS = 64 };

/* A column that is on the screen: from x, `room` columns of the terminal wide. */
struct heading {
	const struct column *column;
	int x, room;
};

/* Which columns of a table are on the screen and where. A zeroed one is not scrolled. */
struct grid {
	int first_column; /* to which is scrolled, of those that do not stay */
	int last_first;   /* as far as it goes: all columns behind it are on the screen */
	struct heading headings[MOST_HEADINGS]; /* of the columns that fit */
	size_t heading_count;
};

/* What stands in it; all is borrowed. */
struct grid_content {
	const struct selection *columns;
	const struct order *order; /* without a column: the rows as they come */
	const struct row_list *rows;
	enum scale scale;
	enum charset charset;
};

/*
 * Places the columns, each with room for all its numbers. The first ones up to the first figure,
 * as PID and USER, tell the rows apart: they stay as long as there is room for others beside them;
 * so does the last one if it is a text, as COMMAND, with what is left of the line. The rest is
 * placed from the column that is scrolled to, as far as it fits. What is sorted by is always there:
 * where it would not be, it stands behind the columns that stay.
 */
void grid_place(struct grid *grid, const struct grid_content *content, int width);

/* Draws them, the one that is sorted by with an arrow: down from the largest, up from the smallest.
 */
void grid_draw_headings(
	const struct grid *grid, const struct grid_content *content, WINDOW *window, int y);

/* Writes a cell where its heading stands, `indent` further right. */
void grid_draw_cell(const struct heading *heading, const struct column *column, const void *row,
	WINDOW *window, int y, int indent, enum style style, enum charset charset,
	enum scale scale);

/* Scrolls the columns left (-1) or right, as far as there are some. */
void grid_scroll(struct grid *grid, int step);

/* The column whose heading is at x, or NULL. */
const struct column *grid_column_at(const struct grid *grid, int x);

/*
 * The column to sort by that is shown left (-1) or right of the one that is sorted by: of one that
 * is not selected, the first beside those that stay. NULL at the ends.
 */
const struct column *grid_column_beside(
	const struct selection *columns, const struct column *sorted, int step);
