// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/blocking-reads.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/thread.h"
#include "collect/procfs.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	TEXT_SIZE = 4096,   /* cuts command lines; smaps_rollup has about 800 bytes */
	MOST_STUCK = 32,    /* hanging threads; with so many no more files are read */
	STARVED_LOOKS = 50, /* timeouts granted to a thread that only waits for a CPU */
};

struct reader {
	struct blocking_reads *reads;
	pthread_t thread;
	pid_t tid;
	bool answered;       /* the thread has ended */
	atomic_bool reading; /* it reads a file, and does not just wait for the lock */
	unsigned batch;
	int64_t pid;
	enum blocking_file file;
};

struct blocking_reads {
	int root;
	pthread_mutex_t lock; /* guards all below, except fields of the caller's side */
	pthread_cond_t wanted, answered;
	struct reader *current; /* NULL: not needed yet, or could not be started */
	bool ending;
	unsigned batch; /* number of the batch: answers to earlier ones are dropped */
	struct blocking_read *reads;
	size_t next, count;     /* `next` is being read */
	size_t added, capacity; /* the caller's side */
	struct arena texts;
	struct reader *stuck[MOST_STUCK]; /* the caller's side */
	size_t stuck_count;
	size_t looked_at; /* `next` at the last check, */
	int64_t since;    /* time of that check, */
	int starved;      /* and how often the thread waited for a CPU since then */
};

static void
keep_command(struct blocking_read *read, const char *text, size_t length)
{
	read->command = text;
	read->command_length = length;
}

static void
keep_rollup(struct blocking_read *read, const char *text, size_t length)
{
	int64_t clean = procfs_field(text, "Private_Clean");
	int64_t dirty = procfs_field(text, "Private_Dirty");

	read->pss = procfs_field(text, "Pss");
	read->swap_pss = procfs_field(text, "SwapPss");
	read->uss = clean == UNKNOWN || dirty == UNKNOWN ? UNKNOWN : clean + dirty;
}

static const struct {
	const char *name;
	void (*keep)(struct blocking_read *read, const char *text, size_t length);
} files[BLOCKING_FILES] = {
	[BLOCKING_COMMAND] = { "cmdline", keep_command },
	[BLOCKING_PSS] = { "smaps_rollup", keep_rollup },
};

static void
read_file(int root, struct blocking_read *read, char text[static TEXT_SIZE])
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

/* Reads the next file. Releases the lock meanwhile, so the batch may have changed afterwards. */
static void
read_next(struct blocking_reads *reads, struct reader *reader)
{
	char text[TEXT_SIZE];
	struct blocking_read read = reads->reads[reads->next];

	reader->batch = reads->batch;
	reader->pid = read.pid;
	reader->file = read.file;
	reader->reading = true;
	pthread_mutex_unlock(&reads->lock);
	read_file(reads->root, &read, text);
	reader->reading = false;
	pthread_mutex_lock(&reads->lock);
	if (reads->current != reader || reads->batch != reader->batch)
		return;
	if (read.command)
		read.command = arena_copy(&reads->texts, read.command, read.command_length);
	reads->reads[reads->next++] = read;
	if (reads->next == reads->count)
		pthread_cond_signal(&reads->answered);
}

static void *
run(void *argument)
{
	struct reader *reader = argument;
	struct blocking_reads *reads = reader->reads;

	pthread_mutex_lock(&reads->lock);
	reader->tid = gettid();
	while (reads->current == reader && !reads->ending)
		if (reads->next < reads->count)
			read_next(reads, reader);
		else
			pthread_cond_wait(&reads->wanted, &reads->lock);
	reader->answered = true;
	pthread_cond_signal(&reads->answered);
	pthread_mutex_unlock(&reads->lock);
	return NULL;
}

struct blocking_reads *
blocking_reads_create(int root)
{
	struct blocking_reads *reads = xcalloc(1, sizeof(*reads));
	pthread_condattr_t attributes;

	reads->root = root;
	pthread_mutex_init(&reads->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&reads->wanted, NULL);
	pthread_cond_init(&reads->answered, &attributes);
	pthread_condattr_destroy(&attributes);
	return reads;
}

/* Joins the abandoned threads that have ended. The lock is held. */
static void
reap_finished(struct blocking_reads *reads)
{
	size_t count = 0;

	for (size_t i = 0; i < reads->stuck_count; i++) {
		struct reader *reader = reads->stuck[i];

		if (!reader->answered) {
			reads->stuck[count++] = reader;
			continue;
		}
		pthread_mutex_unlock(&reads->lock);
		pthread_join(reader->thread, NULL);
		pthread_mutex_lock(&reads->lock);
		free(reader);
	}
	reads->stuck_count = count;
}

/* Ends the batch with an error for all remaining reads. The lock is held. */
static void
give_up_rest(struct blocking_reads *reads, int error)
{
	while (reads->next < reads->count)
		reads->reads[reads->next++].error = error;
	reads->batch++;
}

/* The lock is held. */
static void
start_reader(struct blocking_reads *reads)
{
	struct reader *reader = xcalloc(1, sizeof(*reader));
	int error;

	reader->reads = reads;
	reads->current = reader;
	error = thread_start(&reader->thread, run, reader);
	if (error == 0)
		return;
	reads->current = NULL;
	free(reader);
	give_up_rest(reads, error);
}

/* Leaves the thread to its hanging file and starts another one. The lock is held. */
static void
abandon_reader(struct blocking_reads *reads)
{
	struct reader *reader = reads->current;

	if (reader->batch == reads->batch) {
		reads->reads[reads->next].time = clock_ns(CLOCK_BOOTTIME);
		reads->reads[reads->next++].error = -ETIMEDOUT;
	}
	reads->stuck[reads->stuck_count++] = reader;
	start_reader(reads);
}

