// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/oom-log-parts.h"
#include "model/scan.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* The number of lines within which a request by SysRq and what it does stand. */
enum { PERSON_LINES = 32, NAME_SIZE = 15 };

/* "NAME invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0" */
static bool
take_invocation(struct oom_log *log, const char *at, const char *behind)
{
	struct oom_report *report = &log->stream->report;
	struct oom_kill *kill = &report->kill;
	const char *order = strstr(behind, ", order="), *mask = strstr(behind, ", nodemask=");
	const char *name_end = at > log->text && at[-1] == ' ' ? at - 1 : at;

	report_begin(log, REPORT_BEGUN);
	value_copy(&report->asked_line, log->text, name_end);
	report->asked_start = (size_t)(log->line.message - log->text);
	kill->order = value_of(behind, "order=", "");
	kill->asked_adj = value_of(behind, "oom_score_adj=", "");
	if (order)
		value_copy(&kill->gfp, behind, mask && mask < order ? mask : order);
	if (mask && order && mask < order) /* until 4.20 it stands here */
		value_copy(&kill->nodemask, mask + strlen(", nodemask="), order);
	return kill->asked_adj != UNKNOWN;
}

/* Drops a name that the report does not confirm, and who it was. */
void
report_find_asker(struct oom_report *report)
{
	struct oom_kill *kill = &report->kill;
	const char *line = report->asked_line, *name = line ? line + report->asked_start : NULL;
	size_t length = name ? strlen(name) : 0;
	bool is_long = !report->has_prefix && length > NAME_SIZE;

	for (size_t i = 0; i < length; i++) /* escapes and what is not ASCII may be longer */
		is_long = is_long && name[i] != '\\' && (unsigned char)name[i] < 0x80;
	if (report->is_mixed || !name || is_long || length > OOM_NAME_LENGTH ||
		(!report->has_prefix && report->asked_start == 0 && strchr(name, ' ')) ||
		(kill->asked_comm && strcmp(kill->asked_comm, name) != 0)) {
		if (report->is_mixed || !kill->asked_comm) {
			free((void *)kill->asked_comm);
			kill->asked_comm = NULL;
			kill->asked_pid = UNKNOWN;
		}
	} else if (!kill->asked_comm) {
		value_copy(&kill->asked_comm, name, name + length);
	}
	if (report->is_mixed) {
		free((void *)kill->gfp);
		kill->gfp = NULL;
		kill->order = kill->asked_adj = UNKNOWN;
	}
	free((void *)report->asked_line);
	report->asked_line = NULL;
}

/* "CPU: 1 UID: 0 PID: 9425 Comm: python3 Not tainted ...": who asked, if its name is that. */
static bool
take_cpu(struct oom_log *log, const char *at, const char *behind)
{
	static const char *const ends[] = { " Not tainted", " Tainted: ", " Kdump: " };
	struct oom_report *report = &log->stream->report;
	const char *comm = strstr(behind, " Comm: "), *end = NULL;
	size_t length, whole;

	(void)at;
	if (report->state != REPORT_BEGUN || report->kill.asked_pid != UNKNOWN ||
		!report->asked_line)
		return true;
	comm = comm ? comm + strlen(" Comm: ") : NULL;
	for (size_t i = 0; comm && i < sizeof(ends) / sizeof(ends[0]); i++) {
		const char *other = strstr(comm, ends[i]);

		end = !end || (other && other < end) ? other : end;
	}
	if (!end)
		return false;
	length = (size_t)(end - comm);
	whole = strlen(report->asked_line);
	if (length > whole || memcmp(report->asked_line + whole - length, comm, length) != 0)
		return true;
	report->kill.asked_pid = value_of(behind, "PID: ", "");
	value_copy(&report->kill.asked_comm, comm, end);
	report->asked_start = whole - length;
	report->has_prefix = true;
	return true;
}

