// SPDX-License-Identifier: GPL-3.0-or-later
#include "act/drop-in.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMPORARY "." DROP_IN_NAME ".new"

static int
write_file(int directory, const char *content)
{
	_cleanup_close_ int fd = openat(
		directory, TEMPORARY, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	size_t length = strlen(content);
	ssize_t written;

	if (fd < 0)
		return -errno;
	written = write(fd, content, length);
	if (written < 0)
		return -errno;
	return (size_t)written < length ? -ENOSPC : fsync(fd) < 0 ? -errno : 0;
}

int
drop_in_write(const char *root, const char *folder, const char *content)
{
	_cleanup_close_ int top = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_close_ int directory = -1;
	int error;

	if (top < 0 || (mkdirat(top, folder, 0755) < 0 && errno != EEXIST))
		return -errno;
	directory = openat(top, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (directory < 0)
		return -errno;
	error = write_file(directory, content);
	if (error == 0 && renameat(directory, TEMPORARY, directory, DROP_IN_NAME) < 0)
		error = -errno;
	if (error < 0)
		unlinkat(directory, TEMPORARY, 0);
	return error;
}
