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
