// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/macros.h"
#include "collect/details.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads the files of processes that may not answer for ever, in a thread of its own: whoever holds
 * a process's mmap_lock may wait for a device, and a reader would with it (T17). A thread that
 * hangs is left behind with its file, and another one goes on with the rest. The file is not asked
 * again until that answer has come.
 */
struct aside;

enum aside_file { ASIDE_COMMAND, ASIDE_ROLLUP, ASIDE_FILES };

/* One file of one process, and what it said. */
struct aside_read {
	int64_t pid, start_time;
	enum aside_file file;
	char directory[PROCESS_PATH_SIZE]; /* "PID", or "PID/task/TID" */
	int error;                         /* 0, -errno, or -EINPROGRESS: no answer yet */
	int64_t time;                      /* when it was asked (CLOCK_BOOTTIME), nanoseconds */
	int64_t cpu_time;                  /* that reading took, nanoseconds */
	const char *command;               /* ASIDE_COMMAND: arguments, each with its NUL; */
	size_t command_length;
	int64_t pss, uss, swap_pss; /* ASIDE_ROLLUP: bytes */
};

/* `root` is a descriptor of /proc. The thread is started with the first read. */
struct aside *aside_create(int root);

/* Does not wait: what still hangs then is left to the end of the program. */
void aside_destroy(struct aside *aside);

/* Forgets the reads of the last batch. Returns false while some of them still wait. */
bool aside_begin(struct aside *aside);

/* Adds one to the batch. Not one that aside_is_blocked(). */
void aside_add(struct aside *aside, const struct aside_read *read);

/* Reads the batch. Returns at once. */
void aside_start(struct aside *aside);

/*
 * Waits until each read of the batch has its answer. One that hangs has -ETIMEDOUT; after `hangs`
 * of them what is left is given up with -EAGAIN.
 */
void aside_wait(struct aside *aside, int hangs);

/* Looks for a read that hangs, without waiting. Returns whether all have their answers. */
bool aside_look(struct aside *aside);

/*
 * The reads of the batch. Only what has an answer may be looked at, before the next begin; with
 * aside_look() that is when it returned true.
 */
const struct aside_read *aside_reads(const struct aside *aside, size_t *ret_count);

/* Whether this file of the process has been asked and has not answered. */
bool aside_is_blocked(struct aside *aside, int64_t pid, enum aside_file file);

/* How long nothing may come before a sleeping thread counts as hanging. */
#define ASIDE_PATIENCE (20 * NS_PER_MS)
