// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/known.h"
#include "base/macros.h"
#include "base/unit.h"
#include "model/badness.h"
#include "output/oom-page.h"

enum { SHOWN_CANDIDATES = 5, PARTS_SIZE = 512 };

/* The action of the kernel, as the end of a sentence. */
static const char *
deed_of(const struct oom_kill *kill)
{
	switch (kill->outcome) {
	case OOM_NOBODY:
		return "found no process that it could kill";
	case OOM_PANIC:
		return "stopped the machine (panic)";
	default:
		return kill->limited_by == OOM_LIMIT_CGROUP ? "chose a process in it"
							    : "chose a process";
	}
}

/* One or two sentences about the limit. */
static void
say_limit(const struct page *page, const struct oom_kill *kill)
{
	switch (kill->limited_by) {
	case OOM_LIMIT_MACHINE:
		page_say(page, "The machine ran out of memory, and the kernel's OOM killer %s.",
			deed_of(kill));
		break;
	case OOM_LIMIT_CGROUP:
		page_say(page,
			"The memory cgroup %s %s, and the kernel's OOM killer %s. The machine as a "
			"whole need not have been short of memory.",
			kill->limit_cgroup ? "{limit_cgroup}" : "(which one the log does not say)",
			kill->limit_lowered == 1 ? "got a lower limit than it used"
						 : "reached its limit",
			deed_of(kill));
		break;
	case OOM_LIMIT_CPUSET:
		page_say(page,
			"The memory nodes {mems_allowed}, to which the cpuset {cpuset} is bound, "
			"could not serve a request. Other nodes may have had memory.");
		break;
	case OOM_LIMIT_MEMPOLICY:
		page_say(page,
			"The memory nodes {nodemask}, to which a memory policy binds the request, "
			"could not serve it. Other nodes may have had memory.");
		break;
	case OOM_LIMIT_UNKNOWN:
		page_say(page,
			"The kernel's OOM killer %s. The log does not say which limit was reached.",
			deed_of(kill));
		break;
	}
	if (kill->limit != UNKNOWN)
		page_say(page, "Limit {limit}, used {usage}%s.",
			kill->fail_count > 0 ? "; the limit had been reached {failcnt|time|times}"
					     : "");
}

static void
say_what_happened(const struct page *page, const struct oom_kill *kill)
{
	if (kill->killer == OOM_BY_SYSTEMD_OOMD)
		page_say(page, "systemd-oomd, not the kernel, killed the %s.",
			kill->reason ? "cgroup {cgroup}: {reason}" : "unit or cgroup {cgroup}");
	else if (kill->killer == OOM_BY_EARLYOOM)
		page_say(page,
			"earlyoom, not the kernel, found memory low and sent {signal}. The kernel "
			"could still serve all requests.");
	else if (kill->reaped_only == 1)
		page_say(page,
			"The kernel's OOM killer killed a process: the log only says that its "
			"memory was freed (oom_reaper).");
	else if (kill->order == -1)
		page_say(page,
			"A person asked for a kill (SysRq f), and the kernel's OOM killer %s. The "
			"machine need not have been short of memory.",
			deed_of(kill));
	else
		say_limit(page, kill);
}

static void
say_who_asked(const struct page *page, const struct oom_kill *kill)
{
	if (kill->killer != OOM_BY_KERNEL)
		page_say(page, "Nobody: it acts before a request for memory fails.");
	else if (kill->order == -1)
		page_say(page, "A person, by SysRq f.");
	else if (!kill->asked_comm)
		page_say(page,
			"The log does not say: the beginning of the report is missing, or its name "
			"is not certain.");
	else if (kill->limit_lowered == 1)
		page_say(page,
			"Nobody: {asked_comm} ({asked_pid}) wrote a lower limit (memory.max).");
	else
		page_say(page,
			"{asked_comm}%s with adjustment {asked_adj} asked for %s ({gfp}). The "
			"process that asks last need not be the one that uses most.",
			kill->asked_pid == UNKNOWN ? "" : " ({asked_pid})",
			kill->order > 0 && kill->order < 20 ? "{pages} contiguous pages"
							    : "a page");
}

struct part {
	const char *name;
	int64_t bytes;
};

/* The known parts: "anonymous 59.8M, files 6.4M". */
static void
list_parts(char text[static PARTS_SIZE], const struct part *parts, size_t count)
{
	size_t length = 0;

	*text = '\0';
	for (size_t i = 0; i < count; i++) {
		char bytes[UNIT_FORMAT_SIZE];

		if (parts[i].bytes == UNKNOWN)
			continue;
		unit_format(bytes, UNIT_BYTES, parts[i].bytes, SCALE_HUMAN);
		length += (size_t)snprintf(text + length, PARTS_SIZE - length, "%s%s %s",
			length > 0 ? ", " : "", parts[i].name, bytes);
	}
}

