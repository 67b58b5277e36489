// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/known.h"
#include "base/macros.h"
#include "base/unit.h"
#include "model/badness.h"
#include "oomlog/oom-kill.h"
#include "output/oom-page.h"

enum { SHOWN_CANDIDATES = 5 };

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
say_limit(struct page *page, const struct oom_kill *kill)
{
	const char *cgroup = kill->limit_cgroup ? page_safe(page, kill->limit_cgroup)
						: "(which one the log does not say)";

	switch (kill->limited_by) {
	case OOM_LIMIT_MACHINE:
		page_say(page, "", "The machine ran out of memory, and the kernel's OOM killer %s.",
			deed_of(kill));
		break;
	case OOM_LIMIT_CGROUP:
		page_say(page, "",
			"The memory cgroup %s %s, and the kernel's OOM killer %s. The machine as a "
			"whole need not have been short of memory.",
			cgroup,
			kill->limit_lowered == 1 ? "got a lower limit than it used"
						 : "reached its limit",
			deed_of(kill));
		break;
	case OOM_LIMIT_CPUSET:
		page_say(page, "",
			"The memory nodes %s, to which the cpuset %s is bound, could not serve a "
			"request. Other nodes may have had memory.",
			page_safe(page, kill->mems_allowed), page_safe(page, kill->cpuset));
		break;
	case OOM_LIMIT_MEMPOLICY:
		page_say(page, "",
			"The memory nodes %s, to which a memory policy binds the request, could "
			"not serve it. Other nodes may have had memory.",
			page_safe(page, kill->nodemask));
		break;
	case OOM_LIMIT_UNKNOWN:
		page_say(page, "",
			"The kernel's OOM killer %s. The log does not say which limit was reached.",
			deed_of(kill));
		break;
	}
	if (kill->limit != UNKNOWN)
		page_say(page, "", "Limit %s, used %s%s%s.", page_bytes(page, kill->limit),
			page_bytes(page, kill->usage),
			kill->fail_count > 0 ? "; the limit had been reached " : "",
			kill->fail_count > 0 ? page_count(page, kill->fail_count, "time", "times")
					     : "");
}

static void
say_what_happened(struct page *page, const struct oom_kill *kill)
{
	if (kill->killer == OOM_BY_SYSTEMD_OOMD && !kill->reason)
		page_say(page, "", "systemd-oomd, not the kernel, killed the unit or cgroup %s.",
			page_safe(page, kill->cgroup));
	else if (kill->killer == OOM_BY_SYSTEMD_OOMD)
		page_say(page, "", "systemd-oomd, not the kernel, killed the cgroup %s: %s.",
			page_safe(page, kill->cgroup), page_safe(page, kill->reason));
	else if (kill->killer == OOM_BY_EARLYOOM)
		page_say(page, "",
			"earlyoom, not the kernel, found memory low and sent %s. The kernel could "
			"still serve all requests.",
			page_safe(page, kill->signal));
	else if (kill->reaped_only == 1)
		page_say(page, "",
			"The kernel's OOM killer killed a process: the log only says that its "
			"memory was freed (oom_reaper).");
	else if (kill->order == -1)
		page_say(page, "",
			"A person asked for a kill (SysRq f), and the kernel's OOM killer %s. The "
			"machine need not have been short of memory.",
			deed_of(kill));
	else
		say_limit(page, kill);
}

static void
say_who_asked(struct page *page, const struct oom_kill *kill)
{
	if (kill->killer != OOM_BY_KERNEL) {
		page_say(page, "", "Nobody: it acts before a request for memory fails.");
		return;
	}
	if (kill->order == -1) {
		page_say(page, "", "A person, by SysRq f.");
		return;
	}
	if (!kill->asked_comm) {
		page_say(page, "",
			"The log does not say: the beginning of the report is missing, or its name "
			"is not certain.");
		return;
	}
	if (kill->limit_lowered == 1) {
		page_say(page, "", "Nobody: %s (%s) wrote a lower limit (memory.max).",
			page_safe(page, kill->asked_comm), page_number(page, kill->asked_pid));
		return;
	}
	page_say(page, "",
		"%s%s%s%s with adjustment %s asked for %s (%s). The process that asks last need "
		"not be the one that uses most.",
		page_safe(page, kill->asked_comm), kill->asked_pid == UNKNOWN ? "" : " (",
		kill->asked_pid == UNKNOWN ? "" : page_number(page, kill->asked_pid),
		kill->asked_pid == UNKNOWN ? "" : ")", page_number(page, kill->asked_adj),
		kill->order > 0 && kill->order < 20
			? page_count(page, INT64_C(1) << kill->order, "page", "contiguous pages")
			: "a page",
		page_safe(page, kill->gfp));
}

struct part {
	const char *name;
	int64_t bytes;
};

