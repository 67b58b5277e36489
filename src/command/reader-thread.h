// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct needs;
struct snapshot;
struct source;

/*
 * Reads snapshots in a thread of its own, so that a key is answered while 10,000 processes are
 * read. It holds two: the one it gave out last and the one it fills.
 */
struct reader_thread;

/* Owns the source from now on. Returns 0 or -errno. */
int reader_thread_create(struct source *source, struct reader_thread **ret_worker);

/* Ends the thread; one that hangs in a read is left behind, with all that it holds. */
void reader_thread_destroy(struct reader_thread *reader);

/* Readable when a snapshot is ready to be taken. */
int reader_thread_fd(const struct reader_thread *reader);

/* Whether a read is under way or waits to be taken. */
bool reader_thread_is_busy(const struct reader_thread *reader);

/* Starts a read, unless one is under way or waits to be taken. */
void reader_thread_start(struct reader_thread *reader, const struct needs *needs);

/* How many nanoseconds the read of the snapshot took that was taken last. */
int64_t reader_thread_took(const struct reader_thread *reader);

/*
 * The snapshot that is ready, valid until the next reader_thread_start(); NULL if there is none.
 * Where nothing could be read *ret_error becomes -errno.
 */
const struct snapshot *reader_thread_take(struct reader_thread *reader, int *ret_error);
