// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/growth-rings.h"

#include <string.h>

enum { LEVELS = 8 };

/* Copies the last windows of the longest ring that has enough of them, else of the first ring. */
static size_t
last_minima(const struct growth_rings *rings, const struct growth_clock *clock,
	int64_t minima[static GROWTH_TREND])
{
	int64_t all[GROWTH_WINDOWS];
	size_t count = 0;

	for (size_t ring = GROWTH_RINGS; ring-- > 0 && count < GROWTH_TREND;)
		count = growth_rings_minima(rings, clock, ring, all);
	if (count > GROWTH_TREND)
		memmove(all, all + count - GROWTH_TREND, GROWTH_TREND * sizeof(all[0]));
	count = count < GROWTH_TREND ? count : GROWTH_TREND;
	memcpy(minima, all, count * sizeof(all[0]));
	return count;
}

void
growth_trend(char text[static GROWTH_TREND + 1], const struct growth_rings *rings,
	const struct growth_clock *clock)
{
	int64_t minima[GROWTH_TREND], least = INT64_MAX, most = 0;
	size_t count = last_minima(rings, clock, minima);
	double range;

	for (size_t i = 0; i < count; i++) {
		if (minima[i] == UNKNOWN)
			continue;
		least = minima[i] < least ? minima[i] : least;
		most = minima[i] > most ? minima[i] : most;
	}
	if (most - least <= most / 4) /* small changes are not to look like mountains */
		least = 0;
	range = (double)(most - least);
	for (size_t i = 0; i < count; i++) {
		double part = range > 0 ? (double)(minima[i] - least) / range : 0;

		text[i] =
			minima[i] == UNKNOWN ? '-' : (char)('0' + (int)(part * (LEVELS - 1) + 0.5));
	}
	text[count] = '\0';
}
