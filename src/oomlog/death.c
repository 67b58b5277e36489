// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/known.h"
#include "base/macros.h"
#include "base/scan.h"
#include "oomlog/parser.h"

#include <stdlib.h>
#include <string.h>

/* Until 5.1: "PREFIX: Kill process 42 (NAME) score 868 or sacrifice child" */
bool
death_take_choice(struct oom_log *log, const char *at, const char *behind)
{
	const char *name = strchr(behind, '('),
		   *end = scan_last(behind, " or sacrifice child", NULL);
	const char *score = end ? scan_last(behind, ") score ", end) : NULL;
	struct oom_kill *kill = &log->stream->report.kill;

	if (scan_start(at, "Memory") && kill->limited_by == OOM_LIMIT_UNKNOWN)
		kill->limited_by = OOM_LIMIT_CGROUP;
	if (!name || !score || name > score)
		return false;
	kill->score = value_at(score + strlen(") score "));
	kill->chosen_pid = value_at(behind);
	value_copy(&kill->chosen_comm, name + 1, score);
	return true;
}

/* A process killed with the victim of the last report, or of a missing report. */
static void
begin_bare_kill(struct oom_log *log)
{
	struct oom_stream *stream = log->stream;
	struct oom_kill *kill = &stream->report.kill;

	if (!stream->group) {
		report_begin(log, REPORT_HEADLESS);
		return;
	}
	kill->killed_with = 1;
	kill->limited_by = stream->limit;
	value_copy(&kill->group, stream->group, stream->group + strlen(stream->group));
	if (stream->limit_cgroup)
		value_copy(&kill->limit_cgroup, stream->limit_cgroup,
			stream->limit_cgroup + strlen(stream->limit_cgroup));
}

/* Infers the limit of a report without a line for it (before 5.0). */
static void
infer_limit(struct oom_kill *kill)
{
	bool no_mask = kill->nodemask && strcmp(kill->nodemask, "(null)") == 0;

	if (kill->limited_by != OOM_LIMIT_UNKNOWN || kill->limit != UNKNOWN)
		return;
	if (kill->nodemask && !no_mask)
		kill->limited_by = OOM_LIMIT_MEMPOLICY;
	else if (kill->cpuset && strcmp(kill->cpuset, "/") == 0)
		kill->limited_by = OOM_LIMIT_MACHINE;
}

static bool
is_candidate(const struct oom_kill *kill, int64_t pid)
{
	for (size_t i = 0; i < kill->candidate_count; i++)
		if (kill->candidates[i].pid == pid)
			return true;
	return false;
}

/*
 * Keeps the chosen process only if it is a parent that was spared. Some kernels choose a thread,
 * which is not in the table, and kill its process of the same name.
 */
static void
drop_choice(struct oom_kill *kill)
{
	bool is_same = kill->chosen_pid == kill->victim.pid ||
		       (kill->chosen_comm && kill->victim.comm &&
			       strcmp(kill->chosen_comm, kill->victim.comm) == 0 &&
			       !is_candidate(kill, kill->chosen_pid));

	if (!is_same)
		return;
	kill->chosen_pid = UNKNOWN;
	free((void *)kill->chosen_comm);
	kill->chosen_comm = NULL;
}

/* "total-vm:8kB, anon-rss:8kB, file-rss:8kB, shmem-rss:0kB, UID:0 pgtables:8kB ..." */
static void
take_sizes(struct oom_kill *kill, const char *figures)
{
	const struct {
		const char *key;
		int64_t *size;
	} sizes[] = {
		{ "total-vm:", &kill->victim.virtual },
		{ "anon-rss:", &kill->victim.anon },
		{ "file-rss:", &kill->victim.file },
		{ "shmem-rss:", &kill->victim.shmem },
		{ "pgtables:", &kill->victim.page_tables },
	};
	int64_t uid = value_of(figures, "UID:", ""), adj = value_of(figures, "oom_score_adj:", "");
	bool has_shmem = strstr(figures, "shmem-rss:") || !value_line_end(figures);

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		*sizes[i].size = known_product(value_of(figures, sizes[i].key, "kB"), 1024);
	kill->victim.resident =
		known_sum(kill->victim.anon, kill->victim.file); /* until 4.4 without shmem */
	if (has_shmem)
		kill->victim.resident = known_sum(kill->victim.resident, kill->victim.shmem);
	kill->victim.uid = uid == UNKNOWN ? kill->victim.uid : uid;
	kill->victim.adj = adj == UNKNOWN ? kill->victim.adj : adj;
}

