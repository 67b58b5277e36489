// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/block-writer.h"

#include "record/block-index.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int
cut(struct block_writer *writer)
{
	if (ftruncate(writer->fd, (off_t)writer->end) < 0)
		return -errno;
	writer->is_torn = false;
	return 0;
}

/* A file that is no recording must not lose anything. */
static bool
is_foreign(const struct block_index *index)
{
	uint8_t start[BLOCK_MAGIC_SIZE];
	int64_t count = block_pread(index->fd, start, sizeof(start), 0);

	return index->block_count == 0 && count > 0 && !block_may_begin(start, (size_t)count);
}

/* Returns 0 with the place behind the last whole block, or -errno. */
static int
find_end(int fd, uint64_t *ret_end)
{
	struct block_index index;
	int result = block_index_open(&index, fd);

	if (result == 0 && index.is_full)
		result = -EFBIG;
	if (result == 0 && is_foreign(&index))
		result = -EINVAL;
	if (result == 0)
		*ret_end = index.end;
	block_index_finish(&index);
	return result;
}

static int
cut_torn(struct block_writer *writer, uint64_t *ret_cut)
{
	struct stat status;

	if (fstat(writer->fd, &status) < 0)
		return -errno;
	*ret_cut = (uint64_t)status.st_size - writer->end;
	return *ret_cut > 0 ? cut(writer) : 0;
}

int
block_writer_open(struct block_writer *writer, int folder, const char *name, uint64_t *ret_cut)
{
	struct block_writer opened = {
		.fd = openat(folder, name, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0640),
	};
	int result;

	if (opened.fd < 0)
		return -errno;
	result = find_end(opened.fd, &opened.end);
	if (result == 0)
		result = cut_torn(&opened, ret_cut);
	if (result < 0)
		close(opened.fd);
	else
		*writer = opened;
	return result;
}

int
block_writer_create(struct block_writer *writer, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_APPEND | O_CLOEXEC, 0640);

	if (fd < 0)
		return -errno;
	*writer = (struct block_writer){ .fd = fd };
	return 0;
}

int
block_writer_append(struct block_writer *writer, const void *blocks, size_t size)
{
	ssize_t count;
	int error;

	if (writer->is_torn && (error = cut(writer)) < 0)
		return error;
	do
		count = write(writer->fd, blocks, size);
	while (count < 0 && errno == EINTR);
	if (count == (ssize_t)size) {
		writer->end += size;
		return 0;
	}
	error = count < 0 ? -errno : -ENOSPC;
	if (count > 0) {
		writer->is_torn = true;
		cut(writer);
	}
	return error;
}

int
block_writer_sync(struct block_writer *writer)
{
	return fdatasync(writer->fd) < 0 ? -errno : 0;
}

void
block_writer_close(struct block_writer *writer)
{
	close(writer->fd);
	writer->fd = -1;
}