/* Whether a thread waits in its file, and not for a CPU. */
static bool
is_asleep(const struct reader *reader)
{
	return reader->reading && procfs_thread_sleeps(reader->tid);
}

/* Whether the thread has given no answer for long, and not for lack of a CPU. The lock is held. */
static bool
hangs(struct blocking_reads *reads)
{
	int64_t now = clock_ns(CLOCK_MONOTONIC);

	if (!reads->current || reads->next == reads->count)
		return false;
	if (reads->next != reads->looked_at) {
		reads->looked_at = reads->next;
		reads->starved = 0;
		reads->since = now;
	}
	if (now - reads->since < READ_TIMEOUT_NS)
		return false;
	reads->since = now;
	return is_asleep(reads->current) || ++reads->starved == STARVED_LOOKS;
}

/* Abandons a hanging thread. Returns whether there was one. The lock is held. */
static bool
look(struct blocking_reads *reads)
{
	if (!hangs(reads))
		return false;
	if (reads->stuck_count == MOST_STUCK)
		give_up_rest(reads, -EAGAIN);
	else
		abandon_reader(reads);
	return true;
}

bool
blocking_reads_reset(struct blocking_reads *reads)
{
	bool done;

	pthread_mutex_lock(&reads->lock);
	reap_finished(reads);
	done = reads->next == reads->count;
	if (done) {
		reads->reads = array_fit(
			reads->reads, &reads->capacity, reads->count, sizeof(reads->reads[0]));
		reads->next = reads->count = 0;
		arena_reset(&reads->texts);
	}
	pthread_mutex_unlock(&reads->lock);
	return done;
}

/* The thread checks `next` and `count`, so it is idle between reset and submit. */
void
blocking_reads_add(struct blocking_reads *reads, const struct blocking_read *read)
{
	struct blocking_read *added;

	assert(reads->count == 0);
	reads->reads = array_reserve(
		reads->reads, &reads->capacity, reads->added + 1, sizeof(reads->reads[0]));
	added = &reads->reads[reads->added++];
	*added = *read;
	added->error = -EINPROGRESS;
	added->command = NULL;
	added->pss = added->uss = added->swap_pss = UNKNOWN;
}

void
blocking_reads_submit(struct blocking_reads *reads)
{
	if (reads->added == 0)
		return;
	pthread_mutex_lock(&reads->lock);
	reads->count = reads->added;
	reads->added = 0;
	reads->batch++;
	reads->looked_at = SIZE_MAX;
	if (reads->current)
		pthread_cond_signal(&reads->wanted);
	else
		start_reader(reads);
	pthread_mutex_unlock(&reads->lock);
}

static struct timespec
end_of_timeout(void)
{
	return clock_timespec(clock_ns(CLOCK_MONOTONIC) + READ_TIMEOUT_NS);
}

void
blocking_reads_wait(struct blocking_reads *reads, int hang_limit)
{
	pthread_mutex_lock(&reads->lock);
	(void)look(reads);
	while (reads->next < reads->count) {
		const struct timespec time = end_of_timeout();

		pthread_cond_timedwait(&reads->answered, &reads->lock, &time);
		if (look(reads) && --hang_limit == 0)
			give_up_rest(reads, -EAGAIN);
	}
	pthread_mutex_unlock(&reads->lock);
}

bool
blocking_reads_poll(struct blocking_reads *reads)
{
	bool done;

	pthread_mutex_lock(&reads->lock);
	(void)look(reads);
	done = reads->next == reads->count;
	pthread_mutex_unlock(&reads->lock);
	return done;
}

const struct blocking_read *
blocking_reads_results(const struct blocking_reads *reads, size_t *ret_count)
{
	*ret_count = reads->count;
	return reads->reads;
}

bool
blocking_reads_is_blocked(struct blocking_reads *reads, int64_t pid, enum blocking_file file)
{
	bool blocked = false;

	if (reads->stuck_count == 0)
		return false;
	pthread_mutex_lock(&reads->lock);
	reap_finished(reads);
	for (size_t i = 0; i < reads->stuck_count; i++)
		blocked = blocked || (reads->stuck[i]->pid == pid && reads->stuck[i]->file == file);
	pthread_mutex_unlock(&reads->lock);
	return blocked;
}

/* Whether all threads end within the timeout. The lock is held. */
static bool
has_ended(struct blocking_reads *reads)
{
	const struct timespec time = end_of_timeout();

	while (reads->current && !reads->current->answered)
		if (pthread_cond_timedwait(&reads->answered, &reads->lock, &time) != 0)
			break;
	reap_finished(reads);
	return reads->stuck_count == 0 && (!reads->current || reads->current->answered);
}

/* Hanging threads still use `reads`, so neither is freed before the program ends. */
static void
detach_all(struct blocking_reads *reads)
{
	if (reads->current)
		pthread_detach(reads->current->thread);
	for (size_t i = 0; i < reads->stuck_count; i++)
		pthread_detach(reads->stuck[i]->thread);
}

void
blocking_reads_destroy(struct blocking_reads *reads)
{
	bool ended;

	if (!reads)
		return;
	pthread_mutex_lock(&reads->lock);
	reads->ending = true;
	give_up_rest(reads, -EAGAIN);
	pthread_cond_signal(&reads->wanted);
	ended = has_ended(reads);
	pthread_mutex_unlock(&reads->lock);
	if (!ended) {
		detach_all(reads);
		return;
	}
	if (reads->current)
		pthread_join(reads->current->thread, NULL);
	free(reads->current);
	pthread_cond_destroy(&reads->wanted);
	pthread_cond_destroy(&reads->answered);
	pthread_mutex_destroy(&reads->lock);
	arena_finish(&reads->texts);
	free(reads->reads);
	free(reads);
}