/* A limit's name, whose end must be seen. */
static enum oom_limit
limit_called(const char *name, bool is_global)
{
	static const struct {
		const char *name;
		enum oom_limit limit;
		bool needs_global; /* 5.0 says NONE of a cgroup, too */
	} limits[] = {
		{ "NONE,", OOM_LIMIT_MACHINE, true },
		{ "CPUSET,", OOM_LIMIT_CPUSET, false },
		{ "MEMORY_POLICY,", OOM_LIMIT_MEMPOLICY, false },
		{ "MEMCG,", OOM_LIMIT_CGROUP, false },
	};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		if (scan_start(name, limits[i].name) && (is_global || !limits[i].needs_global))
			return limits[i].limit;
	return OOM_LIMIT_UNKNOWN;
}

/* Copies what stands between a key and one of two ends. */
static void
take_value(const char **text, const char *line, const char *key, const char *end, const char *other)
{
	const char *value = strstr(line, key);

	if (value && (end || other))
		value_copy(text, value + strlen(key), end ? end : other);
}

/* The end of the line, which names who dies. Where it is cut, nothing of it is certain. */
static bool
take_victim(struct oom_kill *kill, const char *line, const char *limit)
{
	const char *end = value_line_end(line);
	const char *uid = scan_last(line, ",uid=", end), *pid = scan_last(line, ",pid=", uid);
	const char *task = scan_last(line, ",task=", pid);
	const char *cgroup = scan_last(line, ",task_memcg=", task);

	if (!end || !uid || !pid || !task || !cgroup ||
		uid + strlen(",uid=") + strspn(uid + strlen(",uid="), "0123456789") != end)
		return false;
	kill->uid = value_at(uid + strlen(",uid="));
	kill->pid = value_at(pid + strlen(",pid="));
	value_copy(&kill->comm, task + strlen(",task="), pid);
	value_copy(&kill->cgroup, cgroup + strlen(",task_memcg="), task);
	if (limit && limit < cgroup)
		value_copy(&kill->limit_cgroup, limit + strlen(",oom_memcg="), cgroup);
	return true;
}

/*
 * "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/x,
 * task_memcg=/x/y,task=NAME,pid=9425,uid=0". Paths and names may hold anything, so the ends are
 * looked for from behind. mems_allowed may be "0,2-3".
 */
static bool
take_summary(struct oom_log *log, const char *at, const char *behind)
{
	struct oom_kill *kill = &log->stream->report.kill;
	const char *limit = strstr(behind, ",oom_memcg="), *global = strstr(behind, ",global_oom,");
	const char *mems = strstr(behind, ",mems_allowed=");
	const char *set = strstr(behind, ",cpuset=");

	(void)at;
	if (kill->pid != UNKNOWN) { /* of another victim, whose report is mixed with this one */
		log->stream->report.is_mixed = true;
		report_finish(log, OOM_UNSEEN);
		log->stream->report.state = REPORT_BEGUN;
		log->stream->report.is_mixed = true;
		kill = &log->stream->report.kill;
	}
	if (kill->cgroup || kill->limit_cgroup ||
		kill->cpuset) { /* from a line that kernels with this one lack */
		log->stream->report.is_mixed = true;
		report_forget_limit(&log->stream->report);
	}
	limit = limit && global && global < limit ? NULL : limit;
	kill->limited_by = limit ? OOM_LIMIT_CGROUP : limit_called(behind, global != NULL);
	take_value(&kill->nodemask, behind, ",nodemask=", set, NULL);
	take_value(&kill->cpuset, behind, ",cpuset=", mems, NULL);
	take_value(&kill->mems_allowed, behind, ",mems_allowed=", limit, global);
	log->stream->report.has_summary = take_victim(kill, behind, limit);
	return log->stream->report.has_summary;
}

/* Until 4.20: "Task in /x/y killed as a result of limit of /x" */
static bool
take_old_limit(struct oom_log *log, const char *at, const char *behind)
{
	static const char words[] = " killed as a result of limit of ";
	const char *middle = scan_last(behind, words, NULL), *end = value_line_end(behind);
	struct oom_kill *kill = &log->stream->report.kill;

	(void)at;
	if (!middle || !end)
		return false;
	kill->limited_by = OOM_LIMIT_CGROUP;
	value_copy(&kill->cgroup, behind - 1, middle); /* with its slash */
	value_copy(&kill->limit_cgroup, middle + sizeof(words) - 1, end);
	return true;
}