/* The known parts: "anonymous 59.8M, files 6.4M". */
static const char *
list_parts(struct page *page, const struct part *parts, size_t count)
{
	char text[512] = "";
	size_t length = 0;

	for (size_t i = 0; i < count; i++)
		if (parts[i].bytes != UNKNOWN)
			length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s %s",
				length > 0 ? ", " : "", parts[i].name,
				page_bytes(page, parts[i].bytes));
	return arena_copy(&page->texts, text, length);
}

static void
say_what_it_held(struct page *page, const struct oom_kill *kill)
{
	const struct part parts[] = {
		{ "anonymous", kill->victim.anon },
		{ "files", kill->victim.file },
		{ "shared", kill->victim.shmem },
		{ "in swap", kill->victim.swap },
		{ "page tables", kill->victim.page_tables },
	};
	const char *known = list_parts(page, parts, ARRAY_SIZE(parts));

	if (kill->victim.resident != UNKNOWN)
		page_say(page, "", "It used %s%s%s.", page_bytes(page, kill->victim.resident),
			*known ? ": " : "", known);
	if (kill->victim.adj != UNKNOWN)
		page_say(page, "", "Its adjustment was %s.", page_number(page, kill->victim.adj));
	if (kill->score != UNKNOWN && kill->chosen_pid == UNKNOWN)
		page_say(page, "", "Its score in the log: %s.", page_number(page, kill->score));
}

static void
say_who_died(struct page *page, const struct oom_kill *kill)
{
	if (kill->killer == OOM_BY_SYSTEMD_OOMD) {
		page_say(page, "", "All processes of %s%s%s.", page_safe(page, kill->cgroup),
			kill->processes > 0 ? ": " : "",
			kill->processes > 0 ? page_number(page, kill->processes) : "");
		return;
	}
	if (kill->victim.pid == UNKNOWN) {
		page_say(page, "",
			kill->outcome == OOM_UNSEEN ? "The log ends before it says so."
						    : "Nobody.");
		return;
	}
	page_say(page, "", "%s (%s)%s%s%s%s%s.", page_safe(page, kill->victim.comm),
		page_number(page, kill->victim.pid), kill->victim.uid == UNKNOWN ? "" : " of user ",
		kill->victim.uid == UNKNOWN ? "" : page_number(page, kill->victim.uid),
		kill->cgroup ? " in " : "", kill->cgroup ? page_safe(page, kill->cgroup) : "",
		kill->outcome == OOM_UNSEEN ? ", chosen; the log ends before its death" : "");
	say_what_it_held(page, kill);
	if (kill->chosen_pid != UNKNOWN)
		page_say(page, "",
			"It was killed in place of its parent %s (%s), which was chosen.",
			page_safe(page, kill->chosen_comm), page_number(page, kill->chosen_pid));
}

static void
write_candidate(struct page *page, const struct oom_task *task, const char *remark)
{
	fprintf(page->file, "     %8s %7s %7s %6s %8s  %s%s\n", page_bytes(page, task->badness),
		page_bytes(page, task->resident), page_bytes(page, task->swap),
		page_number(page, task->adj), page_number(page, task->pid),
		page_safe(page, task->comm), remark);
}

static void
write_candidates(struct page *page, const struct oom_kill *kill)
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
		write_candidate(page, task, is_victim ? remark : "");
	}
	if (!largest_shown)
		write_candidate(page, &kill->largest,
			kill->largest.adj == OOM_ADJ_LEAST ? "  <- largest, protected"
							   : "  <- largest");
}

static void
say_why(struct page *page, const struct oom_kill *kill)
{
	if (kill->killer == OOM_BY_SYSTEMD_OOMD) {
		page_say(page, "",
			"systemd-oomd kills whole cgroups, chosen by how much they reclaim or "
			"swap.");
		return;
	}
	if (kill->killer == OOM_BY_EARLYOOM) {
		page_say(page, "",
			"earlyoom kills the process with the highest oom_score, adjusted by its "
			"options --prefer and --avoid.");
		return;
	}
	if (kill->kills_asker == 1) {
		page_say(page, "",
			"Nothing was compared: vm.oom_kill_allocating_task is set, so the process "
			"that asks for memory is killed.");
		return;
	}
	if (kill->candidate_count == 0 && kill->tasks > 0) {
		page_say(page, "", "All of %s were protected by their adjustment of -1000.",
			page_count(page, kill->tasks, "process", "processes"));
		return;
	}
	if (kill->candidate_count == 0 && kill->tasks == 0) {
		page_say(page, "", "The task table is empty: there was no process to compare.");
		return;
	}
	if (kill->candidate_count == 0) {
		page_say(page, "",
			"The log has no task table for it (vm.oom_dump_tasks is 0, too many "
			"reports in a short time, or the log is cut).");
		return;
	}
	page_say(page, "",
		"Of %s, the one with the highest badness is killed. Badness is memory, swap and "
		"page tables, and for each point of adjustment a thousandth of %s. %s protected "
		"by -1000.",
		page_count(page, kill->tasks, "process", "processes"),
		kill->total == UNKNOWN ? "the total memory, which the log does not have"
				       : page_bytes(page, kill->total),
		kill->protected_tasks > 0 ? page_count(page, kill->protected_tasks, "was", "were")
					  : "None was");
	write_candidates(page, kill);
	if (kill->chosen_pid != UNKNOWN || kill->victim.pid == UNKNOWN)
		return;
	if (kill->rank == UNKNOWN)
		page_say(page, "",
			"The killed process is not among the first of the table, or the table is "
			"cut.");
	else if (kill->rank > 1)
		page_say(page, "",
			"Those before it had probably ended or been killed already, or grew only "
			"after the choice.");
}

