// SPDX-License-Identifier: GPL-3.0-or-later
#include "oomlog/oom-kill.h"

#include "base/macros.h"
#include "base/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define FIELD(name) offsetof(struct oom_kill, name)
#define TASK(name) offsetof(struct oom_task, name)

/* clang-format off */
static const struct column columns[] = {
	{ "uptime", "uptime", NULL, "Seconds of the kernel's clock, which starts at boot.", UNIT_DURATION, 9, 0, FIELD(uptime) },
	{ "report", "report", NULL, "Number of the report in the log.", UNIT_NUMBER, 5, 0, FIELD(report) },
	{ "pid", "PID", NULL, "The process that died.", UNIT_ID, 7, 0, FIELD(victim.pid) },
	{ "comm", "COMM", NULL, "Its name.", UNIT_TEXT, 15, 0, FIELD(victim.comm) },
	{ "uid", "UID", NULL, "Its user.", UNIT_ID, 6, 0, FIELD(victim.uid) },
	{ "cgroup", "CGROUP", NULL, "Its memory cgroup.", UNIT_TEXT, 20, 0, FIELD(cgroup) },
	{ "virt", "VIRT", NULL, "Its address space.", UNIT_BYTES, 7, 0, FIELD(victim.virtual) },
	{ "res", "RES", NULL, "Its resident memory.", UNIT_BYTES, 7, 0, FIELD(victim.resident) },
	{ "anon", "ANON", NULL, "Its anonymous memory.", UNIT_BYTES, 7, 0, FIELD(victim.anon) },
	{ "file", "FILE", NULL, "Its file pages.", UNIT_BYTES, 7, 0, FIELD(victim.file) },
	{ "shmem", "SHMEM", NULL, "Its shared memory.", UNIT_BYTES, 7, 0, FIELD(victim.shmem) },
	{ "swap", "SWAP", NULL, "Its memory in swap.", UNIT_BYTES, 7, 0, FIELD(victim.swap) },
	{ "pte", "PTE", NULL, "Its page tables.", UNIT_BYTES, 7, 0, FIELD(victim.page_tables) },
	{ "adj", "ADJ", NULL, "Its OOM adjustment.", UNIT_NUMBER, 5, 0, FIELD(victim.adj) },
	{ "badness", "BADNESS", NULL, "Its badness, computed as the kernel does.", UNIT_BYTES, 8, 0, FIELD(victim.badness) },
	{ "rank", "RANK", NULL, "Its place by badness.", UNIT_NUMBER, 4, 0, FIELD(rank) },
	{ "score", "SCORE", NULL, "The score that the log names.", UNIT_NUMBER, 5, 0, FIELD(score) },
	{ "chosen_pid", "chosen PID", NULL, "Its parent, which was chosen and spared.", UNIT_ID, 7, 0, FIELD(chosen_pid) },
	{ "chosen_comm", "chosen", NULL, "The parent's name.", UNIT_TEXT, 15, 0, FIELD(chosen_comm) },
	{ "group", "GROUP", NULL, "The cgroup killed as a whole.", UNIT_TEXT, 20, 0, FIELD(group) },
	{ "killed_with", "with", NULL, "1: killed because its cgroup was.", UNIT_NUMBER, 4, 0, FIELD(killed_with) },
	{ "reaped", "reaped", NULL, "1: its memory was freed at once.", UNIT_NUMBER, 6, 0, FIELD(reaped) },
	{ "signal", "SIGNAL", NULL, "The signal a daemon sent.", UNIT_TEXT, 8, 0, FIELD(signal) },
	{ "reason", "REASON", NULL, "The reason a daemon gave.", UNIT_TEXT, 20, 0, FIELD(reason) },
	{ "processes", "processes", NULL, "How many processes of its unit died.", UNIT_NUMBER, 5, 0, FIELD(processes) },
	{ "reaped_only", "reaped only", NULL, "1: the log has only the line of the reaper.", UNIT_NUMBER, 4, 0, FIELD(reaped_only) },
	{ "lines_not_understood", "lines", NULL, "Lines of its report that were not understood.", UNIT_NUMBER, 5, 0, FIELD(lines_not_understood) },
	{ "asked_pid", "asked PID", NULL, "Who asked for memory.", UNIT_ID, 7, 0, FIELD(asked_pid) },
	{ "asked_comm", "asked", NULL, "Its name.", UNIT_TEXT, 15, 0, FIELD(asked_comm) },
	{ "asked_adj", "asked ADJ", NULL, "Its OOM adjustment.", UNIT_NUMBER, 5, 0, FIELD(asked_adj) },
	{ "order", "order", NULL, "It asked for 2^order pages in one piece.", UNIT_NUMBER, 5, 0, FIELD(order) },
	{ "gfp", "gfp", NULL, "The kernel's flags of the request.", UNIT_TEXT, 20, 0, FIELD(gfp) },
	{ "limit_lowered", "lowered", NULL, "1: it lowered the limit.", UNIT_NUMBER, 4, 0, FIELD(limit_lowered) },
	{ "kills_asker", "kills asker", NULL, "1: vm.oom_kill_allocating_task.", UNIT_NUMBER, 4, 0, FIELD(kills_asker) },
	{ "total", "total", NULL, "What an adjustment of 1000 counts for.", UNIT_BYTES, 7, 0, FIELD(total) },
	{ "limit_cgroup", "limit of", NULL, "The cgroup whose limit was met.", UNIT_TEXT, 20, 0, FIELD(limit_cgroup) },
	{ "limit", "limit", NULL, "That limit.", UNIT_BYTES, 7, 0, FIELD(limit) },
	{ "usage", "usage", NULL, "What the cgroup used.", UNIT_BYTES, 7, 0, FIELD(usage) },
	{ "failcnt", "failcnt", NULL, "How often the limit was met.", UNIT_NUMBER, 7, 0, FIELD(fail_count) },
	{ "swap_limit", "swap limit", NULL, "The cgroup's limit of swap.", UNIT_BYTES, 7, 0, FIELD(swap_limit) },
	{ "swap_usage", "swap usage", NULL, "What it had in swap.", UNIT_BYTES, 7, 0, FIELD(swap_usage) },
	{ "nodemask", "nodemask", NULL, "Memory nodes of the request.", UNIT_TEXT, 8, 0, FIELD(nodemask) },
	{ "cpuset", "cpuset", NULL, "The asker's cpuset.", UNIT_TEXT, 20, 0, FIELD(cpuset) },
	{ "mems_allowed", "mems", NULL, "Its memory nodes.", UNIT_TEXT, 8, 0, FIELD(mems_allowed) },
	{ "mem_anon", "anon", NULL, "Anonymous memory of the scope.", UNIT_BYTES, 7, 0, FIELD(memory_anon) },
	{ "mem_file", "file", NULL, "File pages without shared memory.", UNIT_BYTES, 7, 0, FIELD(memory_file) },
	{ "mem_shmem", "shmem", NULL, "tmpfs and shared memory.", UNIT_BYTES, 7, 0, FIELD(memory_shmem) },
	{ "mem_slab_reclaimable", "slab rec", NULL, "Kernel objects that can be dropped.", UNIT_BYTES, 7, 0, FIELD(slab_reclaimable) },
	{ "mem_slab_unreclaimable", "slab unrec", NULL, "Kernel objects that cannot.", UNIT_BYTES, 7, 0, FIELD(slab_unreclaimable) },
	{ "mem_page_tables", "page tables", NULL, "Page tables.", UNIT_BYTES, 7, 0, FIELD(memory_page_tables) },
	{ "mem_kernel_stack", "stacks", NULL, "Kernel stacks.", UNIT_BYTES, 7, 0, FIELD(kernel_stack) },
	{ "mem_hugetlb", "hugetlb", NULL, "Pools of huge pages.", UNIT_BYTES, 7, 0, FIELD(hugetlb) },
	{ "mem_unevictable", "unevictable", NULL, "Pages that are locked.", UNIT_BYTES, 7, 0, FIELD(memory_unevictable) },
	{ "mem_unnamed", "unnamed", NULL, "RAM that no other figure names.", UNIT_BYTES, 7, 0, FIELD(memory_unnamed) },
	{ "mem_free", "free", NULL, "Free memory.", UNIT_BYTES, 7, 0, FIELD(free) },
	{ "ram", "RAM", NULL, "Memory of the machine that can be used.", UNIT_BYTES, 7, 0, FIELD(ram) },
	{ "swap_total", "swap", NULL, "Swap space of the machine.", UNIT_BYTES, 7, 0, FIELD(swap_total) },
	{ "swap_free", "swap free", NULL, "The free part of it.", UNIT_BYTES, 7, 0, FIELD(swap_free) },
	{ "tasks", "tasks", NULL, "Processes that were compared.", UNIT_NUMBER, 5, 0, FIELD(tasks) },
	{ "protected", "protected", NULL, "Those with adjustment -1000.", UNIT_NUMBER, 5, 0, FIELD(protected_tasks) },
};

