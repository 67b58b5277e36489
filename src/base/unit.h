// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/known.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The kind of a number. The model keeps all numbers in the base unit named here. */
enum unit {
	UNIT_TEXT,             /* a text, not a number */
	UNIT_ID,               /* an ID, such as a PID or an inode: unsigned, shown in full */
	UNIT_NUMBER,           /* a count or a score, shown in full */
	UNIT_BYTES,            /* bytes */
	UNIT_LIMIT,            /* bytes that may be used, or UNLIMITED: "none", also for machines */
	UNIT_BYTES_PER_MINUTE, /* bytes a minute */
	UNIT_BYTES_PER_SECOND, /* bytes a second */
	UNIT_RATE,             /* thousandths a second */
	UNIT_PERCENT,          /* per mille, shown as per cent */
	UNIT_DURATION,         /* nanoseconds of CPU time and the like, written as in top */
	UNIT_SPAN,             /* nanoseconds since a start, in words: 57m 23s */
	UNIT_TIME,             /* nanoseconds since the epoch */
	UNIT_ADDRESS,          /* an address: unsigned, hexadecimal, also in JSON */
};

/* The name of a unit for machines, such as "bytes_per_minute"; never changes. */
const char *unit_name(enum unit unit);

/* How bytes are shown: 13.2M, or all in one unit. */
enum scale { SCALE_HUMAN, SCALE_BYTES, SCALE_KIBI, SCALE_MEBI, SCALE_GIBI, SCALE_TEBI, SCALE_PEBI };

/* The size of the text of any number. */
enum { UNIT_FORMAT_SIZE = 32 };

/* Writes a number for people, "-" for UNKNOWN. Returns the length. Not for UNIT_TEXT. */
size_t unit_format(
	char text[static UNIT_FORMAT_SIZE], enum unit unit, int64_t number, enum scale scale);

/*
 * Writes a time of the past for people: "06:53", or "2026-11-26" if that is not the day of `now`.
 * Both are in nanoseconds since the epoch. Returns the length; 0 if the time is UNKNOWN.
 */
size_t unit_format_when(char text[static UNIT_FORMAT_SIZE], int64_t time, int64_t now);

/*
 * Maps a number so that signed comparison gives the right order: UNIT_ID and UNIT_ADDRESS use all
 * 64 bits without a sign. UNKNOWN stays.
 */
int64_t unit_in_order(enum unit unit, int64_t number);

/* Whether a limit is UNLIMITED: "none", which is known, but no number. */
static inline bool
unit_is_none(enum unit unit, int64_t number)
{
	return unit == UNIT_LIMIT && number == UNLIMITED;
}

/*
 * Whether a machine could have so much: far more is left for sums and products of such numbers than
 * they need. What a file from anyone says must pass this before anything is computed.
 */
bool unit_is_sensible(enum unit unit, int64_t number);

/* The divisor for machine formats (to seconds, per cent, a second); 1: no change. */
int64_t unit_divisor(enum unit unit);

/*
 * Reads a number as people write it: 500M or 1.5g for bytes, the same or "none" for a limit, 2.5
 * for a rate or a percentage, 90, 5m or 2h for a duration or span, 7fff0000 for an address. The
 * whole text must be one number. Returns 0, -EINVAL or -ERANGE.
 */
int unit_parse(enum unit unit, const char *text, int64_t *ret_number);

/*
 * Reads the refresh interval: seconds in the text, nanoseconds in *ret_interval. Returns 0 or
 * -EINVAL.
 */
#define INTERVAL_RANGE "a number of seconds from 0.01 to 1000000000"
int unit_parse_interval(const char *text, int64_t *ret_interval);
