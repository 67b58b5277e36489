// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/processes.h"

#include "base/known.h"
#include "base/macros.h"
#include "base/memory.h"
#include "collect/command-lines.h"
#include "collect/pid-list.h"
#include "collect/process-cache.h"
#include "collect/process-files.h"
#include "collect/procfs.h"
#include "collect/pss.h"
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
	size_t cached_count, cached_capacity;
	struct pass pass; /* the current one */
	int64_t ticks_per_second;
	bool counts_exactly; /* the OOM killer of this kernel */
	struct row_copier copier;
	struct fd_cache fd_cache;
	struct users users;
	struct command_lines *commands;
	struct pss_reader *pss;
	char text[PROCESS_TEXT_SIZE]; /* space for a file */
};

struct processes *
processes_create(int root, struct cgroup_tree *cgroups)
{
	struct processes *processes = xcalloc(1, sizeof(*processes));
	struct utsname kernel;

	processes->root = root;
	processes->cgroups = cgroups;
	processes->list = pid_list_create(root);
	processes->commands = command_lines_create(root);
	processes->pss = pss_reader_create(root);
	row_copier_init(&processes->copier);
	fd_cache_init(&processes->fd_cache, root);
	processes->ticks_per_second = sysconf(_SC_CLK_TCK);
	processes->counts_exactly = uname(&kernel) == 0 && badness_counts_exactly(kernel.release);
	return processes;
}

static void
forget(struct processes *processes, struct cached_process *cached)
{
	fd_cache_forget(&processes->fd_cache, &cached->fds);
}

void
processes_destroy(struct processes *processes)
{
	if (!processes)
		return;
	for (size_t i = 0; i < processes->cached_count; i++)
		forget(processes, &processes->cached[i]);
	pid_list_destroy(processes->list);
	command_lines_destroy(processes->commands);
	pss_reader_destroy(processes->pss);
	users_finish(&processes->users);
	row_copier_finish(&processes->copier);
	free(processes->cached);
	free(processes);
}

static uint64_t
wanted(const struct processes *processes, const struct cached_process *cached)
{
	return needs_of_process(processes->pass.needs, cached->pid);
}

static void
fill_from_stat(
	const struct processes *processes, struct process *row, const struct procfs_stat *stat)
{
	struct arena *texts = &processes->pass.now->texts;
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
	row->state = arena_copy(texts, &stat->state, 1);
	row->comm = arena_copy(texts, stat->comm, stat->comm_length);
}

/* Without permission stat does not show an exec. */
static bool
names_are_due(const struct processes *processes, const struct cached_process *cached)
{
	return schedule_names_are_due(
		&cached->schedule, cached->pid, cached->start_stack > 0, &processes->pass.time);
}

/*
 * The names that do not need to be read: they stay until the process runs another program, or the
 * schedule has them read. Other programs can move it to another cgroup, so that is read more often.
 */
static uint64_t
lasting_names(const struct processes *processes, const struct cached_process *cached)
{
	if (processes->pass.needs->exact || names_are_due(processes, cached))
		return 0;
	if (schedule_is_full_read(&cached->schedule, cached->pid, &processes->pass.time))
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
	struct process_read task = { .root = processes->root,
		.text = processes->text,
		.pid = cached->pid,
		.fd_cache = &processes->fd_cache,
		.fds = &cached->fds,
		.row = row,
		.snapshot = pass->now,
		.users = &processes->users,
		.cgroups = processes->cgroups,
		.counts_exactly = processes->counts_exactly,
		.swapless = pass->swapless,
		.hashes_status = !cached->schedule.is_active && pass->needs->will_repeat &&
				 !pass->needs->exact };

	snprintf(task.directory, sizeof(task.directory), "%lld", (long long)cached->pid);
	process_files_read(&task, needs & ~reused);
	cached->status_hash = task.status_hash;
	cached->read = (needs | reused) & ~task.failed;
	cached->refused = task.refused | (cached->refused & reused);
	cached->absent = task.absent | (cached->absent & reused);
	cached->schedule.all_time = pass->now->monotonic;
	if (!reused) {
		cached->schedule.names_time = pass->now->monotonic;
		cached->schedule.has_run = false;
	}
	if (needs & ~reused & NEED_COMMAND)
		command_lines_ask(processes->commands, row);
}

