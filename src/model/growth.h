// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Tells a leak from what looks like one. The signal is cut into windows of the same length, and of
 * each only the least value counts: what a garbage collector cannot free, without short peaks.
 */
enum growth {
	GROWTH_YOUNG,     /* too few windows to say anything */
	GROWTH_STEADY,    /* the change is small */
	GROWTH_VARYING,   /* up and down */
	GROWTH_JUMP,      /* one step is most of it */
	GROWTH_LEVELLING, /* it rises less and less, as a cache that warms up */
	GROWTH_SLOWING,
	GROWTH_GROWING,
	GROWTH_LEAK, /* it has grown for so long that it is a leak, if it is no walk or daily cycle
		      */
};

/* The word for people and machines. */
const char *growth_word(enum growth growth);

/* What lists show of the growth of a row. Bytes, and bytes per minute. */
struct growth_summary {
	const char *verdict;               /* growth_word() */
	int64_t grown;                     /* since it was seen first */
	int64_t minute, ten_minutes, hour; /* slopes of the least values */
	const char *trend;                 /* growth_trend(); NULL: too short */
};

enum { GROWTH_WINDOWS = 24, GROWTH_LEAST_WINDOWS = 12 };

/* The least values of the last windows; growth_restart() begins. */
struct growth_ring {
	int64_t width; /* of a window, in nanoseconds */
	int64_t end;   /* of the open window; 0: none is open */
	int64_t least; /* in the open window */
	int64_t minima[GROWTH_WINDOWS];
	size_t count, next; /* of `minima` */
};

void growth_restart(struct growth_ring *ring, int64_t width);

/*
 * Adds a value at a time that never goes back, in nanoseconds. Returns whether that closed a
 * window. A gap of some windows begins anew: what was between is not known.
 */
bool growth_add(struct growth_ring *ring, int64_t time, int64_t value);

/* Copies the minima of the last windows, oldest first; at most `most`. Returns their number. */
size_t growth_minima(const struct growth_ring *ring, size_t most, int64_t *ret_minima);

/*
 * Says how these values change; changes below `least` are none. A window may be UNKNOWN: it counts
 * neither here nor in the slope.
 */
enum growth growth_judge(const int64_t *minima, size_t count, int64_t least);

/* Whether half of the windows that growth_judge() needs show that it rises less and less. */
bool growth_slows(const int64_t *minima, size_t count);

/*
 * The change from one window to the next: the middle one of the slopes between all pairs that are
 * at least a third of the windows apart, and those that one in twenty is below and above.
 * `is_faster` where it rises more and more: then `high` is no bound.
 */
struct growth_slope {
	double low, middle, high;
	bool is_faster;
};
struct growth_slope growth_slope_of(const int64_t *minima, size_t count);

/* The slope in bytes per minute, where a window has `width` nanoseconds. */
int64_t growth_per_minute(double slope, int64_t width);

/*
 * The time in nanoseconds until `room` bytes are used up, with its range; UNKNOWN where there is no
 * end, that is also where the slope may be 0. `least` is UNKNOWN where it rises more and more.
 */
struct growth_end {
	int64_t time, least, most;
};
struct growth_end growth_end_of(const struct growth_slope *slope, int64_t width, int64_t room);
