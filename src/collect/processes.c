// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/processes.h"

#include "base/compare.h"
#include "base/memory.h"
#include "collect/details.h"
#include "collect/procfs.h"
#include "collect/sharing.h"
#include "model/badness.h"
#include "model/needs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#define NANOSECONDS INT64_C(1000000000)

/* After this time values are read again whatever the turn: few refreshes may be a long time. */
#define OLDEST_DETAILS (5 * NANOSECONDS)
#define OLDEST_NAMES (30 * NANOSECONDS)

enum {
	STAT_SIZE = 1024,
	STATUS_SIZE = 1024, /* Tgid is in its first lines */
	TURN_DETAILS = 4,   /* refreshes after which an unchanged process is read all the same */
	TURN_NAMES = 32,    /* the same for names that seldom change */
	KEPT_DESCRIPTORS = 4096, /* each costs the kernel 4.4 KiB */
	SPARE_DESCRIPTORS = 256,
	KERNEL_THREAD = 0x00200000, /* PF_KTHREAD, include/linux/sched.h */
};

enum { NEED_NAMES = NEED_CGROUP | NEED_COMMAND };

/* What is kept of a process from one refresh to the next. */
struct known {
	int64_t pid, start_time, start_code, start_stack;
	uint64_t stat_hash;
	size_t row;                       /* in the last snapshot; NO_ROW: it had none */
	unsigned read;                    /* the needs that row has been filled for, */
	unsigned refused;                 /* those of them that are not permitted, */
	unsigned absent;                  /* and those whose file does not exist */
	int64_t details_time, names_time; /* when they were read last */
	int stat_fd;                      /* -1: not kept */
};

#define NO_ROW SIZE_MAX

struct processes {
	int root;
	DIR *directory;
	struct known *known, *next; /* by ascending pid; `next` is being built */
	size_t known_count, known_capacity, next_capacity;
	int64_t *pids;
	size_t pid_count, pid_capacity;
	size_t *fresh; /* rows that were read, not taken over */
	size_t fresh_count, fresh_capacity;
	int kept, keep_limit;
	int64_t ticks_per_second;
	bool counts_exactly; /* the OOM killer of this kernel */
	unsigned refresh;
	struct users users;
};

/* One refresh. */
struct scan {
	struct processes *processes;
	struct snapshot *now;
	const struct snapshot *before;
	const struct needs *needs;
	bool swapless;
};

/* As many descriptors as the hard limit allows, less some for everything else. */
static int
descriptor_budget(void)
{
	struct rlimit limit;
	rlim_t budget;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 0;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur <= SPARE_DESCRIPTORS)
		return 0;
	budget = limit.rlim_cur - SPARE_DESCRIPTORS;
	return budget > KEPT_DESCRIPTORS ? KEPT_DESCRIPTORS : (int)budget;
}

struct processes *
processes_create(int root)
{
	struct processes *processes = xcalloc(1, sizeof(*processes));
	struct utsname kernel;

	processes->root = root;
	processes->keep_limit = descriptor_budget();
	processes->ticks_per_second = sysconf(_SC_CLK_TCK);
	processes->counts_exactly = uname(&kernel) == 0 && badness_counts_exactly(kernel.release);
	return processes;
}

static void
forget(struct processes *processes, struct known *known)
{
	if (known->stat_fd >= 0) {
		close(known->stat_fd);
		processes->kept--;
	}
	known->stat_fd = -1;
}

void
processes_destroy(struct processes *processes)
{
	if (!processes)
		return;
	for (size_t i = 0; i < processes->known_count; i++)
		forget(processes, &processes->known[i]);
	if (processes->directory)
		closedir(processes->directory);
	users_finish(&processes->users);
	free(processes->known);
	free(processes->next);
	free(processes->pids);
	free(processes->fresh);
	free(processes);
}

