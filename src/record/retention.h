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
 * The file that is written: its name in the folder ("": none), which says its boot, and when that
 * began, in seconds since the epoch by the clock as it is now.
 */
struct retention_current {
	const char *name;
	int64_t boot;
};

/*
 * Removes the oldest recordings, by the time of their last sample, until the limits hold; never the
 * current one. Others of its boot are no older than that: the clock may have been wrong when it
 * began. `now` is in seconds since the epoch. Returns how many files were removed, and what space
 * there is then, or -errno.
 */
int64_t retention_apply(const struct retention *keep, int folder,
	const struct retention_current *current, int64_t now, struct retention_space *ret_space);

/* Removes the oldest one, but not the current one. Returns whether there was one. */
bool retention_remove_oldest(int folder, const struct retention_current *current);
