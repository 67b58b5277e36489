// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/incident.h"

#include "base/arena.h"
#include "base/macros.h"
#include "model/event.h"
#include "model/needs.h"

#include <string.h>

#define FIELD(name) offsetof(struct incident, name)

/* clang-format off */
static const struct column columns[] = {
	{ "when", "WHEN", NULL, "When it happened; of a gap, when it ended.", UNIT_TIME, 25, NEED_INCIDENTS, FIELD(time) },
	{ "what", "WHAT", NULL, "OOM kill; of a recording also: gap (no sample for long), damage (what was recorded cannot be read), clock set, boot, recorder started.", UNIT_TEXT, 16, NEED_INCIDENTS, FIELD(what), .is_constant = true },
	{ "missing", "MISSING", NULL, "How long before it nothing was recorded.", UNIT_SPAN, 8, NEED_INCIDENTS, FIELD(missing) },
	{ "pid", "PID", NULL, "The victim.", UNIT_ID, 7, NEED_INCIDENTS, FIELD(pid) },
	{ "uid", "UID", NULL, "Its user.", UNIT_ID, 6, NEED_INCIDENTS, FIELD(uid) },
	{ "res", "RES", NULL, "Its resident memory.", UNIT_BYTES, 7, NEED_INCIDENTS, FIELD(resident) },
	{ "adj", "ADJ", NULL, "Its OOM adjustment.", UNIT_NUMBER, 5, NEED_INCIDENTS, FIELD(adj) },
	{ "cgroup", "CGROUP", NULL, "Its cgroup.", UNIT_TEXT, 20, NEED_INCIDENTS, FIELD(cgroup), .is_path = true },
	{ "comm", "NAME", NULL, "Its name.", UNIT_TEXT, 15, NEED_INCIDENTS, FIELD(comm) },
};
/* clang-format on */

const struct table incident_table = {
	.name = "incident",
	.search = "what,comm,cgroup",
	.key = "when,what,pid",
	.columns = columns,
	.column_count = ARRAY_SIZE(columns),
	.row_size = sizeof(struct incident),
};

bool
incident_is_kill(const struct incident *incident)
{
	return incident->what && strcmp(incident->what, INCIDENT_KILL) == 0;
}

static const struct event *
copy_event(const struct event *event, struct arena *texts)
{
	struct event copy = *event;

	row_keep_texts(&event_table, &copy, texts);
	return arena_store(texts, &copy, sizeof(copy));
}

void
incidents_own_events(struct rows *incidents, struct arena *texts)
{
	struct incident *list = incidents->data;

	for (size_t i = 0; i < incidents->count; i++)
		if (list[i].event)
			list[i].event = copy_event(list[i].event, texts);
}
