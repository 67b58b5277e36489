// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/processes.h"

#include "base/known.h"
#include "base/macros.h"
#include "base/memory.h"
#include "collect/carry.h"
#include "collect/commands.h"
#include "collect/details.h"
#include "collect/pid-list.h"
#include "collect/procfs.h"
#include "collect/refresh.h"
#include "collect/rollups.h"
#include "collect/sharing.h"
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
	struct known *known; /* by ascending pid: after a refresh one for each row */
	size_t known_count, known_capacity;
	struct refresh refresh; /* that is being made */
	int64_t ticks_per_second;
	bool counts_exactly; /* the OOM killer of this kernel */
	struct carrier carrier;
	struct keeper keeper;
	struct users users;
	struct commands *commands;
	struct rollups *rollups;
	char text[PROCESS_TEXT_SIZE]; /* of the file that is being read */
};

struct processes *
processes_create(int root, struct cgroup_tree *cgroups)
{
	struct processes *processes = xcalloc(1, sizeof(*processes));
	struct utsname kernel;

	processes->root = root;
	processes->cgroups = cgroups;
	processes->list = pid_list_create(root);
	processes->commands = commands_create(root);
	processes->rollups = rollups_create(root);
	carrier_init(&processes->carrier);
	keeper_init(&processes->keeper, root);
	processes->ticks_per_second = sysconf(_SC_CLK_TCK);
	processes->counts_exactly = uname(&kernel) == 0 && badness_counts_exactly(kernel.release);
	return processes;
}

static void
forget(struct processes *processes, struct known *known)
{
	kept_forget(&processes->keeper, &known->kept);
}

void
processes_destroy(struct processes *processes)
{
	if (!processes)
		return;
	for (size_t i = 0; i < processes->known_count; i++)
		forget(processes, &processes->known[i]);
	pid_list_destroy(processes->list);
	commands_destroy(processes->commands);
	rollups_destroy(processes->rollups);
	users_finish(&processes->users);
	carrier_finish(&processes->carrier);
	free(processes->known);
	free(processes);
}

static unsigned
wanted(const struct processes *processes, const struct known *known)
{
	return needs_of_process(processes->refresh.needs, known->pid);
}

/* Reading all of a process */

