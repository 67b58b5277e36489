// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Made-up courses of memory, always the same for the same seed: 5 shapes of leaks and 10 that are
 * none, each with 4 kinds of noise.
 */
enum { SHAPES = 15, NOISES = 4, SHAPE_MOST = 2881 };

struct chance {
	uint64_t state;
	double walk;       /* of what remembers */
	double part, root; /* of a value in the whole course, and the square root of that */
};

struct growth_shape {
	const char *name;
	bool is_leak;
	bool needs_days;    /* it only makes sense over 2 days */
	bool may_be_a_leak; /* it cannot be told from one while it rises for 12 hours */
	double (*value)(double time, struct chance *chance);
};
extern const struct growth_shape growth_shapes[SHAPES];
extern const char *const growth_noises[NOISES];

/*
 * Fills `count` values in bytes of a shape, `interval` seconds apart. The size at the start depends
 * on the seed: 60 to 3,000 MiB.
 */
void growth_shape_fill(const struct growth_shape *shape, size_t noise, uint64_t seed,
	double interval, size_t count, int64_t *ret_values);

/* A number from 0 to below 1. */
double chance_share(struct chance *chance);
