// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/write-queue.h"

#include "base/clock.h"
#include "base/jobs.h"
#include "base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What a sample waits for the disk, and the end of memtop. */
#define MOST_WAIT (2 * NS_PER_SEC)
#define MOST_CLOSE (10 * NS_PER_SEC)
#define CLOSE_STEP (10 * NS_PER_MS)

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
	bool is_late;
	struct write_job *waiting[QUEUE_MOST_PORTIONS + 1]; /* the last one closes the file */
	size_t count, bytes;
	int64_t file_time; /* of the last sample that began a file */
	int64_t lost, removed;
};

struct write_queue *
write_queue_create(int folder, const char *boot, const struct retention *keep)
{
	struct write_queue *queue = xcalloc(1, sizeof(*queue));

	day_file_init(&queue->file, folder, boot, keep);
	queue->jobs = jobs_create(1, MOST_WAIT, 1);
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

/* Takes the result of a job that is done. Returns 0 or -errno. */
static int
finish_job(struct write_queue *queue, struct write_job *write)
{
	int error = write->error;

	queue->is_late = false;
	queue->removed = queue->file.removed;
	queue->lost += error < 0 && write->is_accepted && write->portion.is_sample;
	free(write);
	return error;
}

/* Owns the job. It may be late then. Where no thread can be started it is done here. */
static int
start_job(struct write_queue *queue, struct write_job *write)
{
	if (jobs_start(queue->jobs, &write->job) < 0)
		run_job(&write->job);
	else if (jobs_wait(queue->jobs, MOST_WAIT, NULL) != JOB_DONE) {
		write->is_accepted = true;
		jobs_leave(queue->jobs);
		queue->is_late = true;
		return 0;
	}
	return finish_job(queue, write);
}

static void
put(struct write_queue *queue, struct write_job *write)
{
	write->is_accepted = true;
	queue->bytes += write->portion.size;
	queue->waiting[queue->count++] = write;
}

static void
drop_waiting(struct write_queue *queue)
{
	for (size_t i = 0; i < queue->count; i++) {
		queue->lost += queue->waiting[i]->portion.is_sample;
		free(queue->waiting[i]);
	}
	queue->count = queue->bytes = 0;
}

/* Goes on with what waits, unless the job before is not done. */
static int
catch_up(struct write_queue *queue)
{
	struct job *late = queue->is_late ? jobs_take(queue->jobs) : NULL;
	int error = late ? finish_job(queue, (struct write_job *)late) : 0;

	while (error == 0 && !queue->is_late && queue->count > 0) {
		struct write_job *write = queue->waiting[0];

		queue->bytes -= write->portion.size;
		queue->count--;
		memmove(queue->waiting, queue->waiting + 1,
			queue->count * sizeof(queue->waiting[0]));
		error = start_job(queue, write);
	}
	if (error < 0)
		drop_waiting(queue);
	return error;
}

bool
write_queue_wants_file(const struct write_queue *queue, int64_t time)
{
	return queue->is_late ? day_file_day(time) != day_file_day(queue->file_time)
			      : day_file_is_complete(&queue->file, time);
}

int
write_queue_add(struct write_queue *queue, const struct portion *portion)
{
	int error = catch_up(queue);

	if (error < 0)
		return error;
	if (portion->begins_file)
		queue->file_time = portion->time;
	if (!queue->is_late)
		return start_job(queue, create_job(queue, portion));
	if (queue->count >= QUEUE_MOST_PORTIONS || queue->bytes + portion->size > QUEUE_MOST_BYTES)
		return -ETIMEDOUT;
	put(queue, create_job(queue, portion));
	return 0;
}

int64_t
write_queue_lost(const struct write_queue *queue)
{
	return queue->lost;
}

int64_t
write_queue_removed(const struct write_queue *queue)
{
	return queue->removed;
}

/* Waits for the disk as long as is sensible. */
static void
finish_all(struct write_queue *queue)
{
	const struct timespec step = { .tv_nsec = CLOSE_STEP };
	const struct portion end = { .size = 0 };
	int64_t until = clock_ns(CLOCK_MONOTONIC) + MOST_CLOSE;

	catch_up(queue);
	if (queue->is_late)
		put(queue, create_job(queue, &end));
	else
		start_job(queue, create_job(queue, &end));
	while (queue->is_late && clock_ns(CLOCK_MONOTONIC) < until) {
		nanosleep(&step, NULL);
		catch_up(queue);
	}
}

int
write_queue_close(struct write_queue *queue)
{
	finish_all(queue);
	drop_waiting(queue);
	jobs_destroy(queue->jobs);
	if (queue->is_late) /* its thread has the file */
		return -ETIMEDOUT;
	free(queue);
	return 0;
}
