// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>
#include <stdint.h>

struct rows;
struct snapshot;

/* By what rows are kept apart; what is left out shows its largest part. */
enum fault_key {
	FAULT_BY_PROCESS = 1 << 0,
	FAULT_BY_SEGMENT = 1 << 1,
	FAULT_BY_MAPPING = 1 << 2,
	FAULT_BY_CODE = 1 << 3,
	FAULT_BY_SYMBOL = 1 << 4,
};

/* Reads a list as "process,segment". Returns the keys, or -EINVAL with the place of the first
 * word that is none and the nearest key, or NULL. */
int fault_parse_keys(const char *list, size_t *ret_position, const char **ret_near);

/* How rows are put together. */
struct fault_grouping {
	unsigned keys;
	int64_t pid; /* only those of this process; UNKNOWN: of all */
	/*
	 * The exact counts of all that the rows are about, where the caller knows them. UNKNOWN:
	 * the rows get totals of each process instead if they are about one or kept apart by it.
	 */
	int64_t minor, major;
};

/* Puts the rows of a snapshot together, which must have gone through derive(). */
void fault_group(
	struct rows *rows, const struct snapshot *snapshot, const struct fault_grouping *grouping);
