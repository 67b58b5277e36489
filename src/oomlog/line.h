// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "oomlog/stamp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Who wrote a line of a log. */
enum log_origin {
	LOG_ANYONE, /* it does not say, as in dmesg's output */
	LOG_KERNEL,
	LOG_SYSTEMD,
	LOG_SYSTEMD_OOMD,
	LOG_EARLYOOM,
	LOG_OTHER,
};

/* What stands in a line before the text of the kernel or a daemon. Points into the line. */
struct log_line {
	const char *message; /* behind the last thing that is known to be of the log */
	enum log_origin origin;
	bool has_stamp, has_caller;
	bool is_foreign; /* it names the PID of a program that is not known */
	bool is_syslog;  /* RFC 5424: its words have their places */
	struct log_stamp stamp;
	int64_t uptime;     /* nanoseconds of the kernel's clock, or UNKNOWN */
	int64_t since_last; /* nanoseconds since the line before (dmesg -H), or UNKNOWN */
	uint64_t source;    /* of the words that are no times: lines of one machine share it */
};

/*
 * Takes apart what stands before `end`, where the text of the kernel or a daemon begins, or, where
 * a name stands before the words that were found, a little later. Any words may stand there; known
 * are the times and tags of /dev/kmsg (Documentation/ABI/testing/dev-kmsg), dmesg, syslog daemons
 * (RFC 3164 and 5424), journalctl and serial consoles, with the names of months in any language.
 */
void log_line_parse(const char *line, const char *end, struct log_line *ret_line);

/*
 * Whether a line begins like another one whose first `length` bytes are no text of the kernel:
 * numbers and words may differ, all else is equal. Returns what follows in the line, or NULL.
 */
const char *log_line_like(const char *line, const char *prefix, size_t length);
