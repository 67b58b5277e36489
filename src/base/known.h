// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

/* A number that is not known: not permitted, gone, or not in this kernel. Never shown as 0. */
#define UNKNOWN INT64_MIN

/* What a number counts in a sum that is to be known in any case. */
static inline int64_t
known_or_zero(int64_t number)
{
	return number == UNKNOWN ? 0 : number;
}

/* Sum, difference and product that are UNKNOWN where a part is, or the result too large. */
int64_t known_sum(int64_t a, int64_t b);
int64_t known_difference(int64_t a, int64_t b);
int64_t known_product(int64_t a, int64_t b);

/* Bytes of so many pages; UNKNOWN also where they are fewer than none. */
int64_t known_pages(int64_t pages);

/*
 * The nearest whole number, UNKNOWN where it is too large: llround() without the library of
 * mathematics, which every start would have to load.
 */
int64_t known_rounded(double number);

/* A part of a whole, per mille and rounded; UNKNOWN where one is, or there is no whole. */
int64_t known_share(int64_t part, int64_t whole);
