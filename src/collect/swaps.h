// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

struct snapshot;

/* Where the machine may swap to, from /proc/swaps (mm/swapfile.c). Returns 0 or -errno. */
int swaps_read(int root, struct snapshot *now);

/* For swaps_read(): takes one line behind the heading. */
void swaps_take_line(struct snapshot *now, const char *line);

/* The memory that a zram device takes (/sys/block/zram*, mm_stat), or UNKNOWN. */
int64_t swaps_zram_memory(const char *device);
