// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Reads the lines of a log: the running kernel's (/dev/kmsg), a file or standard input. */
struct kernel_log;

enum kernel_log_start { KERNEL_LOG_ALL, KERNEL_LOG_NEW };

/*
 * Opens a file, "-" for standard input, or /dev/kmsg. KERNEL_LOG_NEW skips existing lines and
 * follows the file. Returns 0 or -errno; for /dev/kmsg -EPERM if kernel.dmesg_restrict is set and
 * CAP_SYSLOG is missing. The caller closes it.
 */
int kernel_log_open(const char *path, enum kernel_log_start start, struct kernel_log **ret_log);
void kernel_log_close(struct kernel_log *log);

/*
 * Gives the next line, without its newline and cut at 64 KiB; it is the caller's until the next
 * call. Returns 1, 0 at the end (for /dev/kmsg: for now; it never waits), or -errno; -EILSEQ if the
 * file is no text: then kernel_log_kind() tells its kind and how to read it.
 */
int kernel_log_next(struct kernel_log *log, char **ret_line);

/* Whether the last line had its newline; a record of /dev/kmsg is always whole. */
bool kernel_log_line_ended(const struct kernel_log *log);

/* The number of records of /dev/kmsg that were overwritten before they were read. */
int64_t kernel_log_lost(const struct kernel_log *log);

const char *kernel_log_kind(const struct kernel_log *log);

extern const char kernel_log_device[];

/*
 * The time since the epoch when the clock of the kernel's log was 0. That clock stands still while
 * the machine is suspended: of what was before that, times are too late by up to `*ret_doubt`,
 * which is 0 if that is a few seconds (NULL: not asked).
 */
int64_t kernel_log_boot(int64_t *ret_doubt);
