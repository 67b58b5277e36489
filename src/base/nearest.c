// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

enum { LONGEST = 32, LEAST_BEGINNING = 3 };

static bool
is_same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: row i, column j is the distance of the first i and j characters. */
size_t
nearest_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t rows[3][LONGEST + 1];

	if (a_length > LONGEST || b_length > LONGEST)
		return SIZE_MAX;
	for (size_t j = 0; j <= b_length; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t *row = rows[i % 3], *above = rows[(i - 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			row[j] = least(least(above[j], row[j - 1]) + 1,
				above[j - 1] + !is_same(a[i - 1], b[j - 1]));
			if (i > 1 && j > 1 && is_same(a[i - 1], b[j - 2]) &&
				is_same(a[i - 2], b[j - 1]))
				row[j] = least(row[j], rows[(i - 2) % 3][j - 2] + 1);
		}
	}
	return rows[a_length % 3][b_length];
}

void
nearest_offer(struct nearest *nearest, const char *name)
{
	size_t length = strlen(name);
	size_t longer = length > nearest->length ? length : nearest->length;
	size_t distance = nearest_distance(nearest->word, nearest->length, name, length);

	/* A word that is the start of the name counts as one typing error. */
	if (nearest->length >= LEAST_BEGINNING && length > nearest->length &&
		strncasecmp(nearest->word, name, nearest->length) == 0)
		distance = 1;
	if (distance > longer / 3 || (nearest->name && distance >= nearest->distance))
		return;
	nearest->name = name;
	nearest->distance = distance;
}
