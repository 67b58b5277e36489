// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct snapshot;

/*
 * The zones of all NUMA nodes with their watermarks and free blocks, from /proc/zoneinfo and
 * /proc/buddyinfo (mm/vmstat.c). Returns 0 or -errno of zoneinfo; without buddyinfo the blocks are
 * unknown.
 */
int zones_read(int root, struct snapshot *now);
