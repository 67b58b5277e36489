// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/processes.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/known.h"
#include "base/macros.h"
#include "base/memory.h"
#include "collect/command-lines.h"
#include "collect/container-names.h"
#include "collect/first-sizes.h"
#include "collect/pid-list.h"
#include "collect/process-cache.h"
#include "collect/process-files.h"
#include "collect/procfs.h"
#include "collect/pss.h"
#include "collect/schedule.h"
#include "collect/users.h"
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
	struct container_names *names;
	struct pid_list *list;
	struct process_cache cache; /* after a refresh one for each row */
	struct pass pass;           /* the current one */
	bool has_clock;             /* CPU clocks show which processes have run */
	struct schedule schedule;
	int64_t ticks_per_second;
	bool counts_exactly; /* the OOM killer of this kernel */
	struct users users;
	struct command_lines *commands;
	struct pss_reader *pss;
	char text[PROCESS_TEXT_SIZE]; /* space for a file */
};

struct processes *
processes_create(int root, struct cgroup_tree *cgroups, const char *names)
{
	struct processes *processes = xcalloc(1, sizeof(*processes));
	struct utsname kernel;

	processes->root = root;
	processes->cgroups = cgroups;
	processes->names = container_names_create(names);
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
	container_names_destroy(processes->names);
	free(processes->cache.list);
	free(processes);
}

/* Without a CPU clock only stat tells whether it has run. */
static uint64_t
wanted(const struct processes *processes, const struct cached_process *cached)
{
	uint64_t needs = needs_of_process(processes->pass.needs, cached->pid);

	return processes->has_clock ? needs : needs | NEED_STAT;
}

/* Reads stat. Returns 0 or -errno; -ESRCH if the process is gone. */
static int
read_stat(const struct processes *processes, int64_t pid, char text[static STAT_SIZE],
	struct procfs_stat *stat)
{
	char path[32];
	ssize_t length;

	snprintf(path, sizeof(path), "%lld/stat", (long long)pid);
	length = procfs_read(processes->root, path, text, STAT_SIZE);
	if (length < 0)
		return length == -ENOENT ? -ESRCH : (int)length;
	return procfs_parse_stat(text, (size_t)length, stat);
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
	struct snapshot *now = processes->pass.now;
	int64_t ticks = known_sum(stat->user_ticks, stat->system_ticks);

	row->start_time = stat->start_time;
	/* Of one that has ended process-files.c reads another thread. */
	row->oom_resident = processes->counts_exactly || stat->state == 'Z' || stat->state == 'X'
				    ? UNKNOWN
				    : stat->resident;
	row->is_kernel_thread = stat->flags & KERNEL_THREAD;
	row->parent = stat->parent;
	row->nice = stat->nice;
	row->priority = stat->priority;
	row->threads = stat->threads;
	row->cpu_time = known_product(ticks, NS_PER_SEC / processes->ticks_per_second);
	row->minor_faults = stat->minor_faults;
	row->major_faults = stat->major_faults;
	row->state = state_text(stat->state);
	row->comm = arena_copy_new(
		&now->texts, snapshot_last_comm(now, row), stat->comm, stat->comm_length);
}

/* Without a CPU clock: whether stat shows that it has run since it was last read. */
static bool
has_changed(const struct process *row, const struct process *old)
{
	return row->cpu_time != old->cpu_time || row->minor_faults != old->minor_faults ||
	       row->state != old->state || row->threads != old->threads;
}

/* Fills a row from stat, and notes what that says of the process. */
static void
take_stat(const struct processes *processes, struct cached_process *cached, struct process *row,
	const struct process *old, const struct procfs_stat *stat)
{
	fill_from_stat(processes, row, stat);
	row->look_time = processes->pass.time.now;
	cached->is_fresh = true;
	cached->has_run_since_stat = false;
	if (!processes->has_clock)
		cached->has_run = !old || has_changed(row, old);
	cached->is_shared = false; /* process_cache_find_sharing() finds out */
}

/* In read_all() both have the same index, and the list of those behind is not in order. */
static struct cached_process *
cached_of(struct processes *processes, const struct process *row)
{
	if (processes->pass.needs->rows_only)
		return process_cache_find(&processes->cache, row->pid);
	return &processes->cache.list[row - processes->pass.now->processes];
}

