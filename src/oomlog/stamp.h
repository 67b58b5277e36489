// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

/* A time as a log writes it. What it does not have is -1; the zone is UNKNOWN for local time. */
struct log_stamp {
	int year, month, day, hour, minute, second; /* month counts from 0 */
	int64_t nanoseconds, zone;                  /* zone: seconds east of UTC */
	int64_t epoch; /* nanoseconds since the epoch, where it is written so, or UNKNOWN */
};

/* Reads a stamp without brackets. Returns what follows, or NULL where there is none. */
const char *log_stamp_read(const char *text, struct log_stamp *ret_stamp);

/*
 * A stamp as nanoseconds since the epoch; `now` tells the year where it does not. UNKNOWN where
 * the month is in a language that is not known.
 */
int64_t log_stamp_time(const struct log_stamp *stamp, int64_t now);
