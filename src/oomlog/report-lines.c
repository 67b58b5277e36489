// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/macros.h"
#include "base/scan.h"
#include "oomlog/parser.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Lines between a request by SysRq and its effect. */
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
	if (log->line.message < name_end && name_end - log->text <= OOM_TEXT_LENGTH) {
		value_copy(&report->asked_line, log->text, name_end);
		report->asked_start = (size_t)(log->line.message - log->text);
	}
	kill->order = value_of(behind, "order=", "");
	kill->asked_adj = value_of(behind, "oom_score_adj=", "");
	if (order)
		value_copy(&kill->gfp, behind, mask && mask < order ? mask : order);
	if (mask && order && mask < order) /* place until 4.20 */
		value_copy(&kill->nodemask, mask + strlen(", nodemask="), order);
	return kill->asked_adj != UNKNOWN;
}

/* Sets the asker, or drops its PID if the name is not certain. */
void
report_find_asker(struct oom_report *report)
{
	struct oom_kill *kill = &report->kill;
	const char *line = report->asked_line, *name = line ? line + report->asked_start : NULL;
	size_t length = name ? strlen(name) : 0;
	bool is_long = !report->has_prefix && length > NAME_SIZE;

	for (size_t i = 0; i < length; i++) /* escapes and non-ASCII may be longer */
		is_long = is_long && name[i] != '\\' && (unsigned char)name[i] < 0x80;
	if (!name || is_long || (report->is_unclear && !report->has_prefix) ||
		length > OOM_NAME_LENGTH ||
		(!report->has_prefix && report->asked_start == 0 && strchr(name, ' ')) ||
		(kill->asked_comm && strcmp(kill->asked_comm, name) != 0)) {
		if (!kill->asked_comm)
			kill->asked_pid = UNKNOWN;
	} else if (!kill->asked_comm) {
		value_copy(&kill->asked_comm, name, name + length);
	}
	free((void *)report->asked_line);
	report->asked_line = NULL;
}

