// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/arena.h"
#include "model/mapping.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Limits for one process: twice the mappings that Linux permits by default, and the bytes of names.
 */
enum { MAPS_MOST_MAPPINGS = 128 * 1024, MAPS_MOST_NAMES = 8 * 1024 * 1024 };

/*
 * The mappings of one process, ascending and without overlaps. A zeroed struct is empty; the next
 * reading reuses its memory.
 */
struct mappings {
	struct mapping *rows;
	size_t count, capacity;
	struct arena names;
	size_t name_bytes;
	bool is_cut; /* there are more mappings, not read */
};
void mappings_finish(struct mappings *mappings);

/*
 * Reads /proc/PID/maps below `root`, a descriptor of /proc, without segments (see
 * mapping_classify()). Names are as the kernel writes them: a line feed is "\012", the name of a
 * deleted file ends in " (deleted)". Returns 0 or -errno; then `mappings` is empty. Kernel threads
 * and processes that have ended have no mappings.
 *
 * It may block while the process changes its mappings (T17).
 */
int maps_read(int root, int64_t pid, struct mappings *mappings);

/*
 * Parses such a text and classifies the mappings. Ignores other lines, and the overlap with the
 * mapping before. Writes to the text and to the byte behind it.
 */
void maps_parse(char *text, size_t length, struct mappings *mappings);

/* Parses one line, which ends in NUL. Returns whether it is a mapping; its segment is not set. */
bool maps_parse_line(const char *line, struct mapping *ret_mapping);

/*
 * Mappings may change between two reads of the file: cuts off the part before `end`, the end of the
 * mapping before. Returns whether something is left.
 */
bool maps_cut_to_follow(struct mapping *mapping, uint64_t end);
