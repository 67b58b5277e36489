// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/oom-log-parts.h"
#include "model/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
copy_text(const char **text, const char *start, const char *end)
{
	size_t length = end ? (size_t)(end - start) : strcspn(start, "\r\n");

	oom_set_text(text, start, length < OOM_TEXT_LENGTH ? length : OOM_TEXT_LENGTH);
}

/* A line that only a report has, perhaps one without its beginning. */
static void
expect_report(struct oom_log *log)
{
	if (log->state == REPORT_NONE)
		report_begin(log, REPORT_HEADLESS);
	log->strangers = 0;
}

/* "NAME invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0" */
static void
take_invocation(struct oom_log *log, const char *line, const char *behind)
{
	static const char words[] = " invoked oom-killer:";
	struct oom_kill *kill = &log->report.kill;
	const char *gfp, *nodemask, *end;

	report_begin(log, REPORT_BEGUN);
	copy_text(&kill->asked_comm, line, behind - (sizeof(words) - 1));
	kill->order = scan_field(behind, "order=");
	kill->asked_adj = scan_field(behind, "oom_score_adj=");
	gfp = strstr(behind, "gfp_mask=");
	end = gfp ? strpbrk(gfp, ")\r") : NULL;
	if (gfp)
		copy_text(&kill->gfp, gfp + strlen("gfp_mask="),
			end && *end == ')' ? end + 1 : strchr(gfp, ','));
	nodemask = strstr(behind, "nodemask="); /* until 4.20 it stands here */
	end = nodemask ? strstr(nodemask, ", order=") : NULL;
	if (end)
		copy_text(&kill->nodemask, nodemask + strlen("nodemask="), end);
}

/* "CPU: 1 UID: 0 PID: 9425 Comm: python3 Not tainted ..." */
static void
take_cpu(struct oom_log *log, const char *line)
{
	if (log->state == REPORT_BEGUN && log->report.kill.asked_pid == UNKNOWN)
		log->report.kill.asked_pid = scan_field(line, "PID: ");
}

static enum oom_limit
limit_called(const char *name)
{
	static const struct {
		const char *name;
		enum oom_limit limit;
	} limits[] = {
		{ "NONE", OOM_LIMIT_MACHINE },
		{ "CPUSET", OOM_LIMIT_CPUSET },
		{ "MEMORY_POLICY", OOM_LIMIT_MEMPOLICY },
		{ "MEMCG", OOM_LIMIT_CGROUP },
	};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		if (strncmp(name, limits[i].name, strlen(limits[i].name)) == 0)
			return limits[i].limit;
	return OOM_LIMIT_UNKNOWN;
}

/* Copies what stands between ",KEY=" and `end` or the next comma. */
static void
take_value(const char **text, const char *line, const char *key, const char *end)
{
	const char *value = strstr(line, key);

	if (!value)
		return;
	value += strlen(key);
	if (!end || end < value)
		end = value + strcspn(value, ",\r");
	copy_text(text, value, end);
}

/*
 * "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/x,
 * task_memcg=/x/y,task=NAME,pid=9425,uid=0". Paths and names may hold anything, so the ends are
 * looked for from behind. mems_allowed may be "0,2-3".
 */
static void
take_summary(struct oom_log *log, const char *line)
{
	struct oom_kill *kill = &log->report.kill;
	const char *pid = scan_last(line, ",pid=", NULL);
	const char *task = scan_last(line, ",task=", pid);
	const char *task_cgroup = scan_last(line, ",task_memcg=", task);
	const char *limit = strstr(line, ",oom_memcg=");
	const char *global = strstr(line, ",global_oom,");
	const char *mems = strstr(line, ",mems_allowed=");

	expect_report(log);
	kill->limited_by = limit_called(line + strlen("oom-kill:constraint=CONSTRAINT_"));
	if (limit && (!task_cgroup || limit < task_cgroup))
		kill->limited_by = OOM_LIMIT_CGROUP; /* 5.0 says NONE there */
	take_value(&kill->nodemask, line, ",nodemask=", strstr(line, ",cpuset="));
	take_value(&kill->cpuset, line, ",cpuset=", mems);
	take_value(&kill->mems_allowed, line, ",mems_allowed=", limit ? limit : global);
	take_value(&kill->limit_cgroup, line, ",oom_memcg=", task_cgroup);
	if (task_cgroup)
		take_value(&kill->cgroup, task_cgroup, ",task_memcg=", task);
	if (task)
		take_value(&kill->comm, task, ",task=", pid);
	if (pid) {
		kill->pid = scan_field(pid, "pid=");
		kill->uid = scan_field(pid, "uid=");
	}
}

