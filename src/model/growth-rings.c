// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/growth-rings.h"

#include "base/macros.h"

#include <assert.h>

#define MINUTE (60 * NS_PER_SEC)
#define SECONDS_OF_WINDOWS (GROWTH_WINDOWS * NS_PER_SEC)
#define LEAST_WIDTH (5 * NS_PER_SEC)
#define MOST_WIDTH (7 * 24 * 60 * MINUTE) /* so that all rings together fit into 64 bits */
#define LEAK_SPAN (12 * 60 * MINUTE)
#define LEAST_CHANGE (INT64_C(4) << 20)
#define MOST_BYTES ((double)(INT64_C(1) << 60))

/* A ring's window is 1 << FACTOR_BITS windows of the ring before it. */
enum { FACTOR_BITS = 2, PERCENT = 3 };

static_assert(sizeof(struct growth_rings) + sizeof(float) <= 500, "a figure is to cost 500 bytes");

int64_t
growth_width(int64_t interval, int64_t span)
{
	int64_t width = MINUTE;

	if (span != UNKNOWN && span / GROWTH_WINDOWS < width)
		width = ((span - 1) / SECONDS_OF_WINDOWS + 1) * NS_PER_SEC;
	width = width > LEAST_WIDTH ? width : LEAST_WIDTH;
	width = width > interval ? width : interval;
	return width < MOST_WIDTH ? width : MOST_WIDTH;
}

void
growth_clock_init(struct growth_clock *clock, int64_t width)
{
	*clock = (struct growth_clock){ .width = width, .number = UNKNOWN, .closed = UNKNOWN };
}

bool
growth_clock_take(struct growth_clock *clock, int64_t time)
{
	int64_t number = time / clock->width;

	assert(time >= 0);
	if (number <= clock->number)
		return false;
	clock->closed = clock->number;
	clock->number = number;
	return clock->closed != UNKNOWN;
}

void
growth_rings_begin(struct growth_rings *rings, int64_t time, int64_t value)
{
	int64_t second = time / NS_PER_SEC;

	for (size_t ring = 0; ring < GROWTH_RINGS; ring++)
		for (size_t i = 0; i < GROWTH_WINDOWS; i++)
			rings->minima[ring][i] = GROWTH_NOTHING;
	rings->first = (float)value;
	rings->first_second = second < UINT32_MAX ? (uint32_t)second : UINT32_MAX;
}

/* The number of the open window of a ring, if that of the first ring is `number`. */
static int64_t
number_in(size_t ring, int64_t number)
{
	return number >> (FACTOR_BITS * ring);
}

static float *
place_of(struct growth_rings *rings, size_t ring, int64_t number)
{
	return &rings->minima[ring][number % GROWTH_WINDOWS];
}

/* Either may be NAN: then it is the other. */
static float
lesser(float a, float b)
{
	return !(a <= b) && b == b ? b : a;
}

/* The minimum of the ring's windows up to `last` that belong to the same window of the next. */
static float
joined(struct growth_rings *rings, size_t ring, int64_t last)
{
	float least = GROWTH_NOTHING;

	for (int64_t number = last >> FACTOR_BITS << FACTOR_BITS; number <= last; number++)
		least = lesser(least, *place_of(rings, ring, number));
	return least;
}

void
growth_rings_close(struct growth_rings *rings, const struct growth_clock *clock, float *least)
{
	float minimum = *least;

	for (size_t ring = 0; ring < GROWTH_RINGS; ring++) {
		int64_t closed = number_in(ring, clock->closed);
		int64_t open = number_in(ring, clock->number);
		int64_t end = open < closed + GROWTH_WINDOWS ? open : closed + GROWTH_WINDOWS;

		if (closed == open)
			break;
		*place_of(rings, ring, closed) = minimum;
		minimum = joined(rings, ring, closed);
		for (int64_t between = closed + 1; between < end; between++)
			*place_of(rings, ring, between) = GROWTH_NOTHING;
		if (open > end)
			*place_of(rings, ring, closed) = GROWTH_NOTHING;
	}
	*least = GROWTH_NOTHING;
}

/* Within bounds, so that differences never overflow. */
static int64_t
bytes_of(float minimum)
{
	double bytes = (double)minimum;

	if (minimum != minimum)
		return UNKNOWN;
	return (int64_t)(bytes > MOST_BYTES    ? MOST_BYTES
			 : bytes < -MOST_BYTES ? -MOST_BYTES
					       : bytes);
}

/* The minimum of the window `back` windows before the last that has closed. */
static int64_t
minimum_before(const struct growth_rings *rings, const struct growth_clock *clock, size_t ring,
	int64_t back)
{
	int64_t number = number_in(ring, clock->number) - 1 - back;

	return clock->number == UNKNOWN || number < 0
		       ? UNKNOWN
		       : bytes_of(rings->minima[ring][number % GROWTH_WINDOWS]);
}