/* "CPU: 1 UID: 0 PID: 9425 Comm: python3 Not tainted ...": the asker, if the name is the same. */
static bool
take_cpu(struct oom_log *log, const char *at, const char *behind)
{
	static const char *const ends[] = { " Not tainted", " Tainted: ", " Kdump: " };
	struct oom_report *report = &log->stream->report;
	const char *comm = strstr(behind, " Comm: "), *end = NULL;
	size_t length, whole;

	if (report->state != REPORT_BEGUN || report->kill.asked_pid != UNKNOWN ||
		!report->asked_line)
		return true;
	comm = comm ? comm + strlen(" Comm: ") : NULL;
	for (size_t i = 0; comm && i < ARRAY_SIZE(ends); i++) {
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

/* The limit with this name, which must be complete. */
static enum oom_limit
limit_called(const char *name, bool is_global)
{
	static const struct {
		const char *name;
		enum oom_limit limit;
		bool needs_global; /* 5.0 also writes NONE for a cgroup */
	} limits[] = {
		{ "NONE,", OOM_LIMIT_MACHINE, true },
		{ "CPUSET,", OOM_LIMIT_CPUSET, false },
		{ "MEMORY_POLICY,", OOM_LIMIT_MEMPOLICY, false },
		{ "MEMCG,", OOM_LIMIT_CGROUP, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		if (scan_start(name, limits[i].name) && (is_global || !limits[i].needs_global))
			return limits[i].limit;
	return OOM_LIMIT_UNKNOWN;
}

/* Copies the text between a key and one of two ends. */
static void
take_value(const char **text, const char *line, const char *key, const char *end, const char *other)
{
	const char *value = strstr(line, key);

	if (value && (end || other))
		value_copy(text, value + strlen(key), end ? end : other);
}

/* The end of the line, with the victim. If it is cut, nothing of it is certain. */
static bool
take_victim(struct oom_kill *kill, const char *line, const char *limit)
{
	const char *end = value_line_end(line);
	const char *uid = scan_last(line, ",uid=", end), *pid = scan_last(line, ",pid=", uid);
	const char *task = scan_last(line, ",task=", pid);
	const char *cgroup = scan_last(line, ",task_memcg=", task);

	if (!end || !uid || !pid || !task || !cgroup || value_at(pid + strlen(",pid=")) < 1 ||
		uid + strlen(",uid=") + strspn(uid + strlen(",uid="), "0123456789") != end)
		return false;
	kill->victim.uid = value_at(uid + strlen(",uid="));
	kill->victim.pid = value_at(pid + strlen(",pid="));
	value_copy(&kill->victim.comm, task + strlen(",task="), pid);
	value_copy(&kill->cgroup, cgroup + strlen(",task_memcg="), task);
	if (limit && limit < cgroup)
		value_copy(&kill->limit_cgroup, limit + strlen(",oom_memcg="), cgroup);
	return true;
}

static void
forget_limit(struct oom_kill *kill)
{
	const char **const texts[] = { &kill->limit_cgroup, &kill->cgroup, &kill->nodemask,
		&kill->cpuset, &kill->mems_allowed };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		free((void *)*texts[i]);
		*texts[i] = NULL;
	}
}

/*
 * "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/x,
 * task_memcg=/x/y,task=NAME,pid=9425,uid=0". Paths and names may contain anything, so the search
 * starts at the end. mems_allowed may be "0,2-3".
 */
static bool
take_summary(struct oom_log *log, const char *at, const char *behind)
{
	struct oom_kill *kill = &log->stream->report.kill;
	const char *limit = strstr(behind, ",oom_memcg="), *global = strstr(behind, ",global_oom,");
	const char *mems = strstr(behind, ",mems_allowed=");
	const char *set = strstr(behind, ",cpuset=");

	if (kill->victim.pid != UNKNOWN) { /* another victim: the reports are mixed */
		log->stream->report.is_mixed = true;
		report_finish(log, OOM_UNSEEN);
		log->stream->report.state = REPORT_BEGUN;
		log->stream->report.is_mixed = true;
		kill = &log->stream->report.kill;
	}
	if (kill->cgroup || kill->limit_cgroup || kill->cpuset) { /* from a line of older kernels */
		log->stream->report.is_mixed = true;
		forget_limit(kill);
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

	if (!middle || !end)
		return false;
	if (log->stream->report.has_summary) { /* a line of older kernels */
		log->stream->report.is_mixed = true;
		return true;
	}
	kill->limited_by = OOM_LIMIT_CGROUP;
	value_copy(&kill->cgroup, behind - 1, middle); /* including its slash */
	value_copy(&kill->limit_cgroup, middle + sizeof(words) - 1, end);
	return true;
}

/* Until 4.20: "NAME cpuset=/ mems_allowed=0-1" */
static bool
take_old_cpuset(struct oom_log *log, const char *at, const char *behind)
{
	struct oom_kill *kill = &log->stream->report.kill;
	const char *mems = scan_last(behind, " mems_allowed=", NULL);

	if (log->stream->report.state != REPORT_BEGUN || kill->cpuset || !mems)
		return true;
	value_copy(&kill->cpuset, behind, mems);
	value_copy(&kill->mems_allowed, mems + strlen(" mems_allowed="), NULL);
	return value_line_end(mems) != NULL;
}

/* The backtrace shows a write to memory.max. */
static bool
take_lowering(struct oom_log *log, const char *at, const char *behind)
{
	if (log->stream->report.state == REPORT_BEGUN)
		log->stream->report.kill.limit_lowered = 1;
	return true;
}

static bool
take_nothing(struct oom_log *log, const char *at, const char *behind)
{
	return true;
}

/* "Out of memory and no killable processes...", after the whole report. */
static bool
take_nobody(struct oom_log *log, const char *at, const char *behind)
{
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
	log->person_line = log->line_count;
	return true;
}

/* The machine's memory. Other reports have it too, so it may begin a report without a head. */
static bool
take_memory_begin(struct oom_log *log, const char *at, const char *behind)
{
	if (log->stream->report.state == REPORT_NONE)
		report_begin(log, REPORT_HEADLESS);
	return true;
}

static bool
is_number(const char *behind)
{
	return isdigit((unsigned char)*behind);
}

/* A number of pages: unlike KiB it has no unit. */
static bool
is_pages(const char *behind)
{
	size_t digits = strspn(behind, "0123456789");

	return digits > 0 && !isalpha((unsigned char)behind[digits]);
}

static bool
take_unclear(struct oom_log *log, const char *at, const char *behind)
{
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
	{ "Out of memory: Kill process ", SECTION_CHOICE, true, true, LOG_KERNEL, is_number, death_take_choice },
	{ "Memory cgroup out of memory: Kill process ", SECTION_CHOICE, true, true, LOG_KERNEL, is_number, death_take_choice },
	{ "Out of memory: Killed process ", SECTION_NONE, false, true, LOG_KERNEL, is_number, death_take_death },
	{ "Out of memory (oom_kill_allocating_task): Killed process ", SECTION_NONE, false, true, LOG_KERNEL, is_number, death_take_death },
	{ "Memory cgroup out of memory: Killed process ", SECTION_NONE, false, true, LOG_KERNEL, is_number, death_take_death },
	{ "Killed process ", SECTION_NONE, false, true, LOG_KERNEL, is_number, death_take_death },
	{ "Tasks in /", SECTION_NONE, false, true, LOG_KERNEL, NULL, death_take_group },
	{ "oom_reaper: ", SECTION_NONE, false, true, LOG_KERNEL, NULL, death_take_reaping },
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
static_assert(ARRAY_SIZE(oom_phrases) <= MOST_PHRASES, "phrase.c has room for all");
const size_t oom_phrase_count = ARRAY_SIZE(oom_phrases);
