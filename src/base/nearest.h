// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>

/*
 * The known name that a mistyped word is nearest to, for "did you mean". Fill in `word` and
 * `length`, offer each known name, then look at `name`: NULL where none is near enough.
 */
struct nearest {
	const char *word;
	size_t length;
	const char *name; /* borrowed from nearest_offer() */
	size_t distance;  /* between the two */
};

/* Takes a name where it is near enough and nearer than those before it. Case does not count. */
void nearest_offer(struct nearest *nearest, const char *name);

/*
 * How many characters must be added, removed, changed or swapped with their neighbour to make
 * one text of the other. Case does not count. SIZE_MAX where one is longer than 32 bytes.
 */
size_t nearest_distance(const char *a, size_t a_length, const char *b, size_t b_length);
