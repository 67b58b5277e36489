// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/known.h"

#include <stddef.h>
#include <stdint.h>

/* What a number of the model counts. All numbers are kept in the base unit named here. */
enum unit {
	UNIT_TEXT,   /* not a number: a text */
	UNIT_ID,     /* an identity, as a pid or an inode: shown in full, it has no sign */
	UNIT_NUMBER, /* a count or a score, shown in full */
	UNIT_BYTES,  /* bytes */
	UNIT_BYTES_PER_MINUTE, /* bytes a minute */
	UNIT_BYTES_PER_SECOND, /* bytes a second */
	UNIT_RATE,             /* thousandths a second */
	UNIT_PERCENT,          /* per mille, shown as per cent */
	UNIT_DURATION,         /* nanoseconds: CPU time and the like, as top writes it */
	UNIT_SPAN,             /* nanoseconds since something began, in words: 57m 23s */
	UNIT_TIME,             /* nanoseconds since the epoch */
	UNIT_ADDRESS, /* in an address space, as if it had no sign: hexadecimal, also in JSON */
};

/* How bytes are shown: 13.2M, or all in one unit. */
enum scale { SCALE_HUMAN, SCALE_BYTES, SCALE_KIBI, SCALE_MEBI, SCALE_GIBI, SCALE_TEBI, SCALE_PEBI };

/* Room for any number as unit_format() writes it. */
enum { UNIT_FORMAT_SIZE = 32 };

/* Writes a number for people; "-" for UNKNOWN. Returns its length. Not for UNIT_TEXT. */
size_t unit_format(
	char text[static UNIT_FORMAT_SIZE], enum unit unit, int64_t number, enum scale scale);

/*
 * A number that stands in order: those of UNIT_ID and UNIT_ADDRESS use all 64 bits and have no
 * sign. UNKNOWN stays as it is.
 */
int64_t unit_in_order(enum unit unit, int64_t number);

/* What a number is divided by for machines (seconds, per cent, a second); 1: it stays whole. */
int64_t unit_divisor(enum unit unit);

/*
 * Reads a number as people write it: 500M or 1.5g of bytes, 2.5 of a rate or a percentage, 90,
 * 5m or 2h of a duration or span, 7fff0000 of an address. The whole text must be one. Returns 0,
 * -EINVAL or -ERANGE.
 */
int unit_parse(enum unit unit, const char *text, int64_t *ret_number);

/* The time between two refreshes: seconds in *ret_interval's nanoseconds. Returns 0 or -EINVAL. */
#define INTERVAL_RANGE "a number of seconds from 0.01 to 1000000000"
int unit_parse_interval(const char *text, int64_t *ret_interval);
