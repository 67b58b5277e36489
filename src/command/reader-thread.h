// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct needs;
struct snapshot;
struct source;

/*
 * Reads snapshots in a separate thread, so that keys work while 10,000 processes are read. It has
 * two snapshots: the last one given out, and the one being filled.
 */
struct reader_thread;

/* Owns the source from now on. Returns 0 or -errno. */
int reader_thread_create(struct source *source, struct reader_thread **ret_reader);

/* Ends the thread; a thread that hangs in a read is left, with all its memory. */
void reader_thread_destroy(struct reader_thread *reader);

/* Readable when a snapshot is ready. */
int reader_thread_fd(const struct reader_thread *reader);

/* Whether a read is running or its snapshot is not taken yet. */
bool reader_thread_is_busy(const struct reader_thread *reader);

/* Starts a read, unless reader_thread_is_busy(). */
void reader_thread_start(struct reader_thread *reader, const struct needs *needs);

/* The time of the read of the last snapshot taken, in nanoseconds. */
int64_t reader_thread_took(const struct reader_thread *reader);

/*
 * Takes the snapshot that is ready, valid until the next one is taken; NULL if there is none. After
 * a read of rows only (needs.rows_only) it is the last one, with these. If the read failed
 * *ret_error becomes -errno.
 */
const struct snapshot *reader_thread_take(struct reader_thread *reader, int *ret_error);
