// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/arena.h"
#include "table/rows.h"

#include <stdbool.h>
#include <stdint.h>

struct snapshot;

/* The kills since boot: the last one that /proc/vmstat has counted, and those of the log. */
struct last_kill {
	const char *log;   /* /dev/kmsg; borrowed */
	int64_t counter;   /* of vmstat at that kill; UNKNOWN: not read yet */
	int64_t time;      /* nanoseconds since the epoch, or UNKNOWN */
	int64_t uptime;    /* of the last kill in the log: the kernel's clock, which is never set */
	int64_t doubt;     /* `time` may be too late by so much */
	char comm[64];     /* "" if unknown */
	struct rows kills; /* struct incident, of the log, when it was read last */
	struct arena texts; /* of them */
	int64_t log_doubt;  /* the times of `kills` may be too late by so much */
	bool has_all;       /* `kills` has those that were counted */
};

void last_kill_init(struct last_kill *last, const char *log);
void last_kill_finish(struct last_kill *last);

/*
 * Fills last_kill_time and last_kill_comm of the totals, whose count of kills must have been read:
 * from the events of this refresh, else from the log. Reads the log only if the count has changed
 * since the last call.
 */
void last_kill_read(struct last_kill *last, struct snapshot *now);

/*
 * Fills the incidents of the snapshot with the kills of the log, with a hint if some may have been
 * earlier than they say. After last_kill_read().
 */
void last_kill_list(struct last_kill *last, struct snapshot *now);
