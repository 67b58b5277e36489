// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * How often is read: so that reading takes no more than a tenth of the time. A zeroed one has seen
 * no read yet.
 */
struct throttle {
	bool has_begun; /* the first read is no measure: it reads more than all others */
	int64_t took;   /* the last read but that one */
};

enum { PACE_SHARE = 10, PACE_MOST = 10 };

/*
 * Notes that a read took `took`. Returns how many intervals pass from its start to that of the
 * next one: 1, or as many as are needed, at most PACE_MOST. One slow read is an accident, two in a
 * row are a pace: the shorter of the last two counts.
 */
int throttle_next(struct throttle *pace, int64_t took, int64_t interval);
