// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/macros.h"
#include "base/memory.h"
#include "oomlog/parser.h"

#include <stdlib.h>
#include <string.h>

/* Begins an empty report. The queue owns the data of the last one. */
static void
report_clear(struct oom_report *report)
{
	const struct oom_kill *kill = &report->kill;
	int64_t swap = kill->swap_total == UNKNOWN ? report->old_total : kill->swap_total;
	int64_t page_size = report->page_size;

	*report = (struct oom_report){ .page_size = report->is_mixed ? UNKNOWN : page_size,
		.ram_pages = UNKNOWN,
		.reserved_pages = UNKNOWN,
		.cgroup_anon = UNKNOWN,
		.cgroup_file = UNKNOWN,
		.last_node = UNKNOWN,
		.old_total = swap };
	for (size_t i = 0; i < FIGURE_COUNT; i++)
		report->pages[i] = report->kib[i] = UNKNOWN;
	oom_kill_init(&report->kill);
}

void
report_reset(struct oom_report *report)
{
	oom_kill_finish(&report->kill);
	free((void *)report->asked_line);
	report_clear(report);
}

void
report_forget_group(struct oom_stream *stream)
{
	free((void *)stream->group);
	free((void *)stream->limit_cgroup);
	stream->group = NULL;
	stream->limit_cgroup = NULL;
}

static bool
is_among(const char *name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/*
 * If two reports are mixed, only figures on a line with the victim are certain: the lines about its
 * death, with the limit, and about its choice.
 */
static bool
is_certain(const char *name, bool has_summary, bool is_chosen)
{
	static const char *const of_death[] = { "pid", "comm", "uid", "virt", "res", "anon", "file",
		"shmem", "pte", "adj" };
	static const char *const of_summary[] = { "cgroup", "limit_cgroup", "nodemask", "cpuset",
		"mems_allowed" };

	return is_among(name, of_death, ARRAY_SIZE(of_death)) ||
	       (has_summary && is_among(name, of_summary, ARRAY_SIZE(of_summary))) ||
	       (is_chosen && strcmp(name, "score") == 0);
}

static void
forget(struct oom_kill *kill, const struct column *column)
{
	char *field = (char *)kill + column->offset;

	if (column->unit == UNIT_TEXT) {
		free((void *)*(const char **)field);
		*(const char **)field = NULL;
	} else {
		*(int64_t *)field = UNKNOWN;
	}
}

static void
forget_mixed(struct oom_report *report)
{
	struct oom_kill *kill = &report->kill;
	bool is_chosen = kill->victim.pid != UNKNOWN && kill->chosen_pid == kill->victim.pid;

	for (size_t i = 0; i < oom_kill_table.column_count; i++)
		if (!is_certain(oom_kill_table.columns[i].name, report->has_summary, is_chosen))
			forget(kill, &oom_kill_table.columns[i]);
	if (!report->has_summary)
		kill->limited_by = OOM_LIMIT_UNKNOWN;
	for (size_t i = 0; i < kill->candidate_count; i++)
		oom_task_finish(&kill->candidates[i]);
	kill->candidate_count = kill->zone_count = 0;
	oom_task_finish(&kill->largest);
	table_reset_row(&oom_task_table, &kill->largest);
	free((void *)report->asked_line);
	report->asked_line = NULL;
}

/* Call at the end of a report. Drops data that may be of another report. */
void
report_settle(struct oom_report *report)
{
	if (report->is_settled)
		return;
	report->is_settled = true;
	report_find_page_size(report);
	if (report->is_mixed)
		forget_mixed(report);
}

/* A chosen parent only matters if another process died. */
static void
forget_choice(struct oom_kill *kill)
{
	kill->chosen_pid = UNKNOWN;
	free((void *)kill->chosen_comm);
	kill->chosen_comm = NULL;
}

/* Ends the current report and moves its kill into the queue. */
void
report_finish(struct oom_log *log, enum oom_outcome outcome)
{
	struct oom_stream *stream = log->stream;
	struct oom_report *report = &stream->report;
	struct oom_kill *kill = &report->kill;

	kill->outcome = outcome;
	kill->killed_with = outcome == OOM_KILLED ? 0 : UNKNOWN;
	if (outcome != OOM_KILLED)
		forget_choice(kill);
	report_settle(report);
	if (outcome != OOM_UNSEEN && !report->is_mixed) /* else more lines may follow */
		kill->lines_not_understood = known_or_zero(kill->lines_not_understood);
	report_find_asker(report);
	if (kill->limited_by == OOM_LIMIT_UNKNOWN && kill->limit != UNKNOWN)
		kill->limited_by = OOM_LIMIT_CGROUP;
	report_rank(report);
	report_sum_memory(report);
	report_forget_group(stream);
	report->state = REPORT_NONE;
	stream->report_number = log->report_count++;
	stream->first_pid = kill->victim.pid;
	stream->limit = kill->limited_by;
	stream->limit_cgroup = kill->limit_cgroup ? xstrdup(kill->limit_cgroup) : NULL;
	queue_push(log, kill);
	report_clear(report);
}

/* Keeps a report without a victim. Without a beginning as well it would be only figures. */
void
report_give_up(struct oom_log *log)
{
	struct oom_report *report = &log->stream->report;
	const struct oom_kill *kill = &report->kill;
	bool is_lone = report->state == REPORT_HEADLESS && kill->victim.pid != UNKNOWN;

	if (report->state == REPORT_BEGUN || is_lone || kill->chosen_pid != UNKNOWN)
		report_finish(log, is_lone ? OOM_KILLED : OOM_UNSEEN);
	report->state = REPORT_NONE;
}

/*
 * Begins a report; `state`: whether its first line was there. If the last report had begun and not
 * ended, the next lines may be of either.
 */
void
report_begin(struct oom_log *log, enum report_state state)
{
	struct oom_report *report = &log->stream->report;
	bool is_rival = report->state == REPORT_BEGUN && state == REPORT_BEGUN &&
			report->kill.victim.pid == UNKNOWN;

	report_give_up(log);
	report_forget_group(log->stream);
	report_reset(report);
	report->state = state;
	report->section = state == REPORT_BEGUN ? SECTION_ASKED : SECTION_NONE;
	report->is_mixed = is_rival;
}
