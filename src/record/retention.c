// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/retention.h"

#include "base/cleanup.h"
#include "base/macros.h"
#include "base/memory.h"
#include "record/files.h"
#include "record/folder.h"
#include "record/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

enum { SECONDS_A_DAY = 86400, LEAST_FILE = 64 * 1024 };

struct kept_file {
	char *name;
	int64_t changed; /* nanoseconds since the epoch */
	int64_t time;    /* the same, but not before its boot */
	int64_t bytes;   /* on the disk */
};

struct kept_files {
	struct kept_file *files;
	size_t count, capacity;
};

/* "DAY-BOOT-PART.mtr" */
static bool
is_of_same_boot(const char *name, const char *other)
{
	const char *boot = strchr(name, '-'), *end = strrchr(name, '-'),
		   *other_boot = strchr(other, '-');
	size_t length = boot ? (size_t)(end - boot) : 0;

	return length > 0 && other_boot && strncmp(boot, other_boot, length + 1) == 0 &&
	       strrchr(other, '-') == other_boot + length;
}

static void
add_file(struct kept_files *files, const char *name, const struct stat *status,
	const struct retention_current *current)
{
	struct kept_file *file;

	files->files = array_reserve(
		files->files, &files->capacity, files->count + 1, sizeof(files->files[0]));
	file = &files->files[files->count++];
	file->name = xstrdup(name);
	file->changed = (int64_t)status->st_mtim.tv_sec * NS_PER_SEC + status->st_mtim.tv_nsec;
	file->time = file->changed;
	if (is_of_same_boot(name, current->name) && file->time < current->boot * NS_PER_SEC)
		file->time = current->boot * NS_PER_SEC;
	file->bytes = (int64_t)status->st_blocks * 512;
}

static void
finish(struct kept_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free(files->files[i].name);
	free(files->files);
}

static int
compare_files(const void *a, const void *b)
{
	const struct kept_file *left = a, *right = b;

	if (left->time != right->time)
		return left->time < right->time ? -1 : 1;
	if (left->changed != right->changed)
		return left->changed < right->changed ? -1 : 1;
	return strcmp(left->name, right->name);
}

/* The oldest first. Returns 0 or -errno. */
static int
list_files(int folder, const struct retention_current *current, struct kept_files *files)
{
	_cleanup_closedir_ DIR *directory = recording_folder_list(folder);
	const struct dirent *entry;

	if (!directory)
		return -errno;
	while (files->count < MOST_FILES && (entry = readdir(directory))) {
		struct stat status;

		if (recording_is_named(entry->d_name) &&
			fstatat(folder, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
			S_ISREG(status.st_mode))
			add_file(files, entry->d_name, &status, current);
	}
	if (files->count > 0)
		qsort(files->files, files->count, sizeof(files->files[0]), compare_files);
	return 0;
}

static int64_t
bytes_of(const struct kept_files *files)
{
	int64_t bytes = 0;

	for (size_t i = 0; i < files->count; i++)
		bytes += files->files[i].bytes;
	return bytes;
}

static int
measure(int folder, const struct kept_files *files, struct retention_space *ret_space)
{
	struct statvfs status;

	if (fstatvfs(folder, &status) < 0)
		return -errno;
	*ret_space = (struct retention_space){
		.used = bytes_of(files),
		.available = (int64_t)(status.f_bavail * status.f_frsize),
		.total = (int64_t)(status.f_blocks * status.f_frsize),
	};
	return 0;
}

static int64_t
least_available(const struct retention *keep, const struct retention_space *space)
{
	return space->total / 1000 * keep->free;
}

int64_t
retention_file_size(const struct retention *keep, const struct retention_space *space)
{
	int64_t room = space->used + space->available - least_available(keep, space);

	if (room > keep->bytes)
		room = keep->bytes;
	room /= RETENTION_FILES;
	return room < LEAST_FILE ? LEAST_FILE : room;
}

static bool
is_too_much(const struct retention *keep, const struct retention_space *space)
{
	return space->used > keep->bytes || space->available < least_available(keep, space);
}

static bool
is_too_old(const struct retention *keep, const struct kept_file *file, int64_t now)
{
	return file->time / NS_PER_SEC < now - keep->days * SECONDS_A_DAY;
}

/*
 * The time by which files are old: at most a day after the last one before the current. A clock
 * that is set far into the future for a while costs nothing, and a long pause a day more.
 */
static int64_t
trusted_time(const struct kept_files *files, const char *current, int64_t now)
{
	int64_t last = INT64_MIN;

	for (size_t i = 0; i < files->count; i++)
		if (strcmp(files->files[i].name, current) != 0 && files->files[i].changed > last)
			last = files->files[i].changed;
	if (last == INT64_MIN)
		return now;
	last = last / NS_PER_SEC + SECONDS_A_DAY;
	return last < now ? last : now;
}

static int64_t
apply(const struct retention *keep, int folder, const struct kept_files *files,
	const struct retention_current *current, int64_t now, struct retention_space *space)
{
	int64_t removed = 0;
	int error = measure(folder, files, space);

	now = trusted_time(files, current->name, now);
	for (size_t i = 0; error == 0 && i < files->count; i++) {
		const struct kept_file *file = &files->files[i];

		if (strcmp(file->name, current->name) == 0)
			continue;
		if (!is_too_much(keep, space) && !is_too_old(keep, file, now))
			break;
		if (unlinkat(folder, file->name, 0) < 0)
			continue;
		removed++;
		space->used -= file->bytes;
		space->available += file->bytes;
	}
	return error < 0 ? error : removed;
}

int64_t
retention_apply(const struct retention *keep, int folder, const struct retention_current *current,
	int64_t now, struct retention_space *ret_space)
{
	struct kept_files files = { .count = 0 };
	int64_t result = list_files(folder, current, &files);

	if (result == 0)
		result = apply(keep, folder, &files, current, now, ret_space);
	finish(&files);
	return result;
}

bool
retention_remove_oldest(int folder, const struct retention_current *current)
{
	struct kept_files files = { .count = 0 };
	bool removed = false;

	if (list_files(folder, current, &files) == 0)
		for (size_t i = 0; i < files.count && !removed; i++)
			removed = strcmp(files.files[i].name, current->name) != 0 &&
				  unlinkat(folder, files.files[i].name, 0) == 0;
	finish(&files);
	return removed;
}
