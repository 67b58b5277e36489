// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/reader-thread.h"

#include "base/memory.h"
#include "base/thread.h"
#include "command/loop.h"
#include "model/needs.h"
#include "model/reading.h"
#include "model/snapshot.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Only one thread at a time uses the rest; the event descriptors synchronize them. */
struct reader_thread {
	struct reading reading;
	pthread_t thread;
	int start_fd, ready_fd;
	struct needs needs; /* with the reader's own arrays and texts: */
	int64_t *pids, *visible, *near, *summed;
	char *scope;
	struct snapshot snapshots[2];
	struct snapshot rows; /* for the last snapshot given out (needs.rows_only) */
	int filling;          /* index of the next or current snapshot */
	bool has_before, ending;
	int error;
	int64_t took; /* time of the last read */
	bool busy;    /* of the caller's side: started and not taken */
};

static void
read_once(struct reader_thread *reader)
{
	struct snapshot *now =
		reader->needs.rows_only ? &reader->rows : &reader->snapshots[reader->filling];
	const struct snapshot *before =
		reader->has_before ? &reader->snapshots[1 - reader->filling] : NULL;
	int64_t start = loop_now();

	reader->error = reading_take(
		&reader->reading, now, before, before, &reader->needs, reader->needs.interval);
	reader->took = loop_now() - start;
}

static void *
run(void *argument)
{
	struct reader_thread *reader = argument;
	uint64_t count;

	while (read(reader->start_fd, &count, sizeof(count)) == sizeof(count) && !reader->ending) {
		read_once(reader);
		count = 1;
		if (write(reader->ready_fd, &count, sizeof(count)) != sizeof(count))
			break;
	}
	return NULL;
}

int
reader_thread_create(struct source *source, struct reader_thread **ret_reader)
{
	struct reader_thread *reader = xcalloc(1, sizeof(*reader));
	int error;

	reader->start_fd = eventfd(0, EFD_CLOEXEC);
	reader->ready_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	error = reader->start_fd < 0 || reader->ready_fd < 0
			? -errno
			: thread_start(&reader->thread, run, reader);
	if (error < 0) {
		free(reader);
		return error;
	}
	reading_init(&reader->reading, source);
	*ret_reader = reader;
	return 0;
}

static void
signal_start(struct reader_thread *reader)
{
	uint64_t count = 1;

	if (write(reader->start_fd, &count, sizeof(count)) != sizeof(count))
		abort();
}

void
reader_thread_destroy(struct reader_thread *reader)
{
	if (!reader || reader->busy) /* if it hangs, the end of the program ends it */
		return;
	reader->ending = true;
	signal_start(reader);
	pthread_join(reader->thread, NULL);
	snapshot_finish(&reader->snapshots[0]);
	snapshot_finish(&reader->snapshots[1]);
	snapshot_finish(&reader->rows);
	reading_finish(&reader->reading);
	close(reader->start_fd);
	close(reader->ready_fd);
	free(reader->pids);
	free(reader->visible);
	free(reader->near);
	free(reader->summed);
	free(reader->scope);
	free(reader);
}

int
reader_thread_fd(const struct reader_thread *reader)
{
	return reader->ready_fd;
}

bool
reader_thread_is_busy(const struct reader_thread *reader)
{
	return reader->busy;
}

static int64_t *
keep_numbers(int64_t *kept, const int64_t *numbers, size_t count)
{
	kept = xreallocarray(kept, count + 1, sizeof(numbers[0]));
	if (count > 0)
		memcpy(kept, numbers, count * sizeof(numbers[0]));
	return kept;
}

/* Copies the needs: the caller may change or free its own during the read. */
static void
keep_needs(struct reader_thread *reader, const struct needs *needs)
{
	reader->pids = keep_numbers(reader->pids, needs->pids, needs->pid_count);
	reader->visible = keep_numbers(reader->visible, needs->visible, needs->visible_count);
	reader->near = keep_numbers(reader->near, needs->near, needs->near_count);
	reader->summed = keep_numbers(reader->summed, needs->summed, needs->summed_count);
	free(reader->scope);
	reader->scope = needs->scope ? xstrdup(needs->scope) : NULL;
	reader->needs = *needs;
	reader->needs.pids = needs->pids ? reader->pids : NULL;
	reader->needs.visible = reader->visible;
	reader->needs.near = reader->near;
	reader->needs.summed = reader->summed;
	reader->needs.scope = reader->scope;
}

int64_t
reader_thread_took(const struct reader_thread *reader)
{
	return reader->took;
}

void
reader_thread_start(struct reader_thread *reader, const struct needs *needs)
{
	if (reader->busy)
		return;
	keep_needs(reader, needs);
	reader->busy = true;
	signal_start(reader);
}

const struct snapshot *
reader_thread_take(struct reader_thread *reader, int *ret_error)
{
	const struct snapshot *ready = &reader->snapshots[reader->filling];
	struct snapshot *last = &reader->snapshots[1 - reader->filling];
	uint64_t count;

	if (read(reader->ready_fd, &count, sizeof(count)) != sizeof(count))
		return NULL;
	reader->busy = false;
	*ret_error = reader->error;
	if (reader->error < 0)
		return NULL;
	if (reader->needs.rows_only) {
		snapshot_take_rows(last, &reader->rows);
		return last;
	}
	reader->filling = 1 - reader->filling;
	reader->has_before = true;
	return ready;
}
