// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/rows.h"

/* A process and its memory in bytes, as the OOM killer compared it; UNKNOWN or NULL if not told. */
struct oom_task {
	int64_t pid, uid, virtual, resident, anon, file, shmem, swap, page_tables, adj, badness;
	const char *comm;
};

/* An event since the last refresh. The snapshot owns its texts. */
struct event {
	const char *name; /* always "oom_kill" so far */
	int64_t time;     /* nanoseconds since the epoch */
	int64_t likely;   /* 1: only the kill is certain, the victim is a guess */

	struct oom_task victim;
	int64_t score; /* the victim's oom_score, if it could still be read */
	const char *cgroup;

	int64_t asked_pid; /* the process whose request for memory failed */
	const char *asked_comm;
	const char *constraint; /* the limit: EVENT_LIMIT_MACHINE, or "cgroup", "cpuset"... */
	const char *limit_cgroup;
	const char *source; /* "tracepoint", "kmsg", "vmstat" */
};

#define EVENT_LIMIT_MACHINE "machine" /* all memory and swap */

extern const struct table event_table;

static inline struct event *
event_at(const struct rows *rows, size_t i)
{
	return (struct event *)rows->data + i;
}

enum { EVENT_TEXT_SIZE = 512 };

/* One sentence, safe for a terminal in the locale's character set. */
void event_text(const struct event *event, char text[static EVENT_TEXT_SIZE]);
