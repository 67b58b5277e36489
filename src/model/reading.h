// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/growth-set.h"
#include "model/verdict.h"

struct needs;
struct snapshot;
struct source;

/* A source that is read again and again, and what only several readings tell. */
struct reading {
	struct source *source;
	struct verdict_history verdicts;
	struct growth_set growth; /* of processes */
};

/* Owns the source from now on. */
void reading_init(struct reading *reading, struct source *source);
void reading_finish(struct reading *reading);

/*
 * Reads the next snapshot, with its rates, verdict and growth. `before` is the last one, for rates;
 * NULL: none. `kept` is the same, or NULL where nothing of it may be reused. The usual time between
 * two is `interval` nanoseconds. Returns 0, or -errno if nothing could be read.
 */
int reading_take(struct reading *reading, struct snapshot *now, const struct snapshot *before,
	const struct snapshot *kept, const struct needs *needs, int64_t interval);