static void
say_what_it_held(const struct page *page, const struct oom_kill *kill)
{
	const struct part parts[] = {
		{ "anonymous", kill->victim.anon },
		{ "files", kill->victim.file },
		{ "shared", kill->victim.shmem },
		{ "in swap", kill->victim.swap },
		{ "page tables", kill->victim.page_tables },
	};
	char known[PARTS_SIZE];

	list_parts(known, parts, ARRAY_SIZE(parts));
	if (kill->victim.resident != UNKNOWN)
		page_say(page, "It used {res}%s%s.", *known ? ": " : "", known);
	if (kill->victim.adj != UNKNOWN)
		page_say(page, "Its adjustment was {adj}.");
	if (kill->score != UNKNOWN && kill->chosen_pid == UNKNOWN)
		page_say(page, "Its score in the log: {score}.");
}

static void
say_who_died(const struct page *page, const struct oom_kill *kill)
{
	if (kill->killer == OOM_BY_SYSTEMD_OOMD) {
		page_say(page, "All processes of {cgroup}%s.",
			kill->processes > 0 ? ": {processes}" : "");
		return;
	}
	if (kill->victim.pid == UNKNOWN) {
		page_say(page, kill->outcome == OOM_UNSEEN ? "The log ends before it says so."
							   : "Nobody.");
		return;
	}
	page_say(page, "{comm} ({pid})%s%s%s.", kill->victim.uid == UNKNOWN ? "" : " of user {uid}",
		kill->cgroup ? " in {cgroup}" : "",
		kill->outcome == OOM_UNSEEN ? ", chosen; the log ends before its death" : "");
	say_what_it_held(page, kill);
	if (kill->chosen_pid != UNKNOWN)
		page_say(page,
			"It was killed in place of its parent {chosen_comm} ({chosen_pid}), which "
			"was chosen.");
}

static void
write_candidate(struct page page, const struct oom_task *task, const char *remark)
{
	page.task = task;
	page_put(&page, "     {task.badness:8} {task.res:7} {task.swap:7} {task.adj:6} "
			"{task.pid:8}  {task.comm}");
	fprintf(page.file, "%s\n", remark);
}

static void
write_candidates(const struct page *page, const struct oom_kill *kill)
{
	bool largest_shown = kill->largest.pid == UNKNOWN;
	const char *remark = kill->chosen_pid == UNKNOWN ? "  <- killed" : "  <- chosen";

	fprintf(page->file, "     %8s %7s %7s %6s %8s  %s\n", "BADNESS", "RES", "SWAP", "ADJ",
		"PID", "COMM");
	for (size_t i = 0; i < kill->candidate_count; i++) {
		const struct oom_task *task = &kill->candidates[i];
		bool is_victim = task->pid == kill->victim.pid || task->pid == kill->chosen_pid;

		if (i >= SHOWN_CANDIDATES && !is_victim)
			continue;
		if (i > SHOWN_CANDIDATES)
			fputs("     ...\n", page->file);
		largest_shown = largest_shown || task->pid == kill->largest.pid;
		write_candidate(*page, task, is_victim ? remark : "");
	}
	if (!largest_shown)
		write_candidate(*page, &kill->largest,
			kill->largest.adj == OOM_ADJ_LEAST ? "  <- largest, protected"
							   : "  <- largest");
}

/* The table of the compared processes, and what it shows. */
static void
say_comparison(const struct page *page, const struct oom_kill *kill)
{
	page_say(page,
		"Of {tasks|process|processes}, the one with the highest badness is killed. Badness "
		"is memory, swap and page tables, and for each point of adjustment a thousandth of "
		"%s. %s protected by -1000.",
		kill->total == UNKNOWN ? "the total memory, which the log does not have"
				       : "{total}",
		kill->protected_tasks > 0 ? "{protected|was|were}" : "None was");
	write_candidates(page, kill);
	if (kill->chosen_pid != UNKNOWN || kill->victim.pid == UNKNOWN)
		return;
	if (kill->rank == UNKNOWN)
		page_say(page,
			"The killed process is not among the first of the table, or the table is "
			"cut.");
	else if (kill->rank > 1)
		page_say(page,
			"Those before it had probably ended or been killed already, or grew only "
			"after the choice.");
}

static void
say_why(const struct page *page, const struct oom_kill *kill)
{
	if (kill->killer == OOM_BY_SYSTEMD_OOMD)
		page_say(page,
			"systemd-oomd kills whole cgroups, chosen by how much they reclaim or "
			"swap.");
	else if (kill->killer == OOM_BY_EARLYOOM)
		page_say(page,
			"earlyoom kills the process with the highest oom_score, adjusted by its "
			"options --prefer and --avoid.");
	else if (kill->kills_asker == 1)
		page_say(page,
			"Nothing was compared: vm.oom_kill_allocating_task is set, so the process "
			"that asks for memory is killed.");
	else if (kill->candidate_count > 0)
		say_comparison(page, kill);
	else if (kill->tasks > 0)
		page_say(page,
			"All of {tasks|process|processes} were protected by their adjustment of "
			"-1000.");
	else if (kill->tasks == 0)
		page_say(page, "The task table is empty: there was no process to compare.");
	else
		page_say(page, "The log has no task table for it (vm.oom_dump_tasks is 0, too many "
			       "reports in a short time, or the log is cut).");
}

