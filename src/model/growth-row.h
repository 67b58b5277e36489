// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/unit.h"
#include "model/growth-rings.h"
#include "table/table.h"

#include <stdint.h>

/* What is known of the growth of a figure. Sizes are in bytes, slopes in bytes per minute. */
struct growth_row {
	const char *of,
		*name; /* what it is the memory of: "process", "slab", ...; NULL: not said */
	int64_t pid;
	const char *verdict; /* growth_word() */
	int64_t span;        /* nanoseconds that the verdict is about */
	int64_t first, last, grown;
	int64_t seen;                         /* nanoseconds from the first value to the last */
	int64_t slope, slope_low, slope_high; /* while it grows */
	int64_t accelerates;                  /* 1 or 0, while it grows */
	int64_t minute, ten_minutes, hour;    /* slopes of the minima over so long */
	int64_t limit;
	struct growth_end end; /* until the limit, while it grows */
	enum growth growth;    /* the verdict */
};

extern const struct table growth_table;

/* The columns shown by default. */
extern const char growth_default_columns[];

/*
 * Fills the row from rings that have begun, at a time of their clock. `last` is the last known
 * value, `limit` what it must not exceed, or UNKNOWN.
 */
void growth_row_fill(struct growth_row *row, const struct growth_rings *rings,
	const struct growth_clock *clock, int64_t time, int64_t last, int64_t limit);

/*
 * One sentence: "growing for 40 min: +12.3M/min (+11.0M to +13.0M), 480M to 1.2G in 59 min, gone in
 * 5 h (4 to 7)".
 */
enum { GROWTH_TEXT_SIZE = 512 };
void growth_row_text(
	char text[static GROWTH_TEXT_SIZE], const struct growth_row *row, enum scale scale);

/* "gone in 26 min (25 to 28)". The time must be known. */
enum { GROWTH_END_SIZE = 96 };
void growth_end_text(char text[static GROWTH_END_SIZE], const struct growth_end *end);
