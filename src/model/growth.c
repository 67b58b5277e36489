// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/growth.h"

#include "base/known.h"
#include "base/macros.h"
#include "base/sort.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define SLOWER 0.75

enum { MOST_GAP = 2 }; /* windows */
enum { MOST_PAIRS = GROWTH_WINDOWS * (GROWTH_WINDOWS - 1) / 2 };

const char *
growth_word(enum growth growth)
{
	static const char *const words[] = {
		[GROWTH_YOUNG] = "young",
		[GROWTH_STEADY] = "steady",
		[GROWTH_VARYING] = "varying",
		[GROWTH_JUMP] = "jump",
		[GROWTH_LEVELLING] = "levelling",
		[GROWTH_SLOWING] = "slowing",
		[GROWTH_GROWING] = "growing",
		[GROWTH_LEAK] = "leak?",
	};

	return words[growth];
}

void
growth_restart(struct growth_ring *ring, int64_t width)
{
	*ring = (struct growth_ring){ .width = width };
}

bool
growth_add(struct growth_ring *ring, int64_t time, int64_t value)
{
	bool closes = ring->end != 0 && time >= ring->end;

	if (closes && time >= ring->end + MOST_GAP * ring->width) {
		growth_restart(ring, ring->width);
		closes = false;
	}
	if (closes) {
		ring->minima[ring->next] = ring->least;
		ring->next = (ring->next + 1) % GROWTH_WINDOWS;
		ring->count += ring->count < GROWTH_WINDOWS;
	}
	if (closes || ring->end == 0) {
		ring->end = closes ? ring->end : time;
		while (ring->end <= time)
			ring->end += ring->width;
		ring->least = value;
	} else if (value < ring->least) {
		ring->least = value;
	}
	return closes;
}

size_t
growth_minima(const struct growth_ring *ring, size_t most, int64_t *ret_minima)
{
	size_t count = ring->count < most ? ring->count : most;
	size_t first = ring->next + GROWTH_WINDOWS - count;

	for (size_t i = 0; i < count; i++)
		ret_minima[i] = ring->minima[(first + i) % GROWTH_WINDOWS];
	return count;
}

/* Of an even number it lies between the middle two. */
static int64_t
median(const int64_t *values, size_t count)
{
	int64_t sorted[GROWTH_WINDOWS], low;

	memcpy(sorted, values, count * sizeof(sorted[0]));
	qsort(sorted, count, sizeof(sorted[0]), compare_int64);
	low = sorted[(count - 1) / 2];
	return low + (sorted[count / 2] - low) / 2;
}

/* The growth from the first third to the second, and from the second to the last. */
struct thirds {
	int64_t first, second;
};

static struct thirds
thirds_of(const int64_t *minima, size_t count)
{
	size_t third = count / 3;
	int64_t a = median(minima, third), b = median(minima + (count - third) / 2, third),
		c = median(minima + count - third, third);

	return (struct thirds){ .first = b - a, .second = c - b };
}

/* Whether the ranks rise with a z of at least 3 (Mann-Kendall with ties). */
static bool
rises(const int64_t *minima, size_t count)
{
	double n = (double)count, variance = n * (n - 1) * (2 * n + 5), sum = 0;

	for (size_t i = 0; i < count; i++) {
		double ties = 0;

		for (size_t j = 0; j < count; j++) {
			ties += minima[j] == minima[i];
			if (j > i)
				sum += (double)((minima[j] > minima[i]) - (minima[j] < minima[i]));
		}
		variance -= (ties - 1) * (2 * ties + 5); /* each of a group adds its part */
	}
	return sum > 1 && (sum - 1) * (sum - 1) >= 9 * variance / 18;
}

/* Whether one step that lasts is most of all growth: two windows before it, two behind it. */
static bool
has_jump(const int64_t *minima, size_t count)
{
	int64_t whole = minima[count - 1] - minima[0], step = 0;

	for (size_t i = 1; i < count; i++) {
		int64_t before = minima[i - 1], after = minima[i];

		if (i > 1 && minima[i - 2] > before)
			before = minima[i - 2];
		if (i + 1 < count && minima[i + 1] < after)
			after = minima[i + 1];
		if (after - before > step)
			step = after - before;
	}
	return step > whole / 2;
}

