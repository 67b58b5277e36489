// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/rows.h"

/* Something that happened since the last refresh. Its texts belong to the snapshot. */
struct event {
	const char *name; /* what it was; "oom_kill" is all there is so far */
	int64_t time;     /* nanoseconds since the epoch */
	int64_t likely; /* 1: only that there was a kill is known, the rest is the likely victim */

	/* the victim. Bytes; `score` is its oom_score, where it could still be read */
	int64_t pid, uid, virtual, resident, anon, file, shmem, swap, page_tables, adj, score;
	const char *comm, *cgroup;

	int64_t asked_pid; /* whose request for memory could not be served */
	const char *asked_comm;
	const char *
		constraint; /* which limit was met: EVENT_LIMIT_MACHINE, or "cgroup", "cpuset"... */
	const char *limit_cgroup;
	const char *source; /* who told it: "tracepoint", "kmsg", "vmstat" */
};

#define EVENT_LIMIT_MACHINE "machine" /* all memory and swap */

extern const struct table event_table;

/* A row of some. */
static inline struct event *
event_at(const struct rows *rows, size_t i)
{
	return (struct event *)rows->data + i;
}

enum { EVENT_TEXT_SIZE = 512 };

/* One sentence, safe for a terminal in the locale's character set. */
void event_text(const struct event *event, char text[static EVENT_TEXT_SIZE]);
