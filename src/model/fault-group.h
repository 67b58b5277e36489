// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/fault.h"

#include <stddef.h>
#include <stdint.h>

struct snapshot;

/* The keys of a row; columns that are not keys show their largest part. */
enum fault_key {
	FAULT_BY_PROCESS = 1 << 0,
	FAULT_BY_SEGMENT = 1 << 1,
	FAULT_BY_MAPPING = 1 << 2,
	FAULT_BY_CODE = 1 << 3,
	FAULT_BY_SYMBOL = 1 << 4,
};

/*
 * Reads a list like "process,segment". Returns the keys, or -EINVAL with the place of the first
 * wrong word and its nearest key (or NULL).
 */
int fault_parse_keys(const char *list, size_t *ret_position, const char **ret_near);

/* Adds to an estimate and its variance. UNKNOWN adds nothing. */
void fault_count(struct fault *row, enum fault_kind kind, int64_t number, int64_t variance);

struct fault_grouping {
	unsigned keys;
	int64_t pid; /* only this process; UNKNOWN: all */
	/*
	 * The exact counts for all rows, if the caller knows them. UNKNOWN: each process gets a
	 * total, if the rows are about one process or grouped by process.
	 */
	int64_t minor, major;
};

/* Groups the fault rows of a snapshot. derive() must have run. */
void fault_group(
	struct rows *rows, const struct snapshot *snapshot, const struct fault_grouping *grouping);
