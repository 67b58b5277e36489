// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/day-file.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"
#include "record/block.h"
#include "record/files.h"
#include "record/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { NAME_START_SIZE = 32, MOST_PARTS = 100000, DAY = 86400 };

/* A loss of power loses at most as much. */
#define SYNC_INTERVAL (60 * NS_PER_SEC)

void
day_file_init(struct day_file *file, int folder, const char *boot, const struct retention *keep)
{
	*file = (struct day_file){ .folder = folder, .keep = keep, .writer.fd = -1 };
	snprintf(file->boot, sizeof(file->boot), "%s", boot);
}

int64_t
day_file_day(int64_t time)
{
	return time / NS_PER_SEC / DAY;
}

bool
day_file_is_complete(const struct day_file *file, int64_t time)
{
	return file->writer.fd < 0 || day_file_day(time) != file->day ||
	       (int64_t)file->writer.end >= file->most_size;
}

/* What the parts of a day begin with, by UTC: days of summer time have 23 or 25 hours. */
static void
begin_name(const struct day_file *file, char start[static NAME_START_SIZE])
{
	time_t seconds = file->day * DAY;
	char day[16];
	struct tm time;

	gmtime_r(&seconds, &time);
	strftime(day, sizeof(day), "%Y%m%d", &time);
	snprintf(start, NAME_START_SIZE, "%s-%s-", day, file->boot);
}

/* Returns 0 if it is no part of that day. */
static int64_t
part_of(const char *name, const char *start)
{
	size_t length = strlen(start);
	char number[DAY_FILE_NAME_SIZE];
	int64_t part;

	if (strncmp(name, start, length) != 0 || !recording_is_named(name))
		return 0;
	snprintf(number, sizeof(number), "%.*s", (int)strcspn(name + length, "."), name + length);
	return text_to_number(number, &part) == 0 && part > 0 && part < MOST_PARTS ? part : 0;
}

/* The first ones may have been deleted. Returns 0 if there is none. */
static int64_t
last_part(const struct day_file *file, const char *start)
{
	_cleanup_closedir_ DIR *directory = recording_folder_list(file->folder);
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
share_file(const struct day_file *file)
{
	struct stat folder, own;

	if (fstat(file->folder, &folder) == 0 && fstat(file->writer.fd, &own) == 0 &&
		folder.st_gid != own.st_gid &&
		fchown(file->writer.fd, (uid_t)-1, folder.st_gid) < 0)
		return; /* only root and members of the group may do that */
}

/* Goes on with the last part of the day, or a `new` one, as if that is full or no recording. */
static int
open_part(struct day_file *file, bool new)
{
	char start[NAME_START_SIZE];
	uint64_t torn;
	int64_t part;
	int error;

	begin_name(file, start);
	part = last_part(file, start);
	part += new || part == 0;
	snprintf(file->name, sizeof(file->name), "%s%lld" RECORDING_SUFFIX, start, (long long)part);
	error = block_writer_open(&file->writer, file->folder, file->name, &torn);
	if ((error == -EINVAL || error == -EFBIG) && !new)
		return open_part(file, true);
	if (error < 0)
		return error;
	share_file(file);
	return 0;
}

void
day_file_close(struct day_file *file)
{
	if (file->writer.fd < 0)
		return;
	block_writer_sync(&file->writer);
	block_writer_close(&file->writer);
}

/* `now` is the time of the sample: nanoseconds since the epoch. */
static struct retention_current
current_of(const struct day_file *file, int64_t now)
{
	return (struct retention_current){ file->name,
		(now - clock_ns(CLOCK_BOOTTIME)) / NS_PER_SEC };
}

static void
make_room(struct day_file *file, int64_t now)
{
	const struct retention_current current = current_of(file, now);
	struct retention_space space;
	int64_t removed =
		retention_apply(file->keep, file->folder, &current, now / NS_PER_SEC, &space);

	if (removed < 0)
		return;
	file->removed += removed;
	file->most_size = retention_file_size(file->keep, &space);
}

/*
 * Only the first file may have been there: where the clock was set back to another day, its file
 * would have samples before and after those of this one.
 */
static int
begin_file(struct day_file *file, int64_t time)
{
	struct retention_current current;
	int error;

	day_file_close(file);
	file->day = day_file_day(time);
	error = open_part(file, file->has_begun);
	current = current_of(file, time);
	if (error == -ENOSPC && retention_remove_oldest(file->folder, &current)) {
		file->removed++;
		error = open_part(file, file->has_begun);
	}
	if (error < 0)
		return error;
	file->has_begun = true;
	make_room(file, time);
	return 0;
}

/* What is written into a file that somebody has deleted is lost. */
static bool
is_there(const struct day_file *file)
{
	struct stat status;

	return file->writer.fd >= 0 && fstat(file->writer.fd, &status) == 0 && status.st_nlink > 0;
}

/* Where the disk is full, older files go as long as there are any. */
static int
append(struct day_file *file, const struct portion *portion)
{
	const struct retention_current current = current_of(file, portion->time);
	struct block_writer *writer = &file->writer;
	int error = block_writer_append(writer, portion->blocks, portion->size);

	while (error == -ENOSPC && retention_remove_oldest(file->folder, &current)) {
		file->removed++;
		error = block_writer_append(writer, portion->blocks, portion->size);
	}
	return error;
}

static void
sync_if_due(struct day_file *file, const struct portion *portion)
{
	int64_t now = clock_ns(CLOCK_MONOTONIC);

	if (!portion->is_urgent && file->synced && now - file->synced < SYNC_INTERVAL)
		return;
	block_writer_sync(&file->writer);
	file->synced = now;
}

int
day_file_write(struct day_file *file, const struct portion *portion)
{
	int error = 0;

	if (portion->begins_file)
		error = begin_file(file, portion->time);
	else if (!is_there(file))
		error = -ESTALE;
	if (error == 0)
		error = append(file, portion);
	if (error < 0 || !portion->is_sample)
		return error;
	if (block_begins_chunk(portion->blocks) && !portion->begins_file)
		make_room(file, portion->time);
	sync_if_due(file, portion);
	return 0;
}