/* Whether a death belongs to the current report; until 5.1 a child may die instead. */
static bool
is_death_of_report(const struct oom_report *report, int64_t pid)
{
	const struct oom_kill *kill = &report->kill;

	bool is_spared = kill->chosen_pid != UNKNOWN &&
			 (!report->has_summary || kill->victim.pid == kill->chosen_pid);

	return report->state != REPORT_NONE &&
	       (kill->victim.pid == UNKNOWN || kill->victim.pid == pid || is_spared);
}

/*
 * A line about a death: "42 (NAME) total-vm:8kB, anon-rss:8kB"; some distributions add "UID 0,"
 * before or after the name. The name may be anything, except text like these figures.
 */
struct death {
	int64_t pid, uid;
	const char *name, *name_end, *figures; /* NULL if the line is cut */
};

static const char *
find_figures(const char *text)
{
	for (const char *at = text; (at = strstr(at, "total-vm:")); at++) {
		const char *rest = at + strlen("total-vm:");

		rest += strspn(rest, "0123456789");
		if (scan_start(rest, "kB, anon-rss:"))
			return at;
	}
	return NULL;
}

static bool
read_death(const char *behind, struct death *death)
{
	const char *uid;

	*death = (struct death){ .pid = value_at(behind), .uid = UNKNOWN };
	death->name = strchr(behind, '(');
	death->figures = death->name ? find_figures(death->name) : NULL;
	if (death->pid < 1 || !death->name)
		return false;
	if (behind[strspn(behind, "0123456789")] == ',')
		death->uid = value_of(behind, "UID ", "");
	if (!death->figures)
		return true;
	death->name_end = scan_last(death->name, ") ", death->figures);
	if ((uid = scan_last(death->name, "), UID ", death->figures))) {
		death->name_end = death->name_end && death->name_end > uid ? death->name_end : uid;
		death->uid = value_of(uid + 2, "UID ", "");
	}
	return death->name_end != NULL;
}

/* Completes a victim whose report was given up before the line about its death. */
static bool
complete_unseen(struct oom_log *log, const struct death *death)
{
	struct oom_kill *kill = queue_find(log, death->pid);

	if (!kill || kill->outcome != OOM_UNSEEN)
		return false;
	kill->outcome = OOM_KILLED;
	kill->killed_with = 0;
	if (death->figures)
		take_sizes(kill, death->figures);
	return true;
}

/* Removes a mixed report without a victim: this death is its victim. */
static void
take_over_unseen(struct oom_log *log)
{
	struct oom_kill *unseen = queue_find_unseen(log);

	if (!unseen || log->stream->report.kill.killed_with == 1)
		return;
	oom_kill_finish(unseen);
	log->queue_count--;
	memmove(unseen, unseen + 1,
		(size_t)(log->queue + log->queue_count - unseen) * sizeof(*unseen));
}

static void
finish_death(struct oom_log *log)
{
	struct oom_kill *kill = &log->stream->report.kill;

	infer_limit(kill);
	drop_choice(kill);
	if (kill->killed_with != 1) {
		report_finish(log, OOM_KILLED);
		return;
	}
	kill->outcome = OOM_KILLED;
	queue_push(log, kill);
	oom_kill_init(kill);
}

/*
 * Whether the line of a death has the number of a living thread, while the line before names the
 * process and the row of the table is missing. No process was spared: then only one can have died.
 */
static bool
is_thread_of_victim(const struct oom_report *report, const struct death *death)
{
	const struct oom_kill *kill = &report->kill;
	size_t length = kill->victim.comm ? strlen(kill->victim.comm) : 0;

	return report->state != REPORT_NONE && report->has_summary && !report->is_mixed &&
	       kill->chosen_pid == UNKNOWN && kill->victim.pid != death->pid && death->name_end &&
	       length == (size_t)(death->name_end - death->name - 1) &&
	       memcmp(kill->victim.comm, death->name + 1, length) == 0;
}

/* The line with the limit names the parent; another process died in its place (5.0). */
static void
forget_parent(struct oom_report *report)
{
	report->has_summary = false;
	report->kill.victim.uid = UNKNOWN;
	free((void *)report->kill.cgroup);
	report->kill.cgroup = NULL;
}

