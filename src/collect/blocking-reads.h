// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/macros.h"
#include "collect/process-files.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads the files of processes that may not answer for ever, in a thread of its own: whoever holds
 * a process's mmap_lock may wait for a device, and a reader would with it (T17). A thread that
 * hangs is left behind with its file, and another one goes on with the rest. The file is not asked
 * again until that answer has come.
 */
struct blocking_reads;

enum blocking_file { BLOCKING_COMMAND, BLOCKING_PSS, BLOCKING_FILES };

/* One file of one process, and what it said. */
struct blocking_read {
	int64_t pid, start_time;
	enum blocking_file file;
	char directory[PROCESS_PATH_SIZE]; /* "PID", or "PID/task/TID" */
	int error;                         /* 0, -errno, or -EINPROGRESS: no answer yet */
	int64_t time;                      /* when it was asked (CLOCK_BOOTTIME), nanoseconds */
	int64_t cpu_time;                  /* that reading took, nanoseconds */
	const char *command;               /* BLOCKING_COMMAND: arguments, each with its NUL; */
	size_t command_length;
	int64_t pss, uss, swap_pss; /* BLOCKING_PSS: bytes */
};

/* `root` is a descriptor of /proc. The thread is started with the first read. */
struct blocking_reads *blocking_reads_create(int root);

/* Does not wait: what still hangs then is left to the end of the program. */
void blocking_reads_destroy(struct blocking_reads *reads);

/* Forgets the reads of the last batch. Returns false while some of them still wait. */
bool blocking_reads_reset(struct blocking_reads *reads);

/* Adds one to the batch. Not one that blocking_reads_is_blocked(). */
void blocking_reads_add(struct blocking_reads *reads, const struct blocking_read *read);

/* Reads the batch. Returns at once. */
void blocking_reads_submit(struct blocking_reads *reads);

/*
 * Waits until each read of the batch has its answer. One that hangs has -ETIMEDOUT; after
 * `hang_limit` of them what is left is given up with -EAGAIN.
 */
void blocking_reads_wait(struct blocking_reads *reads, int hang_limit);

/* Looks for a read that hangs, without waiting. Returns whether all have their answers. */
bool blocking_reads_poll(struct blocking_reads *reads);

/*
 * The reads of the batch. Only what has an answer may be looked at, before the next begin; with
 * blocking_reads_poll() that is when it returned true.
 */
const struct blocking_read *blocking_reads_results(
	const struct blocking_reads *reads, size_t *ret_count);

/* Whether this file of the process has been asked and has not answered. */
bool blocking_reads_is_blocked(struct blocking_reads *reads, int64_t pid, enum blocking_file file);

/* How long nothing may come before a sleeping thread counts as hanging. */
#define READ_TIMEOUT_NS (20 * NS_PER_MS)
