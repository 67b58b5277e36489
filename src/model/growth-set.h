// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/index.h"
#include "model/growth-rings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct growth_row;

/*
 * The growth of many figures that are read together, by an identity: a hash that tells each from
 * the others and from later ones of the same name. A figure that is not noted in a refresh is
 * forgotten. A zeroed set is empty.
 */
struct growth_set {
	struct growth_clock clock;
	int64_t start; /* of the set, monotonic; 0: no refresh yet */
	int64_t time;  /* of this refresh, since then, in nanoseconds */
	unsigned refresh;
	struct growth_figure {
		uint64_t identity;
		int64_t first, last;               /* the first and the last known value */
		unsigned refresh;                  /* in which it was noted */
		bool is_judged;                    /* since its last window closed */
		const char *verdict;               /* growth_word() */
		int64_t minute, ten_minutes, hour; /* slopes, bytes per minute */
		char trend[GROWTH_TREND + 1];
	} * figures;
	struct growth_rings *rings; /* of each */
	float *least;
	size_t count, capacity, ring_capacity, least_capacity;
	struct index index;
};

/* At most so many figures are followed, in 9 MiB. */
enum { GROWTH_MOST_FIGURES = 16384 };

void growth_set_finish(struct growth_set *set);

/*
 * Begins a refresh at a monotonic time; the usual time between two is `interval`, all of them take
 * at most `span` (growth_width()). Nanoseconds. If windows must be longer now, all begins anew.
 */
void growth_set_begin(struct growth_set *set, int64_t monotonic, int64_t interval, int64_t span);

bool growth_set_has(const struct growth_set *set, uint64_t identity);

/*
 * Notes the value of a figure. Returns its place until the end of the refresh; INDEX_END if there
 * are too many, or it is not known and was never.
 */
uint32_t growth_set_note(struct growth_set *set, uint64_t identity, int64_t value);

/* The verdict and slopes of a figure; valid until the next call with this set. */
const struct growth_figure *growth_set_judge(struct growth_set *set, uint32_t place);

/* All that is known of a figure which must not exceed `limit`; UNKNOWN: there is none. */
void growth_set_row(
	const struct growth_set *set, uint32_t place, int64_t limit, struct growth_row *row);

/* Ends a refresh. */
void growth_set_end(struct growth_set *set);
