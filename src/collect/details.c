// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/details.h"

#include "base/cleanup.h"
#include "collect/cgroup.h"
#include "collect/procfs.h"
#include "model/needs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* status has about 60 lines; a machine with thousands of CPUs has long masks in it. */
enum { TEXT_SIZE = 16 * 1024, COMMAND_SIZE = 4096 };

#define FIELD(name) offsetof(struct process, name)

/* fs/proc/task_mmu.c, task_mem(), in the order of the file. */
static const struct procfs_key status_keys[] = {
	{ "VmSize", FIELD(virtual) },
	{ "VmLck", FIELD(locked) },
	{ "VmHWM", FIELD(peak) },
	{ "VmRSS", FIELD(resident) },
	{ "RssAnon", FIELD(anon) },
	{ "RssFile", FIELD(file) },
	{ "RssShmem", FIELD(shmem) },
	{ "VmData", FIELD(data) },
	{ "VmStk", FIELD(stack) },
	{ "VmExe", FIELD(code) },
	{ "VmLib", FIELD(library) },
	{ "VmPTE", FIELD(page_tables) },
	{ "VmSwap", FIELD(swap) },
	{ "HugetlbPages", FIELD(hugetlb) },
};

/* Counts a need of this process that could not be met. */
static void
task_failed(struct task *task, unsigned need, int error)
{
	if (error == EACCES || error == EPERM)
		task->refused |= need;
	else if (error == ENOENT)
		task->absent |= need;
	else
		task->failed |= need;
	snapshot_add_hint(task->snapshot, need, error, 1);
}

/* Reads DIRECTORY/NAME. On failure counts it for `need` and returns -errno. */
static ssize_t
read_file(struct task *task, const char *name, unsigned need, char *text, size_t size)
{
	char path[PROCESS_PATH_SIZE + 32];
	ssize_t length;

	snprintf(path, sizeof(path), "%s/%s", task->directory, name);
	length = procfs_read(task->root, path, text, size);
	if (length == -ENOENT && faccessat(task->root, task->directory, F_OK, 0) < 0)
		length = -ESRCH;
	if (length < 0)
		task_failed(task, need, (int)-length);
	return length;
}

/* Without an address space nothing is held: that is known, and it is 0. */
static void
hold_nothing(struct process *row)
{
	for (size_t i = 0; i < process_table.column_count; i++) {
		const struct column *column = &process_table.columns[i];

		if (column->unit == UNIT_BYTES && column->need & NEED_ANY_MEMORY)
			*(int64_t *)((char *)row + column->offset) = 0;
	}
}

static void
read_statm(struct task *task)
{
	char text[256];
	struct procfs_statm statm;

	if (read_file(task, "statm", NEED_MEMORY, text, sizeof(text)) < 0)
		return;
	if (procfs_parse_statm(text, &statm) < 0) {
		task_failed(task, NEED_MEMORY, EINVAL);
		return;
	}
	task->row->virtual = statm.virtual;
	task->row->resident = statm.resident;
	task->row->shared = statm.shared;
	task->row->anon = statm.resident - statm.shared;
}

static void
read_status(struct task *task)
{
	char text[TEXT_SIZE];
	struct process *row = task->row;

	if (read_file(task, "status", NEED_STATUS, text, sizeof(text)) < 0)
		return;
	procfs_fields(text, status_keys, sizeof(status_keys) / sizeof(status_keys[0]), row);
	if (row->virtual == UNKNOWN && procfs_field(text, "Threads") != UNKNOWN) {
		hold_nothing(row);
		return;
	}
	if (row->file != UNKNOWN && row->shmem != UNKNOWN)
		row->shared = row->file + row->shmem;
	else
		read_statm(task); /* before Linux 4.5 */
}

/* One of the two files is enough; statm is the cheaper one (T35). */
static void
read_memory(struct task *task, unsigned needs)
{
	bool status = needs & NEED_STATUS || (needs & NEED_SWAP && !task->swapless);

	if (status)
		read_status(task);
	else if (needs & NEED_MEMORY)
		read_statm(task);
	if (task->swapless && task->row->swap == UNKNOWN)
		task->row->swap = 0;
}

/*
 * Files that need the address space wait for its lock. Whoever holds that may wait for a device,
 * and the reader would with it, perhaps for ever (T17).
 */
static bool
may_block(const struct task *task)
{
	return task->row->state && *task->row->state == 'D';
}

static void
read_rollup(struct task *task)
{
	char text[TEXT_SIZE];
	int64_t clean, dirty;

	if (may_block(task)) {
		task_failed(task, NEED_ROLLUP, EBUSY);
		return;
	}
	if (read_file(task, "smaps_rollup", NEED_ROLLUP, text, sizeof(text)) < 0)
		return;
	clean = procfs_field(text, "Private_Clean");
	dirty = procfs_field(text, "Private_Dirty");
	task->row->pss = procfs_field(text, "Pss");
	task->row->swap_pss = procfs_field(text, "SwapPss");
	if (clean != UNKNOWN && dirty != UNKNOWN)
		task->row->uss = clean + dirty;
}

static void
read_owner(struct task *task)
{
	struct stat status;

	if (fstatat(task->root, task->directory, &status, 0) < 0) {
		task_failed(task, NEED_OWNER, errno);
		return;
	}
	task->row->uid = status.st_uid;
	task->row->user = users_name(task->users, status.st_uid);
}