/* During an exec a program has its name before its arguments, for no longer than this. */
#define EXEC_NS NS_PER_SEC

/* Decides, from the error, whether to read a command line again. */
static void
command_failed(void *context, struct process *row, int error)
{
	struct processes *processes = context;
	struct snapshot *now = processes->pass.now;
	struct cached_process *cached = cached_of(processes, row);

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
		snapshot_note_gap(now, row, NEED_COMMAND, error);
}

/* Whether what the OOM killer looks at has changed. */
static bool
has_changed_score(const struct process *row, const struct process *old)
{
	return row->resident != old->resident || row->swap != old->swap ||
	       row->virtual != old->virtual || row->page_tables != old->page_tables ||
	       row->oom_resident != old->oom_resident || row->oom_adj != old->oom_adj ||
	       row->state != old->state;
}

/* Reads what is `due`, and the score if what it follows from has changed since the `old` row. */
static void
read_files(struct processes *processes, struct cached_process *cached, struct process *row,
	const struct process *old, uint64_t due)
{
	const struct pass *pass = &processes->pass;
	struct process_read read = { .root = processes->root,
		.text = processes->text,
		.row = row,
		.snapshot = pass->now,
		.cgroups = processes->cgroups,
		.names = processes->names,
		.counts_exactly = processes->counts_exactly,
		.swapless = pass->swapless };

	snprintf(read.directory, sizeof(read.directory), "%lld", (long long)cached->pid);
	process_files_read(&read, due & ~NEED_OOM_SCORE);
	if (old && !pass->needs->only_missing && has_changed_score(row, old)) {
		char text[STAT_SIZE];
		struct procfs_stat stat;

		due |= wanted(processes, cached) & NEED_OOM_SCORE;
		if (due & NEED_OOM_SCORE && !(due & NEED_STAT) &&
			read_stat(processes, cached->pid, text, &stat) == 0) {
			take_stat(processes, cached, row, old, &stat);
			due |= NEED_STAT;
		}
	}
	process_files_read(&read, due & NEED_OOM_SCORE);
	cached->read = (cached->read | due) & ~read.failed;
	cached->refused = read.refused | (cached->refused & ~due);
	cached->absent = read.absent | (cached->absent & ~due);
	if (due & NEED_COMMAND)
		command_lines_ask(processes->commands, row);
}

/* Whether it runs another program than at its last row, or is another process. */
static bool
is_another(const struct cached_process *cached, const struct procfs_stat *stat,
	const struct process *old)
{
	return stat->start_time != cached->start_time || stat->start_code != cached->start_code ||
	       stat->start_stack != cached->start_stack || !old->comm ||
	       strlen(old->comm) != stat->comm_length ||
	       memcmp(old->comm, stat->comm, stat->comm_length) != 0;
}

static void
note_program(const struct processes *processes, struct cached_process *cached,
	const struct procfs_stat *stat)
{
	if (cached->start_time == stat->start_time)
		cached->exec_time = processes->pass.now->monotonic;
	cached->read = cached->refused = cached->absent = 0;
	cached->start_time = stat->start_time;
	cached->start_code = stat->start_code;
	cached->start_stack = stat->start_stack;
}

/* Adds a row of which only this failure is known; all of it is read in the next refresh. */
static void
add_unknown(
	const struct processes *processes, struct cached_process *cached, uint64_t all, int error)
{
	struct process *row = snapshot_add_process(processes->pass.now);

	row->pid = cached->pid;
	row->asked = (uint32_t)all;
	snapshot_note_gap(processes->pass.now, row, NEED_STAT, error);
	cached->row = (uint32_t)(row - processes->pass.now->processes);
	cached->read = 0;
}

/* Fills a row: stat as far as it was read, and of the other files what is due. */
static void
fill_row(struct processes *processes, struct cached_process *cached, struct process *row,
	const struct process *old, uint64_t due, const struct procfs_stat *stat)
{
	const struct pass *pass = &processes->pass;

	row->pid = cached->pid;
	cached->row = (uint32_t)(row - pass->now->processes);
	cached->is_fresh = false;
	row->is_kept = old && due == 0;
	if (due & NEED_STAT)
		take_stat(processes, cached, row, old, stat);
	else if (processes->has_clock && !cached->has_run_since_stat && !pass->needs->only_missing)
		row->look_time = pass->time.now;
	if (process_files_sizes(due, pass->swapless))
		row->memory_time = pass->time.now;
	row->has_slept = processes->has_clock && !cached->has_run;
	cached->has_run_since_names = (cached->has_run && !processes->has_clock) ||
				      (cached->has_run_since_names && !(due & NEED_COMMAND));
	if (due)
		read_files(processes, cached, row, old, due);
	cached->is_doubtful = false;
}

