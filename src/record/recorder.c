// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/recorder.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/macros.h"
#include "base/memory.h"
#include "config.h"
#include "model/snapshot.h"
#include "record/encoder.h"
#include "record/folder.h"
#include "record/recorded.h"
#include "record/redact.h"
#include "record/write-queue.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct recorder {
	struct recorder_options options;
	struct recording_lock lock;
	struct encoder *encoder;
	struct write_queue *queue;
	struct snapshot snapshots[2], *newest; /* NULL: none was recorded */
	bool has_begun;                        /* a sample was written, or waits */
	struct sample_time last;
};

static struct encoder *
create_encoder(const struct recorder *recorder)
{
	const struct recorder_options *options = &recorder->options;
	char interval[32], bytes[32], days[32], page[32], ticks[32];
	const struct note notes[] = {
		{ "boot", options->boot },
		{ "interval", interval },
		{ "version", MEMTOP_VERSION },
		{ "keep_bytes", bytes },
		{ "keep_days", days },
		{ "page_size", page },
		{ "ticks", ticks },
	};

	snprintf(interval, sizeof(interval), "%.10g", (double)options->interval / NS_PER_SEC);
	snprintf(bytes, sizeof(bytes), "%lld", (long long)options->keep.bytes);
	snprintf(days, sizeof(days), "%lld", (long long)options->keep.days);
	snprintf(page, sizeof(page), "%ld", sysconf(_SC_PAGESIZE));
	snprintf(ticks, sizeof(ticks), "%ld", sysconf(_SC_CLK_TCK));
	return encoder_create(&snapshot_recorded, notes, ARRAY_SIZE(notes));
}

int
recorder_open(
	struct recorder **ret_recorder, const struct recorder_options *options, int64_t *ret_holder)
{
	struct recorder *recorder = xcalloc(1, sizeof(*recorder));
	int error = recording_lock_take(&recorder->lock, options->folder, ret_holder);

	if (error < 0) {
		free(recorder);
		return error;
	}
	recorder->options = *options;
	recorder->encoder = create_encoder(recorder);
	recorder->queue = write_queue_create(
		recorder->lock.folder, recorder->options.boot, &recorder->options.keep);
	*ret_recorder = recorder;
	return 0;
}

struct snapshot *
recorder_next(struct recorder *recorder, const struct snapshot **ret_before)
{
	*ret_before = recorder->newest;
	return &recorder->snapshots[recorder->newest == &recorder->snapshots[0]];
}

static void
hide_users(struct snapshot *snapshot)
{
	struct process_exit *exits = snapshot->exits.data;

	for (size_t i = 0; i < snapshot->process_count; i++)
		snapshot->processes[i].user = NULL;
	for (size_t i = 0; i < snapshot->exits.count; i++)
		exits[i].user = NULL;
}

/* What was recorded of the process before, or NULL. Goes on from `at`: PIDs ascend. */
static const char *
command_before(const struct snapshot *before, const struct process *process, size_t *at)
{
	while (before && *at < before->process_count && before->processes[*at].pid < process->pid)
		(*at)++;
	return before && *at < before->process_count ? before->processes[*at].command : NULL;
}

/* One that was recorded has lost its secrets, and of most processes it is the same again. */
static void
redact_commands(struct snapshot *snapshot, const struct snapshot *before)
{
	size_t at = 0;

	for (size_t i = 0; i < snapshot->process_count; i++) {
		struct process *process = &snapshot->processes[i];
		const char *recorded;

		if (process->is_kept || !process->command)
			continue;
		recorded = command_before(before, process, &at);
		if (!recorded || strcmp(process->command, recorded) != 0)
			process->command = redact_command(process->command, &snapshot->texts);
	}
}

static void
hide_secrets(const struct recorder *recorder, struct snapshot *snapshot)
{
	const struct recorder_options *options = &recorder->options;

	if (options->without_users)
		hide_users(snapshot);
	if (options->commands == COMMANDS_REDACTED)
		redact_commands(snapshot, recorder->newest);
	for (size_t i = 0; options->commands == COMMANDS_NONE && i < snapshot->process_count; i++)
		snapshot->processes[i].command = NULL;
}

/* Encodes a sample, and has it written. */
static int
write_sample(struct recorder *recorder, const struct snapshot *snapshot, bool begins_file)
{
	struct portion portion = { .time = snapshot->time,
		.is_sample = true,
		.is_urgent = snapshot->events.count > 0,
		.begins_file = begins_file };
	struct sample_rows samples[RECORDED_TABLES];
	const struct bytes *blocks;
	int error;

	if (begins_file)
		encoder_restart(recorder->encoder);
	snapshot_to_samples(snapshot, samples);
	recorder->last = (struct sample_time){ snapshot->monotonic, snapshot->time };
	error = encoder_add(recorder->encoder, &recorder->last, samples, &blocks);
	if (error < 0)
		return error;
	portion.blocks = blocks->data;
	portion.size = blocks->count;
	return write_queue_add(recorder->queue, &portion);
}

/* What ends a chunk is of use, but not needed. */
static void
write_end(struct recorder *recorder, const struct bytes *blocks)
{
	const struct portion portion = {
		.blocks = blocks->data, .size = blocks->count, .time = recorder->last.wall
	};

	if (blocks->count > 0)
		write_queue_add(recorder->queue, &portion);
}

int
recorder_add(struct recorder *recorder)
{
	const struct snapshot *before;
	struct snapshot *snapshot = recorder_next(recorder, &before);
	bool begins_file = write_queue_wants_file(recorder->queue, snapshot->time);
	const struct bytes *blocks;
	int error;

	if (begins_file && recorder->has_begun) {
		encoder_end_chunk(recorder->encoder, &blocks);
		write_end(recorder, blocks);
	}
	hide_secrets(recorder, snapshot);
	error = write_sample(recorder, snapshot, begins_file);
	if (error == -ESTALE)
		error = write_sample(recorder, snapshot, true);
	if (error < 0)
		encoder_restart(recorder->encoder);
	recorder->has_begun |= error == 0;
	recorder->newest = snapshot;
	return error;
}

struct left_out
recorder_left_out(const struct recorder *recorder)
{
	return encoder_left_out(recorder->encoder);
}

bool
recorder_is_behind(const struct recorder *recorder)
{
	return write_queue_is_behind(recorder->queue);
}

int64_t
recorder_lost(const struct recorder *recorder, int *ret_error)
{
	return write_queue_lost(recorder->queue, ret_error);
}

int64_t
recorder_removed(const struct recorder *recorder)
{
	return write_queue_removed(recorder->queue);
}

static int
finish_queue(struct recorder *recorder)
{
	const struct bytes *blocks;
	int error, why;
	int64_t lost = write_queue_lost(recorder->queue, &why);

	if (recorder->has_begun) {
		encoder_end(recorder->encoder, &recorder->last, &blocks);
		write_end(recorder, blocks);
	}
	error = write_queue_flush(recorder->queue);
	if (error == 0 && write_queue_lost(recorder->queue, &why) > lost)
		error = why;
	write_queue_destroy(recorder->queue);
	return error;
}

int
recorder_close(struct recorder *recorder)
{
	int error;

	if (!recorder)
		return 0;
	error = finish_queue(recorder);
	encoder_destroy(recorder->encoder);
	snapshot_finish(&recorder->snapshots[0]);
	snapshot_finish(&recorder->snapshots[1]);
	if (error == -ETIMEDOUT) /* a thread has the folder */
		return error;
	recording_lock_release(&recorder->lock);
	free(recorder);
	return error;
}
