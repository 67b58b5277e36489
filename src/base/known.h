// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

/* An unknown number: no permission, process gone, or not in this kernel. Never shown as 0. */
#define UNKNOWN INT64_MIN

/* No limit, in the place of a limit. It is known, and above any number. */
#define UNLIMITED INT64_MAX

/* For sums in which an unknown number counts as 0. */
static inline int64_t
known_or_zero(int64_t number)
{
	return number == UNKNOWN ? 0 : number;
}

/* UNKNOWN if an operand is UNKNOWN or the result does not fit. */
int64_t known_sum(int64_t a, int64_t b);
int64_t known_difference(int64_t a, int64_t b);
int64_t known_product(int64_t a, int64_t b);

/* Converts pages to bytes; UNKNOWN if negative. */
int64_t known_pages(int64_t pages);

/*
 * Rounds; UNKNOWN if the result does not fit. llround() would need libm, which each start would
 * load.
 */
int64_t known_rounded(double number);

/* A part of a whole in per mille, rounded; UNKNOWN if either is, or the whole is not above 0. */
int64_t known_share(int64_t part, int64_t whole);
