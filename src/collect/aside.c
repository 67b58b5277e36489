// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/aside.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/thread.h"
#include "collect/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	TEXT_SIZE = 4096, /* of a command line no more is kept; smaps_rollup has about 800 bytes */
	MOST_STUCK = 32,  /* threads that hang; then no file is asked any more */
	STARVED_LOOKS = 50, /* how often a thread that only waits for a CPU is waited for */
};

/* A thread, and what it reads. */
struct reader {
	struct aside *aside;
	pthread_t thread;
	pid_t tid;
	bool answered;       /* it is at its end */
	atomic_bool reading; /* a file, and does not just wait for the lock */
	unsigned batch;
	int64_t pid;
	enum aside_file file;
};

struct aside {
	int root;
	pthread_mutex_t lock; /* of all below, but what only the caller's side uses */
	pthread_cond_t wanted, answered;
	struct reader *current; /* NULL: none could be started, or none was needed yet */
	bool ending;
	unsigned batch; /* counts them: an answer to an earlier one is of no use */
	struct aside_read *reads;
	size_t next, count;     /* `next` is being read */
	size_t added, capacity; /* of the caller's side */
	struct arena texts;
	struct reader *stuck[MOST_STUCK]; /* of the caller's side */
	size_t stuck_count;
	size_t looked_at; /* what was next at the last look, */
	int64_t since;    /* since when, */
	int starved;      /* and how often its thread waited for a CPU */
};

static void
keep_command(struct aside_read *read, const char *text, size_t length)
{
	read->command = text;
	read->command_length = length;
}

static void
keep_rollup(struct aside_read *read, const char *text, size_t length)
{
	int64_t clean = procfs_field(text, "Private_Clean");
	int64_t dirty = procfs_field(text, "Private_Dirty");

	(void)length;
	read->pss = procfs_field(text, "Pss");
	read->swap_pss = procfs_field(text, "SwapPss");
	read->uss = clean == UNKNOWN || dirty == UNKNOWN ? UNKNOWN : clean + dirty;
}

static const struct {
	const char *name;
	void (*keep)(struct aside_read *read, const char *text, size_t length);
} files[ASIDE_FILES] = {
	[ASIDE_COMMAND] = { "cmdline", keep_command },
	[ASIDE_ROLLUP] = { "smaps_rollup", keep_rollup },
};

static void
read_file(int root, struct aside_read *read, char text[static TEXT_SIZE])
{
	char path[PROCESS_PATH_SIZE + 16];
	int64_t start = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	ssize_t length;

	read->time = clock_ns(CLOCK_BOOTTIME);
	snprintf(path, sizeof(path), "%s/%s", read->directory, files[read->file].name);
	length = procfs_read(root, path, text, TEXT_SIZE);
	if (length == -ENOENT && faccessat(root, read->directory, F_OK, 0) < 0)
		length = -ESRCH;
	read->error = length < 0 ? (int)length : 0;
	if (length >= 0)
		files[read->file].keep(read, text, (size_t)length);
	read->cpu_time = clock_ns(CLOCK_THREAD_CPUTIME_ID) - start;
}

/* Reads the next file, with the lock given back meanwhile: the batch may have changed then. */
static void
read_next(struct aside *aside, struct reader *reader)
{
	char text[TEXT_SIZE];
	struct aside_read read = aside->reads[aside->next];

	reader->batch = aside->batch;
	reader->pid = read.pid;
	reader->file = read.file;
	reader->reading = true;
	pthread_mutex_unlock(&aside->lock);
	read_file(aside->root, &read, text);
	reader->reading = false;
	pthread_mutex_lock(&aside->lock);
	if (aside->current != reader || aside->batch != reader->batch)
		return;
	if (read.command)
		read.command = arena_copy(&aside->texts, read.command, read.command_length);
	aside->reads[aside->next++] = read;
	if (aside->next == aside->count)
		pthread_cond_signal(&aside->answered);
}

