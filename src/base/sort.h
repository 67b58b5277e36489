// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>

/*
 * qsort() that keeps the order of equal elements and allocates nothing: `scratch` has room for all
 * of them once more.
 */
void sort_merge(void *elements, void *scratch, size_t count, size_t size,
	int (*compare)(const void *a, const void *b));
