// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

/* A time in a log. Missing parts are -1; the zone is UNKNOWN for local time. */
struct log_stamp {
	int year, month, day, hour, minute, second; /* month counts from 0 */
	int64_t nanoseconds, zone;                  /* zone: seconds east of UTC */
	int64_t epoch; /* nanoseconds since the epoch, if the log has this form, or UNKNOWN */
};

/* Reads a stamp without brackets. Returns the rest of the text, or NULL if there is none. */
const char *log_stamp_read(const char *text, struct log_stamp *ret_stamp);

/*
 * Converts a stamp to nanoseconds since the epoch; `now` gives a missing year. UNKNOWN if the month
 * is in an unknown language.
 */
int64_t log_stamp_time(const struct log_stamp *stamp, int64_t now);