static int
open_list(struct processes *processes)
{
	int fd;

	if (processes->directory) {
		rewinddir(processes->directory);
		return 0;
	}
	fd = openat(processes->root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	processes->directory = fd < 0 ? NULL : fdopendir(fd);
	return processes->directory ? 0 : -errno;
}

static int
list_all(struct processes *processes)
{
	const struct dirent *entry;
	bool sorted = true;
	int error = open_list(processes);

	if (error < 0)
		return error;
	processes->pid_count = 0;
	while ((entry = readdir(processes->directory))) {
		const char *digits = entry->d_name;
		int64_t pid = procfs_number(&digits);

		if (pid == UNKNOWN || *digits)
			continue;
		processes->pids = array_reserve(processes->pids, &processes->pid_capacity,
			processes->pid_count + 1, sizeof(pid));
		sorted = sorted && (processes->pid_count == 0 ||
					   processes->pids[processes->pid_count - 1] < pid);
		processes->pids[processes->pid_count++] = pid;
	}
	if (!sorted) /* never so in /proc itself */
		qsort(processes->pids, processes->pid_count, sizeof(int64_t), compare_int64);
	return 0;
}

/* Whether there is such a process: a number may also be that of a thread (T24). */
static bool
is_process(const struct processes *processes, int64_t pid)
{
	char path[32], text[STATUS_SIZE];
	int64_t group;

	snprintf(path, sizeof(path), "%lld", (long long)pid);
	if (faccessat(processes->root, path, F_OK, 0) < 0 && errno == ENOENT)
		return false;
	snprintf(path, sizeof(path), "%lld/status", (long long)pid);
	if (procfs_read(processes->root, path, text, sizeof(text)) < 0)
		return true;
	group = procfs_field(text, "Tgid");
	return group == UNKNOWN || group == pid;
}

/* Lists the ones asked for that exist. */
static void
list_asked(struct processes *processes, struct snapshot *now, const struct needs *needs)
{
	processes->pid_count = 0;
	processes->pids = array_reserve(
		processes->pids, &processes->pid_capacity, needs->pid_count, sizeof(int64_t));
	for (size_t i = 0; i < needs->pid_count; i++)
		if (is_process(processes, needs->pids[i]))
			processes->pids[processes->pid_count++] = needs->pids[i];
		else
			snapshot_add_hint(now, NEED_PROCESSES, ESRCH, 1);
}

/* The list of processes to read: all, or only the ones asked for. */
static int
list(struct processes *processes, struct snapshot *now, const struct needs *needs)
{
	if (needs->pids)
		list_asked(processes, now, needs);
	return !needs->pids || needs->bits & NEED_RANK ? list_all(processes) : 0;
}

/* Opens PID/stat and keeps it open if there is room, so that the next read needs one call. */
static ssize_t
open_stat(struct processes *processes, struct known *known, char text[static STAT_SIZE])
{
	char path[32];
	int fd;
	ssize_t length;

	snprintf(path, sizeof(path), "%lld/stat", (long long)known->pid);
	if (processes->kept >= processes->keep_limit)
		return procfs_read(processes->root, path, text, STAT_SIZE);
	fd = openat(processes->root, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	length = procfs_read_again(fd, text, STAT_SIZE);
	if (length < 0) {
		close(fd);
		return length;
	}
	known->stat_fd = fd;
	processes->kept++;
	return length;
}

/* A kept descriptor is bound to its process: where the pid was used again it fails with ESRCH. */
static ssize_t
read_stat(struct processes *processes, struct known *known, char text[static STAT_SIZE])
{
	ssize_t length;

	if (known->stat_fd >= 0) {
		length = procfs_read_again(known->stat_fd, text, STAT_SIZE);
		if (length >= 0)
			return length;
		forget(processes, known);
	}
	return open_stat(processes, known, text);
}

/* Eight bytes at a step; two texts of stat that differ have the same hash once in 2^64. */
static uint64_t
hash(const char *text, size_t length)
{
	uint64_t sum = length, block;

	for (; length >= sizeof(block); length -= sizeof(block), text += sizeof(block)) {
		memcpy(&block, text, sizeof(block));
		sum = (sum ^ block) * UINT64_C(0x9e3779b97f4a7c15);
		sum ^= sum >> 29;
	}
	block = 0;
	memcpy(&block, text, length);
	return (sum ^ block) * UINT64_C(0x9e3779b97f4a7c15);
}

static void
fill_from_stat(const struct scan *scan, struct process *row, const struct procfs_stat *stat)
{
	struct arena *texts = &scan->now->texts;
	int64_t ticks = stat->user_ticks + stat->system_ticks;

	row->start_time = stat->start_time;
	row->start_stack = stat->start_stack;
	if (!scan->processes->counts_exactly && stat->state != 'Z' && stat->state != 'X')
		row->oom_resident = stat->resident; /* of a first thread that has ended it is 0 */
	row->kernel_thread = stat->flags & KERNEL_THREAD ? 1 : 0;
	row->parent = stat->parent;
	row->nice = stat->nice;
	row->priority = stat->priority;
	row->threads = stat->threads;
	row->cpu_time = ticks * (NANOSECONDS / scan->processes->ticks_per_second);
	row->minor_faults = stat->minor_faults;
	row->major_faults = stat->major_faults;
	row->state = arena_copy(texts, &stat->state, 1);
	row->comm = arena_copy(texts, stat->comm, stat->comm_length);
}

static bool
is_asked(const struct needs *needs, int64_t pid)
{
	return !needs->pids ||
	       bsearch(&pid, needs->pids, needs->pid_count, sizeof(pid), compare_int64);
}

/* Of a process that was not asked for no more than what gives the others their rank. */
static unsigned
wanted(const struct scan *scan, const struct known *known)
{
	const struct needs *needs = scan->needs;

	if (!is_asked(needs, known->pid))
		return needs->bits & NEED_BADNESS;
	return needs->bits | (known->pid == needs->focus ? needs->focus_bits : 0);
}

/* Values that are taken over may be missing: the hints tell of that in each refresh. */
static void
repeat_hints(const struct scan *scan, const struct known *known, unsigned needs)
{
	for (unsigned left = known->refused & needs; left; left &= left - 1)
		snapshot_add_hint(scan->now, left & -left, EACCES, 1);
	for (unsigned left = known->absent & needs; left; left &= left - 1)
		snapshot_add_hint(scan->now, left & -left, ENOENT, 1);
}

/* A copy of last refresh's row whose texts belong to this snapshot. */
static void
take_over(const struct scan *scan, const struct known *known, struct process *row)
{
	struct snapshot *now = scan->now;

	*row = scan->before->processes[known->row];
	repeat_hints(scan, known, wanted(scan, known));
	for (size_t i = 0; i < process_table.column_count; i++) {
		const struct column *column = &process_table.columns[i];
		const char **text;

		if (column->unit != UNIT_TEXT)
			continue;
		text = (const char **)((char *)row + column->offset);
		if (*text)
			*text = arena_copy(&now->texts, *text, strlen(*text));
	}
}

/* Without permission exec cannot be seen in stat: then names are read as often as all else. */
static bool
names_are_due(const struct scan *scan, const struct known *known)
{
	unsigned turn = scan->processes->refresh + (unsigned)known->pid;

	return scan->now->monotonic - known->names_time >= OLDEST_NAMES ||
	       turn % (known->start_stack > 0 ? TURN_NAMES : TURN_DETAILS) == 0;
}

/* Names stay as they are until the process runs another program or its turn has come. */
static unsigned
take_over_names(const struct scan *scan, const struct known *known, const struct procfs_stat *stat,
	struct process *row, const struct process *old)
{
	unsigned taken = known->read & NEED_NAMES;
	struct arena *texts = &scan->now->texts;

	if (!old || names_are_due(scan, known) || stat->start_code != known->start_code ||
		stat->start_stack != known->start_stack || !old->comm ||
		strcmp(old->comm, row->comm) != 0)
		return 0;
	repeat_hints(scan, known, wanted(scan, known) & taken);
	if (taken & NEED_COMMAND && old->command)
		row->command = arena_copy(texts, old->command, strlen(old->command));
	if (taken & NEED_CGROUP && old->cgroup)
		row->cgroup = arena_copy(texts, old->cgroup, strlen(old->cgroup));
	if (taken & NEED_CGROUP && old->unit)
		row->unit = arena_copy(texts, old->unit, strlen(old->unit));
	return taken;
}

static void
mark_fresh(struct processes *processes, size_t row)
{
	processes->fresh = array_reserve(processes->fresh, &processes->fresh_capacity,
		processes->fresh_count + 1, sizeof(row));
	processes->fresh[processes->fresh_count++] = row;
}

static void
read_row(const struct scan *scan, struct known *known, const struct procfs_stat *stat,
	struct process *row, const struct process *old)
{
	struct task task = { .root = scan->processes->root,
		.row = row,
		.snapshot = scan->now,
		.users = &scan->processes->users,
		.swapless = scan->swapless };
	unsigned taken;

	snprintf(task.directory, sizeof(task.directory), "%lld", (long long)known->pid);
	fill_from_stat(scan, row, stat);
	taken = scan->needs->exact ? 0 : take_over_names(scan, known, stat, row, old);
	details_read(&task, wanted(scan, known) & ~taken);
	known->start_time = stat->start_time;
	known->start_code = stat->start_code;
	known->start_stack = stat->start_stack;
	known->read = (wanted(scan, known) | taken) & ~task.failed;
	known->refused = task.refused | (known->refused & taken);
	known->absent = task.absent | (known->absent & taken);
	known->details_time = scan->now->monotonic;
	if (!taken)
		known->names_time = scan->now->monotonic;
	if (scan->needs->bits & NEED_ANY_MEMORY)
		row->memory_time = scan->now->monotonic;
	mark_fresh(scan->processes, (size_t)(row - scan->now->processes));
}

/* The row of the last refresh, if it is of the same process. */
static const struct process *
old_row(const struct scan *scan, const struct known *known, const struct procfs_stat *stat)
{
	if (!scan->before || known->row >= scan->before->process_count ||
		known->start_time != stat->start_time)
		return NULL;
	return &scan->before->processes[known->row];
}

/* Whether last refresh's row still holds: nothing seems to have happened and it is not its turn. */
static bool
still_holds(const struct scan *scan, const struct known *known, uint64_t stat_hash)
{
	return scan->before && known->row < scan->before->process_count &&
	       stat_hash == known->stat_hash && !(wanted(scan, known) & ~known->read) &&
	       !scan->needs->exact &&
	       (scan->processes->refresh + (unsigned)known->pid) % TURN_DETAILS != 0;
}

/* Reads one process. Returns false if it is gone. */
static bool
read_process(const struct scan *scan, struct known *known)
{
	char text[STAT_SIZE];
	ssize_t length = read_stat(scan->processes, known, text);
	struct procfs_stat stat;
	struct process *row;
	uint64_t stat_hash;

	if (length == -ESRCH || length == -ENOENT)
		return false;
	row = snapshot_add_process(scan->now);
	row->pid = known->pid;
	stat_hash = length > 0 ? hash(text, (size_t)length) : 0;
	if (length > 0 && still_holds(scan, known, stat_hash)) {
		take_over(scan, known, row);
	} else if (length > 0 && procfs_parse_stat(text, (size_t)length, &stat) == 0) {
		read_row(scan, known, &stat, row, old_row(scan, known, &stat));
	} else {
		snapshot_add_hint(scan->now, NEED_STAT, length < 0 ? (int)-length : EINVAL, 1);
		stat_hash = 0;
		known->read = 0;
	}
	known->stat_hash = stat_hash;
	known->row = (size_t)(row - scan->now->processes);
	return true;
}

/* Walks the new list of pids and the old one side by side: both ascend. */
static void
read_all(const struct scan *scan)
{
	struct processes *processes = scan->processes;
	struct known *old = processes->known, *end = old + processes->known_count;
	size_t count = 0;

	processes->next = array_reserve(processes->next, &processes->next_capacity,
		processes->pid_count, sizeof(struct known));
	for (size_t i = 0; i < processes->pid_count; i++) {
		struct known *known = &processes->next[count];

		while (old < end && old->pid < processes->pids[i])
			forget(processes, old++);
		if (old < end && old->pid == processes->pids[i])
			*known = *old++;
		else
			*known = (struct known){
				.pid = processes->pids[i], .row = NO_ROW, .stat_fd = -1
			};
		if (read_process(scan, known))
			count++;
	}
	while (old < end)
		forget(processes, old++);
	processes->known_count = count;
}

static void
swap_known(struct processes *processes)
{
	struct known *known = processes->known;
	size_t capacity = processes->known_capacity;

	processes->known = processes->next;
	processes->known_capacity = processes->next_capacity;
	processes->next = known;
	processes->next_capacity = capacity;
}

int
processes_read(struct processes *processes, struct snapshot *now, const struct snapshot *before,
	const struct needs *needs, bool swapless)
{
	struct scan scan = { .processes = processes,
		.now = now,
		.before = before,
		.needs = needs,
		.swapless = swapless };
	int error = list(processes, now, needs);

	if (error < 0)
		return error;
	processes->refresh++;
	processes->fresh_count = 0;
	read_all(&scan);
	swap_known(processes);
	now->system.process_count = 0;
	for (size_t i = 0; i < now->process_count; i++)
		now->system.process_count += is_asked(needs, now->processes[i].pid);
	if (needs->bits & NEED_MEMORY)
		sharing_mark(now, processes->fresh, processes->fresh_count);
	return 0;
}
