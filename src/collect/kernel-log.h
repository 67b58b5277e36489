// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The lines of a log, one by one: of the running kernel (/dev/kmsg), a file or standard input. */
struct kernel_log;

enum kernel_log_start { KERNEL_LOG_ALL, KERNEL_LOG_NEW };

/*
 * Opens a file, "-" for standard input, or what /dev/kmsg holds; with KERNEL_LOG_NEW only what
 * comes from now on, and then what is appended. Returns 0 or -errno; for /dev/kmsg -EPERM where
 * kernel.dmesg_restrict is set and CAP_SYSLOG missing. The caller closes it.
 */
int kernel_log_open(const char *path, enum kernel_log_start start, struct kernel_log **ret_log);
void kernel_log_close(struct kernel_log *log);

/*
 * Gives the next line, without its newline, cut where it is over 64 KiB; it lives until the next
 * call. Returns 1, 0 at the end (of /dev/kmsg: for now; it never waits), or -errno; -EILSEQ where
 * the file is no text, of which kernel_log_kind() then says what it is and how to read it.
 */
int kernel_log_next(struct kernel_log *log, const char **ret_line);

/* Whether the last line that was given had its newline; a record of /dev/kmsg always is whole. */
bool kernel_log_line_ended(const struct kernel_log *log);

/* How many records of /dev/kmsg were overwritten before they could be read. */
int64_t kernel_log_lost(const struct kernel_log *log);

const char *kernel_log_kind(const struct kernel_log *log);

extern const char kernel_log_device[];
