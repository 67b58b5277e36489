// SPDX-License-Identifier: GPL-3.0-or-later
#include "output/notices.h"

#include "base/macros.h"
#include "base/unit.h"
#include "model/snapshot.h"
#include "output/journal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Levels of syslog(3). */
#define CRITICAL "2"
#define WARNING "4"

enum { MESSAGE_SIZE = VERDICT_TEXT_SIZE + 64, NUMBER_SIZE = 24 };

/* NULL for UNKNOWN. */
static const char *
number_text(char text[static NUMBER_SIZE], int64_t number)
{
	if (number == UNKNOWN)
		return NULL;
	snprintf(text, NUMBER_SIZE, "%" PRId64, number);
	return text;
}

static int
send_kill(const struct event *event, int journal)
{
	char message[EVENT_TEXT_SIZE], pid[NUMBER_SIZE], bytes[NUMBER_SIZE];

	event_text(event, message);
	const struct journal_field fields[] = {
		{ "MESSAGE", message },
		{ "MESSAGE_ID", NOTICE_KILL },
		{ "PRIORITY", CRITICAL },
		{ "SYSLOG_IDENTIFIER", "memtop" },
		{ "MEMTOP_EVENT", "kill" },
		{ "MEMTOP_VICTIM_COMM", event->victim.comm },
		{ "MEMTOP_VICTIM_PID", number_text(pid, event->victim.pid) },
		{ "MEMTOP_BYTES", number_text(bytes, event->victim.resident) },
		{ "MEMTOP_CGROUP", event->cgroup },
		{ "MEMTOP_LIMIT", event->constraint },
	};

	return journal_send(journal, fields, ARRAY_SIZE(fields));
}

/* That memory is well again is told too, so that the last entry is not a bad one for ever. */
static int
send_state(const struct snapshot *now, enum verdict_state state, int journal)
{
	char message[MESSAGE_SIZE], text[VERDICT_TEXT_SIZE];

	verdict_text(text, &now->system, state, now->time, charset_of_locale());
	snprintf(message, sizeof(message), "memory %s: %s", verdict_states[state].name, text);
	const struct journal_field fields[] = {
		{ "MESSAGE", message },
		{ "MESSAGE_ID", NOTICE_STATE },
		{ "PRIORITY", state == VERDICT_OK                   ? "5"
			      : verdict_states[state].severity == 2 ? CRITICAL
								    : WARNING },
		{ "SYSLOG_IDENTIFIER", "memtop" },
		{ "MEMTOP_EVENT", "state" },
		{ "MEMTOP_STATE", verdict_states[state].name },
	};

	return journal_send(journal, fields, ARRAY_SIZE(fields));
}

static bool
is_told(const struct notices *notices, const struct process *process)
{
	for (size_t i = 0; i < notices->leak_count; i++)
		if (notices->leaks[i].pid == process->pid &&
			notices->leaks[i].start_time == process->start_time)
			return true;
	return false;
}

/* What is told must not be told again: of more processes than can be remembered nothing is. */
static bool
has_room(struct notices *notices, const struct snapshot *now)
{
	size_t kept = 0;

	for (size_t i = 0; i < notices->leak_count; i++) {
		struct leak_told told = notices->leaks[i];
		const struct process *process = snapshot_find_process(now, told.pid);

		if (process && process->start_time == told.start_time)
			notices->leaks[kept++] = told;
	}
	notices->leak_count = kept;
	return kept < NOTICES_MOST_LEAKS;
}

static int
send_leak(const struct process *process, int journal)
{
	const struct growth_summary *growth = &process->extras->growth;
	char message[MESSAGE_SIZE], name[64], slope[UNIT_FORMAT_SIZE], grown[UNIT_FORMAT_SIZE];
	char pid[NUMBER_SIZE], bytes[NUMBER_SIZE];

	text_safe(name, sizeof(name), process->comm ? process->comm : "-", charset_of_locale());
	unit_format(grown, UNIT_BYTES, growth->grown, SCALE_HUMAN);
	unit_format(slope, UNIT_BYTES, growth->hour, SCALE_HUMAN);
	snprintf(message, sizeof(message),
		"%s (%" PRId64 ") has grown for 12 hours, by %s, %s/min in the last: a leak?", name,
		process->pid, grown, slope);
	const struct journal_field fields[] = {
		{ "MESSAGE", message },
		{ "MESSAGE_ID", NOTICE_LEAK },
		{ "PRIORITY", WARNING },
		{ "SYSLOG_IDENTIFIER", "memtop" },
		{ "MEMTOP_EVENT", "leak" },
		{ "MEMTOP_COMM", process->comm },
		{ "MEMTOP_PID", number_text(pid, process->pid) },
		{ "MEMTOP_BYTES", number_text(bytes, growth->grown) },
		{ "MEMTOP_UNIT", process->place->unit },
	};

	return journal_send(journal, fields, ARRAY_SIZE(fields));
}

static int
send_leaks(struct notices *notices, const struct snapshot *now, int journal)
{
	int error = 0;

	for (size_t i = 0; i < now->process_count && error == 0; i++) {
		const struct process *process = &now->processes[i];
		const char *verdict = process->extras->growth.verdict;

		if (!verdict || strcmp(verdict, growth_word(GROWTH_LEAK)) != 0 ||
			is_told(notices, process) || !has_room(notices, now))
			continue;
		error = send_leak(process, journal);
		if (error == 0)
			notices->leaks[notices->leak_count++] =
				(struct leak_told){ process->pid, process->start_time };
	}
	return error;
}

/* A state that lasts is told once. Before the first one all is taken to be well. */
static int
send_change(struct notices *notices, const struct snapshot *now, int journal)
{
	enum verdict_state state = verdict_state_named(now->system.verdict.state_now);
	enum verdict_state last = notices->has_state ? notices->state : VERDICT_OK;
	int error;

	if (state == VERDICT_UNKNOWN || state == last)
		return 0;
	error = send_state(now, state, journal);
	if (error < 0)
		return error; /* it is tried again */
	notices->state = state;
	notices->has_state = true;
	return 0;
}

int
notices_send(struct notices *notices, const struct snapshot *now, int journal)
{
	int error = 0;

	for (size_t i = 0; i < now->events.count && error == 0; i++)
		error = send_kill(event_at(&now->events, i), journal);
	if (error == 0)
		error = send_change(notices, now, journal);
	return error < 0 ? error : send_leaks(notices, now, journal);
}