static void
fill_from_stat(
	const struct processes *processes, struct process *row, const struct procfs_stat *stat)
{
	struct arena *texts = &processes->refresh.now->texts;
	int64_t ticks = known_sum(stat->user_ticks, stat->system_ticks);

	row->start_time = stat->start_time;
	if (!processes->counts_exactly && stat->state != 'Z' && stat->state != 'X')
		row->oom_resident = stat->resident; /* else details.c asks another thread */
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
names_are_due(const struct processes *processes, const struct known *known)
{
	return turn_is_for_names(
		&known->turn, known->pid, known->start_stack > 0, &processes->refresh.moment);
}

/*
 * The names that stay as they are: until the process runs another program, or its turn has come.
 * Others can move it to another group, so that is asked more often.
 */
static unsigned
lasting_names(const struct processes *processes, const struct known *known)
{
	if (processes->refresh.needs->exact || names_are_due(processes, known))
		return 0;
	if (turn_is_for_all(&known->turn, known->pid, &processes->refresh.moment))
		return NEED_COMMAND;
	return NEED_COMMAND | NEED_CGROUP;
}

static bool
runs_another_program(const struct known *known, const struct procfs_stat *stat,
	const struct process *row, const struct process *old)
{
	return stat->start_code != known->start_code || stat->start_stack != known->start_stack ||
	       !old->comm || strcmp(old->comm, row->comm) != 0;
}

/* A program that is being started has its name before its arguments: for no longer than this. */
#define EXEC_NS NS_PER_SEC

/* A command line that did not come: whether it is asked again depends on why. */
static void
command_failed(void *context, const struct process *row, int error)
{
	const struct processes *processes = context;
	struct snapshot *now = processes->refresh.now;
	struct known *known = &processes->known[row - now->processes];

	if (error == -ENODATA) {
		if (now->monotonic - known->exec_time < EXEC_NS)
			known->read &= ~(unsigned)NEED_COMMAND;
		return;
	}
	if (error == -EACCES || error == -EPERM)
		known->refused |= NEED_COMMAND;
	else if (error == -ENOENT)
		known->absent |= NEED_COMMAND;
	else
		known->read &= ~(unsigned)NEED_COMMAND;
	if (error != -EAGAIN)
		process_note_gap(&now->processes[row - now->processes], NEED_COMMAND, -error);
}

/* Reads what is wanted but the names that were `carried`. */
static void
read_details(
	struct processes *processes, struct known *known, struct process *row, unsigned carried)
{
	const struct refresh *refresh = &processes->refresh;
	unsigned needs = wanted(processes, known);
	struct task task = { .root = processes->root,
		.text = processes->text,
		.pid = known->pid,
		.keeper = &processes->keeper,
		.kept = &known->kept,
		.row = row,
		.snapshot = refresh->now,
		.users = &processes->users,
		.cgroups = processes->cgroups,
		.counts_exactly = processes->counts_exactly,
		.swapless = refresh->swapless,
		.glances =
			!known->turn.is_active && refresh->needs->again && !refresh->needs->exact };

	snprintf(task.directory, sizeof(task.directory), "%lld", (long long)known->pid);
	details_read(&task, needs & ~carried);
	known->glance = task.glance;
	known->read = (needs | carried) & ~task.failed;
	known->refused = task.refused | (known->refused & carried);
	known->absent = task.absent | (known->absent & carried);
	known->turn.all_time = refresh->now->monotonic;
	if (!carried) {
		known->turn.names_time = refresh->now->monotonic;
		known->turn.has_run = false;
	}
	if (needs & ~carried & NEED_COMMAND)
		commands_ask(processes->commands, row);
}

/* Fills a new row of a process whose stat has been read. */
static void
read_row(struct processes *processes, struct known *known, const struct procfs_stat *stat,
	struct process *row, enum finding finding)
{
	const struct refresh *refresh = &processes->refresh;
	const struct process *old = finding == FOUND_NEW ? NULL : carry_find(refresh, known);
	unsigned carried = 0;

	fill_from_stat(processes, row, stat);
	row->look_time = refresh->now->monotonic;
	turn_note_look(&known->turn, known->pid, finding, &refresh->moment);
	if (old && runs_another_program(known, stat, row, old)) {
		known->exec_time = refresh->now->monotonic;
	} else if (old) {
		carried = carry_names(refresh, known, row, old, lasting_names(processes, known));
		carry_rollup(refresh, row, old);
	}
	known->start_time = stat->start_time;
	known->start_code = stat->start_code;
	known->start_stack = stat->start_stack;
	known->row = (uint32_t)(row - refresh->now->processes);
	known->is_fresh = true;
	read_details(processes, known, row, carried);
}

static void
read_anew(struct processes *processes, struct known *known, const char *text, ssize_t length,
	bool is_same)
{
	struct snapshot *now = processes->refresh.now;
	struct process *row = snapshot_add_process(now);
	enum finding finding = is_same ? FOUND_SAME : FOUND_CHANGED;
	struct procfs_stat stat;

	row->pid = known->pid;
	if (length <= 0 || procfs_parse_stat(text, (size_t)length, &stat) < 0) {
		process_note_gap(row, NEED_STAT, length < 0 ? (int)-length : EINVAL);
		known->row = (uint32_t)(row - now->processes);
		known->stat_hash = 0;
		known->read = 0;
		return;
	}
	if (known->row == NO_ROW || known->start_time != stat.start_time) {
		forget(processes, known);
		finding = FOUND_NEW;
	}
	read_row(processes, known, &stat, row, finding);
}

/* Looking whether that is needed */

/* Whether last refresh's row has all that is asked for, so that it may stand for this one's. */
static bool
has_row(const struct processes *processes, const struct known *known)
{
	return carry_find(&processes->refresh, known) && !processes->refresh.needs->exact &&
	       !(wanted(processes, known) & ~known->read);
}

/* What is on the screen is as new as can be, and so is what faults are counted of. */
static bool
is_watched(const struct needs *needs, int64_t pid)
{
	return pid == needs->focus || needs->bits & NEED_FAULTS || needs_is_visible(needs, pid);
}

static bool
has_same_status(struct processes *processes, struct known *known)
{
	ssize_t length;

	if (known->glance.hash == 0)
		return false;
	length = kept_read(&processes->keeper, &known->kept, known->pid, KEPT_STATUS,
		processes->text, sizeof(processes->text));
	return length > 0 && glance_is_same(&known->glance, processes->text, (size_t)length);
}

static bool
has_same_adjustment(struct processes *processes, struct known *known, int64_t adjustment)
{
	char text[32];
	ssize_t length;

	if (adjustment == UNKNOWN)
		return true;
	length = kept_read(
		&processes->keeper, &known->kept, known->pid, KEPT_OOM_ADJ, text, sizeof(text));
	return length > 0 && procfs_signed_number(text) == adjustment;
}

/* Whether its memory, its user and its adjustment are as they were. */
static bool
is_unmoved(struct processes *processes, struct known *known)
{
	const struct process *old = carry_find(&processes->refresh, known);

	if (old->virtual == 0)
		return true;
	return has_same_status(processes, known) &&
	       has_same_adjustment(processes, known, old->oom_adj);
}

/* Last refresh's row holds: the process was looked at. */
static void
hold(struct processes *processes, struct known *known)
{
	struct process *row = carry_row(&processes->carrier, &processes->refresh, known);

	row->look_time = processes->refresh.now->monotonic;
	turn_note_look(&known->turn, known->pid, FOUND_SAME, &processes->refresh.moment);
}

/* Looks at stat. Returns false if the process is gone. */
static bool
look_at_stat(struct processes *processes, struct known *known, bool is_unmoved)
{
	char path[32], text[STAT_SIZE];
	ssize_t length;
	uint64_t hash;
	bool is_same;

	snprintf(path, sizeof(path), "%lld/stat", (long long)known->pid);
	length = procfs_read(processes->root, path, text, sizeof(text));
	if (length == -ESRCH || length == -ENOENT)
		return false;
	hash = length > 0 ? procfs_hash(text, (size_t)length) : 0;
	is_same = hash != 0 && hash == known->stat_hash;
	known->stat_hash = hash;
	if (is_same && is_unmoved)
		hold(processes, known);
	else
		read_anew(processes, known, text, length, is_same);
	return true;
}

/* Whether nothing but others could have changed it, and it is not its turn for that. */
static bool
may_be_unmoved(const struct processes *processes, const struct known *known)
{
	return !known->turn.is_active && !names_are_due(processes, known) &&
	       !turn_is_for_all(&known->turn, known->pid, &processes->refresh.moment);
}

/*
 * Reads one process: nothing of it, status, status and stat or all, whichever is enough to say
 * what it is now. Returns false if it is gone.
 */
static bool
read_process(struct processes *processes, struct known *known)
{
	bool watched = is_watched(processes->refresh.needs, known->pid);
	bool unmoved;

	known->is_fresh = false;
	if (!has_row(processes, known))
		return look_at_stat(processes, known, false);
	if (!watched && !turn_is_due(&known->turn, &processes->refresh.moment)) {
		carry_row(&processes->carrier, &processes->refresh, known);
		return true;
	}
	unmoved = !watched && may_be_unmoved(processes, known) && is_unmoved(processes, known);
	if (!unmoved || !known->glance.asleep || !kept_is_bound(&known->kept))
		return look_at_stat(processes, known, unmoved);
	hold(processes, known);
	return true;
}

/* All processes */

static void
drop_gone(struct processes *processes, const int64_t *pids, size_t count)
{
	struct known *known = processes->known;
	size_t left = 0, match = 0;

	for (size_t i = 0; i < processes->known_count; i++) {
		while (match < count && pids[match] < known[i].pid)
			match++;
		if (match < count && pids[match] == known[i].pid)
			known[left++] = known[i];
		else
			forget(processes, &known[i]);
	}
	processes->known_count = left;
	processes->known = array_fit(known, &processes->known_capacity, left, sizeof(known[0]));
}

/* From the end, so that each moves to where it belongs at once. */
static void
add_new(struct processes *processes, const int64_t *pids, size_t count)
{
	size_t old = processes->known_count;
	struct known *known;

	known = processes->known = array_reserve(
		processes->known, &processes->known_capacity, count, sizeof(known[0]));
	for (size_t i = count; i-- > 0;)
		if (old > 0 && known[old - 1].pid == pids[i])
			known[i] = known[--old];
		else
			known[i] = (struct known){
				.pid = pids[i], .row = NO_ROW, .kept = KEPT_NOTHING
			};
	processes->known_count = count;
}

/* Those that end meanwhile are left out; each row has the place of what is known of it. */
static void
read_all(struct processes *processes)
{
	const struct refresh *refresh = &processes->refresh;
	struct known *known = processes->known;
	size_t left = 0;

	commands_begin(processes->commands, refresh->now, !refresh->before || refresh->needs->exact,
		command_failed, processes);
	for (size_t i = 0; i < processes->known_count; i++) {
		if (left < i)
			known[left] = known[i];
		if (read_process(processes, &known[left]))
			left++;
		else
			forget(processes, &known[left]);
	}
	processes->known_count = left;
	commands_end(processes->commands);
}

static void
find_sharing(const struct processes *processes, struct snapshot *now)
{
	for (size_t i = 0; i < now->process_count; i++) {
		struct process *process = &now->processes[i];
		const struct process *parent;

		if (!processes->known[i].is_fresh)
			continue;
		parent = snapshot_find_process(now, process->parent);
		process->memory_of = sharing_owner(process, processes->known[i].start_stack, parent,
			parent ? processes->known[parent - now->processes].start_stack : 0);
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
	processes->refresh = (struct refresh){ .now = now,
		.before = before,
		.needs = needs,
		.swapless = swapless,
		.moment = { processes->refresh.moment.refresh + 1, now->monotonic } };
	pids = pid_list_numbers(processes->list, &count);
	drop_gone(processes, pids, count);
	add_new(processes, pids, count);
	read_all(processes);
	if ((needs->bits | needs->focus_bits) & NEED_ROLLUP || needs->summed_count > 0)
		rollups_read(processes->rollups, now, before, needs);
	now->system.process_count = 0;
	for (size_t i = 0; i < now->process_count; i++)
		now->system.process_count += needs_has_pid(needs, now->processes[i].pid);
	if (needs->bits & NEED_MEMORY)
		find_sharing(processes, now);
	return 0;
}
