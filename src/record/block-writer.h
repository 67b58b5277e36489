// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Appends blocks to a file. For one writer of a file: who records sees to that, by a lock. Readers
 * need none: what was written whole is never changed or taken back.
 */
struct block_writer {
	int fd;
	uint64_t end; /* behind the last whole block */
	bool is_torn; /* bytes behind it could not be cut off yet */
};

/*
 * Opens or creates a file and cuts off what is not whole at its end. Returns 0 with the
 * number of bytes cut off, or -errno; -EINVAL: the file is no recording, and stays as it is.
 */
int block_writer_open(struct block_writer *writer, int folder, const char *name, uint64_t *ret_cut);

/* Creates a file. Returns 0 or -errno; -EEXIST: there is one already, or a link to nowhere. */
int block_writer_create(struct block_writer *writer, const char *path);

/*
 * Writes whole blocks at once. Returns 0. On an error, or if not all of it fits, the file is as it
 * was before and the result is -errno, -ENOSPC if the disk is full; the encoder must begin a new
 * chunk then.
 */
int block_writer_append(struct block_writer *writer, const void *blocks, size_t size);

/* Has all that was written put on the disk. Returns 0 or -errno. */
int block_writer_sync(struct block_writer *writer);
void block_writer_close(struct block_writer *writer);
