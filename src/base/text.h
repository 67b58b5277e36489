// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The characters that the reader of a text can show. */
enum charset { CHARSET_ASCII, CHARSET_UTF8 };

enum charset charset_of_locale(void);

/*
 * Decodes the first UTF-8 character of `length` bytes (at least one). Returns its size in bytes, or
 * 0 if it is not valid.
 */
size_t text_decode(const char *text, size_t length, uint32_t *ret_character);

/*
 * Whether a character can change how a terminal shows other characters (control characters,
 * bidirectional and zero-width marks, tags) or has no defined width (private use, code points that
 * the C library does not know).
 */
bool text_is_unsafe(uint32_t character);

/*
 * Copies a text from outside so that any terminal can show it in one line. Unsafe characters, and a
 * combining mark at the start, become \n, \x1b or \u202e; bytes that are not UTF-8 become \xff; a
 * backslash becomes two. With CHARSET_ASCII other characters become '?'. Always ends in NUL; cuts
 * only between characters or escapes. Returns the length of the copy.
 */
size_t text_safe(char *copy, size_t size, const char *text, enum charset charset);

/*
 * Copies a text; each byte that is not valid UTF-8 becomes U+FFFD. Always ends in NUL. Returns the
 * length of the copy.
 */
size_t text_valid(char *copy, size_t size, const char *text);

/* The number of characters in `length` bytes; a byte that is not UTF-8 counts as one. */
size_t text_count(const char *text, size_t length);

/* The columns that a safe text takes on a terminal. */
size_t text_width(const char *text);

/* The length in bytes of the longest start of a safe text that fits into `width` columns. */
size_t text_fit(const char *text, size_t width);

/* The longest end of a safe text that fits into `width` columns. */
const char *text_end(const char *text, size_t width);

/* The same, but to the last blank that fits, if there is one: the place to break the line. */
size_t text_wrap(const char *text, size_t width);

/*
 * Appends to a text of *length bytes in an array of `size`, and updates *length. What does not fit
 * is cut off.
 */
void text_append(char *text, size_t size, size_t *length, const char *format, va_list arguments)
	__attribute__((format(printf, 4, 0)));

/* Whether a path is the folder or below it. "" and "/" contain all; ignores a / at the end. */
bool text_is_below(const char *path, const char *folder);

/*
 * The whole text must be one number. Return 0, -EINVAL or -ERANGE. A decimal has '.' or ','; no
 * sign, exponent or "nan".
 */
int text_to_number(const char *text, int64_t *ret_number);
int text_to_decimal(const char *text, double *ret_decimal);