static const struct column candidate_columns[] = {
	{ "pid", "PID", NULL, "The process.", UNIT_ID, 7, 0, TASK(pid) },
	{ "uid", "UID", NULL, "Its user.", UNIT_ID, 6, 0, TASK(uid) },
	{ "badness", "BADNESS", NULL, "Computed as the kernel does.", UNIT_BYTES, 8, 0, TASK(badness) },
	{ "virt", "VIRT", NULL, "Address space.", UNIT_BYTES, 7, 0, TASK(virtual) },
	{ "res", "RES", NULL, "Resident memory.", UNIT_BYTES, 7, 0, TASK(resident) },
	{ "anon", "ANON", NULL, "Its anonymous part.", UNIT_BYTES, 7, 0, TASK(anon) },
	{ "file", "FILE", NULL, "Its file pages.", UNIT_BYTES, 7, 0, TASK(file) },
	{ "shmem", "SHMEM", NULL, "Its shared memory.", UNIT_BYTES, 7, 0, TASK(shmem) },
	{ "swap", "SWAP", NULL, "Memory in swap.", UNIT_BYTES, 7, 0, TASK(swap) },
	{ "pte", "PTE", NULL, "Page tables.", UNIT_BYTES, 7, 0, TASK(page_tables) },
	{ "adj", "ADJ", NULL, "OOM adjustment.", UNIT_NUMBER, 5, 0, TASK(adj) },
	{ "comm", "COMM", NULL, "Its name.", UNIT_TEXT, 15, 0, TASK(comm) },
};
/* clang-format on */

