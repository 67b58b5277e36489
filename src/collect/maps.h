// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/arena.h"
#include "model/mapping.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * How much of one process is read: twice as many mappings as Linux permits by default, and bytes of
 * their names.
 */
enum { MAPS_MOST_MAPPINGS = 128 * 1024, MAPS_MOST_NAMES = 8 * 1024 * 1024 };

/*
 * The mappings of one process, in ascending order and without overlaps. A zeroed one is empty; its
 * memory is used again by the next reading.
 */
struct mappings {
	struct mapping *rows;
	size_t count, capacity;
	struct arena names;
	size_t name_bytes;
	bool is_cut; /* there are more, which were not read */
};
void mappings_finish(struct mappings *mappings);

/*
 * Reads /proc/PID/maps below `root`, a descriptor of /proc; segments are left to
 * mapping_classify(). Names are as the kernel writes them: a line feed is "\012", a file without a
 * name ends in " (deleted)". Returns 0 or -errno; then nothing is in it. A kernel thread and a
 * process that has ended have no mappings.
 *
 * It may block for as long as the process changes its mappings (T17).
 */
int maps_read(int root, int64_t pid, struct mappings *mappings);

/*
 * Parses the text of such a file and classifies the mappings; lines that are none are left out, as
 * is what overlaps the line before. It writes to the text and the byte behind it.
 */
void maps_parse(char *text, size_t length, struct mappings *mappings);

/* Parses one line, which ends in NUL. Returns whether it is one; the row has no segment yet. */
bool maps_parse_line(const char *line, struct mapping *ret_mapping);

/*
 * The file is read piece by piece, between which mappings may change: cuts off what lies before
 * the end of the one above. Returns whether something is left.
 */
bool maps_cut_to_follow(struct mapping *mapping, uint64_t end);