/* Fills a new row of a process whose stat has been read. */
static void
read_row(struct processes *processes, struct cached_process *cached, const struct procfs_stat *stat,
	struct process *row, enum change change)
{
	const struct pass *pass = &processes->pass;
	const struct process *old = change == CHANGE_NEW ? NULL : cache_old_row(pass, cached);
	uint64_t reused = 0;

	fill_from_stat(processes, row, stat);
	row->look_time = pass->now->monotonic;
	schedule_note_check(&cached->schedule, cached->pid, change, &pass->time);
	if (old && runs_another_program(cached, stat, row, old)) {
		cached->exec_time = pass->now->monotonic;
	} else if (old) {
		reused =
			cache_reuse_names(pass, cached, row, old, lasting_names(processes, cached));
		cache_reuse_pss(pass, row, old);
	}
	cached->start_time = stat->start_time;
	cached->start_code = stat->start_code;
	cached->start_stack = stat->start_stack;
	cached->row = (uint32_t)(row - pass->now->processes);
	cached->is_fresh = true;
	read_files(processes, cached, row, reused);
}

static void
read_anew(struct processes *processes, struct cached_process *cached, const char *text,
	ssize_t length, bool is_same)
{
	struct snapshot *now = processes->pass.now;
	struct process *row = snapshot_add_process(now);
	enum change change = is_same ? CHANGE_NONE : CHANGE_SOME;
	struct procfs_stat stat;

	row->pid = cached->pid;
	if (length <= 0 || procfs_parse_stat(text, (size_t)length, &stat) < 0) {
		process_note_gap(row, NEED_STAT, length < 0 ? (int)length : -EINVAL);
		cached->row = (uint32_t)(row - now->processes);
		cached->stat_hash = 0;
		cached->read = 0;
		return;
	}
	if (cached->row == NO_ROW || cached->start_time != stat.start_time) {
		forget(processes, cached);
		change = CHANGE_NEW;
	}
	read_row(processes, cached, &stat, row, change);
}

/* Whether the last refresh's row has all that is wanted, so that it may be reused. */
static bool
has_row(const struct processes *processes, const struct cached_process *cached)
{
	return cache_old_row(&processes->pass, cached) && !processes->pass.needs->exact &&
	       !(wanted(processes, cached) & ~cached->read);
}

/* Processes on the screen are read in each refresh, and so are those whose faults are counted. */
static bool
is_watched(const struct needs *needs, int64_t pid)
{
	return pid == needs->focus || needs->bits & NEED_FAULTS || needs_is_visible(needs, pid);
}

static bool
has_same_status(struct processes *processes, struct cached_process *cached)
{
	ssize_t length;

	if (cached->status_hash.hash == 0)
		return false;
	length = fd_cache_read(&processes->fd_cache, &cached->fds, cached->pid, CACHED_STATUS,
		processes->text, sizeof(processes->text));
	return length > 0 &&
	       status_hash_is_same(&cached->status_hash, processes->text, (size_t)length);
}

static bool
has_same_adjustment(struct processes *processes, struct cached_process *cached, int64_t adjustment)
{
	char text[32];
	ssize_t length;

	if (adjustment == UNKNOWN)
		return true;
	length = fd_cache_read(&processes->fd_cache, &cached->fds, cached->pid, CACHED_OOM_ADJ,
		text, sizeof(text));
	return length > 0 && procfs_signed_number(text) == adjustment;
}

/* Whether its memory, its user and its adjustment are unchanged. */
static bool
is_unchanged(struct processes *processes, struct cached_process *cached)
{
	const struct process *old = cache_old_row(&processes->pass, cached);

	if (old->virtual == 0)
		return true;
	return has_same_status(processes, cached) &&
	       has_same_adjustment(processes, cached, old->oom_adj);
}

/* Reuses the last refresh's row after a check of the process. */
static void
reuse_row(struct processes *processes, struct cached_process *cached)
{
	struct process *row = cache_reuse_row(&processes->copier, &processes->pass, cached);

	row->look_time = processes->pass.now->monotonic;
	schedule_note_check(&cached->schedule, cached->pid, CHANGE_NONE, &processes->pass.time);
}

