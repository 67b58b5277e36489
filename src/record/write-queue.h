// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record/day-file.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Has the files written in a thread: a disk that does not answer must not stop the samples. So many
 * wait for it; further ones are lost.
 */
struct write_queue;

enum { QUEUE_MOST_PORTIONS = 60, QUEUE_MOST_BYTES = 16 * 1024 * 1024 };

/* Borrows the folder and `keep`. */
struct write_queue *write_queue_create(int folder, const char *boot, const struct retention *keep);

/*
 * After a flush that was in vain a thread still writes: then the queue and what it borrows must
 * stay, and this does nothing.
 */
void write_queue_destroy(struct write_queue *queue);

/* Whether a sample of this time begins a new file, as far as is known. */
bool write_queue_wants_file(const struct write_queue *queue, int64_t time);

/*
 * Writes a copy of the portion, or lets it wait. Returns 0, or -errno as day_file_write() if it or
 * one before it could not be written: then all that waited are lost, too. -ETIMEDOUT: too much
 * waits.
 */
int write_queue_add(struct write_queue *queue, const struct portion *portion);

/* Whether something waits. */
bool write_queue_is_behind(const struct write_queue *queue);

/*
 * How many samples were lost that write_queue_add() had taken, all together, and why the last ones
 * were (-errno). And how many files were removed.
 */
int64_t write_queue_lost(const struct write_queue *queue, int *ret_error);
int64_t write_queue_removed(const struct write_queue *queue);

/* Writes what waits and closes the file. Returns 0, or -ETIMEDOUT after ten seconds. */
int write_queue_flush(struct write_queue *queue);
