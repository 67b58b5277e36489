// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/processes.h"

#include "base/known.h"
#include "base/macros.h"
#include "base/memory.h"
#include "collect/command-lines.h"
#include "collect/cpu-clock.h"
#include "collect/pid-list.h"
#include "collect/process-cache.h"
#include "collect/process-files.h"
#include "collect/procfs.h"
#include "collect/pss.h"
#include "collect/vmstat.h"
#include "model/badness.h"
#include "model/needs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

enum {
	STAT_SIZE = 1024,
	KERNEL_THREAD = 0x00200000, /* PF_KTHREAD, include/linux/sched.h */
};

struct processes {
	int root;
	struct cgroup_tree *cgroups;
	struct pid_list *list;
	struct cached_process *cached; /* by ascending pid: after a refresh one for each row */
	size_t cached_count;
	struct pass pass; /* the current one */
	bool has_clock;   /* CPU clocks show which processes have run */
	struct pace pace;
	int64_t ticks_per_second;
	bool counts_exactly; /* the OOM killer of this kernel */
	struct users users;
	struct command_lines *commands;
	struct pss_reader *pss;
	union {
		char process[PROCESS_TEXT_SIZE];
		char vmstat[VMSTAT_SIZE];
	} text; /* space for a file */
};

struct processes *
processes_create(int root, struct cgroup_tree *cgroups)
{
	struct processes *processes = xcalloc(1, sizeof(*processes));
	struct utsname kernel;

	processes->root = root;
	processes->cgroups = cgroups;
	processes->has_clock = cpu_clock_is_usable(root);
	processes->list = pid_list_create(root, processes->has_clock);
	processes->commands = command_lines_create(root);
	processes->pss = pss_reader_create(root);
	processes->ticks_per_second = sysconf(_SC_CLK_TCK);
	processes->counts_exactly = uname(&kernel) == 0 && badness_counts_exactly(kernel.release);
	return processes;
}

void
processes_destroy(struct processes *processes)
{
	if (!processes)
		return;
	pid_list_destroy(processes->list);
	command_lines_destroy(processes->commands);
	pss_reader_destroy(processes->pss);
	users_finish(&processes->users);
	free(processes->cached);
	free(processes);
}

static uint64_t
wanted(const struct processes *processes, const struct cached_process *cached)
{
	return needs_of_process(processes->pass.needs, cached->pid);
}

/* The letter of a state as a text that stays. */
static const char *
state_text(char state)
{
	static const char texts[] = "R\0S\0D\0T\0t\0X\0Z\0P\0I\0x\0K\0W";
	const char *text = texts;

	while (text < texts + sizeof(texts) && *text != state)
		text += 2;
	return text < texts + sizeof(texts) ? text : "?";
}

static void
fill_from_stat(
	const struct processes *processes, struct process *row, const struct procfs_stat *stat)
{
	int64_t ticks = known_sum(stat->user_ticks, stat->system_ticks);

	row->start_time = stat->start_time;
	if (!processes->counts_exactly && stat->state != 'Z' && stat->state != 'X')
		row->oom_resident = stat->resident; /* else process-files.c reads another thread */
	row->kernel_thread = stat->flags & KERNEL_THREAD ? 1 : 0;
	row->parent = stat->parent;
	row->nice = stat->nice;
	row->priority = stat->priority;
	row->threads = stat->threads;
	row->cpu_time = known_product(ticks, NS_PER_SEC / processes->ticks_per_second);
	row->minor_faults = stat->minor_faults;
	row->major_faults = stat->major_faults;
	row->state = state_text(stat->state);
	row->comm = arena_copy(&processes->pass.now->texts, stat->comm, stat->comm_length);
}

/* Without permission stat does not show an exec. */
static bool
names_are_due(const struct processes *processes, const struct cached_process *cached)
{
	return schedule_names_are_due(
		&cached->schedule, cached->pid, cached->start_stack > 0, &processes->pass.time);
}

/* Processes on the screen are read in each refresh, and those whose faults are counted. */
static bool
is_watched(const struct needs *needs, int64_t pid)
{
	return pid == needs->focus || needs->bits & NEED_FAULTS || needs_is_visible(needs, pid);
}

/*
 * The names that do not need to be read: they stay until the process runs another program, or the
 * schedule has them read. Other programs can move it to another control group.
 */
static uint64_t
lasting_names(const struct processes *processes, const struct cached_process *cached)
{
	if (processes->pass.needs->exact || names_are_due(processes, cached))
		return 0;
	if (is_watched(processes->pass.needs, cached->pid) ||
		schedule_is_turn(&cached->schedule, cached->pid, &processes->pass.time))
		return NEED_COMMAND;
	return NEED_COMMAND | NEED_CGROUP;
}

static bool
runs_another_program(const struct cached_process *cached, const struct procfs_stat *stat,
	const struct process *row, const struct process *old)
{
	return stat->start_code != cached->start_code || stat->start_stack != cached->start_stack ||
	       !old->comm || strcmp(old->comm, row->comm) != 0;
}

