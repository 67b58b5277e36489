// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/worker.h"

#include "base/memory.h"
#include "base/thread.h"
#include "command/loop.h"
#include "model/derive.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "model/source.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Only one of the two threads touches the rest at a time; the event descriptors hand it over. */
struct worker {
	struct source *source;
	pthread_t thread;
	int start_fd, ready_fd;
	struct needs needs; /* with texts and numbers of the worker's own: */
	int64_t *pids, *visible, *summed;
	char *scope;
	struct snapshot snapshots[2];
	int filling; /* the snapshot that is or will be filled */
	bool has_before, ending;
	int error;
	int64_t took; /* the last read */
	bool busy;    /* of the caller's side: started and not yet taken */
};

static void
read_once(struct worker *worker)
{
	struct snapshot *now = &worker->snapshots[worker->filling];
	const struct snapshot *before =
		worker->has_before ? &worker->snapshots[1 - worker->filling] : NULL;
	int64_t start = loop_now();

	worker->error = worker->source->read(worker->source, now, before, &worker->needs);
	if (worker->error == 0)
		derive(now, before);
	worker->took = loop_now() - start;
}

static void *
run(void *argument)
{
	struct worker *worker = argument;
	uint64_t count;

	while (read(worker->start_fd, &count, sizeof(count)) == sizeof(count) && !worker->ending) {
		read_once(worker);
		count = 1;
		if (write(worker->ready_fd, &count, sizeof(count)) != sizeof(count))
			break;
	}
	return NULL;
}

int
worker_create(struct source *source, struct worker **ret_worker)
{
	struct worker *worker = xcalloc(1, sizeof(*worker));
	int error;

	worker->source = source;
	worker->start_fd = eventfd(0, EFD_CLOEXEC);
	worker->ready_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	error = worker->start_fd < 0 || worker->ready_fd < 0
			? -errno
			: thread_start(&worker->thread, run, worker);
	if (error < 0) {
		free(worker);
		return error;
	}
	*ret_worker = worker;
	return 0;
}

static void
signal_start(struct worker *worker)
{
	uint64_t count = 1;

	if (write(worker->start_fd, &count, sizeof(count)) != sizeof(count))
		abort();
}

void
worker_destroy(struct worker *worker)
{
	if (!worker || worker->busy) /* perhaps hung: the end of the program ends it */
		return;
	worker->ending = true;
	signal_start(worker);
	pthread_join(worker->thread, NULL);
	worker->source->destroy(worker->source);
	snapshot_finish(&worker->snapshots[0]);
	snapshot_finish(&worker->snapshots[1]);
	close(worker->start_fd);
	close(worker->ready_fd);
	free(worker->pids);
	free(worker->visible);
	free(worker->summed);
	free(worker->scope);
	free(worker);
}

int
worker_fd(const struct worker *worker)
{
	return worker->ready_fd;
}

bool
worker_is_busy(const struct worker *worker)
{
	return worker->busy;
}

static int64_t *
keep_numbers(int64_t *kept, const int64_t *numbers, size_t count)
{
	kept = xreallocarray(kept, count + 1, sizeof(numbers[0]));
	if (count > 0)
		memcpy(kept, numbers, count * sizeof(numbers[0]));
	return kept;
}

/* A copy of what is asked for: the caller may change its own, or leave, while this is read. */
static void
keep_needs(struct worker *worker, const struct needs *needs)
{
	worker->pids = keep_numbers(worker->pids, needs->pids, needs->pid_count);
	worker->visible = keep_numbers(worker->visible, needs->visible, needs->visible_count);
	worker->summed = keep_numbers(worker->summed, needs->summed, needs->summed_count);
	free(worker->scope);
	worker->scope = needs->scope ? xstrdup(needs->scope) : NULL;
	worker->needs = *needs;
	worker->needs.pids = needs->pids ? worker->pids : NULL;
	worker->needs.visible = worker->visible;
	worker->needs.summed = worker->summed;
	worker->needs.scope = worker->scope;
}

int64_t
worker_took(const struct worker *worker)
{
	return worker->took;
}

void
worker_start(struct worker *worker, const struct needs *needs)
{
	if (worker->busy)
		return;
	keep_needs(worker, needs);
	worker->busy = true;
	signal_start(worker);
}

const struct snapshot *
worker_take(struct worker *worker, int *ret_error)
{
	const struct snapshot *ready = &worker->snapshots[worker->filling];
	uint64_t count;

	if (read(worker->ready_fd, &count, sizeof(count)) != sizeof(count))
		return NULL;
	worker->busy = false;
	*ret_error = worker->error;
	if (worker->error < 0)
		return NULL;
	worker->filling = 1 - worker->filling;
	worker->has_before = true;
	return ready;
}