/* Whether the log repeats a victim with its group; the line of the group may be missing. */
static bool
is_repeat(struct oom_log *log, int64_t pid)
{
	const struct oom_stream *stream = log->stream;

	return stream->report.state == REPORT_NONE &&
	       ((stream->group && pid == stream->first_pid) ||
		       (log_has_told(log, pid) && queue_find(log, pid)));
}

/* "Memory cgroup out of memory: Killed process 42 (NAME) total-vm:8kB, ..." */
bool
death_take_death(struct oom_log *log, const char *at, const char *behind)
{
	struct oom_stream *stream = log->stream;
	struct oom_kill *kill = &stream->report.kill;
	struct death death;
	bool is_bare;

	if (!read_death(behind, &death) || (!death.figures && *at == 'K'))
		return false;
	if (is_thread_of_victim(&stream->report, &death))
		log_note_thread(log, death.pid, kill->victim.pid);
	death.pid = oom_log_process_of(log, death.pid);
	if (complete_unseen(log, &death))
		return true;
	if (is_repeat(log, death.pid)) {
		log->repeats++;
		return true;
	}
	is_bare = !is_death_of_report(&stream->report, death.pid);
	if (is_bare) {
		bool is_mixed = stream->report.is_mixed;

		report_give_up(log);
		if (is_mixed)
			take_over_unseen(log);
		begin_bare_kill(log);
	}
	if (stream->report.has_summary && kill->victim.pid != death.pid)
		forget_parent(&stream->report);
	kill->victim.pid = death.pid;
	if (death.figures) {
		value_copy(&kill->victim.comm, death.name + 1, death.name_end);
		take_sizes(kill, death.figures);
		stream->report.has_death = value_line_end(death.figures) != NULL;
	}
	kill->victim.uid = death.uid == UNKNOWN ? kill->victim.uid : death.uid;
	report_settle(&stream->report);
	kill->kills_asker = strstr(at, "(oom_kill_allocating_task)") != NULL;
	if (kill->limited_by == OOM_LIMIT_UNKNOWN && *at == 'M')
		kill->limited_by = OOM_LIMIT_CGROUP;
	finish_death(log);
	return death.figures != NULL;
}

/* "Tasks in /x are going to be killed due to memory.oom.group set" */
bool
death_take_group(struct oom_log *log, const char *at, const char *behind)
{
	const char *end =
		scan_last(behind, " are going to be killed due to memory.oom.group", NULL);
	struct oom_report *report = &log->stream->report;
	struct oom_kill *kill;

	if (!end)
		return false;
	if (report->state != REPORT_NONE && report->kill.victim.pid == UNKNOWN)
		return true;
	if (report->state != REPORT_NONE) /* the line about the death is missing */
		report_finish(log, OOM_UNSEEN);
	kill = queue_last(log);
	value_copy(&log->stream->group, behind - 1, end);
	log->stream->strangers = 0;
	if (kill)
		value_copy(&kill->group, behind - 1, end);
	return true;
}

/*
 * "oom_reaper: reaped process 42 (NAME), now anon-rss:0kB, ...", "unable to reap pid:42 (NAME)".
 * Only victims are reaped: an unknown process is another kill.
 */
bool
death_take_reaping(struct oom_log *log, const char *at, const char *behind)
{
	const char *done = scan_start(behind, "reaped process ");
	const char *failed = scan_start(behind, "unable to reap pid:");
	const char *who = done ? done : failed, *name = who ? strchr(who, '(') : NULL;
	const char *end = name ? scan_last(name, done ? "), now anon-rss:" : ")", NULL) : NULL;
	int64_t pid = who ? oom_log_process_of(log, value_at(who)) : UNKNOWN;
	struct oom_kill *kill = queue_find(log, pid), other;

	if (pid < 1 || (log->stream->report.state != REPORT_NONE &&
			       log->stream->report.kill.victim.pid == pid))
		return pid > 0;
	if (kill) {
		kill->reaped = done != NULL;
		return true;
	}
	if (log_has_told(log, pid) || !end)
		return log_has_told(log, pid);
	oom_kill_init(&other);
	other.killer = OOM_BY_KERNEL;
	other.outcome = OOM_KILLED;
	other.victim.pid = pid;
	other.reaped = done != NULL;
	other.reaped_only = 1;
	value_copy(&other.victim.comm, name + 1, end);
	queue_push(log, &other);
	return true;
}
