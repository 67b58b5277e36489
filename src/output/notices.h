// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct snapshot;

/*
 * What is worth an entry in the journal, each once: a kill, memory that is not well any more, a
 * process that has grown for 12 hours. MESSAGE_ID tells them apart.
 */
#define NOTICE_KILL "19ad7b23bf2e48c988fbe5b1d2d0e9f1"
#define NOTICE_STATE "1f4a394e7aea4985975464781e8eba33"
#define NOTICE_LEAK "5997fadfb1574747ba47b05259c3b6f0"

/* A zeroed one has seen nothing. */
enum { NOTICES_MOST_LEAKS = 256 };
struct notices {
	enum verdict_state state; /* the last one that was told, */
	bool has_state;           /* if any was */
	struct leak_told {
		int64_t pid, start_time;
	} leaks[NOTICES_MOST_LEAKS]; /* those that still live */
	size_t leak_count;
};

/*
 * Sends what is new in a snapshot to a journal. Returns 0 or -errno; then a kill may be lost, and
 * all else is sent with the next one.
 */
int notices_send(struct notices *notices, const struct snapshot *now, int journal);
