// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Values over time, from a file with lines "SECONDS,BYTES". A zeroed one is empty. */
struct series {
	struct series_point {
		int64_t time;  /* nanoseconds, from 0; never before that of the point before */
		int64_t bytes; /* or UNKNOWN */
	} * points;
	size_t count, capacity;
};

enum { SERIES_MOST = 4 << 20, SERIES_ERROR_SIZE = 512 };

/*
 * Reads the lines of a file. Empty ones, those that begin with # and a heading of two words are
 * left out; an empty value or "-" is UNKNOWN. Returns 0; -EINVAL for a wrong line, and writes what
 * is wrong to `error`, safe to show; or another -errno.
 */
int series_read(FILE *file, struct series *series, char error[static SERIES_ERROR_SIZE]);
void series_finish(struct series *series);

/* The usual time between two points, in nanoseconds; 0 for less than two. */
int64_t series_interval(const struct series *series);
