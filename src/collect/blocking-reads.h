// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/jobs.h"
#include "base/macros.h"
#include "collect/process-files.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads files of processes that may block for ever, in separate threads (jobs.h): the holder of a
 * process's mmap_lock may wait for a device, and then a reader of the file waits too (T17). A
 * thread that hangs is abandoned with its file, and a new thread reads the rest. The file is not
 * read again until the abandoned thread has its answer.
 */
struct blocking_reads;

enum blocking_file { BLOCKING_COMMAND, BLOCKING_PSS, BLOCKING_FILES };

/* One file of one process, and its answer. */
struct blocking_read {
	int64_t pid, start_time;
	enum blocking_file file;
	char directory[PROCESS_PATH_SIZE]; /* "PID", or "PID/task/TID" */
	int error;                         /* 0, -errno, or -EINPROGRESS: no answer yet */
	int64_t time;                      /* start of the read (CLOCK_BOOTTIME), nanoseconds */
	int64_t cpu_time;                  /* CPU time of the read, nanoseconds */
	const char *command;               /* BLOCKING_COMMAND: arguments, each ending in NUL */
	size_t command_length;
	int64_t pss, uss, swap_pss; /* BLOCKING_PSS: bytes */
	int64_t pss_anon, pss_file, pss_shmem;
};

/* `root` is a descriptor of /proc. The first read starts the thread. */
struct blocking_reads *blocking_reads_create(int root);

/* Does not wait: threads that still hang live until the program ends. */
void blocking_reads_destroy(struct blocking_reads *reads);

/* Forgets the last batch, whose reads must all have their answers. */
void blocking_reads_reset(struct blocking_reads *reads);

/* Adds a read to the batch; not allowed if blocking_reads_is_blocked() for it. */
void blocking_reads_add(struct blocking_reads *reads, const struct blocking_read *read);

/* Starts reading the batch. Returns at once. */
void blocking_reads_submit(struct blocking_reads *reads);

/*
 * Waits until each read of the batch has its answer, or for `most_wait` nanoseconds. A read that
 * hangs gets -ETIMEDOUT; after `hang_limit` of them all remaining reads get -EAGAIN. Returns
 * whether all reads have their answers.
 */
bool blocking_reads_wait(struct blocking_reads *reads, int hang_limit, int64_t most_wait);

/* Checks for a hanging read, without waiting. Returns whether all reads have their answers. */
bool blocking_reads_poll(struct blocking_reads *reads);

/*
 * The reads of the batch, valid until the next batch. Use it only when all have their answers:
 * when blocking_reads_wait() or blocking_reads_poll() has returned true.
 */
const struct blocking_read *blocking_reads_results(
	const struct blocking_reads *reads, size_t *ret_count);

/* Whether an earlier read of this file of the process still hangs. */
bool blocking_reads_is_blocked(struct blocking_reads *reads, int64_t pid, enum blocking_file file);

/* A sleeping thread without an answer for this long hangs. */
#define READ_TIMEOUT_NS (20 * NS_PER_MS)

/* What was seen of a thread at looks since its last answer. A zeroed struct: nothing yet. */
struct silence {
	int asleep, starved; /* looks in a row: it waited for something, or had no CPU */
	int64_t cpu_time;
};

/*
 * Adds a look at a thread that is not done; `cpu_time`: since the look before. Returns whether it
 * hangs: it sleeps, got no CPU for a second, or has worked for a minute.
 */
bool silence_is_too_long(struct silence *silence, enum job_state state, int64_t cpu_time);
