// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/arena.h"
#include "model/table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct snapshot;

/*
 * Where page faults and TLB walks came from since the last refresh: what the samples of one
 * process, segment, mapping, code and symbol stand for. The texts belong to the snapshot.
 */
struct fault {
	int64_t pid; /* UNKNOWN in a row that is about several */
	int64_t samples;
	int64_t minor, major, walks; /* estimates; in a row of totals /proc's own counts */
	int64_t minor_error, major_error, walk_error;          /* one standard error each */
	int64_t minor_variance, major_variance, walk_variance; /* what the errors come from */
	int64_t minor_rate, minor_rate_error, major_rate, walk_rate;
	int64_t share; /* of all faults that the table is about */
	const char *comm;
	const char *segment; /* as in segment_descriptions, or FAULT_TOTAL, FAULT_UNSAMPLED */
	const char *mapping; /* the file, or what the kernel calls it */
	const char *code;    /* the name of the file whose instruction it was, or "kernel" */
	const char *symbol;  /* the function, where symbols are read */
	const char *waits;   /* what its major faults wait for; NULL: it has none */
};

extern const struct table fault_table;

/* The segments of rows that are not about one. */
extern const char fault_total[];     /* all faults of the process, by /proc/PID/stat */
extern const char fault_unsampled[]; /* of these, what no sample could see: MAP_POPULATE, mlock */

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

/* Rows that have been put together. A zeroed one is empty. */
struct fault_rows {
	struct fault *rows;
	size_t count, capacity;
};

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
void fault_group(struct fault_rows *rows, const struct snapshot *snapshot,
	const struct fault_grouping *grouping);
void fault_rows_finish(struct fault_rows *rows);