/*
 * Adds a row with the sizes alone, as they were read already (NULL: not yet), and the score if it
 * is wanted. Returns false if it has none: stat tells a kernel thread from a first thread that has
 * ended (T26).
 */
static bool
add_sizes(struct processes *processes, struct cached_process *cached, const struct first_size *size)
{
	const struct pass *pass = &processes->pass;
	char directory[PROCESS_PATH_SIZE];
	struct procfs_statm statm;
	struct process *row;
	uint64_t score;

	snprintf(directory, sizeof(directory), "%lld", (long long)cached->pid);
	if (size)
		statm = size->statm;
	if (size ? !size->is_known
		 : process_files_read_sizes(processes->root, directory, &statm) <= 0)
		return false;
	row = snapshot_add_process(pass->now);
	row->pid = cached->pid;
	row->asked = cached->read = NEED_MEMORY;
	row->memory_time = pass->time.now;
	process_set_sizes(row, &statm);
	cached->row = (uint32_t)(row - pass->now->processes);
	score = wanted(processes, cached) & NEED_OOM_SCORE;
	row->asked |= (uint32_t)score;
	if (score)
		read_files(processes, cached, row, NULL, score);
	return true;
}

/*
 * Whether stat is read after all: its address space tells that it may run another program, or that
 * only its first thread has ended (T26). What asks for a command line is not done twice.
 */
static bool
has_new_space(const struct process *row, const struct process *old, uint64_t due)
{
	return old && !(due & (NEED_STAT | NEED_COMMAND)) && row->virtual != UNKNOWN &&
	       row->virtual != old->virtual;
}

/* As read_process(), with what is due of `all`. */
static bool
read_due(struct processes *processes, struct cached_process *cached, uint64_t all, uint64_t due)
{
	const struct pass *pass = &processes->pass;
	const struct process *old = cache_old_row(pass, cached);
	const uint32_t old_row = cached->row;
	char text[STAT_SIZE];
	struct procfs_stat stat;
	struct process *row;
	int error = due & NEED_STAT ? read_stat(processes, cached->pid, text, &stat) : 0;

	if (error == -ESRCH)
		return false;
	if (error < 0) {
		add_unknown(processes, cached, all, error);
		return true;
	}
	if (due & NEED_STAT && (!old || is_another(cached, &stat, old))) {
		old = NULL;
		due = all | NEED_STAT;
		note_program(processes, cached, &stat);
	}
	row = old ? cache_reuse_row(pass, cached, due) : snapshot_add_process(pass->now);
	fill_row(processes, cached, row, old, due, &stat);
	row->asked = (uint32_t)(all | (cached->read & NEED_STAT));
	if (!has_new_space(row, old, due))
		return true;
	snapshot_drop_last_process(pass->now);
	cached->row = old_row;
	return read_due(processes, cached, all, due | NEED_STAT);
}

/*
 * Adds the row of a process: that of the last refresh, of which is read again what is due. Returns
 * false if the process is gone.
 */
static bool
read_process(
	struct processes *processes, struct cached_process *cached, const struct first_size *size)
{
	const struct pass *pass = &processes->pass;
	uint64_t all = wanted(processes, cached), current;

	if (pass->needs->sizes_only && !cache_old_row(pass, cached) &&
		add_sizes(processes, cached, size))
		return true;
	schedule_note_run(pass, cached);
	current = cached->has_run_since_stat ? all : all | NEED_STAT;
	cached->read &= (uint32_t)current; /* the rest is not kept up to date */
	return read_due(processes, cached, all, schedule_due(pass, cached, all));
}

