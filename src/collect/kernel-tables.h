// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct node;
struct snapshot;

/*
 * The zones of all NUMA nodes with their watermarks and free blocks, from /proc/zoneinfo and
 * /proc/buddyinfo (mm/vmstat.c). Returns 0 or -errno of zoneinfo; without buddyinfo the blocks are
 * unknown.
 */
int zones_read(int root, struct snapshot *now);

/*
 * For zones_read(): take one line of zoneinfo, where a heading begins a row, and one of buddyinfo.
 * The latter returns whether it was about a zone that is there.
 */
void zones_take_line(struct snapshot *now, const char *line);
bool zones_take_blocks(struct snapshot *now, const char *line);

/*
 * The NUMA nodes of a folder, which is /sys/devices/system/node (drivers/base/node.c), by ascending
 * number. Returns 0 or -errno.
 */
int nodes_read(const char *folder, struct snapshot *now);

/* For nodes_read(): takes one line of `file`, which is "meminfo" or "numastat". */
void nodes_take_line(struct node *node, const char *file, const char *line);

/* A path, in which each byte may be an octal escape. */
enum { SWAPS_LINE_SIZE = 4 * 4096 };

/* Where the machine may swap to, from the lines of /proc/swaps (mm/swapfile.c). Returns 0 or
 * -errno. */
int swaps_read(int root, char line[static SWAPS_LINE_SIZE], struct snapshot *now);

/* For swaps_read(): takes one line behind the heading. */
void swaps_take_line(struct snapshot *now, const char *line);

/* The memory that a zram device takes (/sys/block/zram*, mm_stat), or UNKNOWN. */
int64_t swaps_zram_memory(const char *device);
