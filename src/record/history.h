// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/history.h"
#include "record/summary.h"

/*
 * How a figure was between two times of the wall clock (nanoseconds since the epoch), oldest first:
 * from the summaries of chunks, and of chunks without one from their samples. `table` of the query
 * is a recorded table. Returns 0 or -errno.
 */
int recording_history(const char *path, const struct summary_query *query, int64_t from, int64_t to,
	struct rows *history);
