// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/replace-file.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * A name that no pattern of readers matches, and that nobody else uses who replaces the file at the
 * same time. The caller frees it.
 */
static char *
temporary_path(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	uint32_t number = 0;
	char *temporary;

	if (getrandom(&number, sizeof(number), GRND_NONBLOCK) < 0)
		number = (uint32_t)getpid();
	if (asprintf(&temporary, "%.*s.%s.%08x.new", (int)(name - path), path, name, number) < 0)
		abort();
	return temporary;
}

static int
write_temporary(
	int folder, const char *path, const char *content, size_t size, mode_t mode, bool durable)
{
	_cleanup_close_ int fd =
		openat(folder, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);

	if (fd < 0 || fchmod(fd, mode) < 0)
		return -errno;
	while (size > 0) {
		ssize_t written = write(fd, content, size);

		if (written < 0)
			return -errno;
		content += written;
		size -= (size_t)written;
	}
	return durable && fsync(fd) < 0 ? -errno : 0;
}

int
replace_file(
	int folder, const char *path, const void *content, size_t size, mode_t mode, bool durable)
{
	_cleanup_free_ char *temporary = temporary_path(path);
	int error = write_temporary(folder, temporary, content, size, mode, durable);

	if (error == 0 && renameat(folder, temporary, folder, path) < 0)
		error = -errno;
	if (error < 0)
		unlinkat(folder, temporary, 0);
	return error;
}
