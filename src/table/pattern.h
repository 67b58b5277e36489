// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A regular expression of PCRE2, in any case, that may match any part of a text. All it costs is
 * bounded: at most PATTERN_MOST_BYTES long, PATTERN_MOST_NESTED brackets inside each other, 64 KiB
 * when compiled, and a limit of steps and 1 MiB of memory for a match.
 */
struct pattern;

enum { PATTERN_MOST_BYTES = 1000, PATTERN_MOST_NESTED = 32, PATTERN_MESSAGE_SIZE = 128 };

/*
 * Compiles UTF-8. Returns 0 with a pattern, which the caller destroys, or -EINVAL with the reason
 * and the byte where it is wrong.
 */
int pattern_compile(const char *text, struct pattern **ret_pattern, size_t *ret_position,
	char message[static PATTERN_MESSAGE_SIZE]);
void pattern_destroy(struct pattern *pattern);

/*
 * Returns 1 where the text matches, 0 where it does not, and -ETIME where that would take too many
 * steps to find out. Each time that happens later matches may take half as many steps, down to a
 * thousandth, so that thousands of texts on which it takes long do not take thousands times long.
 */
int pattern_match(struct pattern *pattern, const char *text);

/* How many matches were given up so far. */
int64_t pattern_given_up(const struct pattern *pattern);