/* Copies the values that are known. Returns their number. */
static size_t
known_of(const int64_t *minima, size_t count, int64_t known[static GROWTH_WINDOWS])
{
	size_t number = 0;

	assert(count <= GROWTH_WINDOWS);
	for (size_t i = 0; i < count; i++)
		if (minima[i] != UNKNOWN)
			known[number++] = minima[i];
	return number;
}

bool
growth_slows(const int64_t *all, size_t all_count)
{
	int64_t minima[GROWTH_WINDOWS] = { 0 };
	size_t count = known_of(all, all_count, minima);
	struct thirds growth;

	if (count < GROWTH_LEAST_WINDOWS / 2)
		return false;
	growth = thirds_of(minima, count);
	return (double)growth.second < SLOWER * (double)growth.first;
}

enum growth
growth_judge(const int64_t *all, size_t all_count, int64_t least)
{
	int64_t minima[GROWTH_WINDOWS];
	size_t count = known_of(all, all_count, minima);
	struct thirds growth;
	double first, second;

	if (count < GROWTH_LEAST_WINDOWS)
		return GROWTH_YOUNG;
	growth = thirds_of(minima, count);
	first = (double)growth.first;
	second = (double)growth.second;
	if (growth.first + growth.second < least)
		return GROWTH_STEADY;
	if (minima[count - 1] <= minima[0])
		return GROWTH_VARYING; /* what has grown is gone */
	if (has_jump(minima, count))
		return GROWTH_JUMP;
	if (!rises(minima, count))
		return GROWTH_VARYING;
	if (second < 0.4 * first)
		return GROWTH_LEVELLING;
	return second < SLOWER * first ? GROWTH_SLOWING : GROWTH_GROWING;
}

static int
compare_doubles(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

struct growth_slope
growth_slope_of(const int64_t *minima, size_t count)
{
	double slopes[MOST_PAIRS];
	int64_t known[GROWTH_WINDOWS] = { 0 };
	size_t pairs = 0, apart = count / 3 ? count / 3 : 1;
	size_t known_count = known_of(minima, count, known);
	struct thirds growth = thirds_of(known, known_count);

	assert(known_count >= GROWTH_LEAST_WINDOWS);
	for (size_t i = 0; i < count; i++)
		for (size_t j = i + apart; j < count; j++)
			if (minima[i] != UNKNOWN && minima[j] != UNKNOWN)
				slopes[pairs++] = (double)(minima[j] - minima[i]) / (double)(j - i);
	qsort(slopes, pairs, sizeof(slopes[0]), compare_doubles);
	return (struct growth_slope){
		.low = slopes[pairs / 20],
		.middle = slopes[pairs / 2],
		.high = slopes[pairs - 1 - pairs / 20],
		.is_faster = (double)growth.second > 1.3 * (double)growth.first,
	};
}

int64_t
growth_per_minute(double slope, int64_t width)
{
	return known_rounded(slope * (double)(60 * NS_PER_SEC) / (double)width);
}

/* The time until `room` is used up; UNKNOWN if there is no end. */
static int64_t
time_to_fill(double slope, int64_t width, int64_t room)
{
	return slope > 0 ? known_rounded((double)room / slope * (double)width) : UNKNOWN;
}

struct growth_end
growth_end_of(const struct growth_slope *slope, int64_t width, int64_t room)
{
	if (room == UNKNOWN || slope->low <= 0)
		return (struct growth_end){ UNKNOWN, UNKNOWN, UNKNOWN };
	room = room > 0 ? room : 0;
	return (struct growth_end){
		.time = time_to_fill(slope->middle, width, room),
		.least = slope->is_faster ? UNKNOWN : time_to_fill(slope->high, width, room),
		.most = time_to_fill(slope->low, width, room),
	};
}
