// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "collect/vmstat.h"

struct snapshot;

/* The counters of reclaim and compaction, from /proc/vmstat, which is read into `text`. Returns 0
 * or -errno. */
int reclaim_read(int root, char text[static VMSTAT_SIZE], struct snapshot *now);
