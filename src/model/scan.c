// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/scan.h"

#include <string.h>
#include <unistd.h>

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

int64_t
known_sum(int64_t a, int64_t b)
{
	int64_t sum;

	if (a == UNKNOWN || b == UNKNOWN || __builtin_add_overflow(a, b, &sum))
		return UNKNOWN;
	return sum;
}

int64_t
known_difference(int64_t a, int64_t b)
{
	int64_t difference;

	if (a == UNKNOWN || b == UNKNOWN || __builtin_sub_overflow(a, b, &difference))
		return UNKNOWN;
	return difference;
}

int64_t
known_product(int64_t a, int64_t b)
{
	int64_t product;

	if (a == UNKNOWN || b == UNKNOWN || __builtin_mul_overflow(a, b, &product))
		return UNKNOWN;
	return product;
}

int64_t
known_pages(int64_t pages)
{
	return pages < 0 ? UNKNOWN : known_product(pages, sysconf(_SC_PAGESIZE));
}

int64_t
known_rounded(double number)
{
	if (!(number > -9.2e18 && number < 9.2e18))
		return UNKNOWN;
	return (int64_t)(number < 0 ? number - 0.5 : number + 0.5);
}

int64_t
known_share(int64_t part, int64_t whole)
{
	if (part == UNKNOWN || whole == UNKNOWN || whole <= 0)
		return UNKNOWN;
	return known_rounded((double)part * 1000 / (double)whole);
}