static void *
run(void *argument)
{
	struct reader *reader = argument;
	struct aside *aside = reader->aside;

	pthread_mutex_lock(&aside->lock);
	reader->tid = gettid();
	while (aside->current == reader && !aside->ending)
		if (aside->next < aside->count)
			read_next(aside, reader);
		else
			pthread_cond_wait(&aside->wanted, &aside->lock);
	reader->answered = true;
	pthread_cond_signal(&aside->answered);
	pthread_mutex_unlock(&aside->lock);
	return NULL;
}

struct aside *
aside_create(int root)
{
	struct aside *aside = xcalloc(1, sizeof(*aside));
	pthread_condattr_t attributes;

	aside->root = root;
	pthread_mutex_init(&aside->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&aside->wanted, NULL);
	pthread_cond_init(&aside->answered, &attributes);
	pthread_condattr_destroy(&attributes);
	return aside;
}

/* Threads that were left behind and have come to their end. The lock is held. */
static void
let_go_answered(struct aside *aside)
{
	size_t count = 0;

	for (size_t i = 0; i < aside->stuck_count; i++) {
		struct reader *reader = aside->stuck[i];

		if (!reader->answered) {
			aside->stuck[count++] = reader;
			continue;
		}
		pthread_mutex_unlock(&aside->lock);
		pthread_join(reader->thread, NULL);
		pthread_mutex_lock(&aside->lock);
		free(reader);
	}
	aside->stuck_count = count;
}

/* Ends the batch with an error for all that is left. The lock is held. */
static void
give_up_rest(struct aside *aside, int error)
{
	while (aside->next < aside->count)
		aside->reads[aside->next++].error = error;
	aside->batch++;
}

/* The lock is held. */
static void
start_reader(struct aside *aside)
{
	struct reader *reader = xcalloc(1, sizeof(*reader));
	int error;

	reader->aside = aside;
	aside->current = reader;
	error = thread_start(&reader->thread, run, reader);
	if (error == 0)
		return;
	aside->current = NULL;
	free(reader);
	give_up_rest(aside, error);
}

/* Leaves the thread behind with what it reads. The lock is held. */
static void
leave_behind(struct aside *aside)
{
	struct reader *reader = aside->current;

	if (reader->batch == aside->batch) {
		aside->reads[aside->next].time = clock_ns(CLOCK_BOOTTIME);
		aside->reads[aside->next++].error = -ETIMEDOUT;
	}
	aside->stuck[aside->stuck_count++] = reader;
	start_reader(aside);
}

/* Whether a thread waits in its file, and not for a CPU. */
static bool
is_asleep(const struct reader *reader)
{
	return reader->reading && procfs_thread_sleeps(reader->tid);
}

/* Whether nothing has come for long, and not for want of a CPU. The lock is held. */
static bool
hangs(struct aside *aside)
{
	int64_t now = clock_ns(CLOCK_MONOTONIC);

	if (!aside->current || aside->next == aside->count)
		return false;
	if (aside->next != aside->looked_at) {
		aside->looked_at = aside->next;
		aside->starved = 0;
		aside->since = now;
	}
	if (now - aside->since < ASIDE_PATIENCE)
		return false;
	aside->since = now;
	return is_asleep(aside->current) || ++aside->starved == STARVED_LOOKS;
}

/* Leaves behind what hangs. Returns whether something did. The lock is held. */
static bool
look(struct aside *aside)
{
	if (!hangs(aside))
		return false;
	if (aside->stuck_count == MOST_STUCK)
		give_up_rest(aside, -EAGAIN);
	else
		leave_behind(aside);
	return true;
}

bool
aside_begin(struct aside *aside)
{
	bool done;

	pthread_mutex_lock(&aside->lock);
	let_go_answered(aside);
	done = aside->next == aside->count;
	if (done) {
		aside->reads = array_fit(
			aside->reads, &aside->capacity, aside->count, sizeof(aside->reads[0]));
		aside->next = aside->count = 0;
		arena_reset(&aside->texts);
	}
	pthread_mutex_unlock(&aside->lock);
	return done;
}

