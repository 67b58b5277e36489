// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/scan.h"

#include <stdbool.h>
#include <string.h>

int64_t
scan_next_number(const char **text)
{
	const char *digit = *text + strspn(*text, " \t");
	bool negative = *digit == '-';
	int64_t number = 0;

	digit += negative;
	if (*digit < '0' || *digit > '9')
		return UNKNOWN;
	for (; *digit >= '0' && *digit <= '9'; digit++)
		number = number == UNKNOWN || number > (INT64_MAX - 9) / 10
				 ? UNKNOWN
				 : number * 10 + (*digit - '0');
	*text = digit;
	return negative && number != UNKNOWN ? -number : number;
}

int64_t
scan_number(const char *text)
{
	return scan_next_number(&text);
}

int64_t
scan_field(const char *text, const char *key)
{
	size_t length = strlen(key);

	for (const char *at = text; (at = strstr(at, key)); at += length)
		if (at == text || strchr(" ,:\t", at[-1]))
			return scan_number(at + length);
	return UNKNOWN;
}

const char *
scan_last(const char *text, const char *word, const char *end)
{
	const char *last = NULL;

	for (const char *at = text; (at = strstr(at, word)) && (!end || at < end); at++)
		last = at;
	return last;
}

const char *
scan_start(const char *text, const char *start)
{
	size_t length = strlen(start);

	return strncmp(text, start, length) == 0 ? text + length : NULL;
}

bool
scan_is(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && memcmp(text, word, length) == 0;
}
