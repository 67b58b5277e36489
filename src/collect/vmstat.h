// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>
#include <sys/types.h>

struct snapshot;

/* /proc/vmstat (mm/vmstat.c) has 4 to 8 KiB; the rest is for future kernels. */
enum { VMSTAT_SIZE = 16 * 1024 };

/* Reads the file as text below `root`. Returns its length or -errno. */
ssize_t vmstat_read(int root, char text[static VMSTAT_SIZE]);

/*
 * A counter since boot, by its name. If the kernel has one for each kind of zone (name_dma,
 * name_normal ...: allocstall since Linux 4.8, pgscan_kswapd, pgsteal_direct and others before it)
 * it is their sum. UNKNOWN if there is none, or one of them is no number.
 */
int64_t vmstat_counter(const char *text, const char *name);

/*
 * How often the kernel has changed the memory of processes that need not have run: the sum of its
 * counters of reclaim, swap, huge pages, merged pages (KSM) and kills. It differs from the last one
 * if something was changed since.
 */
int64_t vmstat_changes(const char *text);

/*
 * Adds the counters of reclaim and compaction, from /proc/vmstat; `text` is space for the file.
 * Returns 0 or -errno.
 */
int reclaim_read(int root, char text[static VMSTAT_SIZE], struct snapshot *now);
