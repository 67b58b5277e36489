// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/map.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;

/*
 * Limits for one process: twice the mappings that Linux permits by default, and the bytes of names,
 * beyond which long names are left out.
 */
enum { SMAPS_MOST_ROWS = 128 * 1024, SMAPS_MOST_NAMES = 8 * 1024 * 1024 };

/*
 * The mappings of one process during parsing. smaps_begin() begins it, smaps_finish() ends it. Rows
 * of segments are made piece by piece, so that only they need memory.
 */
struct smaps {
	struct rows *rows;   /* the result: a row for each mapping, or for each segment */
	struct arena *texts; /* for names and flags */
	bool by_segment;
	struct rows piece;  /* by segment: the last mappings; else not used */
	struct rows *added; /* mappings are added to it: `rows` or `piece` */
	struct map_grouping grouping;
	struct mapping *mappings; /* of the same mappings as `added`, to find their segments */
	size_t capacity;
	size_t known;   /* so many of `added` have their role, */
	size_t grouped; /* and so many of these are in the result */
	size_t count;   /* of all mappings so far */
	uint64_t end;   /* of the last one */
	size_t rest;    /* number of the row for all that have no room; SIZE_MAX: none yet */
	const char *name, *device, *flags[16]; /* of recent mappings: most are the same again */
	size_t next_flags, name_bytes;
};
void smaps_begin(struct smaps *smaps, struct rows *rows, struct arena *texts, bool by_segment);

/*
 * Reads DIRECTORY/smaps below `root`, a descriptor of /proc; the directory is PID or, if its first
 * thread has ended, PID/task/TID. The rows ascend, do not overlap and have their segments and
 * roles, or are those of map_group() (`by_segment`). All mappings after SMAPS_MOST_ROWS - 1 are one
 * row, the last. If the kernel has no smaps,
 * reads maps, and all figures but SIZE are UNKNOWN. Returns 0, -ENODATA if only maps could be read,
 * or -errno: then there are no rows.
 *
 * It blocks while the process changes its mappings and, if that waits for a device, as long as the
 * device takes, perhaps for ever (T17). Use it only for a process that the user asked about, and
 * where waiting harms nobody else.
 */
int smaps_read(
	int root, const char *directory, struct rows *rows, struct arena *texts, bool by_segment);

/*
 * Takes whole entries from `length` bytes of text, and writes to the text and to the byte after it.
 * Takes the last entry only if `is_last`: no more text follows. Returns how many bytes it has
 * taken.
 */
size_t smaps_parse(struct smaps *smaps, char *text, size_t length, bool is_last);

/* Finds segments and roles, and frees the memory used for parsing. */
void smaps_finish(struct smaps *smaps);