/* During an exec a program has its name before its arguments, for no longer than this. */
#define EXEC_NS NS_PER_SEC

/* Decides, from the error, whether to read a command line again. */
static void
command_failed(void *context, const struct process *row, int error)
{
	const struct processes *processes = context;
	struct snapshot *now = processes->pass.now;
	struct cached_process *cached = &processes->cached[row - now->processes];

	if (error == -ENODATA) {
		if (now->monotonic - cached->exec_time < EXEC_NS)
			cached->read &= (uint32_t)~NEED_COMMAND;
		return;
	}
	if (error == -EACCES || error == -EPERM)
		cached->refused |= NEED_COMMAND;
	else if (error == -ENOENT)
		cached->absent |= NEED_COMMAND;
	else
		cached->read &= (uint32_t)~NEED_COMMAND;
	if (error != -EAGAIN)
		process_note_gap(&now->processes[row - now->processes], NEED_COMMAND, error);
}

/* Reads what is wanted, except the names that were `reused`. */
static void
read_files(struct processes *processes, struct cached_process *cached, struct process *row,
	uint64_t reused)
{
	const struct pass *pass = &processes->pass;
	uint64_t needs = wanted(processes, cached);
	struct process_read read = { .root = processes->root,
		.text = processes->text.process,
		.row = row,
		.snapshot = pass->now,
		.users = &processes->users,
		.cgroups = processes->cgroups,
		.counts_exactly = processes->counts_exactly,
		.swapless = pass->swapless };

	snprintf(read.directory, sizeof(read.directory), "%lld", (long long)cached->pid);
	process_files_read(&read, needs & ~reused);
	cached->read = (needs | reused) & ~read.failed;
	cached->refused = read.refused | (cached->refused & reused);
	cached->absent = read.absent | (cached->absent & reused);
	if (!(reused & NEED_COMMAND)) {
		cached->schedule.names_time = pass->now->monotonic;
		cached->schedule.names_may_differ = false;
	}
	if (needs & ~reused & NEED_COMMAND)
		command_lines_ask(processes->commands, row);
}

/* Without a CPU clock: whether it has run since the last refresh that read it, as far as stat
 * shows. */
static bool
has_changed(const struct process *row, const struct process *old)
{
	return row->cpu_time != old->cpu_time || row->minor_faults != old->minor_faults ||
	       row->state != old->state || row->threads != old->threads;
}

/* Fills the new row of a process whose stat has been read. `old`: its last row, or NULL. */
static void
fill_row(struct processes *processes, struct cached_process *cached, const struct procfs_stat *stat,
	struct process *row, const struct process *old)
{
	const struct pass *pass = &processes->pass;
	uint64_t reused = 0;

	fill_from_stat(processes, row, stat);
	row->look_time = row->memory_time = pass->now->monotonic;
	if (old && runs_another_program(cached, stat, row, old))
		cached->exec_time = pass->now->monotonic;
	else if (old)
		reused =
			cache_reuse_names(pass, cached, row, old, lasting_names(processes, cached));
	cached->start_time = stat->start_time;
	cached->start_code = stat->start_code;
	cached->start_stack = stat->start_stack;
	cached->schedule.has_run = !processes->has_clock && (!old || has_changed(row, old));
	cached->schedule.names_may_differ |= cached->schedule.has_run;
	cached->schedule.read_time = pass->now->monotonic;
	cached->is_fresh = true;
	read_files(processes, cached, row, reused);
}

/* Adds a row that is read. Returns false if the process is gone. */
static bool
add_row(struct processes *processes, struct cached_process *cached)
{
	const struct pass *pass = &processes->pass;
	const struct process *old = cache_old_row(pass, cached);
	char path[32], text[STAT_SIZE];
	struct procfs_stat stat;
	struct process *row;
	ssize_t length;

	snprintf(path, sizeof(path), "%lld/stat", (long long)cached->pid);
	length = procfs_read(processes->root, path, text, sizeof(text));
	if (length == -ESRCH || length == -ENOENT)
		return false;
	row = snapshot_add_process(pass->now);
	row->pid = cached->pid;
	cached->row = (uint32_t)(row - pass->now->processes);
	if (length <= 0 || procfs_parse_stat(text, (size_t)length, &stat) < 0) {
		process_note_gap(row, NEED_STAT, length < 0 ? (int)length : -EINVAL);
		cached->read = 0;
		return true;
	}
	fill_row(processes, cached, &stat, row, cached->start_time == stat.start_time ? old : NULL);
	return true;
}

/* Asks the CPU clock. It is asked before files are read: a run meanwhile is seen in the next
 * refresh. */
static void
note_run(const struct processes *processes, struct cached_process *cached)
{
	int64_t clock = processes->has_clock ? cpu_clock_read(cached->pid) : UNKNOWN;

	if (processes->has_clock && clock != cached->cpu_clock)
		cached->schedule.has_run = cached->schedule.names_may_differ = true;
	cached->cpu_clock = clock;
}

