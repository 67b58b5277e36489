// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/rows.h"

#include <stddef.h>
#include <stdint.h>

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

/* Adds a row of UNKNOWNs. It may move all earlier ones. */
struct fault *fault_add(struct rows *rows);

/* A row of some. */
static inline struct fault *
fault_at(const struct rows *rows, size_t i)
{
	return (struct fault *)rows->data + i;
}

/* The segments of rows that are not about one. */
extern const char fault_total[];     /* all faults of the process, by /proc/PID/stat */
extern const char fault_unsampled[]; /* of these, what no sample could see: MAP_POPULATE, mlock */
