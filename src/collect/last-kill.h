// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

struct snapshot;

/* The last of the kills since boot that /proc/vmstat counts. */
struct last_kill {
	const char *log; /* /dev/kmsg; borrowed */
	int64_t counter; /* of vmstat, of which it is the last; UNKNOWN: of none yet */
	int64_t time;    /* nanoseconds since the epoch; UNKNOWN: not known */
	int64_t uptime;  /* of the last one in the log: the kernel's clock, which is never set */
	char comm[64];   /* "": not known */
};

void last_kill_init(struct last_kill *last, const char *log);

/*
 * Fills last_kill_time and last_kill_comm of the totals, whose count of kills has been read: from
 * the events of this refresh or, where they do not tell of it, from what the log still holds. The
 * log is read only where the count is another one than at the last call.
 */
void last_kill_read(struct last_kill *last, struct snapshot *now);
