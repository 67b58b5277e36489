// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

struct snapshot;

/* A path, in which each byte may be an octal escape. */
enum { SWAPS_LINE_SIZE = 4 * 4096 };

/* Where the machine may swap to, from the lines of /proc/swaps (mm/swapfile.c). Returns 0 or
 * -errno. */
int swaps_read(int root, char line[static SWAPS_LINE_SIZE], struct snapshot *now);

/* For swaps_read(): takes one line behind the heading. */
void swaps_take_line(struct snapshot *now, const char *line);

/* The memory that a zram device takes (/sys/block/zram*, mm_stat), or UNKNOWN. */
int64_t swaps_zram_memory(const char *device);
