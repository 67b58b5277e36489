// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/map.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;

/*
 * How much of one process has rows of its own: twice as many mappings as Linux permits by default,
 * and bytes of their names, beyond which long names are left out.
 */
enum { SMAPS_MOST_ROWS = 128 * 1024, SMAPS_MOST_NAMES = 8 * 1024 * 1024 };

/*
 * The mappings of one process while its smaps are being parsed. Begins with its first two members
 * set and the others zeroed; ends with smaps_finish().
 */
struct smaps {
	struct rows *rows;   /* to which mappings are added */
	struct arena *texts; /* which takes their names and flags */
	struct mapping *mappings;
	size_t capacity;
	const char *name, *device, *flags[16]; /* that were met last: most are met again */
	size_t next_flags, name_bytes;
};

/*
 * Reads DIRECTORY/smaps below `root`, a descriptor of /proc; the directory is PID or, where its
 * first thread has ended, PID/task/TID. The rows ascend, do not overlap and know their segments
 * and roles; the last of SMAPS_MOST_ROWS is the sum of all that follow. Where the kernel has no
 * smaps, maps is read and all figures but SIZE are UNKNOWN. Returns 0, -ENODATA where only maps
 * could be read, or -errno: then there are no rows.
 *
 * It blocks while the process changes its mappings and, where that waits for a device, for as long
 * as the device takes, perhaps for ever (T17): only for a process that somebody asked about, where
 * waiting harms nobody else.
 */
int smaps_read(int root, const char *directory, struct rows *rows, struct arena *texts);

/*
 * Takes whole entries from `length` bytes of text, which it cuts to pieces; one more byte behind
 * them is its own. The last entry is taken only where `is_last` says that nothing follows. Returns
 * how much is done with.
 */
size_t smaps_parse(struct smaps *smaps, char *text, size_t length, bool is_last);

/* Finds segments and roles, and gives back what was needed for parsing. */
void smaps_finish(struct smaps *smaps);
