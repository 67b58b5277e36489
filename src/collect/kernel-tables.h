// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "collect/system.h"

#include <stdbool.h>
#include <stdint.h>

struct node;
struct snapshot;

/*
 * Reads the zones of all NUMA nodes with their watermarks and free blocks, from /proc/zoneinfo and
 * /proc/buddyinfo (mm/vmstat.c). Returns 0 or -errno of zoneinfo; without buddyinfo the blocks are
 * unknown.
 */
int zones_read(int root, struct snapshot *now);

/*
 * For zones_read(): parse one line of zoneinfo (a heading begins a row) or of buddyinfo.
 * zones_take_blocks() returns whether the zone exists.
 */
void zones_take_line(struct snapshot *now, const char *line);
bool zones_take_blocks(struct snapshot *now, const char *line);

/*
 * Reads the NUMA nodes from `folder`, /sys/devices/system/node (drivers/base/node.c), in ascending
 * order. Returns 0 or -errno.
 */
int nodes_read(const char *folder, struct snapshot *now);

/* For nodes_read(): parses one line of `file` ("meminfo" or "numastat"). */
void nodes_take_line(struct node *node, const char *file, const char *line);

/* A path, in which each byte may be an octal escape. */
enum { SWAPS_LINE_SIZE = 4 * 4096 };

/* Reads the swap devices and files from /proc/swaps (mm/swapfile.c). Returns 0 or -errno. */
int swaps_read(int root, char line[static SWAPS_LINE_SIZE], struct snapshot *now);

/* For swaps_read(): parses one line after the heading. */
void swaps_take_line(struct snapshot *now, const char *line);

/* The memory used by a zram device (/sys/block/zram*, mm_stat), or UNKNOWN. */
int64_t swaps_zram_memory(const char *device);

/*
 * Adds the counters of reclaim and compaction, from /proc/vmstat; `text` is space for the file.
 * Returns 0 or -errno.
 */
int reclaim_read(int root, char text[static VMSTAT_SIZE], struct snapshot *now);