static const char *
scope_of(const struct oom_kill *kill)
{
	if (kill->limited_by == OOM_LIMIT_CGROUP)
		return "Of the cgroup";
	return oom_is_of_nodes(kill) ? "Of these nodes" : "Of the machine";
}

static void
say_memory(const struct page *page, const struct oom_kill *kill)
{
	const struct part parts[] = {
		{ "anonymous", kill->memory_anon },
		{ "files", kill->memory_file },
		{ "tmpfs and shared", kill->memory_shmem },
		{ "kernel objects that can be dropped", kill->slab_reclaimable },
		{ "kernel objects that cannot be dropped", kill->slab_unreclaimable },
		{ "locked or not evictable",
			kill->memory_unevictable > 0 ? kill->memory_unevictable : UNKNOWN },
		{ "page tables", kill->memory_page_tables },
		{ "kernel stacks", kill->kernel_stack },
		{ "reserved huge pages", kill->hugetlb > 0 ? kill->hugetlb : UNKNOWN },
		{ "free", kill->free },
	};
	char known[PARTS_SIZE];

	list_parts(known, parts, ARRAY_SIZE(parts));
	if (!*known) {
		page_say(page, "The log does not say.");
		return;
	}
	page_say(page, "%s: %s.", scope_of(kill), known);
	if (kill->memory_unnamed > 0)
		page_say(page,
			"{mem_unnamed} of RAM (%lld %%) is in none of these: drivers, the kernel's "
			"other allocations, a balloon.",
			(long long)(known_share(kill->memory_unnamed, kill->ram) + 5) / 10);
	oom_explain_free(page);
	if (kill->swap_total == 0)
		page_say(page, "There is no swap.");
	else if (kill->swap_total != UNKNOWN)
		page_say(page, "Swap: {swap_total}, free {swap_free}.");
	else if (kill->swap_usage != UNKNOWN)
		page_say(page, "In swap: {swap_usage}.");
}

/* "12 kills in 3:10", if there was more than one. */
static void
say_repeats(const struct page *page, const struct episode *episode)
{
	const struct oom_kill *first = episode->first, *last = episode->last;
	int64_t span = known_difference(last->time, first->time);
	char text[UNIT_FORMAT_SIZE];

	if (span == UNKNOWN)
		span = known_difference(last->uptime, first->uptime);
	unit_format(text, UNIT_DURATION, span, SCALE_HUMAN);
	if (episode->reports > 1)
		page_say(page,
			"This was not the only time: the same limit caused %zu kills%s%s. The last "
			"one with a complete report is explained here.",
			episode->reports, span == UNKNOWN ? "" : " in ",
			span == UNKNOWN ? "" : text);
}

static void
say_aftermath(const struct page *page, const struct episode *episode)
{
	const struct oom_kill *kill = episode->explained;
	bool is_group = kill->group && kill->killer == OOM_BY_KERNEL;
	char bytes[UNIT_FORMAT_SIZE];

	if (is_group)
		page_say(page,
			"memory.oom.group of {group} is set: all processes of that cgroup were "
			"killed together.");
	unit_format(bytes, UNIT_BYTES, episode->bytes_with_group, SCALE_HUMAN);
	if (episode->with_group > 0)
		page_say(page, "%zu %s with %s of memory died with the chosen ones.",
			episode->with_group, episode->with_group == 1 ? "process" : "processes",
			bytes);
	say_repeats(page, episode);
	if (kill->lines_not_understood > 0)
		page_say(page,
			"{lines_not_understood|line|lines} of this report %s not understood.",
			kill->lines_not_understood == 1 ? "was" : "were");
	if (kill->reaped == 1 && kill->reaped_only != 1)
		page_say(page, "Its memory was freed at once (oom_reaper).");
	if (kill->reaped == 0)
		page_say(page,
			"The kernel could not free its memory at once (oom_reaper): something in "
			"the kernel still used it.");
	if (!is_group && episode->with_group == 0 && episode->reports == 1 &&
		(kill->reaped == UNKNOWN || kill->reaped_only == 1) &&
		kill->lines_not_understood <= 0)
		page_say(page, "Nothing else in the log.");
}

void
oom_explain(const struct page *page, const struct episode *episode)
{
	static const struct {
		const char *title;
		void (*say)(const struct page *page, const struct oom_kill *kill);
	} questions[] = {
		{ "What happened?", say_what_happened },
		{ "Who asked for memory?", say_who_asked },
		{ "Which process was killed?", say_who_died },
		{ "Why that one?", say_why },
		{ "What was memory made of?", say_memory },
	};
	int number = 1;

	for (size_t i = 0; i < ARRAY_SIZE(questions); i++) {
		fprintf(page->file, "\n%d. %s\n", number++, questions[i].title);
		questions[i].say(page, page->kill);
	}
	fprintf(page->file, "\n%d. What else?\n", number++);
	say_aftermath(page, episode);
	fprintf(page->file, "\n%d. What can be done?\n", number);
	oom_advise(page, episode);
}
