// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Why values are unknown: the data, the reason, and the number of rows. */
struct hint {
	uint64_t need; /* one NEED_ bit */
	/* errno: EACCES no permission, ENOENT no file, ESRCH ended, ETIMEDOUT no answer */
	int error;
	int64_t count;
};

enum { HINT_TEXT_SIZE = 256 };

/* Writes one sentence: the missing data and the remedy. Safe for a terminal. */
void hint_text(const struct hint *hint, char text[static HINT_TEXT_SIZE]);