/* Until 4.20: "Task in /x/y killed as a result of limit of /x" */
static void
take_old_limit(struct oom_log *log, const char *line)
{
	static const char words[] = " killed as a result of limit of ";
	const char *behind = scan_last(line, words, NULL);
	struct oom_kill *kill = &log->report.kill;

	if (!behind)
		return;
	kill->limited_by = OOM_LIMIT_CGROUP;
	copy_text(&kill->cgroup, line + strlen("Task in "), behind);
	copy_text(&kill->limit_cgroup, behind + sizeof(words) - 1, NULL);
}

/* Until 4.20: "NAME cpuset=/ mems_allowed=0-1" */
static void
take_old_cpuset(struct oom_log *log, const char *line)
{
	struct oom_kill *kill = &log->report.kill;
	const char *mems = scan_last(line, " mems_allowed=", NULL);
	const char *cpuset = strstr(line, " cpuset=");

	if (!mems || !cpuset || cpuset > mems || kill->cpuset)
		return;
	copy_text(&kill->cpuset, cpuset + strlen(" cpuset="), mems);
	copy_text(&kill->mems_allowed, mems + strlen(" mems_allowed="), NULL);
}

/* Until 5.1: "PREFIX: Kill process 42 (NAME) score 868 or sacrifice child" */
static void
take_choice(struct oom_log *log, const char *line, const char *process)
{
	const char *name = strchr(process, '('), *score = scan_last(process, ") score ", NULL);
	struct oom_kill *kill = &log->report.kill;

	if (!name || !score || name > score)
		return;
	expect_report(log);
	kill->score = scan_number(score + strlen(") score "));
	kill->chosen_pid = scan_number(process);
	copy_text(&kill->chosen_comm, name + 1, score);
	if (kill->limited_by == OOM_LIMIT_UNKNOWN && scan_start(line, "Memory cgroup"))
		kill->limited_by = OOM_LIMIT_CGROUP;
}

static int64_t
kib_field(const char *line, const char *key)
{
	return known_product(scan_field(line, key), 1024);
}

