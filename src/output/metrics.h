// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/arena.h"
#include "base/text.h"
#include "model/group-top.h"
#include "model/growth-set.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct snapshot;

/* At most so many groups of a kind are named: all metrics together have less than 2,000 samples. */
enum { METRICS_MOST_TOP = 30, METRICS_KINDS = 4, METRICS_MOST_KILLS = 128 };

/* The metrics of memtop export, from one refresh to the next. A zeroed one has begun. */
struct metrics {
	size_t top;      /* groups of a kind that are named */
	bool with_parts; /* of the budget */
	struct groups groups;
	struct group_top tops[METRICS_KINDS];
	struct growth_set growth[METRICS_KINDS];
	struct kill_count {
		const char *program, *scope;
		int64_t count;
	} kills[METRICS_MOST_KILLS]; /* seen since it began */
	size_t kill_count;
	struct arena texts; /* of the kills */
};

/* What must be read for them: NEED_ bits. */
uint64_t metrics_needs(void);

/*
 * Writes all metrics of the snapshot in the format of Prometheus. The usual time between two is
 * `interval` nanoseconds; 0: there is no other.
 */
void metrics_write(struct metrics *metrics, struct snapshot *now, int64_t interval, FILE *file);
void metrics_finish(struct metrics *metrics);
