// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>

struct snapshot;

/*
 * Finds the OOM kills since the last refresh: by the tracepoint oom:mark_victim, which tells each
 * as it happens; in /dev/kmsg, which also tells the limit and who asked; else by a counter
 * (oom_kill of /proc/vmstat, or of the program's own cgroup), where only the likely victim can be
 * named: the largest process that has gone.
 */
struct oom_watch;

/* Where to look. */
struct oom_watch_places {
	int root;            /* descriptor of /proc */
	const char *log;     /* /dev/kmsg; NULL: nowhere */
	const char *cgroups; /* where cgroups of version 2 are mounted */
	bool trace;          /* whether to use the tracepoint */
};

/* Opens nothing yet. The texts are borrowed. */
struct oom_watch *oom_watch_create(const struct oom_watch_places *places);
void oom_watch_destroy(struct oom_watch *watch);

/*
 * Adds an event for each kill to `now`, which holds the processes and the counts of vmstat;
 * `before` is the last snapshot, or NULL. The first call only opens the sources.
 */
void oom_watch_read(struct oom_watch *watch, struct snapshot *now, const struct snapshot *before);
