// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/text.h"
#include "base/unit.h"
#include "model/table.h"
#include "tui/screen.h"

#include <stddef.h>

enum { MOST_HEADINGS = 64 };

/* A column that is on the screen: from x, `room` columns of the terminal wide. */
struct heading {
	const struct column *column;
	int x, room;
};

/* Which columns of a table are on the screen and where. A zeroed one begins with the first. */
struct grid {
	int first_column;                       /* to which is scrolled */
	struct heading headings[MOST_HEADINGS]; /* of the columns that fit */
	size_t heading_count;
};

/*
 * Places the columns from the first one that is scrolled to. If the last one is a text, as
 * COMMAND, it is always there with what is left of the line; columns that do not fit before it are
 * left out, but the one that is sorted by is there as long as it can be.
 */
void grid_place(
	struct grid *grid, const struct selection *columns, const struct column *sorted, int width);
void grid_draw_headings(
	const struct grid *grid, const struct column *sorted, WINDOW *window, int y);

/*
 * Writes a cell where its heading stands, `indent` further right. A number that its unit makes too
 * wide is shown in the unit that fits: never cut.
 */
void grid_draw_cell(const struct heading *heading, const struct column *column, const void *row,
	WINDOW *window, int y, int indent, enum style style, enum charset charset,
	enum scale scale);

/* Scrolls the columns left (-1) or right. */
void grid_scroll(struct grid *grid, const struct selection *columns, int step);

/* The column whose heading is at x, or NULL. */
const struct column *grid_column_at(const struct grid *grid, int x);