/* Someone who was killed with the victim of the last report, or of a report that is not there. */
static void
begin_bare_kill(struct oom_log *log)
{
	struct oom_kill *kill = &log->report.kill;

	if (!log->group) {
		report_begin(log, REPORT_HEADLESS);
		return;
	}
	kill->killed_with = 1;
	kill->limited_by = log->limit;
	copy_text(&kill->group, log->group, NULL);
	if (log->limit_cgroup)
		copy_text(&kill->limit_cgroup, log->limit_cgroup, NULL);
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

/* Whoever was chosen is named only where it is not the one that died. */
static void
drop_choice(struct oom_kill *kill)
{
	if (kill->chosen_pid != kill->pid)
		return;
	kill->chosen_pid = UNKNOWN;
	free((void *)kill->chosen_comm);
	kill->chosen_comm = NULL;
}

/* Behind "total-vm:": "8kB, anon-rss:8kB, file-rss:8kB, shmem-rss:0kB, UID:0 pgtables:8kB ..." */
static void
take_sizes(struct oom_kill *kill, const char *figures)
{
	int64_t uid = scan_field(figures, "UID:"), adj = scan_field(figures, "oom_score_adj:");

	kill->virtual = kib_field(figures, "total-vm:");
	kill->anon = kib_field(figures, "anon-rss:");
	kill->file = kib_field(figures, "file-rss:");
	kill->shmem = kib_field(figures, "shmem-rss:");
	kill->resident = known_sum(known_sum(kill->anon, kill->file), kill->shmem);
	kill->page_tables = kib_field(figures, "pgtables:");
	kill->uid = uid == UNKNOWN ? kill->uid : uid;
	kill->adj = adj == UNKNOWN ? kill->adj : adj;
}

/* Whether a death belongs to the report that is being read; until 5.1 a child may have died. */
static bool
is_death_of_report(const struct oom_log *log, int64_t pid)
{
	const struct oom_kill *kill = &log->report.kill;

	return log->state != REPORT_NONE &&
	       (kill->pid == UNKNOWN || kill->pid == pid || kill->chosen_pid != UNKNOWN);
}

/*
 * "Memory cgroup out of memory: Killed process 42 (NAME) total-vm:8kB, ..."; the name may be
 * anything. Some distributions have "Killed process 42 (NAME), UID 0, total-vm:8kB, ...".
 */
static void
take_death(struct oom_log *log, const char *line, const char *process)
{
	const char *name = strchr(process, '('), *end = scan_last(process, "total-vm:", NULL);
	const char *name_end = end ? scan_last(process, ") ", end) : NULL;
	struct oom_kill *kill = &log->report.kill;
	int64_t pid = scan_number(process);

	if (end && !name_end)
		name_end = scan_last(process, "), UID ", end);
	if (!name || !name_end || pid < 1 || name > name_end)
		return;
	if (log->group && pid == log->first_pid && log->state == REPORT_NONE)
		return; /* the victim is told once more with its group */
	if (!is_death_of_report(log, pid)) {
		report_give_up(log);
		begin_bare_kill(log);
	}
	kill->pid = pid;
	copy_text(&kill->comm, name + 1, name_end);
	take_sizes(kill, end);
	if (name_end[1] == ',')
		kill->uid = scan_field(name_end, "UID ");
	kill->kills_asker = strstr(line, "(oom_kill_allocating_task)") != NULL;
	if (kill->limited_by == OOM_LIMIT_UNKNOWN && scan_start(line, "Memory cgroup"))
		kill->limited_by = OOM_LIMIT_CGROUP;
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

/* "Tasks in /x are going to be killed due to memory.oom.group set" */
static void
take_group(struct oom_log *log, const char *line)
{
	const char *end = scan_last(line, " are going to be killed due to memory.oom.group", NULL);
	const char *path = line + strlen("Tasks in ");
	struct oom_kill *kill = queue_last(log);

	if (!end || end < path || log->state != REPORT_NONE)
		return;
	copy_text(&log->group, path, end);
	log->strangers = 0;
	if (kill)
		copy_text(&kill->group, path, end);
}

/* "oom_reaper: reaped process 42 (NAME), now anon-rss:0kB, ...", "unable to reap pid:42 (NAME)" */
static void
take_reaping(struct oom_log *log, const char *line)
{
	const char *done = scan_start(line, "oom_reaper: reaped process ");
	const char *failed = scan_start(line, "oom_reaper: unable to reap pid:");
	int64_t pid = done ? scan_number(done) : failed ? scan_number(failed) : UNKNOWN;

	for (size_t i = 0; pid != UNKNOWN && i < log->queue_count; i++)
		if (log->queue[i].pid == pid)
			log->queue[i].reaped = done != NULL;
}

/* "Out of memory and no killable processes...", after the whole report. */
static void
take_nobody(struct oom_log *log, const char *line)
{
	(void)line;
	if (log->state == REPORT_BEGUN)
		report_finish(log, OOM_NOBODY);
}

static void
take_panic(struct oom_log *log, const char *line)
{
	struct oom_kill *kill = queue_last(log);

	(void)line;
	if (log->state == REPORT_BEGUN)
		report_finish(log, OOM_PANIC);
	else if (kill && kill->outcome == OOM_NOBODY)
		kill->outcome = OOM_PANIC;
}

/* The parts of a report that other things print, too: they only count within one, or begin one. */
static void
take_memory_begin(struct oom_log *log, const char *line)
{
	if (log->state == REPORT_NONE || log->report.ram_pages != UNKNOWN)
		report_begin(log, REPORT_HEADLESS);
	(void)line;
}

static void
take_machine(struct oom_log *log, const char *line)
{
	if (log->state != REPORT_NONE)
		report_take_machine(&log->report, line);
}

static void
take_usage(struct oom_log *log, const char *line)
{
	expect_report(log);
	report_take_cgroup_usage(&log->report, line);
}

static void
take_stats(struct oom_log *log, const char *line)
{
	expect_report(log);
	log->report.in_statistics = true;
	report_take_cgroup_stats(&log->report, line);
}

/* A line that begins with "[" may be of the table of tasks. */
static bool
take_row(struct oom_log *log, const char *line)
{
	bool is_heading = report_is_heading(line);

	if (!is_heading && !report_is_task(line))
		return false;
	expect_report(log);
	log->report.in_statistics = false;
	if (is_heading)
		report_take_heading(&log->report, line);
	else
		report_take_task(&log->report, line);
	return true;
}

/* What a line of a report begins with. */
static const struct {
	const char *start;
	void (*take)(struct oom_log *log, const char *line);
} parts[] = {
	{ "CPU: ", take_cpu },
	{ "Mem-Info:", take_memory_begin },
	{ "Node ", take_machine },
	{ "active_anon:", take_machine },
	{ "active_file:", take_machine },
	{ "slab_reclaimable:", take_machine },
	{ "mapped:", take_machine },
	{ "sec_pagetables:", take_machine },
	{ "free:", take_machine },
	{ "Free swap", take_machine },
	{ "Total swap", take_machine },
	{ "memory: usage ", take_usage },
	{ "memory+swap: usage ", take_usage },
	{ "swap: usage ", take_usage },
	{ "Memory cgroup stats for ", take_stats },
	{ "Task in ", take_old_limit },
	{ "Tasks in ", take_group },
	{ "oom-kill:constraint=", take_summary },
	{ "oom_reaper: ", take_reaping },
	{ "Out of memory and no killable processes", take_nobody },
	{ "Kernel panic - not syncing: Out of memory", take_panic },
	{ "Kernel panic - not syncing: System is deadlocked on memory", take_panic },
};

/* "... Killed process " and "... Kill process ", where a prefix of the kernel's may stand. */
static bool
take_prefixed(struct oom_log *log, const char *line)
{
	const char *at;

	if (!strchr("KOM", line[0]))
		return false;
	if ((at = strstr(line, "Killed process "))) {
		size_t length = strlen(line);

		take_death(log, line, at + strlen("Killed process "));
		log->partial[0] = '\0';
		if (!strstr(at, "total-vm:") && length < PARTIAL_SIZE) /* the name has a newline */
			memcpy(log->partial, line, length + 1);
	} else if ((at = strstr(line, "Kill process "))) {
		take_choice(log, line, at + strlen("Kill process "));
	}
	return at != NULL;
}

/* The rest of a line that broke off within the name. */
static bool
take_rest(struct oom_log *log, const char *line)
{
	char whole[2 * PARTIAL_SIZE];

	if (!log->partial[0] || !strstr(line, ") total-vm:"))
		return false;
	snprintf(whole, sizeof(whole), "%s\n%.*s", log->partial, PARTIAL_SIZE - 2, line);
	log->partial[0] = '\0';
	return take_prefixed(log, whole);
}

/* A report without its beginning, and a group that is being killed, do not last for ever. */
static void
count_stranger(struct oom_log *log)
{
	if (++log->strangers <= STRANGERS)
		return;
	log->strangers = 0;
	if (log->state == REPORT_HEADLESS) {
		log->state = REPORT_NONE;
		report_reset(&log->report);
	}
	if (log->state == REPORT_NONE)
		report_forget_group(log);
}

static bool
take_part(struct oom_log *log, const char *line)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (line[0] == parts[i].start[0] && scan_start(line, parts[i].start)) {
			parts[i].take(log, line);
			return true;
		}
	return false;
}

void
kernel_take_line(struct oom_log *log, const char *line)
{
	static const char invoked[] = " invoked oom-killer: gfp_mask=";
	const char *at = strstr(line, invoked);

	if (at && at - line <= OOM_NAME_LENGTH) {
		take_invocation(log, line, at + strlen(" invoked oom-killer:"));
		return;
	}
	if ((line[0] == '[' && take_row(log, line)) || take_part(log, line) ||
		take_prefixed(log, line) || take_rest(log, line))
		return;
	if (log->state == REPORT_NONE)
		count_stranger(log);
	else if (line[0] >= '0' && line[0] <= '9')
		report_take_machine(&log->report, line);
	else if (log->report.in_statistics)
		report_take_cgroup_stats(&log->report, line);
	else if (strstr(line, " mems_allowed="))
		take_old_cpuset(log, line);
	else
		count_stranger(log);
}
