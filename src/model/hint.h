// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Why values are unknown: what could not be read, for which reason, for how many rows. */
struct hint {
	uint64_t need; /* one NEED_ bit */
	/* errno; EACCES: not permitted, ENOENT: no such file, ESRCH: ended, ETIMEDOUT:
	 * does not answer */
	int error;
	int64_t count;
};

enum { HINT_TEXT_SIZE = 256 };

/* One sentence: what is missing and what would grant it. Safe for a terminal. */
void hint_text(const struct hint *hint, char text[static HINT_TEXT_SIZE]);
