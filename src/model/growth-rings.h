// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/known.h"
#include "model/growth.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * How a figure (a process, a group, a slab cache, a total) has changed over minutes and over days,
 * in 500 bytes. It has five rings of GROWTH_WINDOWS minima. A window of a ring is as long as four
 * of the ring before it, and its minimum is the least of theirs.
 *
 * Figures that are read at the same times share one clock. Who follows many of them has an array of
 * rings, and beside it one of the least values in the open window: a refresh touches only these,
 * until growth_clock_take() says that the window closes.
 *
 *	if (growth_clock_take(&clock, now))
 *		for each figure: growth_rings_close(&rings[i], &clock, &least[i]);
 *	for each figure: growth_note(&least[i], bytes);
 *
 * Both structs are plain data without pointers, and may be saved: the rings are valid with their
 * clock, as long as its times go on.
 */
enum { GROWTH_RINGS = 5 };

struct growth_clock {
	int64_t width;  /* of a window of the first ring, in nanoseconds */
	int64_t number; /* of the open window: its time / width; UNKNOWN: none is open */
	int64_t closed; /* of the window that was open before it */
};

/*
 * A minimum is a float: exact for pages of 4 KiB up to 64 GiB, else within a ten-millionth, without
 * an upper limit that a machine could reach. A window of which no value is known is NAN.
 */
struct growth_rings {
	float minima[GROWTH_RINGS][GROWTH_WINDOWS];
	float first;           /* the first value */
	uint32_t first_second; /* its time */
};

/* The least value in the open window before any value is known. */
#define GROWTH_NOTHING __builtin_nanf("")

/*
 * The width of windows for values that come every `interval` nanoseconds: a minute, or one interval
 * if that is longer, at most a week. Windows are narrower, down to 5 seconds, where all values are
 * within a `span` too short for 24 of them; UNKNOWN: there is no end.
 */
int64_t growth_width(int64_t interval, int64_t span);

void growth_clock_init(struct growth_clock *clock, int64_t width);

/*
 * Notes the time, in nanoseconds from 0. Returns whether windows closed: then growth_rings_close()
 * is due for each figure. A time before the open window counts as in it.
 */
bool growth_clock_take(struct growth_clock *clock, int64_t time);

/* Begins with the first known value, at the time that the clock has taken. */
void growth_rings_begin(struct growth_rings *rings, int64_t time, int64_t value);

/* Adds a value to the open window. UNKNOWN changes nothing. */
static inline void
growth_note(float *least, int64_t value)
{
	if (value != UNKNOWN && !(*least <= (float)value))
		*least = (float)value;
}

/*
 * Keeps `least`, the minimum of the window that has closed, and sets it to GROWTH_NOTHING for the
 * one that is open now. Windows between the two are unknown. A ring of which two windows in a row
 * are unknown begins again behind them.
 */
void growth_rings_close(struct growth_rings *rings, const struct growth_clock *clock, float *least);

/*
 * Copies the minima of a ring since its last gap, oldest first; a single UNKNOWN may be among them.
 * Returns their number.
 */
size_t growth_rings_minima(const struct growth_rings *rings, const struct growth_clock *clock,
	size_t ring, int64_t ret_minima[static GROWTH_WINDOWS]);

/* The width of a window of a ring, in nanoseconds. */
int64_t growth_rings_width(const struct growth_clock *clock, size_t ring);

/*
 * What the longest ring says of which at least GROWTH_LEAST_WINDOWS are known. GROWTH_GROWING must
 * hold at two closings in a row, until then the word of the closing before counts. It is
 * GROWTH_LEAK where the ring covers 12 hours. The slope is only known for these two, in bytes a
 * window.
 */
struct growth_verdict {
	enum growth growth;
	int64_t span;  /* of the windows that say so, in nanoseconds; UNKNOWN for GROWTH_YOUNG */
	int64_t width; /* of one of them */
	struct growth_slope slope;
};
struct growth_verdict growth_rings_judge(
	const struct growth_rings *rings, const struct growth_clock *clock);

/*
 * The change of the minimum over the last `span` nanoseconds, in bytes per minute. UNKNOWN if a
 * window is longer than that, or either end is unknown.
 */
int64_t growth_rings_slope(
	const struct growth_rings *rings, const struct growth_clock *clock, int64_t span);

/*
 * A small graph, in growth-trend.c: levels 0 to 7 of the last windows, oldest first, of the longest
 * ring that has so many; "-": not known. From 0 to the largest minimum, or from the least one if it
 * is below three quarters of that. "": no window has closed.
 */
enum { GROWTH_TREND = 10 };
void growth_trend(char text[static GROWTH_TREND + 1], const struct growth_rings *rings,
	const struct growth_clock *clock);

/* The first value in bytes, and its time in nanoseconds, cut to seconds. */
int64_t growth_rings_first(const struct growth_rings *rings);
int64_t growth_rings_first_time(const struct growth_rings *rings);
