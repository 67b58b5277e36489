// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/recorder.h"

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/macros.h"
#include "base/memory.h"
#include "base/text.h"
#include "config.h"
#include "model/snapshot.h"
#include "record/block-writer.h"
#include "record/block.h"
#include "record/encoder.h"
#include "record/files.h"
#include "record/folder.h"
#include "record/recorded.h"
#include "record/redact.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BOOT_SHORT = 8, NAME_START_SIZE = 32, NAME_SIZE = 64, MOST_PARTS = 100000, DAY = 86400 };

/* A loss of power loses at most as much. */
#define SYNC_INTERVAL (60 * NS_PER_SEC)

struct recorder {
	struct recorder_options options;
	struct recording_lock lock;
	struct encoder *encoder;
	struct block_writer writer; /* fd -1: no file is open */
	char name[NAME_SIZE];
	int64_t day;       /* of the file, since the epoch */
	int64_t most_size; /* of the file */
	int64_t synced;    /* CLOCK_BOOTTIME */
	int64_t removed;
	bool has_begun; /* a file was opened */
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
	recorder->writer.fd = -1;
	recorder->encoder = create_encoder(recorder);
	*ret_recorder = recorder;
	return 0;
}

/* What the parts of a day begin with, by UTC: days of summer time have 23 or 25 hours. */
static void
begin_name(const struct recorder *recorder, char start[static NAME_START_SIZE])
{
	time_t seconds = recorder->day * DAY;
	char day[16];
	struct tm time;

	gmtime_r(&seconds, &time);
	strftime(day, sizeof(day), "%Y%m%d", &time);
	snprintf(start, NAME_START_SIZE, "%s-%.*s-", day, BOOT_SHORT, recorder->options.boot);
}

/* Returns 0 if it is no part of that day. */
static int64_t
part_of(const char *name, const char *start)
{
	size_t length = strlen(start);
	char number[NAME_SIZE];
	int64_t part;

	if (strncmp(name, start, length) != 0 || !recording_is_named(name))
		return 0;
	snprintf(number, sizeof(number), "%.*s", (int)strcspn(name + length, "."), name + length);
	return text_to_number(number, &part) == 0 && part > 0 && part < MOST_PARTS ? part : 0;
}

