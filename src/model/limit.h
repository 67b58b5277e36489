// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/unit.h"

#include <stddef.h>
#include <stdint.h>

/* No limit at all. */
#define UNLIMITED INT64_MAX

/* The limits of a process that bound its memory (setrlimit(2)), in the order they are shown. */
enum limit_kind {
	LIMIT_ADDRESS_SPACE,
	LIMIT_DATA,
	LIMIT_STACK,
	LIMIT_LOCKED,
	LIMIT_MESSAGE_QUEUES,
	LIMIT_PROCESSES,
	LIMIT_OPEN_FILES,
	LIMIT_KINDS,
};

/* The soft limit holds; the process itself may raise it up to the hard one. UNKNOWN if not read. */
struct limit {
	int64_t soft, hard;
};

struct limit_description {
	const char *key; /* as /proc/PID/limits calls it (fs/proc/base.c, lnames) */
	const char *title, *help;
	enum unit unit;
	const char *column; /* of a process: what is used of it; NULL: not known */
};
extern const struct limit_description limit_descriptions[LIMIT_KINDS];

/* Writes a limit for people: "unlimited", "8.0M", "-". */
void limit_format(char text[static UNIT_FORMAT_SIZE], enum limit_kind kind, int64_t limit);