/* Until 4.20: "NAME cpuset=/ mems_allowed=0-1" */
static bool
take_old_cpuset(struct oom_log *log, const char *at, const char *behind)
{
	struct oom_kill *kill = &log->stream->report.kill;
	const char *mems = scan_last(behind, " mems_allowed=", NULL);

	(void)at;
	if (log->stream->report.state != REPORT_BEGUN || kill->cpuset || !mems)
		return true;
	value_copy(&kill->cpuset, behind, mems);
	value_copy(&kill->mems_allowed, mems + strlen(" mems_allowed="), NULL);
	return value_line_end(mems) != NULL;
}

/* The backtrace shows that somebody wrote memory.max. */
static bool
take_lowering(struct oom_log *log, const char *at, const char *behind)
{
	(void)at;
	(void)behind;
	if (log->stream->report.state == REPORT_BEGUN)
		log->stream->report.kill.limit_lowered = 1;
	return true;
}

static bool
take_nothing(struct oom_log *log, const char *at, const char *behind)
{
	(void)log;
	(void)at;
	(void)behind;
	return true;
}

/* Until 5.1: "PREFIX: Kill process 42 (NAME) score 868 or sacrifice child" */
static bool
take_choice(struct oom_log *log, const char *at, const char *behind)
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

/* Someone who was killed with the victim of the last report, or of a report that is not there. */
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

/* The limit of a report that has no line of its own for it: before 5.0. */
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
 * Whoever was chosen is named only where it was a parent that was spared. Some kernels choose a
 * thread, which is not in the table, and kill its process of the same name.
 */
static void
drop_choice(struct oom_kill *kill)
{
	bool is_same =
		kill->chosen_pid == kill->pid ||
		(kill->chosen_comm && kill->comm && strcmp(kill->chosen_comm, kill->comm) == 0 &&
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
		{ "total-vm:", &kill->virtual },
		{ "anon-rss:", &kill->anon },
		{ "file-rss:", &kill->file },
		{ "shmem-rss:", &kill->shmem },
		{ "pgtables:", &kill->page_tables },
	};
	int64_t uid = value_of(figures, "UID:", ""), adj = value_of(figures, "oom_score_adj:", "");
	bool has_shmem = strstr(figures, "shmem-rss:") || !value_line_end(figures);

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		*sizes[i].size = known_product(value_of(figures, sizes[i].key, "kB"), 1024);
	kill->resident = known_sum(kill->anon, kill->file); /* until 4.4 it has no third part */
	if (has_shmem)
		kill->resident = known_sum(kill->resident, kill->shmem);
	kill->uid = uid == UNKNOWN ? kill->uid : uid;
	kill->adj = adj == UNKNOWN ? kill->adj : adj;
}

/* Whether a death belongs to the report that is being read; until 5.1 a child may have died. */
static bool
is_death_of_report(const struct oom_report *report, int64_t pid)
{
	const struct oom_kill *kill = &report->kill;

	bool is_spared = kill->chosen_pid != UNKNOWN &&
			 (!report->has_summary || kill->pid == kill->chosen_pid);

	return report->state != REPORT_NONE &&
	       (kill->pid == UNKNOWN || kill->pid == pid || is_spared);
}

/*
 * What a line about a death holds: "42 (NAME) total-vm:8kB, anon-rss:8kB", with "UID 0," before or
 * behind the name in some distributions. The name may be anything but as long as what follows it.
 */