/* The first ones may have been deleted. Returns 0 if there is none. */
static int64_t
last_part(const struct recorder *recorder, const char *start)
{
	int fd = openat(recorder->lock.folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int64_t last = 0;

	while (directory && (entry = readdir(directory))) {
		int64_t part = part_of(entry->d_name, start);

		last = part > last ? part : last;
	}
	return last;
}

/* Those who may read the folder may read the file. */
static void
share_file(const struct recorder *recorder)
{
	struct stat folder, file;

	if (fstat(recorder->lock.folder, &folder) == 0 && fstat(recorder->writer.fd, &file) == 0 &&
		folder.st_gid != file.st_gid &&
		fchown(recorder->writer.fd, (uid_t)-1, folder.st_gid) < 0)
		return; /* only root and members of the group may do that */
}

/* Goes on with the last part of the day, or a `new` one, as if that is full or no recording. */
static int
open_part(struct recorder *recorder, bool new)
{
	char start[NAME_START_SIZE];
	uint64_t torn;
	int64_t part;
	int error;

	begin_name(recorder, start);
	part = last_part(recorder, start);
	part += new || part == 0;
	snprintf(recorder->name, sizeof(recorder->name), "%s%lld" RECORDING_SUFFIX, start,
		(long long)part);
	error = block_writer_open(&recorder->writer, recorder->lock.folder, recorder->name, &torn);
	if ((error == -EINVAL || error == -EFBIG) && !new)
		return open_part(recorder, true);
	if (error < 0)
		return error;
	share_file(recorder);
	return 0;
}

static void
close_file(struct recorder *recorder)
{
	const struct bytes *blocks;

	if (recorder->writer.fd < 0)
		return;
	encoder_end_chunk(recorder->encoder, &blocks);
	if (blocks->count > 0)
		block_writer_append(&recorder->writer, blocks->data, blocks->count);
	block_writer_sync(&recorder->writer);
	block_writer_close(&recorder->writer);
}

static void
make_room(struct recorder *recorder, int64_t now)
{
	struct retention_space space;
	int64_t removed = retention_apply(&recorder->options.keep, recorder->lock.folder,
		recorder->name, now / NS_PER_SEC, &space);

	if (removed < 0)
		return;
	recorder->removed += removed;
	recorder->most_size = retention_file_size(&recorder->options.keep, &space);
}

/* What is written into a file that somebody has deleted is lost. */
static bool
can_go_on(const struct recorder *recorder, int64_t day)
{
	const struct block_writer *writer = &recorder->writer;
	struct stat status;

	return writer->fd >= 0 && day == recorder->day &&
	       (int64_t)writer->end < recorder->most_size && fstat(writer->fd, &status) == 0 &&
	       status.st_nlink > 0;
}

/*
 * A file begins with a chunk. Only the first one may have been there: where the clock was set back
 * to another day, its file would have samples before and after those of this one.
 */
static int
prepare_file(struct recorder *recorder, int64_t now)
{
	int64_t day = now / NS_PER_SEC / DAY;
	int error;

	if (can_go_on(recorder, day))
		return 0;
	close_file(recorder);
	encoder_restart(recorder->encoder);
	recorder->day = day;
	error = open_part(recorder, recorder->has_begun);
	if (error == -ENOSPC && retention_remove_oldest(recorder->lock.folder, "")) {
		recorder->removed++;
		error = open_part(recorder, recorder->has_begun);
	}
	if (error < 0)
		return error;
	recorder->has_begun = true;
	make_room(recorder, now);
	return 0;
}

/* Where the disk is full, older files go as long as there are any. */
static int
append(struct recorder *recorder, const struct bytes *blocks)
{
	struct block_writer *writer = &recorder->writer;
	int error = block_writer_append(writer, blocks->data, blocks->count);

	while (error == -ENOSPC && retention_remove_oldest(recorder->lock.folder, recorder->name)) {
		recorder->removed++;
		error = block_writer_append(writer, blocks->data, blocks->count);
	}
	if (error < 0)
		encoder_restart(recorder->encoder);
	return error;
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

static void
hide_secrets(const struct recorder *recorder, struct snapshot *snapshot)
{
	const struct recorder_options *options = &recorder->options;

	if (options->without_users)
		hide_users(snapshot);
	for (size_t i = 0; i < snapshot->process_count; i++) {
		struct process *process = &snapshot->processes[i];

		if (options->commands == COMMANDS_NONE)
			process->command = NULL;
		else if (options->commands == COMMANDS_REDACTED && process->command)
			process->command = redact_command(process->command, &snapshot->texts);
	}
}

/* After a kill at once: the machine may not last another minute. */
static void
sync_if_due(struct recorder *recorder, const struct snapshot *snapshot)
{
	if (snapshot->events.count == 0 && snapshot->monotonic - recorder->synced < SYNC_INTERVAL)
		return;
	block_writer_sync(&recorder->writer);
	recorder->synced = snapshot->monotonic;
}

int
recorder_add(struct recorder *recorder, struct snapshot *snapshot)
{
	struct sample_rows samples[RECORDED_TABLES];
	const struct bytes *blocks;
	int error = prepare_file(recorder, snapshot->time);

	if (error < 0)
		return error;
	hide_secrets(recorder, snapshot);
	snapshot_to_samples(snapshot, samples);
	recorder->last = (struct sample_time){ snapshot->monotonic, snapshot->time };
	error = encoder_add(recorder->encoder, &recorder->last, samples, &blocks);
	if (error == 0)
		error = append(recorder, blocks);
	if (error < 0)
		return error;
	if (block_begins_chunk(blocks->data))
		make_room(recorder, snapshot->time);
	sync_if_due(recorder, snapshot);
	return 0;
}

struct left_out
recorder_left_out(const struct recorder *recorder)
{
	return encoder_left_out(recorder->encoder);
}

int64_t
recorder_removed(const struct recorder *recorder)
{
	return recorder->removed;
}

void
recorder_close(struct recorder *recorder)
{
	const struct bytes *blocks;

	if (!recorder)
		return;
	if (recorder->writer.fd >= 0) {
		encoder_end(recorder->encoder, &recorder->last, &blocks);
		block_writer_append(&recorder->writer, blocks->data, blocks->count);
		close_file(recorder);
	}
	encoder_destroy(recorder->encoder);
	recording_lock_release(&recorder->lock);
	free(recorder);
}
