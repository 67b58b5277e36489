// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/blocking-reads.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/jobs.h"
#include "base/memory.h"
#include "collect/procfs.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	TEXT_SIZE = 4096,    /* cuts command lines; smaps_rollup has about 800 bytes */
	MOST_HANGING = 32,   /* threads; with so many no more files are read */
	ASLEEP_LOOKS = 2,    /* a thread that sleeps at so many looks in a row hangs */
	STARVED_LOOKS = 100, /* looks in a row granted to a thread that only waits for a CPU */
};

/*
 * Between two looks. One alone tells too little: the thread may just have waited for a page of its
 * own stack, or for the disk.
 */
#define LOOK_NS (READ_TIMEOUT_NS / ASLEEP_LOOKS)

/* One that works is waited for: in smaps_rollup a TiB of 4 KiB pages takes about 8 seconds. */
#define MOST_CPU_NS (60 * NS_PER_SEC)

/* Files that a thread reads one after another. It owns the answers until it has ended. */
struct batch {
	struct job job;
	int root;
	atomic_size_t answered; /* the first ones have their answers */
	atomic_bool is_left;    /* nobody waits for more answers */
	size_t hanging;         /* the read in which it was left, or SIZE_MAX */
	struct blocking_read *reads;
	size_t count, capacity;
	struct arena texts;
};

struct blocking_reads {
	int root;
	struct jobs *jobs;
	struct batch *batch;
	bool is_started;  /* a thread reads the batch */
	size_t looked_at; /* answers at the last look, */
	int64_t since;    /* the last look at which there was no further one, or the first one, */
	int64_t cpu_time; /* of the thread since then, */
	struct silence silence; /* and what was seen at these looks */
};

static void
keep_command(struct batch *batch, struct blocking_read *read, const char *text, size_t length)
{
	read->command = arena_copy(&batch->texts, text, length);
	read->command_length = length;
}

static void
keep_rollup(struct batch *batch, struct blocking_read *read, const char *text, size_t length)
{
	int64_t clean = procfs_field(text, "Private_Clean");
	int64_t dirty = procfs_field(text, "Private_Dirty");

	read->pss = procfs_field(text, "Pss");
	read->swap_pss = procfs_field(text, "SwapPss");
	read->pss_anon = procfs_field(text, "Pss_Anon"); /* since Linux 5.4, as the next two */
	read->pss_file = procfs_field(text, "Pss_File");
	read->pss_shmem = procfs_field(text, "Pss_Shmem");
	read->uss = clean == UNKNOWN || dirty == UNKNOWN ? UNKNOWN : clean + dirty;
}

static const struct {
	const char *name;
	void (*keep)(
		struct batch *batch, struct blocking_read *read, const char *text, size_t length);
} files[BLOCKING_FILES] = {
	[BLOCKING_COMMAND] = { "cmdline", keep_command },
	[BLOCKING_PSS] = { "smaps_rollup", keep_rollup },
};

static void
read_file(struct batch *batch, struct blocking_read *read)
{
	char path[PROCESS_PATH_SIZE + 16], text[TEXT_SIZE];
	int64_t start = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	ssize_t length;

	read->time = clock_ns(CLOCK_BOOTTIME);
	snprintf(path, sizeof(path), "%s/%s", read->directory, files[read->file].name);
	length = procfs_read(batch->root, path, text, sizeof(text));
	if (length == -ENOENT && faccessat(batch->root, read->directory, F_OK, 0) < 0)
		length = -ESRCH;
	read->error = length < 0 ? (int)length : 0;
	if (length >= 0)
		files[read->file].keep(batch, read, text, (size_t)length);
	read->cpu_time = clock_ns(CLOCK_THREAD_CPUTIME_ID) - start;
}

static void
run(struct job *job)
{
	struct batch *batch = (struct batch *)job;

	while (batch->answered < batch->count && !batch->is_left) {
		read_file(batch, &batch->reads[batch->answered]);
		batch->answered++;
	}
}