/* Between begin and start the thread has nothing to do: `next` and `count` are what it looks at. */
void
aside_add(struct aside *aside, const struct aside_read *read)
{
	struct aside_read *added;

	aside->reads = array_reserve(
		aside->reads, &aside->capacity, aside->added + 1, sizeof(aside->reads[0]));
	added = &aside->reads[aside->added++];
	*added = *read;
	added->error = -EINPROGRESS;
	added->command = NULL;
	added->pss = added->uss = added->swap_pss = UNKNOWN;
}

void
aside_start(struct aside *aside)
{
	if (aside->added == 0)
		return;
	pthread_mutex_lock(&aside->lock);
	aside->count = aside->added;
	aside->added = 0;
	aside->batch++;
	aside->looked_at = SIZE_MAX;
	if (aside->current)
		pthread_cond_signal(&aside->wanted);
	else
		start_reader(aside);
	pthread_mutex_unlock(&aside->lock);
}

static struct timespec
end_of_patience(void)
{
	return clock_timespec(clock_ns(CLOCK_MONOTONIC) + ASIDE_PATIENCE);
}

void
aside_wait(struct aside *aside, int hangs)
{
	pthread_mutex_lock(&aside->lock);
	(void)look(aside);
	while (aside->next < aside->count) {
		const struct timespec time = end_of_patience();

		pthread_cond_timedwait(&aside->answered, &aside->lock, &time);
		if (look(aside) && --hangs == 0)
			give_up_rest(aside, -EAGAIN);
	}
	pthread_mutex_unlock(&aside->lock);
}

bool
aside_look(struct aside *aside)
{
	bool done;

	pthread_mutex_lock(&aside->lock);
	(void)look(aside);
	done = aside->next == aside->count;
	pthread_mutex_unlock(&aside->lock);
	return done;
}

const struct aside_read *
aside_reads(const struct aside *aside, size_t *ret_count)
{
	*ret_count = aside->count;
	return aside->reads;
}

bool
aside_is_blocked(struct aside *aside, int64_t pid, enum aside_file file)
{
	bool blocked = false;

	if (aside->stuck_count == 0)
		return false;
	pthread_mutex_lock(&aside->lock);
	let_go_answered(aside);
	for (size_t i = 0; i < aside->stuck_count; i++)
		blocked = blocked || (aside->stuck[i]->pid == pid && aside->stuck[i]->file == file);
	pthread_mutex_unlock(&aside->lock);
	return blocked;
}

/* Whether the threads are all at their end, or about to be. The lock is held. */
static bool
has_ended(struct aside *aside)
{
	const struct timespec time = end_of_patience();

	while (aside->current && !aside->current->answered)
		if (pthread_cond_timedwait(&aside->answered, &aside->lock, &time) != 0)
			break;
	let_go_answered(aside);
	return aside->stuck_count == 0 && (!aside->current || aside->current->answered);
}

/* What hangs still uses the memory of this: the end of the program ends both. */
static void
leave_for_good(struct aside *aside)
{
	if (aside->current)
		pthread_detach(aside->current->thread);
	for (size_t i = 0; i < aside->stuck_count; i++)
		pthread_detach(aside->stuck[i]->thread);
}

void
aside_destroy(struct aside *aside)
{
	bool ended;

	if (!aside)
		return;
	pthread_mutex_lock(&aside->lock);
	aside->ending = true;
	give_up_rest(aside, -EAGAIN);
	pthread_cond_signal(&aside->wanted);
	ended = has_ended(aside);
	pthread_mutex_unlock(&aside->lock);
	if (!ended) {
		leave_for_good(aside);
		return;
	}
	if (aside->current)
		pthread_join(aside->current->thread, NULL);
	free(aside->current);
	pthread_cond_destroy(&aside->wanted);
	pthread_cond_destroy(&aside->answered);
	pthread_mutex_destroy(&aside->lock);
	arena_finish(&aside->texts);
	free(aside->reads);
	free(aside);
}
