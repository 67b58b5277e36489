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
struct worker;

/* Owns the source from now on. Returns 0 or -errno. */
int worker_create(struct source *source, struct worker **ret_worker);

/* Ends the thread; one that hangs in a read is left behind, with all that it holds. */
void worker_destroy(struct worker *worker);

/* Readable when a snapshot is ready to be taken. */
int worker_fd(const struct worker *worker);

/* Whether a read is under way or waits to be taken. */
bool worker_is_busy(const struct worker *worker);

/* Starts a read, unless one is under way or waits to be taken. */
void worker_start(struct worker *worker, const struct needs *needs);

/* How many nanoseconds the read of the snapshot took that was taken last. */
int64_t worker_took(const struct worker *worker);

/*
 * The snapshot that is ready, valid until the next worker_start(); NULL if there is none. Where
 * nothing could be read *ret_error becomes -errno.
 */
const struct snapshot *worker_take(struct worker *worker, int *ret_error);
