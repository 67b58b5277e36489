// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the reader of a text can show. */
enum charset { CHARSET_ASCII, CHARSET_UTF8 };

/* The charset of the locale that setlocale() has chosen. */
enum charset charset_of_locale(void);

/*
 * Decodes the first character of `length` bytes (at least one) of UTF-8 into *ret_character.
 * Returns how many bytes it takes, or 0 where they are not valid UTF-8.
 */
size_t text_decode(const char *text, size_t length, uint32_t *ret_character);

/*
 * Whether a character may change how a terminal shows other characters: control characters,
 * bidirectional and zero-width marks, tags. So does what has no defined width: code points for
 * private use and those that the C library's Unicode has not assigned.
 */
bool text_is_unsafe(uint32_t character);

/*
 * Copies a text from outside so that it can be shown on any terminal, in one line. Unsafe
 * characters and a combining mark that stands first become \n, \x1b or \u202e, bytes that are not
 * UTF-8 become \xff, a backslash becomes two, and what an ASCII reader cannot show becomes '?'.
 * Always ends in NUL; cuts at a whole character or escape. Returns the length of the copy.
 */
size_t text_safe(char *copy, size_t size, const char *text, enum charset charset);

/*
 * Copies a text as valid UTF-8: each byte that is not becomes U+FFFD, all else stays as it is.
 * Always ends in NUL. Returns the length of the copy.
 */
size_t text_valid(char *copy, size_t size, const char *text);

/* How many characters `length` bytes are; a byte that is not UTF-8 is one. */
size_t text_count(const char *text, size_t length);

/* How many columns of a terminal a safe text takes. */
size_t text_width(const char *text);

/* The length in bytes of the longest start of a safe text that fits into `width` columns. */
size_t text_fit(const char *text, size_t width);

/* The same, but ended at the last blank that fits, if one does: where a line is best broken. */
size_t text_wrap(const char *text, size_t width);

/* Whether a path is a folder or stands below it. "" and "/" are above all; a last / is nothing. */
bool text_is_below(const char *path, const char *folder);

/*
 * Checked numbers: the whole text must be one. Return 0, -EINVAL or -ERANGE. The decimal one
 * takes '.' or ',' and neither sign, exponent nor "nan".
 */
int text_to_number(const char *text, int64_t *ret_number);
int text_to_decimal(const char *text, double *ret_decimal);
