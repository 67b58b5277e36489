// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>

struct snapshot;

/*
 * Finds the OOM kills since the last refresh. Sources: the tracepoint oom:mark_victim, which
 * reports each at once; /dev/kmsg, which also names the limit and the process that caused the kill;
 * else a counter (oom_kill of /proc/vmstat, or of this program's own cgroup), which names no
 * victim: the largest process that has gone is the likely one.
 */
struct oom_watch;

struct oom_watch_places {
	int root;            /* descriptor of /proc */
	const char *log;     /* /dev/kmsg; NULL: no log */
	const char *cgroups; /* mount point of version 2 */
	bool trace;          /* whether to use the tracepoint */
};

/* Opens no file yet. The texts are borrowed. */
struct oom_watch *oom_watch_create(const struct oom_watch_places *places);
void oom_watch_destroy(struct oom_watch *watch);

/*
 * Adds an event for each kill to `now`, which must have the processes and the counts of vmstat;
 * `before` is the last snapshot, or NULL. The first call only opens the sources.
 */
void oom_watch_read(struct oom_watch *watch, struct snapshot *now, const struct snapshot *before);
