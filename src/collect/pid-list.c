// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/pid-list.h"

#include "base/known.h"
#include "base/macros.h"
#include "base/memory.h"
#include "base/sort.h"
#include "collect/procfs.h"
#include "collect/schedule.h"
#include "model/needs.h"
#include "model/snapshot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OLDEST_LIST (30 * NS_PER_SEC)

enum { LOADAVG_SIZE = 128, STATUS_SIZE = 4096 };

struct pid_list {
	int root;
	DIR *directory;
	int64_t *pids; /* of the last read */
	size_t count, capacity;
	bool has_clock;
	int64_t last_pid, older_last_pid; /* newest at the last reads; UNKNOWN: not available */
	int64_t list_time;                /* of the last full listing; UNKNOWN: it is needed */
	int64_t listed;                   /* processes then */
};

struct pid_list *
pid_list_create(int root, bool has_clock)
{
	struct pid_list *list = xcalloc(1, sizeof(*list));

	list->root = root;
	list->has_clock = has_clock;
	list->list_time = UNKNOWN;
	return list;
}

void
pid_list_destroy(struct pid_list *list)
{
	if (!list)
		return;
	if (list->directory)
		closedir(list->directory);
	free(list->pids);
	free(list);
}

static void
add(struct pid_list *list, int64_t pid)
{
	list->pids = array_reserve(list->pids, &list->capacity, list->count + 1, sizeof(pid));
	list->pids[list->count++] = pid;
}

static int
open_directory(struct pid_list *list)
{
	int fd;

	if (list->directory) {
		rewinddir(list->directory);
		return 0;
	}
	fd = openat(list->root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	list->directory = fd < 0 ? NULL : fdopendir(fd);
	return list->directory ? 0 : -errno;
}

static int
list_all(struct pid_list *list)
{
	const struct dirent *entry;
	bool sorted = true;
	int error = open_directory(list);

	if (error < 0)
		return error;
	list->pids = array_fit(list->pids, &list->capacity, list->count, sizeof(list->pids[0]));
	list->count = 0;
	while ((entry = readdir(list->directory))) {
		const char *digits = entry->d_name;
		int64_t pid = procfs_number(&digits);

		if (pid == UNKNOWN || *digits)
			continue;
		sorted = sorted && (list->count == 0 || list->pids[list->count - 1] < pid);
		add(list, pid);
	}
	if (!sorted) /* never so in /proc itself */
		qsort(list->pids, list->count, sizeof(int64_t), compare_int64);
	return 0;
}

/*
 * The newest pid of the reader's own PID namespace: the last number of /proc/loadavg
 * (fs/proc/loadavg.c), "0.20 0.18 0.12 1/80 11206".
 */
static int64_t
read_last_pid(const struct pid_list *list)
{
	char text[LOADAVG_SIZE];
	const char *number;

	if (!list->has_clock || procfs_read(list->root, "loadavg", text, sizeof(text)) < 0)
		return UNKNOWN;
	number = strrchr(text, ' ');
	return number ? procfs_signed_number(number + 1) : UNKNOWN;
}

/*
 * Numbers are given in ascending order until they begin again. A new process may get its number
 * before it can be seen, so each number is tried in two refreshes.
 */
static bool
can_try_numbers(const struct pid_list *list, int64_t last_pid, int64_t now)
{
	int64_t since = known_difference(last_pid, list->older_last_pid);

	return list->list_time != UNKNOWN && now - list->list_time < OLDEST_LIST && since >= 0 &&
	       since <= list->listed;
}

static void
try_numbers(struct pid_list *list, int64_t last_pid)
{
	list->count = 0;
	for (int64_t pid = list->older_last_pid + 1; pid <= last_pid; pid++)
		if (cpu_clock_read(pid) != UNKNOWN)
			add(list, pid);
}

/* The newest pid is read before the list: a process born meanwhile is tried next time. */
static int
list_new_or_all(struct pid_list *list, int64_t now, bool *ret_all)
{
	int64_t last_pid = read_last_pid(list);
	int error = 0;

	*ret_all = !can_try_numbers(list, last_pid, now);
	if (*ret_all) {
		error = list_all(list);
		list->list_time = error < 0 ? UNKNOWN : now;
		list->listed = (int64_t)list->count;
		list->last_pid = last_pid;
	} else {
		try_numbers(list, last_pid);
	}
	list->older_last_pid = list->last_pid;
	list->last_pid = last_pid;
	return error;
}

/* Whether there is such a process; the number may also be a thread's (T24). */
static bool
is_process(const struct pid_list *list, int64_t pid)
{
	char path[32], text[STATUS_SIZE];
	int64_t group;

	snprintf(path, sizeof(path), "%lld", (long long)pid);
	if (faccessat(list->root, path, F_OK, 0) < 0 && errno == ENOENT)
		return false;
	snprintf(path, sizeof(path), "%lld/status", (long long)pid);
	if (procfs_read(list->root, path, text, sizeof(text)) < 0)
		return true;
	group = procfs_field(text, "Tgid");
	return group == UNKNOWN || group == pid;
}

/* Lists the requested processes that exist. */
static void
list_asked(struct pid_list *list, struct snapshot *now, const struct needs *needs)
{
	list->list_time = UNKNOWN;
	list->count = 0;
	for (size_t i = 0; i < needs->pid_count; i++)
		if (is_process(list, needs->pids[i]))
			add(list, needs->pids[i]);
		else
			snapshot_add_hint(now, NEED_PROCESSES, -ESRCH, 1);
}

int
pid_list_read(struct pid_list *list, struct snapshot *now, const struct needs *needs, bool *ret_all)
{
	*ret_all = true;
	if (needs->pids)
		list_asked(list, now, needs);
	if (needs->pids && !(needs->bits & NEED_RANK))
		return 0;
	return list_new_or_all(list, now->monotonic, ret_all);
}

const int64_t *
pid_list_numbers(const struct pid_list *list, size_t *ret_count)
{
	*ret_count = list->count;
	return list->pids;
}
