// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/kernel-log.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER_SIZE = 128 * 1024, LONGEST_LINE = 64 * 1024 };

const char kernel_log_device[] = "/dev/kmsg";

struct kernel_log {
	int fd;
	bool is_device; /* each read gives one record */
	bool follows;   /* more may come behind the end */
	bool is_ended;
	bool skips;             /* the rest of a line that was too long */
	size_t start, end;      /* what of the buffer has not been given yet */
	int64_t lost, sequence; /* of the record that is expected next; 0: of any */
	char buffer[BUFFER_SIZE + 1];
};

int
kernel_log_open(const char *path, enum kernel_log_start start, struct kernel_log **ret_log)
{
	bool is_device = strcmp(path, kernel_log_device) == 0;
	bool is_input = strcmp(path, "-") == 0, follows = start == KERNEL_LOG_NEW;
	int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | (is_device || follows ? O_NONBLOCK : 0);
	int fd = is_input ? STDIN_FILENO : open(path, flags);
	struct kernel_log *log;

	if (fd < 0)
		return -errno;
	if (follows && lseek(fd, 0, SEEK_END) < 0 && errno != ESPIPE) {
		int error = -errno;

		close(fd);
		return error;
	}
	log = xmalloc(sizeof(*log));
	log->fd = fd;
	log->is_device = is_device;
	log->follows = follows;
	log->is_ended = log->skips = false;
	log->start = log->end = 0;
	log->lost = log->sequence = 0;
	*ret_log = log;
	return 0;
}

void
kernel_log_close(struct kernel_log *log)
{
	if (!log)
		return;
	if (log->fd != STDIN_FILENO)
		close(log->fd);
	free(log);
}

int64_t
kernel_log_lost(const struct kernel_log *log)
{
	return log->lost;
}

static ssize_t
read_some(struct kernel_log *log, char *place, size_t size)
{
	ssize_t length;

	do
		length = read(log->fd, place, size);
	while (length < 0 && errno == EINTR);
	return length < 0 ? -errno : length;
}

/* "6,1234,815295603,-;": 1234 counts the records. */
static void
count_lost(struct kernel_log *log, const char *record)
{
	const char *comma = strchr(record, ',');
	int64_t sequence = comma ? strtoll(comma + 1, NULL, 10) : 0;

	if (log->sequence > 0 && sequence > log->sequence)
		log->lost += sequence - log->sequence;
	log->sequence = sequence + 1;
}

/*
 * One record: what follows its first line (KEY=value) is not wanted. EPIPE says that records were
 * overwritten; the next read gives the oldest that is left.
 */
static int
next_record(struct kernel_log *log, const char **ret_line)
{
	ssize_t length;

	do
		length = read_some(log, log->buffer, BUFFER_SIZE);
	while (length == -EPIPE);
	if (length == -EAGAIN || length == 0)
		return 0;
	if (length < 0)
		return (int)length;
	log->buffer[length] = '\0';
	log->buffer[strcspn(log->buffer, "\n")] = '\0';
	count_lost(log, log->buffer);
	*ret_line = log->buffer;
	return 1;
}

/* Moves what is left to the start of the buffer and reads more behind it. Returns whether it did.
 */
static int
fill(struct kernel_log *log)
{
	ssize_t length;

	memmove(log->buffer, log->buffer + log->start, log->end - log->start);
	log->end -= log->start;
	log->start = 0;
	length = read_some(log, log->buffer + log->end, BUFFER_SIZE - log->end);
	if (length < 0 && length != -EAGAIN)
		return (int)length;
	log->is_ended = length <= 0 && !log->follows;
	log->end += length > 0 ? (size_t)length : 0;
	return length > 0;
}

/* Takes a line of `length` bytes from the buffer, and the newline behind it if it is there. */
static const char *
take(struct kernel_log *log, size_t length)
{
	char *line = log->buffer + log->start;

	log->start += length + (log->start + length < log->end && line[length] == '\n');
	line[length] = '\0';
	return line;
}

/* Whether the buffer holds the next line; a line without end counts where it is too long. */
static bool
has_line(const struct kernel_log *log, size_t *ret_length, bool *ret_is_cut)
{
	size_t left = log->end - log->start;
	const char *line = log->buffer + log->start, *end = memchr(line, '\n', left);

	*ret_length = end ? (size_t)(end - line) : left;
	*ret_is_cut = !end && left >= LONGEST_LINE;
	return end || *ret_is_cut || (log->is_ended && left > 0);
}

int
kernel_log_next(struct kernel_log *log, const char **ret_line)
{
	if (log->is_device)
		return next_record(log, ret_line);
	for (;;) {
		size_t length;
		bool is_cut, skipped = log->skips;
		int error;

		if (has_line(log, &length, &is_cut)) {
			*ret_line = take(log, length);
			log->skips = is_cut;
			if (!skipped)
				return 1;
			continue;
		}
		if (log->is_ended)
			return 0;
		error = fill(log);
		if (error < 0 || (error == 0 && log->follows))
			return error;
	}
}
