// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>
#include <stdint.h>

/* A stable qsort() that allocates nothing: `scratch` has the size of `elements`. */
void sort_merge(void *elements, void *scratch, size_t count, size_t size,
	int (*compare)(const void *a, const void *b));

/* For qsort() and bsearch() over int64_t, ascending. */
static inline int
compare_int64(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}
