// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/write-queue.h"

#include "base/clock.h"
#include "base/jobs.h"
#include "base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What is waited for the disk: by a sample, by one after the disk was slow, and at the end. */
#define MOST_WAIT (2 * NS_PER_SEC)
#define SHORT_WAIT (NS_PER_SEC / 10)
#define MOST_FLUSH (10 * NS_PER_SEC)
#define FLUSH_STEP (10 * NS_PER_MS)

struct write_job {
	struct job job;
	struct day_file *file;
	struct portion portion; /* of no bytes: the file is closed */
	bool is_accepted;       /* nobody but the queue counts it if it is lost */
	int error;
	uint8_t blocks[];
};

struct write_queue {
	struct day_file file; /* of the thread while a job is late */
	struct jobs *jobs;
	bool is_late; /* a job is not done */
	bool is_slow; /* the last one was late */
	struct write_job *waiting[QUEUE_MOST_PORTIONS];
	size_t count, bytes;
	int64_t file_time; /* of the last sample that began a file */
	int64_t lost, removed;
	int error; /* of the last that were lost */
};

struct write_queue *
write_queue_create(int folder, const char *boot, const struct retention *keep)
{
	struct write_queue *queue = xcalloc(1, sizeof(*queue));

	day_file_init(&queue->file, folder, boot, keep);
	queue->jobs = jobs_create(1, 0, 1); /* jobs_run() is not used */
	return queue;
}

static void
run_job(struct job *job)
{
	struct write_job *write = (struct write_job *)job;

	if (write->portion.size > 0)
		write->error = day_file_write(write->file, &write->portion);
	else
		day_file_close(write->file);
}

static void
destroy_job(struct job *job)
{
	free(job);
}

static struct write_job *
create_job(struct write_queue *queue, const struct portion *portion)
{
	struct write_job *write = xmalloc(sizeof(*write) + portion->size);

	*write = (struct write_job){
		.job = { run_job, destroy_job }, .file = &queue->file, .portion = *portion
	};
	if (portion->size > 0)
		memcpy(write->blocks, portion->blocks, portion->size);
	write->portion.blocks = write->blocks;
	return write;
}

static void
lose(struct write_queue *queue, const struct write_job *write, int error)
{
	queue->lost += write->is_accepted && write->portion.is_sample;
	queue->error = error;
}

/* Takes the result of a job that is done. Returns 0 or -errno. */
static int
finish_job(struct write_queue *queue, struct write_job *write)
{
	int error = write->error;

	queue->is_late = false;
	queue->removed = queue->file.removed;
	if (error < 0)
		lose(queue, write, error);
	free(write);
	return error;
}

/* Owns the job. It may be late then. Where no thread can be started it is done here. */
static int
start_job(struct write_queue *queue, struct write_job *write, int64_t wait)
{
	if (jobs_start(queue->jobs, &write->job) < 0) {
		run_job(&write->job);
	} else if (jobs_wait(queue->jobs, wait, NULL) != JOB_DONE) {
		write->is_accepted = true;
		jobs_leave(queue->jobs);
		queue->is_late = queue->is_slow = true;
		return 0;
	}
	return finish_job(queue, write);
}

static struct write_job *
take_waiting(struct write_queue *queue)
{
	struct write_job *write = queue->waiting[0];

	queue->bytes -= write->portion.size;
	queue->count--;
	memmove(queue->waiting, queue->waiting + 1, queue->count * sizeof(queue->waiting[0]));
	return write;
}

static void
drop_waiting(struct write_queue *queue, int error)
{
	while (queue->count > 0) {
		struct write_job *write = take_waiting(queue);

		lose(queue, write, error);
		free(write);
	}
}

/* Goes on with what waits, unless the job before is not done. Until then, or a bit longer. */
static int
catch_up(struct write_queue *queue, int64_t until)
{
	struct job *late = queue->is_late ? jobs_take(queue->jobs) : NULL;
	int error = late ? finish_job(queue, (struct write_job *)late) : 0;
	int64_t left;

	while (error == 0 && !queue->is_late && queue->count > 0 &&
		(left = until - clock_ns(CLOCK_MONOTONIC)) > 0)
		error = start_job(queue, take_waiting(queue), left);
	if (error < 0)
		drop_waiting(queue, error);
	return error;
}

bool
write_queue_wants_file(const struct write_queue *queue, int64_t time)
{
	return write_queue_is_behind(queue) ? day_file_day(time) != day_file_day(queue->file_time)
					    : day_file_is_complete(&queue->file, time);
}

/* One that finds nothing before it may wait for the disk, unless that is slow anyway. */
static int
write_or_put(struct write_queue *queue, const struct portion *portion, int64_t wait)
{
	struct write_job *write;

	if (!write_queue_is_behind(queue)) {
		queue->is_slow = false;
		return start_job(queue, create_job(queue, portion), wait);
	}
	if (queue->count == QUEUE_MOST_PORTIONS || queue->bytes + portion->size > QUEUE_MOST_BYTES)
		return -ETIMEDOUT;
	write = create_job(queue, portion);
	write->is_accepted = true;
	queue->bytes += portion->size;
	queue->waiting[queue->count++] = write;
	return 0;
}

int
write_queue_add(struct write_queue *queue, const struct portion *portion)
{
	int64_t wait = queue->is_slow ? SHORT_WAIT : MOST_WAIT;
	int error = catch_up(queue, clock_ns(CLOCK_MONOTONIC) + SHORT_WAIT);

	if (error == 0)
		error = write_or_put(queue, portion, wait);
	if (error == 0 && portion->begins_file)
		queue->file_time = portion->time;
	return error;
}

bool
write_queue_is_behind(const struct write_queue *queue)
{
	return queue->is_late || queue->count > 0;
}

int64_t
write_queue_lost(const struct write_queue *queue, int *ret_error)
{
	*ret_error = queue->error;
	return queue->lost;
}

int64_t
write_queue_removed(const struct write_queue *queue)
{
	return queue->removed;
}

static void
wait_until_done(struct write_queue *queue, int64_t until)
{
	const struct timespec step = { .tv_nsec = FLUSH_STEP };

	for (;;) {
		catch_up(queue, until);
		if (!write_queue_is_behind(queue) || clock_ns(CLOCK_MONOTONIC) >= until)
			break;
		nanosleep(&step, NULL);
	}
}

int
write_queue_flush(struct write_queue *queue)
{
	const struct portion end = { .size = 0 };
	int64_t until = clock_ns(CLOCK_MONOTONIC) + MOST_FLUSH;

	wait_until_done(queue, until);
	if (!write_queue_is_behind(queue)) {
		start_job(queue, create_job(queue, &end), until - clock_ns(CLOCK_MONOTONIC));
		wait_until_done(queue, until);
	}
	drop_waiting(queue, -ETIMEDOUT);
	return queue->is_late ? -ETIMEDOUT : 0;
}

void
write_queue_destroy(struct write_queue *queue)
{
	jobs_destroy(queue->jobs);
	if (!queue->is_late)
		free(queue);
}