static void
read_score(struct task *task, const char *name, unsigned need, int64_t *ret_number)
{
	char text[32];
	const char *digits = text;
	int64_t number;

	if (read_file(task, name, need, text, sizeof(text)) < 0)
		return;
	digits += *digits == '-';
	number = procfs_number(&digits);
	if (number == UNKNOWN)
		task_failed(task, need, EINVAL);
	else
		*ret_number = text[0] == '-' ? -number : number;
}

static void
read_cgroup(struct task *task)
{
	char text[TEXT_SIZE];
	struct cgroup cgroup;
	struct arena *texts = &task->snapshot->texts;

	if (read_file(task, "cgroup", NEED_CGROUP, text, sizeof(text)) < 0)
		return;
	if (cgroup_parse(text, &cgroup) < 0) {
		task_failed(task, NEED_CGROUP, EINVAL);
		return;
	}
	task->row->cgroup = arena_copy(texts, cgroup.path, cgroup.path_length);
	if (cgroup.unit)
		task->row->unit = arena_copy(texts, cgroup.unit, cgroup.unit_length);
}

/*
 * The arguments end in NUL bytes, which become blanks. A kernel thread has none: "[COMM]", as for
 * a process that may block; that one is asked again.
 */
static void
read_command(struct task *task)
{
	char text[COMMAND_SIZE];
	struct arena *texts = &task->snapshot->texts;
	ssize_t length = 0;

	if (may_block(task))
		task->failed |= NEED_COMMAND;
	else if (task->row->kernel_thread != 1)
		length = read_file(task, "cmdline", NEED_COMMAND, text, sizeof(text));
	if (length < 0)
		return;
	while (length > 0 && text[length - 1] == '\0')
		length--;
	for (ssize_t i = 0; i < length; i++)
		if (text[i] == '\0')
			text[i] = ' ';
	if (length == 0)
		length = snprintf(
			text, sizeof(text), "[%s]", task->row->comm ? task->row->comm : "?");
	task->row->command = arena_copy(texts, text, (size_t)length);
}

/* Whether a thread still has the address space: 1, 0 or -errno. A thread that has ended has not. */
static int
has_memory(const struct task *task, const char *directory)
{
	char path[PROCESS_PATH_SIZE + 8], text[256];
	struct procfs_statm statm;
	ssize_t length;

	snprintf(path, sizeof(path), "%s/statm", directory);
	length = procfs_read(task->root, path, text, sizeof(text));
	if (length == -ENOENT || length == -ESRCH)
		return 0;
	if (length < 0)
		return (int)length;
	return procfs_parse_statm(text, &statm) < 0 ? -EINVAL : statm.virtual > 0;
}

/*
 * Finds a thread other than the first that still has the address space. Returns 1 with its
 * directory, 0 where there is none, or -errno where that cannot be told.
 */
static int
find_live_thread(const struct task *task, char directory[static PROCESS_PATH_SIZE])
{
	char path[PROCESS_PATH_SIZE + 8];
	_cleanup_closedir_ DIR *threads = NULL;
	const struct dirent *entry;
	int fd, found = 0;

	snprintf(path, sizeof(path), "%.32s/task", task->directory);
	fd = openat(task->root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	threads = fd < 0 ? NULL : fdopendir(fd);
	if (!threads)
		return -errno;
	while (found == 0 && (entry = readdir(threads))) {
		if (entry->d_name[0] == '.' || strcmp(entry->d_name, task->directory) == 0)
			continue;
		snprintf(directory, PROCESS_PATH_SIZE, "%.16s/task/%.16s", task->directory,
			entry->d_name);
		found = has_memory(task, directory);
	}
	return found;
}

/*
 * What a process holds is asked of its first thread. If that one has ended while others live
 * (T26), it has no address space any more: then another thread is asked.
 */
static void
read_address_space(struct task *task, unsigned needs)
{
	struct task holder = *task;
	bool zombie = task->row->state && (*task->row->state == 'Z' || *task->row->state == 'X');
	int live = 1;

	if (task->row->kernel_thread == 1)
		live = 0;
	else if (zombie)
		live = task->row->threads > 1 ? find_live_thread(task, holder.directory) : 0;
	if (live == 0)
		hold_nothing(task->row);
	if (live < 0)
		task_failed(task, NEED_MEMORY, -live);
	if (live <= 0)
		return;
	if (needs & (NEED_MEMORY | NEED_STATUS | NEED_SWAP))
		read_memory(&holder, needs);
	if (needs & NEED_ROLLUP)
		read_rollup(&holder);
	task->refused |= holder.refused;
	task->absent |= holder.absent;
	task->failed |= holder.failed;
}

void
details_read(struct task *task, unsigned needs)
{
	if (needs & NEED_ANY_MEMORY)
		read_address_space(task, needs);
	if (needs & NEED_OWNER)
		read_owner(task);
	if (needs & NEED_OOM_SCORE)
		read_score(task, "oom_score", NEED_OOM_SCORE, &task->row->oom_score);
	if (needs & NEED_OOM_ADJ)
		read_score(task, "oom_score_adj", NEED_OOM_ADJ, &task->row->oom_adj);
	if (needs & NEED_CGROUP)
		read_cgroup(task);
	if (needs & NEED_COMMAND)
		read_command(task);
}
