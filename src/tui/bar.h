// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/text.h"
#include "tui/screen.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A part of a bar. UNKNOWN bytes take no space. */
struct bar_part {
	const char *name;
	const char *shade; /* fills it where there are block characters, but no colours */
	char fill;         /* fills it where there are none */
	enum style style;
	int64_t bytes;
	const char *block; /* fills it where there are block characters and colours; NULL: U+2588 */
};

/* Draws the parts side by side; `width` columns are `total` bytes. */
void bar_draw(WINDOW *window, int y, int x, int width, const struct bar_part *parts, size_t count,
	int64_t total, enum charset charset);

/*
 * Writes the names of the parts with their sizes, each in its fixed place, from x on; to the left
 * of it if there are no colours and each name has the mark of its part. Parts of 0 bytes are left
 * out if `only_some`.
 */
void bar_legend(WINDOW *window, int y, int x, const struct bar_part *parts, size_t count,
	bool only_some, enum charset charset);

/*
 * Draws a cell as a graph if it is one of levels (growth_trend()), and returns whether it was. For
 * struct row_look.
 */
struct heading;
bool trend_draw(const struct heading *heading, const void *row, WINDOW *window, int y,
	enum charset charset, enum style style);

/* A character that is filled from below, in eighths. */
const char *bar_level(int filled, enum charset charset);

/*
 * Draws values as a graph, one a column, `height` lines high from y down; `top` is the value at its
 * top. UNKNOWN values are gaps.
 */
void bars_draw(WINDOW *window, int y, int x, int height, const int64_t *values, size_t count,
	int64_t least, int64_t top, enum style style, enum charset charset);

/* The values of the last refreshes, oldest first. A zeroed one is empty. */
enum { SERIES_VALUES = 240 };
struct series {
	int64_t values[SERIES_VALUES];
	size_t count;
	int64_t first, first_time; /* the first one ever, which may be forgotten above */
	int64_t last_time;
};

/* Adds a value, unless the last one is of this time. Forgets the oldest if it is full. */
void series_add(struct series *series, int64_t time, int64_t value);

/*
 * Draws a graph of the last values, the newest at the right end, `height` lines high from y down.
 * `top` is the value at its top; 0: the largest one, with the range of the values if they change by
 * less than a quarter. UNKNOWN values are gaps.
 */
void graph_draw(WINDOW *window, int y, int x, int width, int height, const struct series *series,
	int64_t top, enum style style, enum charset charset);
