// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/rows.h"

#include <stddef.h>
#include <stdint.h>

/* What is sampled. */
enum fault_kind {
	FAULT_MINOR, /* a page fault without waiting */
	FAULT_MAJOR, /* a page fault that waited for a disk */
	FAULT_WALK,  /* a page table walk after a miss in the data TLB */
	FAULT_KINDS,
};

/*
 * The source of page faults and TLB walks since the last refresh: a process, segment, mapping, code
 * and symbol, estimated from samples. The snapshot owns the texts.
 */
struct fault {
	int64_t pid; /* UNKNOWN for a row of several processes */
	int64_t samples;
	int64_t minor, major, walks; /* estimates; in a total the counts of /proc */
	int64_t minor_error, major_error, walk_error;          /* one standard error each */
	int64_t minor_variance, major_variance, walk_variance; /* errors squared */
	int64_t minor_rate, minor_rate_error, major_rate, walk_rate;
	int64_t share; /* of all faults in the table */
	const char *comm;
	const char *segment;  /* from segment_descriptions, or fault_total, fault_unsampled */
	const char *mapping;  /* the file, or the kernel's name */
	const char *code;     /* the file with the instruction, or "kernel" */
	const char *symbol;   /* the function, if symbols are read */
	const char *function; /* the same as its source names it */
	const char *waits;    /* what its major faults wait for; NULL: no major faults */
};

extern const struct table fault_table;

/* Adds a row of UNKNOWNs. Earlier rows may move. */
struct fault *fault_add(struct rows *rows);

static inline struct fault *
fault_at(const struct rows *rows, size_t i)
{
	return (struct fault *)rows->data + i;
}

/* Segment names for rows without a segment. */
extern const char fault_total[];     /* all faults of the process, by /proc/PID/stat */
extern const char fault_unsampled[]; /* the part that no sample can see: MAP_POPULATE, mlock */
