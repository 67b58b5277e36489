// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct snapshot;

/* The counters of reclaim and compaction, from /proc/vmstat. Returns 0 or -errno. */
int reclaim_read(int root, struct snapshot *now);