struct death {
	int64_t pid, uid;
	const char *name, *name_end, *figures; /* NULL where the line is cut */
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

/* A victim whose report was given up before its death was told. */
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

/* One of several reports whose lines are mixed: it names who died, and nothing else is certain. */
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

/* "Memory cgroup out of memory: Killed process 42 (NAME) total-vm:8kB, ..." */
static bool
take_death(struct oom_log *log, const char *at, const char *behind)
{
	struct oom_stream *stream = log->stream;
	struct oom_kill *kill = &stream->report.kill;
	struct death death;
	bool is_bare;

	if (!read_death(behind, &death) || (!death.figures && *at == 'K'))
		return false;
	if (stream->group && death.pid == stream->first_pid && stream->report.state == REPORT_NONE)
		return true; /* the victim is told once more with its group */
	if (complete_unseen(log, &death) ||
		(stream->report.state == REPORT_NONE && log_has_told(log, death.pid) &&
			queue_find(log, death.pid)))
		return true; /* so it is where the line of the group is missing */
	is_bare = !is_death_of_report(&stream->report, death.pid);
	if (is_bare) {
		bool is_mixed = stream->report.is_mixed;

		report_give_up(log);
		if (is_mixed)
			take_over_unseen(log);
		begin_bare_kill(log);
	}
	kill->pid = death.pid;
	if (death.figures) {
		value_copy(&kill->comm, death.name + 1, death.name_end);
		take_sizes(kill, death.figures);
		stream->report.has_death = value_line_end(death.figures) != NULL;
	}
	kill->uid = death.uid == UNKNOWN ? kill->uid : death.uid;
	report_forget_limit(&stream->report);
	kill->kills_asker = strstr(at, "(oom_kill_allocating_task)") != NULL;
	if (kill->limited_by == OOM_LIMIT_UNKNOWN && *at == 'M')
		kill->limited_by = OOM_LIMIT_CGROUP;
	finish_death(log);
	return death.figures != NULL;
}

/* "Tasks in /x are going to be killed due to memory.oom.group set" */
static bool
take_group(struct oom_log *log, const char *at, const char *behind)
{
	const char *end =
		scan_last(behind, " are going to be killed due to memory.oom.group", NULL);
	struct oom_kill *kill = queue_last(log);

	(void)at;
	if (!end)
		return false;
	if (log->stream->report.state != REPORT_NONE)
		return true;
	value_copy(&log->stream->group, behind - 1, end);
	log->stream->strangers = 0;
	if (kill)
		value_copy(&kill->group, behind - 1, end);
	return true;
}

/*
 * "oom_reaper: reaped process 42 (NAME), now anon-rss:0kB, ...", "unable to reap pid:42 (NAME)".
 * It only reaps victims: one that was not told is another kill.
 */
static bool
take_reaping(struct oom_log *log, const char *at, const char *behind)
{
	const char *done = scan_start(behind, "reaped process ");
	const char *failed = scan_start(behind, "unable to reap pid:");
	const char *who = done ? done : failed, *name = who ? strchr(who, '(') : NULL;
	const char *end = name ? scan_last(name, done ? "), now anon-rss:" : ")", NULL) : NULL;
	int64_t pid = who ? value_at(who) : UNKNOWN;
	struct oom_kill *kill = queue_find(log, pid), other;

	(void)at;
	if (pid < 1 ||
		(log->stream->report.state != REPORT_NONE && log->stream->report.kill.pid == pid))
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
	other.pid = pid;
	other.reaped = done != NULL;
	other.reaped_only = 1;
	value_copy(&other.comm, name + 1, end);
	queue_push(log, &other);
	return true;
}

/* "Out of memory and no killable processes...", after the whole report. */
static bool
take_nobody(struct oom_log *log, const char *at, const char *behind)
{
	(void)at;
	(void)behind;
	if (log->stream->report.state != REPORT_NONE)
		report_finish(log, OOM_NOBODY);
	return true;
}

static bool
take_panic(struct oom_log *log, const char *at, const char *behind)
{
	struct oom_stream *stream = log->stream;
	struct oom_kill *kill = queue_last(log);
	bool is_machine = strstr(at, "System is deadlocked") || strstr(at, "system-wide");

	(void)behind;
	if (stream->report.state == REPORT_NONE && kill && kill->outcome == OOM_NOBODY) {
		kill->outcome = OOM_PANIC;
	} else {
		if (stream->report.state == REPORT_NONE)
			report_begin(log, REPORT_BEGUN);
		report_finish(log, OOM_PANIC);
		kill = queue_last(log);
	}
	if (kill && is_machine && kill->limited_by == OOM_LIMIT_UNKNOWN)
		kill->limited_by = OOM_LIMIT_MACHINE;
	if (kill && log->person_line >= 0 && log->line_count - log->person_line < PERSON_LINES)
		kill->order = -1;
	return true;
}

/* "sysrq: Manual OOM execution" */
static bool
take_person(struct oom_log *log, const char *at, const char *behind)
{
	(void)at;
	(void)behind;
	log->person_line = log->line_count;
	return true;
}

/* The machine's memory, which other reports show, too: it may begin one that has lost its head. */
static bool
take_memory_begin(struct oom_log *log, const char *at, const char *behind)
{
	(void)at;
	(void)behind;
	if (log->stream->report.state == REPORT_NONE)
		report_begin(log, REPORT_HEADLESS);
	return true;
}

static bool
is_number(const char *behind)
{
	return isdigit((unsigned char)*behind);
}

/* A number of pages; one of KiB has a unit. */
static bool
is_pages(const char *behind)
{
	size_t digits = strspn(behind, "0123456789");

	return digits > 0 && !isalpha((unsigned char)behind[digits]);
}

static bool
take_unclear(struct oom_log *log, const char *at, const char *behind)
{
	(void)log;
	(void)at;
	(void)behind;
	return false;
}

static bool
has_pid(const char *behind)
{
	return strstr(behind, "PID: ") != NULL;
}

static bool
is_equal_number(const char *behind)
{
	return *behind == ' ' || *behind == '=';
}

static bool
is_limit_line(const char *behind)
{
	return strstr(behind, " mems_allowed=") != NULL;
}

/* clang-format off */
const struct phrase oom_phrases[] = {
	/* words, section, begins, is at start, origin, fits, take */
	{ "invoked oom-killer: gfp_mask=", SECTION_NONE, true, false, LOG_KERNEL, NULL, take_invocation },
	{ "CPU: ", SECTION_NONE, false, true, LOG_KERNEL, has_pid, take_cpu },
	{ "cpuset=", SECTION_NONE, false, false, LOG_KERNEL, is_limit_line, take_old_cpuset },
	{ "memory_max_write+", SECTION_NONE, false, false, LOG_KERNEL, NULL, take_lowering },
	{ "Mem-Info:", SECTION_PAGES, true, true, LOG_KERNEL, NULL, take_memory_begin },
	{ "active_anon:", SECTION_PAGES, false, false, LOG_KERNEL, is_pages, report_take_machine },
	{ "active_file:", SECTION_PAGES, false, false, LOG_KERNEL, is_pages, report_take_machine },
	{ "unevictable:", SECTION_PAGES, false, false, LOG_KERNEL, is_pages, report_take_machine },
	{ "slab_reclaimable:", SECTION_PAGES, false, false, LOG_KERNEL, is_pages, report_take_machine },
	{ "mapped:", SECTION_PAGES, false, false, LOG_KERNEL, is_pages, report_take_machine },
	{ "sec_pagetables:", SECTION_PAGES, false, false, LOG_KERNEL, is_pages, report_take_machine },
	{ "free:", SECTION_PAGES, false, false, LOG_KERNEL, is_pages, report_take_machine },
	{ "active_anon:", SECTION_NONE, false, false, LOG_KERNEL, is_number, take_unclear },
	{ "Node ", SECTION_NODES, false, false, LOG_KERNEL, is_number, report_take_node },
	{ "DMA", SECTION_ZONES, false, false, LOG_KERNEL, report_is_zone, report_take_zone },
	{ "DMA32", SECTION_ZONES, false, false, LOG_KERNEL, report_is_zone, report_take_zone },
	{ "Normal", SECTION_ZONES, false, false, LOG_KERNEL, report_is_zone, report_take_zone },
	{ "HighMem", SECTION_ZONES, false, false, LOG_KERNEL, report_is_zone, report_take_zone },
	{ "Movable", SECTION_ZONES, false, false, LOG_KERNEL, report_is_zone, report_take_zone },
	{ "pages RAM", SECTION_COUNTS, false, false, LOG_KERNEL, NULL, report_take_count },
	{ "pages reserved", SECTION_COUNTS, false, false, LOG_KERNEL, NULL, report_take_count },
	{ "total pagecache pages", SECTION_COUNTS, false, false, LOG_KERNEL, NULL, take_nothing },
	{ "Free swap", SECTION_COUNTS, false, true, LOG_KERNEL, is_equal_number, report_take_swap },
	{ "Total swap", SECTION_COUNTS, false, true, LOG_KERNEL, is_equal_number, report_take_swap },
	{ "Task in /", SECTION_LIMIT, true, true, LOG_KERNEL, NULL, take_old_limit },
	{ "memory: usage ", SECTION_USAGE, true, true, LOG_KERNEL, is_number, report_take_usage },
	{ "memory+swap: usage ", SECTION_USAGE, true, true, LOG_KERNEL, is_number, report_take_usage },
	{ "swap: usage ", SECTION_USAGE, true, true, LOG_KERNEL, is_number, report_take_usage },
	{ "kmem: usage ", SECTION_USAGE, true, true, LOG_KERNEL, is_number, report_take_usage },
	{ "Memory cgroup stats for ", SECTION_STATS, true, true, LOG_KERNEL, NULL, report_take_stats },
	{ "Tasks state (memory values in pages)", SECTION_TABLE, false, true, LOG_KERNEL, NULL, take_nothing },
	{ "[", SECTION_TABLE, true, false, LOG_KERNEL, report_is_row, report_take_row },
	{ "oom-kill:constraint=CONSTRAINT_", SECTION_CHOICE, true, true, LOG_KERNEL, NULL, take_summary },
	{ "Out of memory: Kill process ", SECTION_CHOICE, true, true, LOG_KERNEL, is_number, take_choice },
	{ "Memory cgroup out of memory: Kill process ", SECTION_CHOICE, true, true, LOG_KERNEL, is_number, take_choice },
	{ "Out of memory: Killed process ", SECTION_NONE, false, true, LOG_KERNEL, is_number, take_death },
	{ "Out of memory (oom_kill_allocating_task): Killed process ", SECTION_NONE, false, true, LOG_KERNEL, is_number, take_death },
	{ "Memory cgroup out of memory: Killed process ", SECTION_NONE, false, true, LOG_KERNEL, is_number, take_death },
	{ "Killed process ", SECTION_NONE, false, true, LOG_KERNEL, is_number, take_death },
	{ "Tasks in /", SECTION_NONE, false, true, LOG_KERNEL, NULL, take_group },
	{ "oom_reaper: ", SECTION_NONE, false, true, LOG_KERNEL, NULL, take_reaping },
	{ "Out of memory and no killable processes", SECTION_NONE, false, true, LOG_KERNEL, NULL, take_nobody },
	{ "Kernel panic - not syncing: Out of memory", SECTION_NONE, false, true, LOG_KERNEL, NULL, take_panic },
	{ "Kernel panic - not syncing: System is deadlocked on memory", SECTION_NONE, false, true, LOG_KERNEL, NULL, take_panic },
	{ "Manual OOM execution", SECTION_NONE, false, false, LOG_KERNEL, NULL, take_person },
	{ "Killed /", SECTION_NONE, false, true, LOG_SYSTEMD_OOMD, NULL, daemon_take_oomd },
	{ "Marked /", SECTION_NONE, false, true, LOG_SYSTEMD_OOMD, NULL, daemon_take_oomd },
	{ "sending SIG", SECTION_NONE, false, true, LOG_EARLYOOM, NULL, daemon_take_earlyoom },
	{ "systemd-oomd killed ", SECTION_NONE, false, false, LOG_SYSTEMD, is_number, daemon_take_unit },
};
/* clang-format on */
const size_t oom_phrase_count = sizeof(oom_phrases) / sizeof(oom_phrases[0]);
