// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

/* For qsort() and bsearch() over int64_t, ascending. */
static inline int
compare_int64(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}
