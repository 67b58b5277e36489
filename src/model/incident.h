// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/rows.h"

#include <stdbool.h>

struct arena;
struct event;

/*
 * Something of the past: a kill since boot, or of a recording also where it has a gap and the like.
 * The snapshot owns the texts.
 */
struct incident {
	const char *what;                /* one of INCIDENT_, which are static */
	int64_t time;                    /* nanoseconds since the epoch; of a gap its end */
	int64_t missing;                 /* nanoseconds before it that were not recorded */
	int64_t pid, uid, resident, adj; /* of the victim; bytes */
	const char *comm, *cgroup;
	const struct event *event; /* all that a recording has of a kill; NULL: not known */
};

bool incident_is_kill(const struct incident *incident);

/* Gives copied rows events of their own, with their texts. */
void incidents_own_events(struct rows *incidents, struct arena *texts);

#define INCIDENT_KILL "OOM kill"
#define INCIDENT_DAMAGE "damage"
#define INCIDENT_GAP "gap"
#define INCIDENT_CLOCK "clock set"
#define INCIDENT_BOOT "boot"
#define INCIDENT_START "recorder started"

extern const struct table incident_table;

/* The last ones; with more the oldest are left out. */
enum { MOST_INCIDENTS = 1000 };
