// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/sort.h"

#include <string.h>

struct sorting {
	size_t size;
	int (*compare)(const void *a, const void *b);
};

/* Merges the sorted runs [start, middle) and [middle, end). */
static void
merge(const struct sorting *sorting, const char *from, char *to, size_t start, size_t middle,
	size_t end)
{
	size_t size = sorting->size;
	const char *left = from + start * size, *left_end = from + middle * size;
	const char *right = left_end, *right_end = from + end * size;

	to += start * size;
	if (right < right_end && sorting->compare(right, right - size) >= 0) {
		memcpy(to, left, (size_t)(right_end - left)); /* they are in order */
		return;
	}
	while (left < left_end && right < right_end) {
		const char **first = sorting->compare(right, left) < 0 ? &right : &left;

		memcpy(to, *first, size);
		*first += size;
		to += size;
	}
	memcpy(to, left, (size_t)(left_end - left));
	memcpy(to + (left_end - left), right, (size_t)(right_end - right));
}

static size_t
smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

void
sort_merge(void *elements, void *scratch, size_t count, size_t size,
	int (*compare)(const void *a, const void *b))
{
	const struct sorting sorting = { .size = size, .compare = compare };
	char *from = elements, *to = scratch, *other;

	for (size_t width = 1; width < count; width *= 2) {
		for (size_t start = 0; start < count; start += 2 * width)
			merge(&sorting, from, to, start, smaller(start + width, count),
				smaller(start + 2 * width, count));
		other = from;
		from = to;
		to = other;
	}
	if (from != elements)
		memcpy(elements, from, count * size);
}
