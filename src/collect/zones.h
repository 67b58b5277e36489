// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>

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
