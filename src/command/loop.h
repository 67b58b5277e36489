// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/macros.h"

#include <stdbool.h>
#include <stdint.h>

struct source;

/* The time in nanoseconds, on the clock of loop_wait(). */
int64_t loop_now(void);

/* When the next interval begins. After a delay that is at once: none is caught up with. */
int64_t loop_next(int64_t next, int64_t interval);

/*
 * Whether to tell what happens in each interval: once an hour. `told` is when it was told last, 0
 * for never, and is set.
 */
bool loop_may_tell(int64_t *told);

/*
 * Waits until `until`. Returns false at once if the pipe `output` is closed, so that nothing waits
 * for a pipe without a reader.
 */
bool loop_wait(int64_t until, int output);

/*
 * For programs that run until SIGTERM, SIGINT or SIGHUP: blocks these in this thread and those that
 * it starts, except what was ignored before, as by nohup. Then waits until `until`; false: one of
 * them has come.
 */
void loop_block_signals(void);
bool loop_wait_signal(int64_t until);

/* How many nanoseconds a refresh waits for the sampler, which a file may block. */
#define PATIENCE_OF_SCREEN (300 * NS_PER_MS)
#define PATIENCE_OF_REPORT (10 * NS_PER_SEC)

/*
 * Creates the source of all data: /proc with collect and, unless `patience` is 0, perf events with
 * the sampler. Returns 0 or -errno; the caller destroys the source.
 */
int source_create(int64_t patience, struct source **ret_source);

/* Limits the reads to a tenth of the time. A zeroed one has seen no read yet. */
struct throttle {
	bool has_begun; /* the first read does not count: it reads more than others */
	int64_t took;   /* time of the last read, except the first */
};

enum { THROTTLE_SHARE = 10, THROTTLE_MOST = 10 };

/*
 * Notes that a read took `took`. Returns the number of intervals between the starts of this read
 * and the next: 1, or as many as needed, at most THROTTLE_MOST. A single slow read may be an
 * accident: the shorter of the last two counts.
 */
int throttle_next(struct throttle *throttle, int64_t took, int64_t interval);