/* Leaves out processes that end meanwhile; each row has the same index as its cached process. */
static void
read_all(struct processes *processes)
{
	const struct pass *pass = &processes->pass;
	struct cached_process *cached = processes->cache.list;
	_cleanup_free_ struct first_size *sizes =
		pass->needs->sizes_only && !pass->before
			? first_sizes_read(processes->root, cached, processes->cache.count)
			: NULL;
	size_t left = 0;

	command_lines_begin(processes->commands, pass->now, !pass->before || pass->needs->exact,
		command_failed, processes);
	for (size_t i = 0; i < processes->cache.count; i++) {
		if (left < i)
			cached[left] = cached[i];
		left += read_process(processes, &cached[left], sizes ? &sizes[i] : NULL);
	}
	processes->cache.count = left;
	command_lines_end(processes->commands);
}

/* Reads what rows on the screen lack. One that has ended stays as it was until the next refresh. */
static void
read_missing_rows(struct processes *processes)
{
	const struct pass *pass = &processes->pass;

	command_lines_begin(processes->commands, pass->now, false, command_failed, processes);
	for (size_t i = 0; i < pass->needs->visible_count; i++) {
		struct cached_process *cached =
			process_cache_find(&processes->cache, pass->needs->visible[i]);
		uint32_t row = cached ? cached->row : NO_ROW;

		if (!cached || !(wanted(processes, cached) & ~cached->read))
			continue;
		if (!read_process(processes, cached, NULL))
			cache_reuse_row(pass, cached, 0)->asked =
				(uint32_t)wanted(processes, cached);
		cached->row = row;
	}
	command_lines_end(processes->commands);
}

static bool
is_fast(struct processes *processes, unsigned refresh)
{
	const struct snapshot *now = processes->pass.now;
	bool is_told = processes->has_clock && now->bits & NEED_VMSTAT;

	return schedule_is_fast(
		&processes->schedule, refresh, is_told ? now->system.memory_changes : UNKNOWN);
}

/* Finds out which processes there are. Returns 0 or -errno. */
static int
list_processes(struct processes *processes, struct snapshot *now)
{
	bool all = true;
	int error = pid_list_read(processes->list, now, processes->pass.needs, &all);
	const int64_t *pids;
	size_t count;

	if (error < 0)
		return error;
	pids = pid_list_numbers(processes->list, &count);
	if (all)
		process_cache_drop_gone(&processes->cache, pids, count);
	process_cache_add_new(&processes->cache, pids, count);
	return 0;
}

/* Begins a pass: which refresh it is, and which processes there are. Returns 0 or -errno. */
static int
begin_pass(struct processes *processes, struct snapshot *now)
{
	const struct pass *pass = &processes->pass;
	unsigned refresh = pass->time.refresh + 1;
	int error = list_processes(processes, now);

	if (error < 0)
		return error;
	processes->pass.time = (struct pass_time){ .now = now->monotonic,
		.refresh = refresh,
		.is_fast = is_fast(processes, refresh),
		.interval = pass->before ? now->monotonic - pass->before->monotonic : 0 };
	return 0;
}

/* Ranks need all processes: where only some were chosen, the others may be what is missing. */
static bool
lacks_processes(const struct pass *pass)
{
	return pass->needs->pids && pass->needs->bits & NEED_RANK &&
	       !(pass->before->bits & NEED_RANK);
}

int
processes_read(struct processes *processes, struct snapshot *now, const struct snapshot *before,
	const struct needs *needs, bool swapless)
{
	int error = 0;

	processes->pass = (struct pass){ .now = now,
		.before = before,
		.needs = needs,
		.swapless = swapless,
		.has_clock = processes->has_clock,
		.time = processes->pass.time };
	processes->pass.time.now = needs->only_missing ? clock_ns(CLOCK_BOOTTIME) : now->monotonic;
	if (needs->rows_only) {
		read_missing_rows(processes);
		users_name_rows(&processes->users, now);
		return 0;
	}
	if (!needs->only_missing)
		error = begin_pass(processes, now);
	else if (lacks_processes(&processes->pass))
		error = list_processes(processes, now);
	if (error < 0)
		return error;
	read_all(processes);
	users_name_rows(&processes->users, now);
	if ((needs->bits | needs->focus_bits) & NEED_PSS || needs->summed_count > 0)
		pss_reader_read(processes->pss, now, before, needs);
	now->system.process_count = 0;
	for (size_t i = 0; i < now->process_count; i++)
		now->system.process_count += needs_has_pid(needs, now->processes[i].pid);
	if (needs->bits & NEED_MEMORY)
		process_cache_find_sharing(&processes->cache, now);
	return 0;
}
