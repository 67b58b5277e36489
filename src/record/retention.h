// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* What is kept of the recordings of a folder. All of them count, damaged ones too. */
struct retention {
	int64_t bytes, days;
	int64_t free; /* of the file system, per mille */
};

/* So many files of equal size shall share the space, so that the oldest is not all of it. */
enum { RETENTION_FILES = 8 };

/* What there is in the folder and the file system. Bytes. */
struct retention_space {
	int64_t used; /* by the recordings */
	int64_t available, total;
};

/* The size at which the next file shall begin. */
int64_t retention_file_size(const struct retention *keep, const struct retention_space *space);

/*
 * Removes the oldest recordings, by the time of their last sample, until the limits hold; never
 * `current` (a name in the folder). `now` is in seconds since the epoch. Returns how many files
 * were removed, and what space there is then, or -errno.
 */
int64_t retention_apply(const struct retention *keep, int folder, const char *current, int64_t now,
	struct retention_space *ret_space);

/* Removes the oldest one, but not `current`. Returns whether there was one. */
bool retention_remove_oldest(int folder, const char *current);
