// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/process-tracker.h"

#include "base/index.h"
#include "base/memory.h"
#include "collect/procfs.h"
#include "sampler/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COMM_SIZE = 16 }; /* TASK_COMM_LEN of the kernel */

struct tracked_process {
	int64_t pid;
	char comm[COMM_SIZE]; /* "" if unknown */
	bool is_watched, has_ended;
	bool was_read; /* its name was searched in /proc */
};

struct process_tracker {
	int root;
	struct tracked_process *rows;
	size_t count, capacity;
	struct index index; /* of the rows by pid */
	int64_t awaited;    /* watched from its exec on; 0: none */
	size_t ended;
};

struct process_tracker *
process_tracker_create(int root)
{
	struct process_tracker *tracker = xmalloc(sizeof(*tracker));

	*tracker = (struct process_tracker){ .root = root };
	return tracker;
}

void
process_tracker_destroy(struct process_tracker *tracker)
{
	if (!tracker)
		return;
	index_finish(&tracker->index);
	free(tracker->rows);
	free(tracker);
}

static struct tracked_process *
find(const struct process_tracker *tracker, int64_t pid)
{
	uint32_t row = index_first(&tracker->index, index_mix(0, (uint64_t)pid));

	return row == INDEX_END ? NULL : &tracker->rows[row];
}

static struct tracked_process *
add(struct process_tracker *tracker, const struct tracked_process *tracked)
{
	tracker->rows = array_reserve(
		tracker->rows, &tracker->capacity, tracker->count + 1, sizeof(tracker->rows[0]));
	tracker->rows[tracker->count] = *tracked;
	index_add(&tracker->index, index_mix(0, (uint64_t)tracked->pid));
	return &tracker->rows[tracker->count++];
}

static struct tracked_process *
find_or_add(struct process_tracker *tracker, int64_t pid)
{
	struct tracked_process *tracked = find(tracker, pid);

	return tracked ? tracked : add(tracker, &(struct tracked_process){ .pid = pid });
}

void
process_tracker_watch(struct process_tracker *tracker, int64_t pid, bool at_exec)
{
	for (size_t i = 0; i < tracker->count; i++)
		tracker->rows[i].is_watched = false;
	tracker->awaited = at_exec ? pid : 0;
	if (pid > 0 && !at_exec)
		find_or_add(tracker, pid)->is_watched = true;
}

static void
take_name(struct process_tracker *tracker, const struct record *record)
{
	struct tracked_process *tracked;

	if (record->pid != record->tid) /* not the first thread */
		return;
	tracked = find_or_add(tracker, record->pid);
	strncpy(tracked->comm, record->name, sizeof(tracked->comm) - 1);
	if (!record->is_exec || record->pid != tracker->awaited)
		return;
	tracked->is_watched = true;
	tracker->awaited = 0;
}

/* For a process that is older than the records. Reading comm cannot block. */
static void
read_name(const struct process_tracker *tracker, struct tracked_process *tracked)
{
	char path[32], text[2 * COMM_SIZE];
	ssize_t length;

	if (tracked->comm[0] || tracked->was_read)
		return;
	tracked->was_read = true;
	snprintf(path, sizeof(path), "%lld/comm", (long long)tracked->pid);
	length = procfs_read(tracker->root, path, text, sizeof(text));
	if (length > 1)
		snprintf(tracked->comm, sizeof(tracked->comm), "%.*s", (int)length - 1, text);
}

/* A pid that is used again belongs to the new process. */
static void
take_fork(struct process_tracker *tracker, const struct record *record)
{
	struct tracked_process *parent, *known, child;

	if (record->pid == record->parent) /* a thread */
		return;
	parent = find_or_add(tracker, record->parent);
	read_name(tracker, parent);
	child = *parent;
	child.pid = record->pid;
	child.has_ended = false;
	known = find(tracker, record->pid);
	if (known)
		*known = child;
	else
		add(tracker, &child);
}

void
process_tracker_apply(struct process_tracker *tracker, const struct record *record)
{
	struct tracked_process *tracked;

	if (record->kind == RECORD_COMM)
		take_name(tracker, record);
	else if (record->kind == RECORD_FORK)
		take_fork(tracker, record);
	else if (record->kind == RECORD_EXIT && record->pid == record->tid) {
		tracked = find(tracker, record->pid);
		if (!tracked || tracked->has_ended)
			return;
		tracked->has_ended = true;
		tracker->ended++;
	}
}

bool
process_tracker_has(const struct process_tracker *tracker, int64_t pid)
{
	const struct tracked_process *tracked = find(tracker, pid);

	return tracked && tracked->is_watched;
}

const char *
process_tracker_comm(struct process_tracker *tracker, int64_t pid)
{
	struct tracked_process *tracked = find_or_add(tracker, pid);

	read_name(tracker, tracked);
	return tracked->comm[0] ? tracked->comm : NULL;
}

/* After the end of the first thread, its /proc entry stays until the last thread ends. */
static bool
goes_on(const struct process_tracker *tracker, const struct tracked_process *tracked)
{
	char path[32];

	snprintf(path, sizeof(path), "%lld", (long long)tracked->pid);
	return tracked->is_watched && faccessat(tracker->root, path, F_OK, 0) == 0;
}

/* The index has row numbers, so it is rebuilt. */
void
process_tracker_trim(struct process_tracker *tracker, size_t most)
{
	size_t count = tracker->count;

	if (tracker->ended <= most)
		return;
	tracker->count = 0;
	index_reset(&tracker->index);
	for (size_t i = 0; i < count; i++) {
		struct tracked_process tracked = tracker->rows[i];

		if (tracked.has_ended && !goes_on(tracker, &tracked))
			continue;
		tracked.has_ended = false;
		add(tracker, &tracked);
	}
	tracker->ended = 0;
}