static const char *
scope_of(const struct oom_kill *kill)
{
	switch (kill->limited_by) {
	case OOM_LIMIT_CGROUP:
		return "Of the cgroup";
	case OOM_LIMIT_CPUSET:
	case OOM_LIMIT_MEMPOLICY:
		return "Of these nodes";
	default:
		return "Of the machine";
	}
}

static void
say_memory(struct page *page, const struct oom_kill *kill)
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
	const char *known = list_parts(page, parts, ARRAY_SIZE(parts));

	if (!*known) {
		page_say(page, "", "The log does not say.");
		return;
	}
	page_say(page, "", "%s: %s.", scope_of(kill), known);
	if (kill->memory_unnamed > 0)
		page_say(page, "",
			"%s of RAM (%lld %%) is in none of these: drivers, the kernel's other "
			"allocations, a balloon.",
			page_bytes(page, kill->memory_unnamed),
			(long long)(known_share(kill->memory_unnamed, kill->ram) + 5) / 10);
	oom_explain_free(page, kill);
	if (kill->swap_total == 0)
		page_say(page, "", "There is no swap.");
	else if (kill->swap_total != UNKNOWN)
		page_say(page, "", "Swap: %s, free %s.", page_bytes(page, kill->swap_total),
			page_bytes(page, kill->swap_free));
	else if (kill->swap_usage != UNKNOWN)
		page_say(page, "", "In swap: %s.", page_bytes(page, kill->swap_usage));
}

/* "12 kills in 3:10", if there was more than one. */
static void
say_repeats(struct page *page, const struct episode *episode)
{
	const struct oom_kill *first = episode->first, *last = episode->last;
	int64_t span = known_difference(last->time, first->time);
	char text[UNIT_FORMAT_SIZE];

	if (span == UNKNOWN)
		span = known_difference(last->uptime, first->uptime);
	unit_format(text, UNIT_DURATION, span, SCALE_HUMAN);
	if (episode->reports > 1)
		page_say(page, "",
			"This was not the only time: the same limit caused %zu kills%s%s. The last "
			"one with a complete report is explained here.",
			episode->reports, span == UNKNOWN ? "" : " in ",
			span == UNKNOWN ? "" : text);
}

static void
say_aftermath(struct page *page, const struct episode *episode)
{
	const struct oom_kill *kill = episode->explained;
	bool is_group = kill->group && kill->killer == OOM_BY_KERNEL;

	if (is_group)
		page_say(page, "",
			"memory.oom.group of %s is set: all processes of that cgroup were killed "
			"together.",
			page_safe(page, kill->group));
	if (episode->with_group > 0)
		page_say(page, "", "%s with %s of memory died with the chosen ones.",
			page_count(page, (int64_t)episode->with_group, "process", "processes"),
			page_bytes(page, episode->bytes_with_group));
	say_repeats(page, episode);
	if (kill->lines_not_understood > 0)
		page_say(page, "", "%s of this report %s not understood.",
			page_count(page, kill->lines_not_understood, "line", "lines"),
			kill->lines_not_understood == 1 ? "was" : "were");
	if (kill->reaped == 1 && kill->reaped_only != 1)
		page_say(page, "", "Its memory was freed at once (oom_reaper).");
	if (kill->reaped == 0)
		page_say(page, "",
			"The kernel could not free its memory at once (oom_reaper): something in "
			"the kernel still used it.");
	if (!is_group && episode->with_group == 0 && episode->reports == 1 &&
		(kill->reaped == UNKNOWN || kill->reaped_only == 1) &&
		kill->lines_not_understood <= 0)
		page_say(page, "", "Nothing else in the log.");
}

void
oom_explain(struct page *page, const struct episode *episode)
{
	static const struct {
		const char *title;
		void (*say)(struct page *page, const struct oom_kill *kill);
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
		questions[i].say(page, episode->explained);
	}
	fprintf(page->file, "\n%d. What else?\n", number++);
	say_aftermath(page, episode);
	fprintf(page->file, "\n%d. What can be done?\n", number);
	oom_advise(page, episode);
}
