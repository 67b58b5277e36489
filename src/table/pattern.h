// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A PCRE2 regular expression that ignores case and may match any part of a text. Its cost is
 * bounded: PATTERN_MOST_BYTES, PATTERN_MOST_NESTED brackets inside each other, 64 KiB when
 * compiled, and a limit of steps and 1 MiB of memory for a match.
 */
struct pattern;

enum { PATTERN_MOST_BYTES = 1000, PATTERN_MOST_NESTED = 32, PATTERN_MESSAGE_SIZE = 128 };

/*
 * Loads the library, which pattern_compile() does too: for who wants patterns later, when memory
 * may be short. Returns whether it is there.
 */
bool pattern_load(void);

/*
 * Compiles UTF-8. Returns 0 with a pattern, which the caller destroys, or -EINVAL with the reason
 * and the byte position of the error; -ELIBACC: the library is not there, as the message says.
 */
int pattern_compile(const char *text, struct pattern **ret_pattern, size_t *ret_position,
	char message[static PATTERN_MESSAGE_SIZE]);
void pattern_destroy(struct pattern *pattern);

/*
 * Returns 1 for a match, 0 for none, and -ETIME if the match takes too many steps. Each -ETIME
 * halves the limit for later matches, down to a thousandth, so that thousands of slow texts do not
 * take thousands of times as long.
 */
int pattern_match(struct pattern *pattern, const char *text);

/* How often pattern_match() returned -ETIME. */
int64_t pattern_given_up(const struct pattern *pattern);
