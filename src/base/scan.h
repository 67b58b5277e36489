// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/known.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Reads text from outside and trusts no length and no number in it. A number that is absent or too
 * large is UNKNOWN.
 */

/* Reads a decimal number, perhaps with a sign, after any blanks. UNKNOWN if there is none. */
int64_t scan_number(const char *text);

/* The same, and moves *text behind the number; does not move it if there is no number. */
int64_t scan_next_number(const char **text);

/* Returns the number after a key. The key begins the text or follows a blank, comma or colon. */
int64_t scan_field(const char *text, const char *key);

/* The last `word` in `text`, before `end` (NULL: anywhere), or NULL. */
const char *scan_last(const char *text, const char *word, const char *end);

/* Whether the first `length` bytes of a text are this word. */
bool scan_is(const char *text, size_t length, const char *word);

/* The rest of the text if it begins with `start`, else NULL. */
const char *scan_start(const char *text, const char *start);