/* Whether the last refresh's row has all that is wanted, and still stands. */
static bool
row_stands(const struct processes *processes, const struct cached_process *cached)
{
	const struct needs *needs = processes->pass.needs;

	return cache_old_row(&processes->pass, cached) && !needs->exact &&
	       !(wanted(processes, cached) & ~cached->read) && !cached->is_shared &&
	       !is_watched(needs, cached->pid) && !cached->schedule.has_run &&
	       !names_are_due(processes, cached) &&
	       !schedule_is_turn(&cached->schedule, cached->pid, &processes->pass.time);
}

/* Adds the row of a process, as it was or read. Returns false if the process is gone. */
static bool
read_process(struct processes *processes, struct cached_process *cached)
{
	struct process *row;

	note_run(processes, cached);
	cached->is_fresh = false;
	if (!row_stands(processes, cached)) {
		cached->is_shared = false;
		return add_row(processes, cached);
	}
	row = cache_reuse_row(&processes->pass, cached);
	if (processes->has_clock)
		row->look_time = processes->pass.now->monotonic;
	return true;
}

/* Brings the cache in line with the pids: those of all processes, or only of new ones. */
static void
merge_pids(struct processes *processes, const int64_t *pids, size_t count, bool all)
{
	struct cached_process *old = processes->cached, *cached;
	size_t i = 0, j = 0, merged = 0, old_count = processes->cached_count;

	cached = xcalloc(count + (all ? 0 : old_count), sizeof(*cached));
	while (i < old_count || j < count) {
		bool is_cached = j == count || (i < old_count && old[i].pid <= pids[j]);
		bool is_listed = i == old_count || (j < count && pids[j] <= old[i].pid);

		if (is_cached && (is_listed || !all))
			cached[merged++] = old[i];
		else if (!is_cached)
			cached[merged++] = (struct cached_process){ .pid = pids[j], .row = NO_ROW };
		i += is_cached;
		j += is_listed;
	}
	free(old);
	processes->cached = cached;
	processes->cached_count = merged;
}

/* Leaves out processes that end meanwhile; each row has the same index as its cached process. */
static void
read_all(struct processes *processes)
{
	const struct pass *pass = &processes->pass;
	struct cached_process *cached = processes->cached;
	size_t left = 0;

	command_lines_begin(processes->commands, pass->now, !pass->before || pass->needs->exact,
		command_failed, processes);
	for (size_t i = 0; i < processes->cached_count; i++) {
		if (left < i)
			cached[left] = cached[i];
		left += read_process(processes, &cached[left]);
	}
	processes->cached_count = left;
	command_lines_end(processes->commands);
}

/* Finds out which processes that were read share an address space with their parent. */
static void
find_sharing(struct processes *processes, struct snapshot *now)
{
	struct cached_process *cached = processes->cached;

	for (size_t i = 0; i < now->process_count; i++) {
		struct process *process = &now->processes[i];
		const struct process *parent;
		size_t at;

		if (!cached[i].is_fresh)
			continue;
		parent = snapshot_find_process(now, process->parent);
		at = parent ? (size_t)(parent - now->processes) : i;
		process->memory_of = sharing_owner(process, cached[i].start_stack, parent,
			parent ? cached[at].start_stack : 0);
		cached[i].is_shared = cached[i].is_shared || process->memory_of != UNKNOWN;
		cached[at].is_shared = cached[at].is_shared || process->memory_of != UNKNOWN;
	}
}

/* How often sleeping processes are read. The first refresh reads all in any case. */
static unsigned
period_of(struct processes *processes, unsigned refresh)
{
	int64_t changes = UNKNOWN;

	if (processes->has_clock && refresh > 1 &&
		vmstat_read(processes->root, processes->text.vmstat) > 0)
		changes = vmstat_changes(processes->text.vmstat);
	return schedule_period(&processes->pace, refresh, changes);
}

int
processes_read(struct processes *processes, struct snapshot *now, const struct snapshot *before,
	const struct needs *needs, bool swapless)
{
	unsigned refresh = processes->pass.time.refresh + 1;
	bool all = true;
	int error = pid_list_read(processes->list, now, needs, &all);
	const int64_t *pids;
	size_t count;

	if (error < 0)
		return error;
	processes->pass = (struct pass){ .now = now,
		.before = before,
		.needs = needs,
		.swapless = swapless,
		.time = { .refresh = refresh,
			.period = period_of(processes, refresh),
			.time = now->monotonic } };
	pids = pid_list_numbers(processes->list, &count);
	if (all || count > 0)
		merge_pids(processes, pids, count, all);
	read_all(processes);
	if ((needs->bits | needs->focus_bits) & NEED_PSS || needs->summed_count > 0)
		pss_reader_read(processes->pss, now, before, needs);
	now->system.process_count = 0;
	for (size_t i = 0; i < now->process_count; i++)
		now->system.process_count += needs_has_pid(needs, now->processes[i].pid);
	if (needs->bits & NEED_MEMORY)
		find_sharing(processes, now);
	return 0;
}
