// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/event.h"

#include "base/macros.h"
#include "base/text.h"
#include "model/needs.h"

#include <stdio.h>
#include <string.h>

#define FIELD(name) offsetof(struct event, name)

/* clang-format off */
static const struct column columns[] = {
	{ "event", "EVENT", NULL, "What happened: oom_kill.", UNIT_TEXT, 8, NEED_EVENTS, FIELD(name) },
	{ "likely", "likely", NULL, "1: the kernel did not say which process; this one is likely.", UNIT_NUMBER, 4, NEED_EVENTS, FIELD(likely) },
	{ "pid", "PID", NULL, "The victim.", UNIT_ID, 7, NEED_EVENTS, FIELD(victim.pid) },
	{ "comm", "COMM", NULL, "Its name.", UNIT_TEXT, 15, NEED_EVENTS, FIELD(victim.comm) },
	{ "uid", "UID", NULL, "Its user.", UNIT_ID, 6, NEED_EVENTS, FIELD(victim.uid) },
	{ "cgroup", "CGROUP", NULL, "Its cgroup.", UNIT_TEXT, 20, NEED_EVENTS, FIELD(cgroup) },
	{ "virt", "VIRT", NULL, "Its address space.", UNIT_BYTES, 7, NEED_EVENTS, FIELD(victim.virtual) },
	{ "res", "RES", NULL, "Its resident memory.", UNIT_BYTES, 7, NEED_EVENTS, FIELD(victim.resident) },
	{ "anon", "ANON", NULL, "The anonymous part.", UNIT_BYTES, 7, NEED_EVENTS, FIELD(victim.anon) },
	{ "file", "FILE", NULL, "The part that maps files.", UNIT_BYTES, 7, NEED_EVENTS, FIELD(victim.file) },
	{ "shmem", "SHMEM", NULL, "The shared part.", UNIT_BYTES, 7, NEED_EVENTS, FIELD(victim.shmem) },
	{ "swap", "SWAP", NULL, "Its memory in swap.", UNIT_BYTES, 7, NEED_EVENTS, FIELD(victim.swap) },
	{ "pte", "PTE", NULL, "Its page tables.", UNIT_BYTES, 7, NEED_EVENTS, FIELD(victim.page_tables) },
	{ "adj", "ADJ", NULL, "Its OOM adjustment.", UNIT_NUMBER, 5, NEED_EVENTS, FIELD(victim.adj) },
	{ "oom", "OOM", NULL, "Its last known oom_score.", UNIT_NUMBER, 5, NEED_EVENTS, FIELD(score) },
	{ "asked_pid", "asked PID", NULL, "The process that asked for memory.", UNIT_ID, 7, NEED_EVENTS, FIELD(asked_pid) },
	{ "asked_comm", "asked", NULL, "Its name.", UNIT_TEXT, 15, NEED_EVENTS, FIELD(asked_comm) },
	{ "constraint", "constraint", NULL, "Which limit was reached.", UNIT_TEXT, 8, NEED_EVENTS, FIELD(constraint) },
	{ "limit_cgroup", "limit of", NULL, "The cgroup whose limit it was.", UNIT_TEXT, 20, NEED_EVENTS, FIELD(limit_cgroup) },
	{ "source", "source", NULL, "Where it was seen: tracepoint, kmsg or vmstat.", UNIT_TEXT, 10, NEED_EVENTS, FIELD(source) },
};
/* clang-format on */

const struct table event_table = {
	.name = "event",
	.columns = columns,
	.column_count = ARRAY_SIZE(columns),
	.row_size = sizeof(struct event),
};

/* A sentence under construction; cut if too long. */
struct sentence {
	char *text;
	size_t length;
};

static void
add(struct sentence *sentence, const char *before, const char *value, const char *behind)
{
	size_t left = EVENT_TEXT_SIZE - sentence->length;
	int length;

	if (!value || left < 2)
		return;
	length = snprintf(sentence->text + sentence->length, left, "%s%s%s", before, value, behind);
	sentence->length += (size_t)length < left ? (size_t)length : left - 1;
}

static void
add_unit(struct sentence *sentence, const char *before, enum unit unit, int64_t number,
	const char *behind)
{
	char text[UNIT_FORMAT_SIZE];

	if (number == UNKNOWN)
		return;
	unit_format(text, unit, number, SCALE_HUMAN);
	add(sentence, before, text, behind);
}

/* Limits a name or path, so that the end of the sentence is not cut. */
static void
add_safe(struct sentence *sentence, const char *before, const char *value, const char *behind)
{
	char safe[128];

	if (!value)
		return;
	text_safe(safe, sizeof(safe), value, charset_of_locale());
	add(sentence, before, safe, behind);
}

static void
add_limit(struct sentence *sentence, const struct event *event)
{
	if (event->limit_cgroup)
		add_safe(sentence, ", at the limit of ", event->limit_cgroup, "");
	else if (event->constraint && strcmp(event->constraint, EVENT_LIMIT_MACHINE) == 0)
		add(sentence, "", ", the machine had none left", "");
	else if (event->constraint)
		add_safe(sentence, ", at the limit of its ", event->constraint, "");
	else
		add_safe(sentence, ", in ", event->cgroup, "");
}

void
event_text(const struct event *event, char text[static EVENT_TEXT_SIZE])
{
	struct sentence sentence = { .text = text };

	text[0] = '\0';
	if (event->victim.pid == UNKNOWN) {
		add(&sentence, "", "killed for lack of memory: a process that is not known", "");
		add_limit(&sentence, event);
		return;
	}
	add(&sentence, "", "killed for lack of memory: ", event->likely == 1 ? "probably " : "");
	add_safe(&sentence, "", event->victim.comm ? event->victim.comm : "?", "");
	add_unit(&sentence, " (", UNIT_ID, event->victim.pid, ")");
	add_unit(&sentence, ", which held ", UNIT_BYTES, event->victim.resident, "");
	add_unit(&sentence, ", adjustment ", UNIT_NUMBER, event->victim.adj, "");
	add_limit(&sentence, event);
	add_safe(&sentence, "; ", event->asked_comm, " asked");
}
