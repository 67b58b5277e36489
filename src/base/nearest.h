// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>

/*
 * Finds the known name nearest to a mistyped word, for "did you mean". Set `word` and `length`,
 * offer each known name, then read `name`: NULL if none is near enough.
 */
struct nearest {
	const char *word;
	size_t length;
	const char *name; /* borrowed from nearest_offer() */
	size_t distance;  /* between `word` and `name` */
};

/* Takes a name if it is near enough and nearer than the names before. Ignores case. */
void nearest_offer(struct nearest *nearest, const char *name);

/*
 * The number of characters to add, remove, change or swap with their neighbour to make the texts
 * equal. Ignores case. SIZE_MAX if a text is longer than 32 bytes.
 */
size_t nearest_distance(const char *a, size_t a_length, const char *b, size_t b_length);
