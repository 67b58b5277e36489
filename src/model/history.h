// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/rows.h"

/* A figure in a part of the past, of a recording. The times are nanoseconds since the epoch. */
struct history_part {
	int64_t begin, end;
	int64_t least, most, last;
};

extern const struct table history_table;

/*
 * The most in each of `count` equal parts of the time from `begin` to `end`; UNKNOWN: nothing is
 * known of it.
 */
void history_spread(
	const struct rows *history, int64_t begin, int64_t end, int64_t *ret_most, size_t count);