static void
destroy(struct job *job)
{
	struct batch *batch = (struct batch *)job;

	arena_finish(&batch->texts);
	free(batch->reads);
	free(batch);
}

static struct batch *
batch_create(int root)
{
	struct batch *batch = xcalloc(1, sizeof(*batch));

	batch->job = (struct job){ run, destroy };
	batch->root = root;
	return batch;
}

struct blocking_reads *
blocking_reads_create(int root)
{
	struct blocking_reads *reads = xcalloc(1, sizeof(*reads));

	reads->root = root;
	reads->jobs = jobs_create(MOST_HANGING, 0, 1);
	reads->batch = batch_create(root);
	return reads;
}

/* A read without an answer: the thread may be writing one into `read`. */
static struct blocking_read
unanswered(const struct blocking_read *read, int error)
{
	struct blocking_read request = { .pid = read->pid,
		.start_time = read->start_time,
		.file = read->file,
		.error = error,
		.pss = UNKNOWN,
		.uss = UNKNOWN,
		.swap_pss = UNKNOWN,
		.pss_anon = UNKNOWN,
		.pss_file = UNKNOWN,
		.pss_shmem = UNKNOWN };

	memcpy(request.directory, read->directory, sizeof(request.directory));
	return request;
}

static void
add(struct batch *batch, const struct blocking_read *read)
{
	batch->reads = array_reserve(
		batch->reads, &batch->capacity, batch->count + 1, sizeof(batch->reads[0]));
	batch->reads[batch->count++] = *read;
}

/* The batch has ended with an error for all that is left. */
static void
give_up_rest(struct blocking_reads *reads, int error)
{
	struct batch *batch = reads->batch;

	reads->is_started = false;
	while (batch->answered < batch->count)
		batch->reads[batch->answered++].error = error;
}

static void
begin_silence(struct blocking_reads *reads, size_t answered)
{
	reads->looked_at = answered;
	reads->since = clock_ns(CLOCK_MONOTONIC);
	reads->cpu_time = 0;
	reads->silence = (struct silence){ .asleep = 0 };
}

static void
start(struct blocking_reads *reads)
{
	int error = jobs_start(reads->jobs, &reads->batch->job);

	begin_silence(reads, reads->batch->answered);
	reads->is_started = error == 0;
	if (error < 0)
		give_up_rest(reads, error);
}

/*
 * Leaves the batch to its thread and the file that it is reading, which has an error. Another batch
 * has the answers so far, and the other files.
 */
static void
leave(struct blocking_reads *reads, int error)
{
	struct batch *left = reads->batch, *batch = batch_create(reads->root);
	size_t answered;

	left->is_left = true; /* first: then no read behind `answered` begins any more */
	answered = left->answered;
	left->hanging = error == -ETIMEDOUT ? answered : SIZE_MAX;
	for (size_t i = 0; i < answered; i++) {
		struct blocking_read read = left->reads[i];

		if (read.command)
			read.command = arena_copy(&batch->texts, read.command, read.command_length);
		add(batch, &read);
	}
	for (size_t i = answered; i < left->count; i++) {
		const struct blocking_read read =
			unanswered(&left->reads[i], i == answered ? error : -EINPROGRESS);

		add(batch, &read);
	}
	if (answered < left->count)
		batch->reads[answered++].time = clock_ns(CLOCK_BOOTTIME);
	batch->answered = answered;
	reads->batch = batch;
	jobs_leave(reads->jobs);
}

bool
silence_is_too_long(struct silence *silence, enum job_state state, int64_t cpu_time)
{
	silence->cpu_time += cpu_time;
	if (state == JOB_SLEEPS)
		return ++silence->asleep == ASLEEP_LOOKS;
	silence->asleep = 0;
	silence->starved = cpu_time > 0 ? 0 : silence->starved + 1;
	return silence->starved == STARVED_LOOKS || silence->cpu_time >= MOST_CPU_NS;
}

