// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/system.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct system_reader;

/*
 * The totals of the machine, from libproc2, which always reads below /proc. It shows absent figures
 * as 0, so the keys of the file are checked here.
 */

struct system_reader *system_reader_create(void);
void system_reader_destroy(struct system_reader *reader);

/*
 * /proc/meminfo exactly as libproc2 gives it, with absent figures as 0, multiplied to bytes modulo
 * 2^64: the figures of free. Returns 0, or -errno of libproc2.
 */
int system_read_raw_meminfo(struct system_reader *reader, struct system *system);

/*
 * The same in bytes, UNKNOWN if a figure, or a part of a sum, is absent or impossible. Returns 1 if
 * MemAvailable is above MemTotal, as in some containers: then available is UNKNOWN.
 */
int system_read_meminfo(struct system_reader *reader, struct system *system);

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

/* Its counts since boot, UNKNOWN if absent. */
int system_read_vmstat(struct system_reader *reader, int root, struct system *system);

/* /proc/uptime, for which libproc2 would allocate each time. */
int system_read_uptime(struct system *system, bool *ret_is_copy);

/* The load average of the last minute, from loadavg below `root`; UNKNOWN if it cannot be read. */
void load_read(int root, struct system *system);

/*
 * Memory pressure (kernel/sched/psi.c) from pressure/memory below `root`: averages in per mille,
 * totals in nanoseconds. Returns 0 or -errno; -ENOENT and -EOPNOTSUPP: the kernel has none.
 */
int pressure_read(int root, struct system *system);

/* Fills the figures in the text; the others stay as they are. */
void pressure_parse(const char *text, struct system *system);

/*
 * The use of this program itself: CPU time of all its threads, and resident memory from self/statm
 * below `root`. Unknown figures stay as they are.
 */
void self_read(int root, struct system *system);
