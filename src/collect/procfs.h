// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/*
 * Files below a root directory, /proc or a tree of test files. The parsers take text, not files.
 * Sizes in kB (KiB) or in pages are returned in bytes.
 */

/* Whether /proc is mounted: each proc file system has a "self", even if other files are hidden. */
bool procfs_is_mounted(void);

/* Opens a root directory. Returns its descriptor or -errno. */
int procfs_open_root(const char *path);

/*
 * Reads a file below `directory` with one read and adds NUL; for a file of /proc that is the whole
 * of it at one moment. Returns its length, at most size - 1, or -errno.
 */
ssize_t procfs_read(int directory, const char *path, char *text, size_t size);

/* The same with as many reads as needed: some files of /proc give at most a page for each. */
ssize_t procfs_read_whole(int directory, const char *path, char *text, size_t size);

/*
 * Reads a file of any length piece by piece. `take` gets the text not taken yet, and may write to
 * it and to the byte after it. It returns how many bytes it has taken; PROCFS_ENOUGH ends the
 * reading. `is_last`: no more text follows. `size` is the longest possible item. Returns 0 or
 * -errno, -EINVAL for a longer item.
 */
#define PROCFS_ENOUGH SIZE_MAX
typedef size_t (*procfs_take_fn)(void *context, char *text, size_t length, bool is_last);
int procfs_read_pieces(int fd, size_t size, procfs_take_fn take, void *context);

/* Like procfs_read(), from an open descriptor. -ESRCH: the process has ended. */
ssize_t procfs_read_again(int fd, char *text, size_t size);

/* Opens a file below `directory` for reading lines; NULL and errno on failure. */
FILE *procfs_open(int directory, const char *path);

/*
 * Copies a field in which blanks and backslashes are octal escapes, as in mountinfo and swaps.
 * Returns false if it did not fit.
 */
bool procfs_unescape(char *copy, size_t size, const char *field, size_t length);

/*
 * The start of a field in a line of mountinfo: "36 35 98:0 ROOT POINT OPTIONS [TAGS...] - TYPE
 * SOURCE OPTIONS" (proc(5)), or NULL. It ends before the next blank.
 */
enum mount_field { MOUNT_ROOT, MOUNT_POINT, MOUNT_TYPE };
const char *procfs_mount_field(const char *line, enum mount_field field);

/*
 * Finds "KEY:" at the start of a line and returns its number, in bytes if the line ends in kB;
 * UNKNOWN without such a line or number. The whole key must match: "Pss" is neither "Pss_Anon" nor
 * "SwapPss".
 */
int64_t procfs_field(const char *text, const char *key);

/* Several fields of one text; fastest in the order of the file. */
struct procfs_key {
	const char *key;
	size_t offset; /* of an int64_t in the row */
};
void procfs_fields(const char *text, const struct procfs_key *keys, size_t count, void *row);

/* The ID of this boot (drivers/char/random.c), which no other has; "" if it cannot be read. */
enum { BOOT_ID_SIZE = 40 };
void procfs_boot_id(char id[static BOOT_ID_SIZE]);

/* Reads one unsigned number and skips it and one blank; UNKNOWN at anything else. */
int64_t procfs_number(const char **text);

/* The number at the start of a text, perhaps with a sign; UNKNOWN at anything else. */
int64_t procfs_signed_number(const char *text);

/*
 * /proc/PID/stat (fs/proc/array.c, do_task_stat). `resident`, in bytes, is not exact (T16), but the
 * OOM killer counts it before Linux 7.0; UNKNOWN if impossible.
 */
struct procfs_stat {
	const char *comm; /* points into the text */
	size_t comm_length;
	char state;
	int64_t pid, parent, flags, minor_faults, major_faults;
	int64_t user_ticks, system_ticks, priority, nice, threads, start_time, virtual;
	int64_t resident;
	int64_t start_code, start_stack; /* change with exec; 0 or 1 without permission */
};

/* Returns 0, or -EINVAL if the text is not in the kernel's format. */
int procfs_parse_stat(const char *text, size_t length, struct procfs_stat *ret_stat);

/* /proc/PID/statm in bytes (fs/proc/array.c, proc_pid_statm). Returns 0 or -EINVAL. */
struct procfs_statm {
	int64_t virtual, resident, shared;
};
int procfs_parse_statm(const char *text, struct procfs_statm *ret_statm);
