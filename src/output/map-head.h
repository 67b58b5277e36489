// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

struct output;
struct snapshot;

enum { MAP_HEAD_SIZE = 4096 };

/*
 * Writes what stands above the map of a process: whose it is, its totals, brk against mmap, the
 * stack and its limit, and what its end would free. Whole lines, safe for a terminal. The snapshot
 * has the process and its mappings.
 */
void map_write_head(const struct output *output, const struct snapshot *snapshot, int64_t pid,
	char head[static MAP_HEAD_SIZE]);

/* Writes the process as an object of JSON with all its columns. */
void map_write_process(struct output *output, const struct snapshot *snapshot, int64_t pid);
