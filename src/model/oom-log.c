// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/oom-log.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "model/oom-log-line.h"
#include "model/oom-log-parts.h"
#include "model/scan.h"

#include <stdlib.h>
#include <string.h>

/* Begins an empty report. What the last one held is the queue's. */
static void
report_clear(struct oom_report *report)
{
	const struct oom_kill *kill = &report->kill;
	int64_t swap = kill->swap_total == UNKNOWN ? report->old_total : kill->swap_total;
	int64_t page_size = report->page_size;

	*report = (struct oom_report){ .page_size = page_size,
		.ram_pages = UNKNOWN,
		.reserved_pages = UNKNOWN,
		.present_bytes = UNKNOWN,
		.lru_anon = UNKNOWN,
		.lru_file = UNKNOWN,
		.old_total = swap };
	oom_kill_init(&report->kill);
}

void
report_reset(struct oom_report *report)
{
	oom_kill_finish(&report->kill);
	report_clear(report);
}

/* Puts a kill into the queue and gives it its time. */
void
queue_push(struct oom_log *log, struct oom_kill *kill)
{
	struct oom_kill *place = &log->queue[log->queue_count];
	const struct log_line *line = &log->line;

	if (log->queue_count == OOM_QUEUE) {
		oom_kill_finish(kill);
		return;
	}
	*place = *kill;
	if (place->killer == OOM_BY_KERNEL)
		place->report = log->report_number;
	place->uptime = line->uptime;
	place->time = log_line_time(line, log->clock.now);
	if (place->time == UNKNOWN)
		place->time = known_sum(log->clock.boot, line->uptime);
	log->queue_count++;
}

struct oom_kill *
queue_last(struct oom_log *log)
{
	struct oom_kill *kill = log->queue_count > 0 ? &log->queue[log->queue_count - 1] : NULL;

	return kill && kill->report == log->report_number ? kill : NULL;
}

void
report_forget_group(struct oom_log *log)
{
	free((void *)log->group);
	free((void *)log->limit_cgroup);
	log->group = NULL;
	log->limit_cgroup = NULL;
}

/* Ends the report that is being read: what it holds moves into the queue. */
void
report_finish(struct oom_log *log, enum oom_outcome outcome)
{
	struct oom_report *report = &log->report;
	struct oom_kill *kill = &report->kill;

	kill->outcome = outcome;
	kill->killed_with = outcome == OOM_KILLED ? 0 : UNKNOWN;
	if (kill->limited_by == OOM_LIMIT_UNKNOWN && kill->limit != UNKNOWN)
		kill->limited_by = OOM_LIMIT_CGROUP;
	report_sum_memory(report);
	report_rank(report);
	log->state = REPORT_NONE;
	log->report_number++;
	log->first_pid = kill->pid;
	log->limit = kill->limited_by;
	log->limit_cgroup = kill->limit_cgroup ? xstrdup(kill->limit_cgroup) : NULL;
	queue_push(log, kill);
	report_clear(report);
}

/* A report whose victim the log does not tell is not lost. */
void
report_give_up(struct oom_log *log)
{
	if (log->state == REPORT_BEGUN)
		report_finish(log, OOM_UNSEEN);
	log->state = REPORT_NONE;
}

/* Begins a report; `state` says whether its first line was there. */
void
report_begin(struct oom_log *log, enum report_state state)
{
	report_give_up(log);
	report_forget_group(log);
	report_reset(&log->report);
	log->state = state;
	log->partial[0] = '\0';
}

static void
take_message(struct oom_log *log, const char *message)
{
	enum log_origin origin = log->line.origin;
	struct oom_kill kill;

	if (origin == LOG_ANYONE || origin == LOG_KERNEL)
		kernel_take_line(log, message);
	if (((origin == LOG_ANYONE || origin == LOG_SYSTEMD_OOMD) &&
		    oomd_take_line(message, &kill)) ||
		((origin == LOG_ANYONE || origin == LOG_EARLYOOM) &&
			earlyoom_take_line(message, &kill)))
		queue_push(log, &kill);
}

static int
hex_digit(char digit)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = digit ? strchr(digits, digit) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* In /dev/kmsg what is not printable is \xNN, a backslash, too. Changes the text in place. */
static void
unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from; to++) {
		int high = from[0] == '\\' && from[1] == 'x' ? hex_digit(from[2]) : -1;
		int low = high >= 0 ? hex_digit(from[3]) : -1;

		*to = low < 0 ? *from : high + low > 0 ? (char)(high * 16 + low) : '?';
		from += low < 0 ? 1 : 4;
	}
	*to = '\0';
}

/*
 * What was one record may have newlines: statistics of several lines are taken one by one; a name
 * with a newline stays whole. Changes the text.
 */
static void
take_record(struct oom_log *log, char *text)
{
	bool is_one = strstr(text, "process ") || text[0] == '[' || !strchr(text, '\n');

	if (is_one) {
		take_message(log, text);
		return;
	}
	for (char *line = text, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		take_message(log, line + strspn(line, " "));
	}
}

/* Takes a line that may be changed; NULL for none. */
static void
take_copy(struct oom_log *log, char *line)
{
	char *message;

	if (!line)
		return;
	log_line_parse(line, &log->line);
	message = line + (log->line.message - line);
	if (log->line.is_record)
		unescape(message);
	if (log->line.origin != LOG_OTHER)
		take_record(log, message);
}

void
oom_log_feed(struct oom_log *log, const char *line)
{
	_cleanup_free_ char *copy = NULL;

	log->gives_all = false;
	log_line_parse(line, &log->line);
	if (line[0] == '{')
		take_copy(log, copy = journal_as_line(line));
	else if (log->line.is_record && strchr(log->line.message, '\\'))
		take_copy(log, copy = xstrdup(line));
	else if (log->line.origin != LOG_OTHER)
		take_message(log, log->line.message);
}

void
oom_log_end(struct oom_log *log)
{
	report_give_up(log);
	log->gives_all = true;
}

void
oom_log_pause(struct oom_log *log)
{
	log->gives_all = true;
}

bool
oom_log_take(struct oom_log *log, struct oom_kill *ret_kill)
{
	const struct oom_kill *first = &log->queue[0];

	if (log->queue_count == 0)
		return false;
	if (!log->gives_all && first->report == log->report_number && log->queue_count <= OOM_HELD)
		return false;
	*ret_kill = *first;
	log->queue_count--;
	memmove(log->queue, log->queue + 1, log->queue_count * sizeof(log->queue[0]));
	return true;
}

struct oom_log *
oom_log_create(const struct oom_log_clock *clock)
{
	struct oom_log *log = xcalloc(1, sizeof(*log));

	log->clock = *clock;
	log->report.kill.swap_total = UNKNOWN;
	log->report.old_total = UNKNOWN;
	log->report.page_size = USUAL_PAGE_SIZE;
	report_clear(&log->report);
	return log;
}

void
oom_log_destroy(struct oom_log *log)
{
	if (!log)
		return;
	for (size_t i = 0; i < log->queue_count; i++)
		oom_kill_finish(&log->queue[i]);
	oom_kill_finish(&log->report.kill);
	report_forget_group(log);
	free(log);
}
