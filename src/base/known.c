// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/known.h"

#include <unistd.h>

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
