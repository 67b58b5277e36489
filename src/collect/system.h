// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/system.h"

struct system_reader;

/*
 * The totals of the machine, by libproc2, which always reads below /proc itself. It cannot tell
 * what is absent from 0, so that is looked up here.
 */

struct system_reader *system_reader_create(void);
void system_reader_destroy(struct system_reader *reader);

/*
 * /proc/meminfo exactly as libproc2 gives it, absent figures as 0, multiplied to bytes modulo
 * 2^64: what free prints. Returns 0, or -errno where libproc2 refuses.
 */
int system_read_raw_meminfo(struct system_reader *reader, struct system *system);

/*
 * The same in bytes, UNKNOWN where a figure, or a part of a sum, is absent or cannot be. Returns 1
 * where MemAvailable is above MemTotal, as in some containers: what is available is unknown then.
 */
int system_read_meminfo(struct system_reader *reader, struct system *system);

/* /proc/vmstat: counts since boot, UNKNOWN where absent. */
int system_read_vmstat(struct system_reader *reader, int root, struct system *system);

/* /proc/uptime, for which libproc2 would allocate each time. */
int system_read_uptime(struct system *system);

/*
 * Memory pressure (kernel/sched/psi.c) from pressure/memory below `root`: averages in per mille,
 * totals in nanoseconds. Returns 0 or -errno; -ENOENT and -EOPNOTSUPP: the kernel has none.
 */
int pressure_read(int root, struct system *system);

/* Fills what the text has; the rest stays as it is. */
void pressure_parse(const char *text, struct system *system);

/*
 * What this program itself has used: CPU time of all its threads, and resident memory as
 * self/statm below the root has it. What cannot be known stays as it is.
 */
void self_read(int root, struct system *system);
