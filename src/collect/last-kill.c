// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/last-kill.h"

#include "base/clock.h"
#include "collect/kernel-log.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "oomlog/oom-log.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

void
last_kill_init(struct last_kill *last, const char *log)
{
	*last = (struct last_kill){
		.log = log, .counter = UNKNOWN, .time = UNKNOWN, .uptime = UNKNOWN
	};
}

static void
note(struct last_kill *last, int64_t time, const char *comm)
{
	last->time = time;
	last->doubt = 0;
	snprintf(last->comm, sizeof(last->comm), "%s", comm ? comm : "");
}

void
last_kill_finish(struct last_kill *last)
{
	rows_finish(&last->kills);
	arena_finish(&last->texts);
}

/* Of too many the older half goes. */
static void
add_incident(struct last_kill *last, const struct oom_kill *kill)
{
	struct rows *kills = &last->kills;
	struct incident *incident;

	if (kills->count == MOST_INCIDENTS) {
		kills->count /= 2;
		memmove(kills->data, (struct incident *)kills->data + kills->count,
			kills->count * sizeof(*incident));
	}
	incident = rows_add(kills, &incident_table);
	incident->what = INCIDENT_KILL;
	incident->time = kill->time;
	incident->pid = kill->victim.pid;
	incident->uid = kill->victim.uid;
	incident->resident = kill->victim.resident;
	incident->adj = kill->victim.adj;
	incident->comm = arena_text(&last->texts, kill->victim.comm);
}

static void
note_kills(struct last_kill *last, struct oom_log *log)
{
	struct oom_kill kill;

	while (oom_log_take(log, &kill)) {
		if (kill.killer == OOM_BY_KERNEL && kill.outcome == OOM_KILLED &&
			kill.time != UNKNOWN) {
			add_incident(last, &kill);
			last->uptime = kill.uptime;
		}
		oom_kill_finish(&kill);
	}
}

/* Reads the whole log, but parses only lines that name a victim. */
static void
look_back(struct last_kill *last)
{
	const struct oom_log_clock clock = { .now = clock_ns(CLOCK_REALTIME),
		.boot = kernel_log_boot(&last->log_doubt) };
	struct kernel_log *lines;
	struct oom_log *log;
	char *line;

	rows_reset(&last->kills);
	arena_reset(&last->texts);
	last->has_all = true;
	if (kernel_log_open(last->log, KERNEL_LOG_ALL, &lines) < 0)
		return;
	log = oom_log_create(&clock);
	while (kernel_log_next(lines, &line) > 0) {
		if (!strstr(line, "Killed process"))
			continue;
		oom_log_feed(log, line, kernel_log_line_ended(lines));
		note_kills(last, log);
	}
	oom_log_end(log);
	note_kills(last, log);
	oom_log_destroy(log);
	kernel_log_close(lines);
}

static const struct incident *
last_of(const struct rows *kills)
{
	const struct incident *incidents = kills->data;

	return kills->count > 0 ? &incidents[kills->count - 1] : NULL;
}

/*
 * A new kill that is not in the log happened at about this time. Any other may have been before the
 * machine was suspended.
 */
static void
find(struct last_kill *last, const struct snapshot *now)
{
	bool has_grown = last->counter != UNKNOWN;
	int64_t uptime = last->uptime;
	const struct incident *kill;

	look_back(last);
	if (has_grown && last->uptime == uptime)
		note(last, now->time, NULL);
	else if ((kill = last_of(&last->kills)))
		note(last, kill->time, kill->comm);
	if (!has_grown)
		last->doubt = last->log_doubt;
}

void
last_kill_read(struct last_kill *last, struct snapshot *now)
{
	int64_t counter = now->system.oom_kills;
	const struct event *event =
		now->events.count > 0 ? event_at(&now->events, now->events.count - 1) : NULL;

	now->system.last_kill_doubt = last->doubt;
	if (counter == UNKNOWN)
		return;
	last->has_all = last->has_all && counter == last->counter;
	if (event)
		note(last, event->time, event->likely ? NULL : event->victim.comm);
	else if (counter != last->counter && counter > 0)
		find(last, now);
	last->counter = counter;
	now->system.last_kill_time = last->time;
	now->system.last_kill_doubt = last->doubt;
	if (last->comm[0])
		now->system.last_kill_comm = arena_text(&now->texts, last->comm);
}

void
last_kill_list(struct last_kill *last, struct snapshot *now)
{
	if (!last->has_all)
		look_back(last);
	if (last->log_doubt > 0 && last->kills.count > 0)
		snapshot_add_hint(now, NEED_INCIDENTS, -ETIME, 0);
	rows_copy(&now->incidents, &last->kills, &now->texts);
}
