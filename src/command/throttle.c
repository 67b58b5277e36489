// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/throttle.h"

int
throttle_next(struct throttle *pace, int64_t took, int64_t interval)
{
	int64_t shorter = took < pace->took ? took : pace->took;

	pace->took = pace->has_begun ? took : 0;
	pace->has_begun = true;
	/* Divided, as an interval of many years times ten is no number any more. */
	for (int count = 1; count < PACE_MOST; count++)
		if (shorter / count <= interval / PACE_SHARE)
			return count;
	return PACE_MOST;
}