/* Reads stat. Returns false if the process is gone. */
static bool
check_stat(struct processes *processes, struct cached_process *cached, bool is_unchanged)
{
	char path[32], text[STAT_SIZE];
	ssize_t length;
	uint64_t hash;
	bool is_same;

	snprintf(path, sizeof(path), "%lld/stat", (long long)cached->pid);
	length = procfs_read(processes->root, path, text, sizeof(text));
	if (length == -ESRCH || length == -ENOENT)
		return false;
	hash = length > 0 ? procfs_hash(text, (size_t)length) : 0;
	is_same = hash != 0 && hash == cached->stat_hash;
	cached->stat_hash = hash;
	if (is_same && is_unchanged)
		reuse_row(processes, cached);
	else
		read_anew(processes, cached, text, length, is_same);
	return true;
}

/* Whether only other programs could have changed it, and no full read is due. */
static bool
may_be_unchanged(const struct processes *processes, const struct cached_process *cached)
{
	return !cached->schedule.is_active && !names_are_due(processes, cached) &&
	       !schedule_is_full_read(&cached->schedule, cached->pid, &processes->pass.time);
}

/*
 * Reads one process: nothing, status, status and stat, or all files, whichever is enough. Returns
 * false if it is gone.
 */
static bool
read_process(struct processes *processes, struct cached_process *cached)
{
	bool watched = is_watched(processes->pass.needs, cached->pid);
	bool unchanged;

	cached->is_fresh = false;
	if (!has_row(processes, cached))
		return check_stat(processes, cached, false);
	if (!watched && !schedule_is_due(&cached->schedule, &processes->pass.time)) {
		cache_reuse_row(&processes->copier, &processes->pass, cached);
		return true;
	}
	unchanged =
		!watched && may_be_unchanged(processes, cached) && is_unchanged(processes, cached);
	if (!unchanged || !cached->status_hash.asleep || !fd_cache_holds(&cached->fds))
		return check_stat(processes, cached, unchanged);
	reuse_row(processes, cached);
	return true;
}

static void
drop_gone(struct processes *processes, const int64_t *pids, size_t count)
{
	struct cached_process *cached = processes->cached;
	size_t left = 0, match = 0;

	for (size_t i = 0; i < processes->cached_count; i++) {
		while (match < count && pids[match] < cached[i].pid)
			match++;
		if (match < count && pids[match] == cached[i].pid)
			cached[left++] = cached[i];
		else
			forget(processes, &cached[i]);
	}
	processes->cached_count = left;
	processes->cached = array_fit(cached, &processes->cached_capacity, left, sizeof(cached[0]));
}

/* Begins at the end, so that each moves once. */
static void
add_new(struct processes *processes, const int64_t *pids, size_t count)
{
	size_t old = processes->cached_count;
	struct cached_process *cached;

	cached = processes->cached = array_reserve(
		processes->cached, &processes->cached_capacity, count, sizeof(cached[0]));
	for (size_t i = count; i-- > 0;)
		if (old > 0 && cached[old - 1].pid == pids[i])
			cached[i] = cached[--old];
		else
			cached[i] = (struct cached_process){
				.pid = pids[i], .row = NO_ROW, .fds = CACHED_NO_FDS
			};
	processes->cached_count = count;
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
		if (read_process(processes, &cached[left]))
			left++;
		else
			forget(processes, &cached[left]);
	}
	processes->cached_count = left;
	command_lines_end(processes->commands);
}

static void
find_sharing(const struct processes *processes, struct snapshot *now)
{
	for (size_t i = 0; i < now->process_count; i++) {
		struct process *process = &now->processes[i];
		const struct process *parent;

		if (!processes->cached[i].is_fresh)
			continue;
		parent = snapshot_find_process(now, process->parent);
		process->memory_of = sharing_owner(process, processes->cached[i].start_stack,
			parent,
			parent ? processes->cached[parent - now->processes].start_stack : 0);
	}
}

int
processes_read(struct processes *processes, struct snapshot *now, const struct snapshot *before,
	const struct needs *needs, bool swapless)
{
	int error = pid_list_read(processes->list, now, needs);
	const int64_t *pids;
	size_t count;

	if (error < 0)
		return error;
	processes->pass = (struct pass){ .now = now,
		.before = before,
		.needs = needs,
		.swapless = swapless,
		.time = { processes->pass.time.refresh + 1, now->monotonic } };
	pids = pid_list_numbers(processes->list, &count);
	drop_gone(processes, pids, count);
	add_new(processes, pids, count);
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
