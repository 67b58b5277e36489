// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/pid-list.h"

#include "base/macros.h"
#include "base/memory.h"
#include "base/sort.h"
#include "collect/procfs.h"
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

#define OLDEST_LIST (10 * NS_PER_SEC)

enum { LOADAVG_SIZE = 128, STATUS_SIZE = 4096 };

/* The numbers of /proc/loadavg that change when a task is born (`last_pid`) or ends (`tasks`). */
struct population {
	int64_t tasks, last_pid; /* UNKNOWN: not available */
};

struct pid_list {
	int root;
	DIR *directory;
	int64_t *pids;
	size_t count, capacity;
	bool sees_births; /* /proc/loadavg counts the processes of this list */
	struct population population;
	int64_t time; /* of the last full listing; UNKNOWN: `pids` is not full */
};

/*
 * The kernel prints the last pid of the reader's own PID namespace, for any /proc it reads
 * (fs/proc/loadavg.c): it is useful only if both are the same. The line "NSpid" has a number for
 * each namespace from that of /proc down to the reader's.
 */
static bool
is_in_own_namespace(int root)
{
	char text[STATUS_SIZE];
	const char *numbers;

	if (procfs_read(root, "self/status", text, sizeof(text)) < 0)
		return false;
	numbers = strstr(text, "\nNSpid:\t");
	return numbers && strcspn(numbers + 8, "\t") > strcspn(numbers + 8, "\n");
}

struct pid_list *
pid_list_create(int root)
{
	struct pid_list *list = xcalloc(1, sizeof(*list));

	list->root = root;
	list->sees_births = is_in_own_namespace(root);
	list->time = UNKNOWN;
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

/* "0.20 0.18 0.12 1/80 11206": after the slash the number of tasks, then the last pid. */
static struct population
read_population(const struct pid_list *list)
{
	struct population population = { UNKNOWN, UNKNOWN };
	char text[LOADAVG_SIZE];
	const char *at;

	if (!list->sees_births || procfs_read(list->root, "loadavg", text, sizeof(text)) < 0)
		return population;
	at = strchr(text, '/');
	if (!at)
		return population;
	at++;
	population.tasks = procfs_number(&at);
	population.last_pid = procfs_number(&at);
	return population;
}

/* Reads the population before the list: a process born meanwhile makes the list old at once. */
static int
list_all_if_changed(struct pid_list *list, int64_t now)
{
	struct population population = read_population(list);
	int error;

	if (list->time != UNKNOWN && now - list->time < OLDEST_LIST &&
		population.tasks != UNKNOWN && population.last_pid != UNKNOWN &&
		population.tasks == list->population.tasks &&
		population.last_pid == list->population.last_pid)
		return 0;
	error = list_all(list);
	list->population = population;
	list->time = error < 0 ? UNKNOWN : now;
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
	list->time = UNKNOWN;
	list->count = 0;
	for (size_t i = 0; i < needs->pid_count; i++)
		if (is_process(list, needs->pids[i]))
			add(list, needs->pids[i]);
		else
			snapshot_add_hint(now, NEED_PROCESSES, -ESRCH, 1);
}

int
pid_list_read(struct pid_list *list, struct snapshot *now, const struct needs *needs)
{
	if (needs->pids)
		list_asked(list, now, needs);
	if (needs->pids && !(needs->bits & NEED_RANK))
		return 0;
	return list_all_if_changed(list, now->monotonic);
}

const int64_t *
pid_list_numbers(const struct pid_list *list, size_t *ret_count)
{
	*ret_count = list->count;
	return list->pids;
}
