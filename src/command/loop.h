// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/macros.h"

#include <stdbool.h>
#include <stdint.h>

struct source;

/* Nanoseconds of the clock that loop_wait() waits by. */
int64_t loop_now(void);

/*
 * Waits until that clock shows `until`. Returns false at once where the reader of `output` has
 * gone away, so that nothing waits for a pipe that nobody reads.
 */
bool loop_wait(int64_t until, int output);

/* How many nanoseconds a refresh waits for the sampler, which may itself wait for a file. */
#define PATIENCE_OF_SCREEN (300 * NS_PER_MS)
#define PATIENCE_OF_REPORT (10 * NS_PER_SEC)

/*
 * All that the running kernel tells: /proc by collect, and where it is asked for perf events by
 * the sampler, unless `patience` is 0. Returns 0 or -errno; the caller destroys the source.
 */
int source_create(int64_t patience, struct source **ret_source);

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
