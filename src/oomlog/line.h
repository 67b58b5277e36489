// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "oomlog/stamp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The writer of a line. */
enum log_origin {
	LOG_ANYONE, /* unknown, as in dmesg's output */
	LOG_KERNEL,
	LOG_SYSTEMD,
	LOG_SYSTEMD_OOMD,
	LOG_EARLYOOM,
	LOG_OTHER,
};

/* The prefix of a line, before the text of the kernel or a daemon. Points into the line. */
struct log_line {
	const char *message; /* after the last known part of the prefix */
	enum log_origin origin;
	bool has_stamp, has_caller;
	bool is_foreign; /* it has the PID of an unknown program */
	bool is_syslog;  /* RFC 5424: words at fixed places */
	struct log_stamp stamp;
	int64_t uptime_us;     /* of the kernel's clock, or UNKNOWN */
	int64_t since_last_us; /* since the line before (dmesg -H), or UNKNOWN */
	uint64_t source;       /* hash of words that are not times; the same for one machine */
};

/*
 * Parses the prefix before `end`, the place of the found words; a name before these is not part of
 * the prefix. The prefix may have any words. Known are times and tags of /dev/kmsg
 * (Documentation/ABI/testing/dev-kmsg), dmesg, syslog daemons (RFC 3164 and 5424), journalctl and
 * serial consoles, with names of months in any language.
 */
void log_line_parse(const char *line, const char *end, struct log_line *ret_line);

/*
 * Matches the start of a line with the first `length` bytes of another line, its prefix: numbers
 * and words may differ, the rest is equal. Returns the rest of the line, or NULL.
 */
const char *log_line_like(const char *line, const char *prefix, size_t length);
