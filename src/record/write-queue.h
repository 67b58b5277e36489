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

/* Borrows all three until it is closed. */
struct write_queue *write_queue_create(int folder, const char *boot, const struct retention *keep);

/* Whether a sample of this time begins a new file, as far as is known. */
bool write_queue_wants_file(const struct write_queue *queue, int64_t time);

/*
 * Writes a copy of the portion, or lets it wait. Returns 0, or -errno as day_file_write() if it or
 * one before it could not be written: then all that waited are lost, too. -ETIMEDOUT: too much
 * waits.
 */
int write_queue_add(struct write_queue *queue, const struct portion *portion);

/* The samples that were lost, and the files that were removed, all together. */
int64_t write_queue_lost(const struct write_queue *queue);
int64_t write_queue_removed(const struct write_queue *queue);

/*
 * Writes what waits and has it put on the disk. Returns 0, or -ETIMEDOUT after ten seconds: then a
 * thread still writes, and what was borrowed must stay.
 */
int write_queue_close(struct write_queue *queue);
