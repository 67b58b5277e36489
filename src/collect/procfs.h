// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/*
 * Files below a root directory, /proc or a tree of test files. The parsers take text, not files.
 * Sizes that /proc prints in kB (KiB) or in pages come back in bytes.
 */

/* Whether /proc is of use at all: each proc file system has a "self", whatever else is hidden. */
bool procfs_is_mounted(void);

/* Opens a root directory. Returns its descriptor or -errno. */
int procfs_open_root(const char *path);

/*
 * Reads a file below `directory` with one read, which for a file of /proc is the whole of it as
 * of one moment, and ends it with NUL. Returns its length, at most size - 1, or -errno.
 */
ssize_t procfs_read(int directory, const char *path, char *text, size_t size);

/* The same with as many reads as the file takes: of some of /proc one gives a page at most. */
ssize_t procfs_read_whole(int directory, const char *path, char *text, size_t size);

/*
 * Reads a file piece by piece, for one that may be of any length. `take` is given the text that it
 * has not taken yet, whose next byte it may write to, and returns how many bytes of it are done
 * with; `is_last` says that nothing follows. PROCFS_ENOUGH ends the reading. `size` is the longest
 * item that can be taken. Returns 0 or -errno, -EINVAL for a longer item.
 */
#define PROCFS_ENOUGH SIZE_MAX
typedef size_t (*procfs_take_fn)(void *context, char *text, size_t length, bool is_last);
int procfs_read_pieces(int fd, size_t size, procfs_take_fn take, void *context);

/* As procfs_read() from a descriptor that is kept open. -ESRCH: the process has ended. */
ssize_t procfs_read_again(int fd, char *text, size_t size);

/* Opens a file below it to be read line by line; NULL where that fails, with errno. */
FILE *procfs_open(int directory, const char *path);

/*
 * Copies a field in which blanks and backslashes are octal escapes, as in mountinfo and swaps.
 * Returns false where it did not fit.
 */
bool procfs_unescape(char *copy, size_t size, const char *field, size_t length);

/*
 * Where a field of a line of mountinfo begins: "36 35 98:0 ROOT POINT OPTIONS [TAGS...] - TYPE
 * SOURCE OPTIONS" (proc(5)); NULL: it is not there. It ends before the next blank.
 */
enum mount_field { MOUNT_ROOT, MOUNT_POINT, MOUNT_TYPE };
const char *procfs_mount_field(const char *line, enum mount_field field);

/*
 * Finds "KEY:" at the start of a line and returns its number, in bytes where the line ends in
 * kB; UNKNOWN if there is no such line or no number. The whole key must match: "Pss" is neither
 * "Pss_Anon" nor "SwapPss".
 */
int64_t procfs_field(const char *text, const char *key);

/* Several fields of one text at once, cheapest where they are given in the order of the file. */
struct procfs_key {
	const char *key;
	size_t offset; /* of an int64_t in the row */
};
void procfs_fields(const char *text, const struct procfs_key *keys, size_t count, void *row);

/* Reads one unsigned number and steps over it and one blank; UNKNOWN at anything else. */
int64_t procfs_number(const char **text);

/* The number that begins a text, perhaps with a sign; UNKNOWN at anything else. */
int64_t procfs_signed_number(const char *text);

/* Texts that differ have the same hash once in 2^64. It is never 0. */
uint64_t procfs_hash(const char *text, size_t length);

/*
 * /proc/PID/stat (fs/proc/array.c, do_task_stat). `resident`, in bytes, is not exact (T16), but is
 * what the OOM killer counts before Linux 7.0; UNKNOWN where it cannot be.
 */
struct procfs_stat {
	const char *comm; /* points into the text */
	size_t comm_length;
	char state;
	int64_t pid, parent, flags, minor_faults, major_faults;
	int64_t user_ticks, system_ticks, priority, nice, threads, start_time, virtual;
	int64_t resident;
	int64_t start_code, start_stack; /* change with exec; 0 or 1 where not permitted */
};

/* Returns 0, or -EINVAL where the text is not what the kernel prints. */
int procfs_parse_stat(const char *text, size_t length, struct procfs_stat *ret_stat);

/* /proc/PID/statm in bytes (fs/proc/array.c, proc_pid_statm). Returns 0 or -EINVAL. */
struct procfs_statm {
	int64_t virtual, resident, shared;
};
int procfs_parse_statm(const char *text, struct procfs_statm *ret_statm);

/* Whether a thread of this program waits for something else than a CPU. */
bool procfs_thread_sleeps(int64_t tid);
