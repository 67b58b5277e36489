// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/incidents.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/macros.h"
#include "model/event.h"
#include "model/incident.h"
#include "record/cursor.h"
#include "record/decoder.h"
#include "record/recorded.h"

#include <errno.h>

#define MOST_TIME NS_PER_SEC

/* What is said of a sample, in the order in which it happened. */
static const struct {
	unsigned mark;
	const char *what;
} kinds[] = {
	{ MARK_BOOT, INCIDENT_BOOT },
	{ MARK_PAUSE, INCIDENT_GAP },
	{ MARK_DAMAGE, INCIDENT_DAMAGE },
	{ MARK_CLOCK, INCIDENT_CLOCK },
	{ MARK_START, INCIDENT_START },
};

static struct incident *
add(struct rows *incidents, const char *what, int64_t time)
{
	struct incident *incident = rows_add(incidents, &incident_table);

	incident->what = what;
	incident->time = time;
	return incident;
}

static void
add_kills(struct rows *incidents, struct cursor *cursor, int64_t time, struct arena *texts)
{
	struct rows events = { .count = 0 };

	decoder_add_rows(cursor_decoder(cursor), RECORDED_EVENTS, &events, texts);
	for (size_t i = events.count; i-- > 0;) {
		const struct event *event = event_at(&events, i);
		struct incident *incident =
			add(incidents, INCIDENT_KILL, event->time == UNKNOWN ? time : event->time);

		incident->pid = event->victim.pid;
		incident->uid = event->victim.uid;
		incident->resident = event->victim.resident;
		incident->adj = event->victim.adj;
		incident->comm = event->victim.comm;
		incident->cgroup = event->cgroup;
		incident->event = arena_store(texts, event, sizeof(*event));
	}
	rows_finish(&events);
}

/* The latest first. */
static void
add_sample(struct rows *incidents, struct cursor *cursor, struct arena *texts)
{
	struct cursor_place place;

	if (!cursor_place(cursor, &place))
		return;
	if (place.marks & MARK_EVENTS)
		add_kills(incidents, cursor, place.wall, texts);
	for (size_t i = ARRAY_SIZE(kinds); i-- > 0;)
		if (place.marks & kinds[i].mark)
			add(incidents, kinds[i].what, place.wall)->missing =
				kinds[i].mark & (MARK_PAUSE | MARK_DAMAGE) ? place.since : UNKNOWN;
}

static void
turn_round(struct rows *incidents)
{
	struct incident *list = incidents->data;

	for (size_t i = 0; i < incidents->count / 2; i++) {
		struct incident first = list[i];

		list[i] = list[incidents->count - 1 - i];
		list[incidents->count - 1 - i] = first;
	}
}

int
recording_incidents(const char *path, struct rows *incidents, struct arena *texts)
{
	int64_t end = clock_ns(CLOCK_MONOTONIC) + MOST_TIME;
	struct cursor *cursor;
	int result = cursor_open(&cursor, path, &snapshot_recorded);

	if (result < 0)
		return result;
	result = cursor_last(cursor);
	while (result == 0 && incidents->count < MOST_INCIDENTS &&
		clock_ns(CLOCK_MONOTONIC) < end) {
		add_sample(incidents, cursor, texts);
		result = cursor_mark(cursor, false);
	}
	cursor_close(cursor);
	turn_round(incidents);
	return result == -ENODATA ? 0 : result == 0 ? -E2BIG : result;
}
