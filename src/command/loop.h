// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Nanoseconds of the clock that loop_wait() waits by. */
int64_t loop_now(void);

/*
 * Waits until that clock shows `until`. Returns false at once where the reader of `output` has
 * gone away, so that nothing waits for a pipe that nobody reads.
 */
bool loop_wait(int64_t until, int output);

/*
 * Writes a block to standard output at once and then each `interval` nanoseconds, `count` of them
 * (0: for ever), the first with the number 1. Ends with what `write` returns where that is not
 * EXIT_SUCCESS, and quietly where the reader has gone away.
 */
int loop_blocks(int64_t interval, int64_t count, int (*write)(void *context, int64_t number),
	void *context);
