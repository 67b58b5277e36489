// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Who wrote a line of a log. */
enum log_origin {
	LOG_ANYONE, /* it does not say, as in dmesg's output */
	LOG_KERNEL,
	LOG_SYSTEMD_OOMD,
	LOG_EARLYOOM,
	LOG_OTHER,
};

enum log_stamp {
	STAMP_NONE,
	STAMP_SYSLOG, /* Nov 22 14:02:31, local time of a year that it does not name */
	STAMP_CTIME,  /* Sun Nov 22 14:02:31 2026, local time */
	STAMP_ISO,    /* 2026-11-22T14:02:31+01:00, local time where it has no offset */
	STAMP_EPOCH,  /* seconds since the epoch */
};

/* A line without what the log has put before it. Points into the line. */
struct log_line {
	const char *message; /* without blanks before it */
	enum log_origin origin;
	enum log_stamp stamp_form;
	const char *stamp;
	int64_t uptime; /* nanoseconds of the kernel's clock, or UNKNOWN */
	int is_record;  /* of /dev/kmsg: what is not printable is written as \xNN */
};

/*
 * Takes apart a line as of /dev/kmsg (Documentation/ABI/testing/dev-kmsg), dmesg with any of its
 * formats of time, a syslog file or journalctl's short formats.
 */
void log_line_parse(const char *line, struct log_line *ret_line);

/*
 * The time of a line in nanoseconds since the epoch; `now` tells the year where it does not.
 * UNKNOWN where it has none.
 */
int64_t log_line_time(const struct log_line *line, int64_t now);
