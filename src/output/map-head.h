// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

struct output;
struct snapshot;

enum { MAP_HEAD_SIZE = 4096 };

/*
 * Writes the lines above the map of a process: command, totals, brk and mmap, the stack and its
 * limit, and the memory that its end would free. Safe for a terminal. The snapshot needs the
 * process and its mappings.
 */
void map_write_head(const struct output *output, const struct snapshot *snapshot, int64_t pid,
	char head[static MAP_HEAD_SIZE]);

/* Writes the process as a JSON object with all its columns. */
void map_write_process(struct output *output, const struct snapshot *snapshot, int64_t pid);