/* Whether the thread has given no answer for long; `cpu_time`: since the last call. */
static bool
hangs(struct blocking_reads *reads, enum job_state state, int64_t cpu_time)
{
	int64_t now = clock_ns(CLOCK_MONOTONIC);
	size_t answered = reads->batch->answered;

	if (answered != reads->looked_at) {
		begin_silence(reads, answered);
		return false;
	}
	reads->cpu_time += cpu_time;
	if (now - reads->since < LOOK_NS)
		return false;
	cpu_time = reads->cpu_time;
	reads->since = now;
	reads->cpu_time = 0;
	return silence_is_too_long(&reads->silence, state, cpu_time);
}

/* Waits up to `ns` for the thread, and leaves it if it hangs. Returns whether it did. */
static bool
look(struct blocking_reads *reads, int64_t ns)
{
	int64_t cpu_time;
	enum job_state state = jobs_wait(reads->jobs, ns, &cpu_time);

	reads->is_started = state != JOB_DONE;
	if (!reads->is_started || !hangs(reads, state, cpu_time))
		return false;
	leave(reads, -ETIMEDOUT);
	start(reads);
	return true;
}

bool
blocking_reads_poll(struct blocking_reads *reads)
{
	if (reads->is_started)
		(void)look(reads, 0);
	for (int i = 0; i < ASLEEP_LOOKS && reads->is_started && reads->silence.asleep > 0; i++)
		(void)look(reads, LOOK_NS);
	return !reads->is_started;
}

bool
blocking_reads_wait(struct blocking_reads *reads, int hang_limit, int64_t most_wait)
{
	int64_t start = clock_ns(CLOCK_MONOTONIC);

	while (reads->is_started && clock_ns(CLOCK_MONOTONIC) - start < most_wait)
		if (look(reads, LOOK_NS) && --hang_limit == 0 && reads->is_started) {
			leave(reads, -EAGAIN);
			give_up_rest(reads, -EAGAIN);
		}
	return !reads->is_started;
}

void
blocking_reads_reset(struct blocking_reads *reads)
{
	struct batch *batch = reads->batch;

	assert(!reads->is_started);
	batch->reads =
		array_fit(batch->reads, &batch->capacity, batch->count, sizeof(batch->reads[0]));
	batch->count = 0;
	batch->answered = 0;
	arena_reset(&batch->texts);
}

void
blocking_reads_add(struct blocking_reads *reads, const struct blocking_read *read)
{
	const struct blocking_read added = unanswered(read, -EINPROGRESS);

	assert(!reads->is_started);
	add(reads->batch, &added);
}

void
blocking_reads_submit(struct blocking_reads *reads)
{
	if (reads->batch->count > 0)
		start(reads);
}

const struct blocking_read *
blocking_reads_results(const struct blocking_reads *reads, size_t *ret_count)
{
	*ret_count = reads->batch->count;
	return reads->batch->reads;
}

bool
blocking_reads_is_blocked(struct blocking_reads *reads, int64_t pid, enum blocking_file file)
{
	const struct batch *late;
	struct job *job;

	while (jobs_late(reads->jobs, 0) && (job = jobs_take(reads->jobs)))
		job_destroy(job);
	for (size_t i = 0; (late = (const struct batch *)jobs_late(reads->jobs, i)); i++) {
		size_t hanging = late->hanging;

		if (hanging < late->count && late->reads[hanging].pid == pid &&
			late->reads[hanging].file == file)
			return true;
	}
	return false;
}

void
blocking_reads_destroy(struct blocking_reads *reads)
{
	if (!reads)
		return;
	reads->batch->is_left = true;
	if (reads->is_started && jobs_wait(reads->jobs, READ_TIMEOUT_NS, NULL) != JOB_DONE)
		jobs_leave(reads->jobs);
	else
		job_destroy(&reads->batch->job);
	jobs_destroy(reads->jobs);
	free(reads);
}