const struct table oom_kill_table = {
	.name = "oom_kill",
	.columns = columns,
	.column_count = ARRAY_SIZE(columns),
	.row_size = sizeof(struct oom_kill),
};

const struct table oom_task_table = {
	.name = "oom_candidate",
	.columns = candidate_columns,
	.column_count = ARRAY_SIZE(candidate_columns),
	.row_size = sizeof(struct oom_task),
};

const char *const oom_killer_names[] = { "kernel", "systemd-oomd", "earlyoom" };
const char *const oom_limit_names[] = { NULL, EVENT_LIMIT_MACHINE, "cgroup", "cpuset",
	"mempolicy" };
const char *const oom_outcome_names[] = { "killed", "unseen", "nobody", "panic" };
static_assert(ARRAY_SIZE(oom_killer_names) == OOM_BY_EARLYOOM + 1, "a name for each killer");
static_assert(ARRAY_SIZE(oom_limit_names) == OOM_LIMIT_MEMPOLICY + 1, "a name for each limit");
static_assert(ARRAY_SIZE(oom_outcome_names) == OOM_PANIC + 1, "a name for each outcome");

void
oom_kill_init(struct oom_kill *kill)
{
	*kill = (struct oom_kill){ .time = UNKNOWN };
	table_reset_row(&oom_kill_table, kill);
	table_reset_row(&oom_task_table, &kill->victim);
	table_reset_row(&oom_task_table, &kill->largest);
}

/* Frees the texts of a row. */
static void
finish_row(const struct table *table, void *row)
{
	for (size_t i = 0; i < table->column_count; i++)
		if (table->columns[i].unit == UNIT_TEXT)
			free((void *)column_text(&table->columns[i], row));
}

void
oom_task_finish(struct oom_task *task)
{
	finish_row(&oom_task_table, task);
}

void
oom_task_complete(struct oom_task *task, const struct oom_task *known)
{
	for (size_t i = 0; i < ARRAY_SIZE(candidate_columns); i++) {
		size_t offset = candidate_columns[i].offset;
		void *to = (char *)task + offset;
		const void *from = (const char *)known + offset;

		if (candidate_columns[i].unit == UNIT_TEXT)
			*(const char **)to = *(const char **)to ? *(const char **)to
								: *(const char *const *)from;
		else if (*(int64_t *)to == UNKNOWN)
			*(int64_t *)to = *(const int64_t *)from;
	}
}

static void
copy_text(const char **copy, const char *text)
{
	*copy = text ? xstrdup(text) : NULL;
}

static enum oom_limit
limit_of_name(const char *name)
{
	for (size_t i = 1; name && i < ARRAY_SIZE(oom_limit_names); i++)
		if (strcmp(name, oom_limit_names[i]) == 0)
			return (enum oom_limit)i;
	return OOM_LIMIT_UNKNOWN;
}

void
oom_kill_of_event(struct oom_kill *kill, const struct event *event)
{
	kill->outcome = OOM_KILLED;
	kill->limited_by = limit_of_name(event->constraint);
	kill->time = event->time;
	kill->victim = event->victim;
	kill->score = event->score;
	kill->asked_pid = event->asked_pid;
	copy_text(&kill->victim.comm, event->victim.comm);
	copy_text(&kill->cgroup, event->cgroup);
	copy_text(&kill->asked_comm, event->asked_comm);
	copy_text(&kill->limit_cgroup, event->limit_cgroup);
}

void
oom_kill_finish(struct oom_kill *kill)
{
	for (size_t i = 0; i < kill->candidate_count; i++)
		oom_task_finish(&kill->candidates[i]);
	free(kill->candidates);
	free(kill->zones);
	oom_task_finish(&kill->largest);
	finish_row(&oom_kill_table, kill);
}

void
oom_set_text(const char **text, const char *value, size_t length)
{
	free((void *)*text);
	*text = xstrndup(value, length);
}