size_t
growth_rings_minima(const struct growth_rings *rings, const struct growth_clock *clock, size_t ring,
	int64_t ret_minima[static GROWTH_WINDOWS])
{
	size_t count = 0, unknown = 0;

	for (; count < GROWTH_WINDOWS && unknown < 2; count++)
		unknown = minimum_before(rings, clock, ring, (int64_t)count) == UNKNOWN
				  ? unknown + 1
				  : 0;
	count -= unknown;
	for (size_t i = 0; i < count; i++)
		ret_minima[i] = minimum_before(rings, clock, ring, (int64_t)(count - 1 - i));
	return count;
}

int64_t
growth_rings_width(const struct growth_clock *clock, size_t ring)
{
	return clock->width << (FACTOR_BITS * ring);
}

/* What the values lie within, and the first of them. */
struct range {
	int64_t first, least, most;
};

static struct range
range_of(const int64_t *minima, size_t count)
{
	struct range range = { UNKNOWN, INT64_MAX, INT64_MIN };

	for (size_t i = 0; i < count; i++) {
		if (minima[i] == UNKNOWN)
			continue;
		range.first = range.first == UNKNOWN ? minima[i] : range.first;
		range.least = minima[i] < range.least ? minima[i] : range.least;
		range.most = minima[i] > range.most ? minima[i] : range.most;
	}
	return range;
}

/* A change counts if it is large, and large for what there was. */
static enum growth
judge_once(const int64_t *minima, size_t count)
{
	struct range range = range_of(minima, count);
	int64_t least = range.first == UNKNOWN ? 0 : range.first / 100 * PERCENT;
	enum growth growth;

	least = least > LEAST_CHANGE ? least : LEAST_CHANGE;
	growth = growth_judge(minima, count, least);
	if (growth == GROWTH_STEADY && range.most - range.least >= least)
		return GROWTH_VARYING;
	return growth;
}

/* At the last closing, and at the one before it. */
static enum growth
judge_twice(const int64_t *minima, size_t count)
{
	enum growth growth;

	while (count > 0 && minima[count - 1] == UNKNOWN)
		count--;
	growth = judge_once(minima, count);

	return growth == GROWTH_GROWING ? judge_once(minima, count - 1) : growth;
}

/*
 * The next ring may know better, before it has an opinion: what rises less and less over days looks
 * like a line in each half of them.
 */
static bool
slows_in(const struct growth_rings *rings, const struct growth_clock *clock, size_t ring)
{
	int64_t minima[GROWTH_WINDOWS];

	return ring < GROWTH_RINGS &&
	       growth_slows(minima, growth_rings_minima(rings, clock, ring, minima));
}

struct growth_verdict
growth_rings_judge(const struct growth_rings *rings, const struct growth_clock *clock)
{
	struct growth_verdict verdict = { .growth = GROWTH_YOUNG, .span = UNKNOWN };
	int64_t minima[GROWTH_WINDOWS];
	size_t ring = GROWTH_RINGS, count = 0;
	int64_t seen;

	while (verdict.growth == GROWTH_YOUNG && ring-- > 0) {
		count = growth_rings_minima(rings, clock, ring, minima);
		verdict.growth = judge_twice(minima, count);
	}
	if (verdict.growth == GROWTH_YOUNG)
		return verdict;
	verdict.width = growth_rings_width(clock, ring);
	verdict.span = (int64_t)count * verdict.width;
	seen = clock->number * clock->width - growth_rings_first_time(rings);
	verdict.span = seen < verdict.span ? seen : verdict.span; /* the first one is cut */
	if (verdict.growth != GROWTH_GROWING)
		return verdict;
	verdict.slope = growth_slope_of(minima, count);
	if (verdict.span >= LEAK_SPAN && !slows_in(rings, clock, ring + 1))
		verdict.growth = GROWTH_LEAK;
	return verdict;
}

int64_t
growth_rings_slope(const struct growth_rings *rings, const struct growth_clock *clock, int64_t span)
{
	for (size_t ring = 0; ring < GROWTH_RINGS; ring++) {
		int64_t width = growth_rings_width(clock, ring), back, change;

		if (width > span)
			return UNKNOWN;
		back = span / width;
		if (back >= GROWTH_WINDOWS)
			continue;
		change = known_difference(minimum_before(rings, clock, ring, 0),
			minimum_before(rings, clock, ring, back));
		return change == UNKNOWN ? UNKNOWN
					 : growth_per_minute((double)change, back * width);
	}
	return UNKNOWN;
}

int64_t
growth_rings_first(const struct growth_rings *rings)
{
	return bytes_of(rings->first);
}

int64_t
growth_rings_first_time(const struct growth_rings *rings)
{
	return rings->first_second * NS_PER_SEC;
}
