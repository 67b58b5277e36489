// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Why values are unknown: the data, the reason, and the number of rows. */
struct hint {
	uint64_t need; /* one NEED_ bit */
	/* errno: EACCES no permission, ENOENT no file, ESRCH ended, ETIMEDOUT no answer, */
	/* or NOT_RECORDED */
	int error;
	int64_t count;
};

/* Of a recording. No system call that memtop makes has these errors. */
#define NOT_RECORDED ENOMEDIUM
#define NOT_KNOWN EPROTONOSUPPORT /* `count` columns, whatever the need is */

enum { MOST_HINTS = 24, HINT_TEXT_SIZE = 256 };

/*
 * Adds a hint to a list, or its rows to the hint with the same need and error. Returns whether it
 * is a new one; one too many is dropped.
 */
bool hint_add(struct hint hints[static MOST_HINTS], size_t *count, const struct hint *hint);

/* Writes one sentence: the missing data and the remedy. Safe for a terminal. */
void hint_text(const struct hint *hint, char text[static HINT_TEXT_SIZE]);
