// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/relatives.h"

#include "base/index.h"
#include "base/memory.h"
#include "collect/procfs.h"
#include "sampler/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COMM_SIZE = 16, MANY_ENDED = 1024 }; /* TASK_COMM_LEN of the kernel */

struct relative {
	int64_t pid;
	char comm[COMM_SIZE]; /* "" where it is not known */
	bool is_watched, has_ended;
	bool was_read; /* its name was looked for in /proc */
};

struct relatives {
	int root;
	struct relative *rows;
	size_t count, capacity;
	struct index index; /* of the rows by pid */
	int64_t awaited;    /* it is watched from its exec on; 0: none is */
	size_t ended;
};

struct relatives *
relatives_create(int root)
{
	struct relatives *relatives = xmalloc(sizeof(*relatives));

	*relatives = (struct relatives){ .root = root };
	return relatives;
}

void
relatives_destroy(struct relatives *relatives)
{
	if (!relatives)
		return;
	index_finish(&relatives->index);
	free(relatives->rows);
	free(relatives);
}

static struct relative *
find(const struct relatives *relatives, int64_t pid)
{
	uint32_t row = index_first(&relatives->index, index_mix(0, (uint64_t)pid));

	while (row != INDEX_END && relatives->rows[row].pid != pid)
		row = index_next(&relatives->index, row);
	return row == INDEX_END ? NULL : &relatives->rows[row];
}

static struct relative *
add(struct relatives *relatives, const struct relative *relative)
{
	relatives->rows = array_reserve(relatives->rows, &relatives->capacity, relatives->count + 1,
		sizeof(relatives->rows[0]));
	relatives->rows[relatives->count] = *relative;
	index_add(&relatives->index, index_mix(0, (uint64_t)relative->pid));
	return &relatives->rows[relatives->count++];
}

static struct relative *
find_or_add(struct relatives *relatives, int64_t pid)
{
	struct relative *relative = find(relatives, pid);

	return relative ? relative : add(relatives, &(struct relative){ .pid = pid });
}

void
relatives_watch(struct relatives *relatives, int64_t pid, bool at_exec)
{
	for (size_t i = 0; i < relatives->count; i++)
		relatives->rows[i].is_watched = false;
	relatives->awaited = at_exec ? pid : 0;
	if (pid > 0 && !at_exec)
		find_or_add(relatives, pid)->is_watched = true;
}

static void
take_name(struct relatives *relatives, const struct record *record)
{
	struct relative *relative;

	if (record->pid != record->tid) /* of another thread than the first */
		return;
	relative = find_or_add(relatives, record->pid);
	strncpy(relative->comm, record->name, sizeof(relative->comm) - 1);
	if (!record->is_exec || record->pid != relatives->awaited)
		return;
	relative->is_watched = true;
	relatives->awaited = 0;
}

/* Of a process that was there before the records. Reading comm cannot block. */
static void
read_name(const struct relatives *relatives, struct relative *relative)
{
	char path[32], text[2 * COMM_SIZE];
	ssize_t length;

	if (relative->comm[0] || relative->was_read)
		return;
	relative->was_read = true;
	snprintf(path, sizeof(path), "%lld/comm", (long long)relative->pid);
	length = procfs_read(relatives->root, path, text, sizeof(text));
	if (length > 1)
		snprintf(relative->comm, sizeof(relative->comm), "%.*s", (int)length - 1, text);
}

/* A number that has been used before belongs to the new process. */
static void
take_fork(struct relatives *relatives, const struct record *record)
{
	struct relative *parent, *known, child;

	if (record->pid == record->parent) /* a thread */
		return;
	parent = find_or_add(relatives, record->parent);
	read_name(relatives, parent);
	child = *parent;
	child.pid = record->pid;
	child.has_ended = false;
	known = find(relatives, record->pid);
	if (known)
		*known = child;
	else
		add(relatives, &child);
}

void
relatives_apply(struct relatives *relatives, const struct record *record)
{
	struct relative *relative;

	if (record->kind == RECORD_COMM)
		take_name(relatives, record);
	else if (record->kind == RECORD_FORK)
		take_fork(relatives, record);
	else if (record->kind == RECORD_EXIT && record->pid == record->tid) {
		relative = find(relatives, record->pid);
		if (!relative || relative->has_ended)
			return;
		relative->has_ended = true;
		relatives->ended++;
	}
}

bool
relatives_has(const struct relatives *relatives, int64_t pid)
{
	const struct relative *relative = find(relatives, pid);

	return relative && relative->is_watched;
}

const char *
relatives_comm(struct relatives *relatives, int64_t pid)
{
	struct relative *relative = find_or_add(relatives, pid);

	read_name(relatives, relative);
	return relative->comm[0] ? relative->comm : NULL;
}

bool
relatives_are_many(const struct relatives *relatives)
{
	return relatives->ended > MANY_ENDED;
}

/* The first thread has ended, but it stays there until the last one has. */
static bool
goes_on(const struct relatives *relatives, const struct relative *relative)
{
	char path[32];

	snprintf(path, sizeof(path), "%lld", (long long)relative->pid);
	return relative->is_watched && faccessat(relatives->root, path, F_OK, 0) == 0;
}

/* The index knows rows by their number: it is built anew. */
void
relatives_trim(struct relatives *relatives)
{
	size_t count = relatives->count;

	relatives->count = 0;
	index_reset(&relatives->index);
	for (size_t i = 0; i < count; i++) {
		struct relative relative = relatives->rows[i];

		if (relative.has_ended && !goes_on(relatives, &relative))
			continue;
		relative.has_ended = false;
		add(relatives, &relative);
	}
	relatives->ended = 0;
}
