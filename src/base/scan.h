// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/known.h"

/*
 * Reading text that others wrote: nothing here trusts a length or a number. What is absent or too
 * large is UNKNOWN.
 */

/* Reads a decimal number, perhaps with a sign, behind any blanks. UNKNOWN where there is none. */
int64_t scan_number(const char *text);

/* The same, and steps behind it; stays where it is at anything else. */
int64_t scan_next_number(const char **text);

/* Finds a key that begins the text or stands behind a blank, comma or colon; returns its number. */
int64_t scan_field(const char *text, const char *key);

/* The last place where `word` stands in `text`, before `end` (NULL: anywhere), or NULL. */
const char *scan_last(const char *text, const char *word, const char *end);

/* The rest of the text if it begins with `start`, else NULL. */
const char *scan_start(const char *text, const char *start);
