// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/kernel-log.h"

#include "base/clock.h"
#include "base/macros.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Less is not told: kills are judged by minutes. */
#define LEAST_DOUBT (5 * NS_PER_SEC)

enum { BUFFER_SIZE = 128 * 1024, LONGEST_LINE = 64 * 1024 };

const char kernel_log_device[] = "/dev/kmsg";

struct kernel_log {
	int fd;
	bool is_device; /* each read returns one record */
	bool follows;   /* lines may be appended at the end */
	bool is_ended;
	bool has_begun;         /* some text has been read */
	bool line_ended;        /* the last line had its newline */
	const char *kind;       /* kind of the file if it is no text */
	bool skips;             /* the rest of a line that was too long */
	size_t start, end;      /* the part of the buffer not returned yet */
	int64_t lost, sequence; /* `sequence`: of the next record; 0: any */
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
	log->is_ended = log->skips = log->has_begun = false;
	log->line_ended = true;
	log->kind = NULL;
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

bool
kernel_log_line_ended(const struct kernel_log *log)
{
	return log->line_ended;
}

const char *
kernel_log_kind(const struct kernel_log *log)
{
	return log->kind;
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

/* In "6,1234,815295603,-;" 1234 is the number of the record. */
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
 * Reads one record and ignores the lines after its first (KEY=value). EPIPE: records were
 * overwritten; the next read returns the oldest one left.
 */
static int
next_record(struct kernel_log *log, char **ret_line)
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

/* The kind of a file that is no text, from its first bytes; NULL for a text. */
static const char *
kind_of(const char *bytes, size_t length)
{
	static const struct {
		const char *magic;
		size_t length;
		const char *kind;
	} kinds[] = {
		{ "\x1f\x8b", 2, "it is compressed by gzip; try 'zcat FILE | memtop oom log -'" },
		{ "\xfd"
		  "7zXZ",
			5, "it is compressed by xz; try 'xzcat FILE | memtop oom log -'" },
		{ "\x28\xb5\x2f\xfd", 4,
			"it is compressed by zstd; try 'zstdcat FILE | memtop oom log -'" },
		{ "BZh", 3, "it is compressed by bzip2; try 'bzcat FILE | memtop oom log -'" },
		{ "\xff\xfe", 2, "it is UTF-16; try 'iconv -f UTF-16 FILE | memtop oom log -'" },
		{ "\xfe\xff", 2, "it is UTF-16; try 'iconv -f UTF-16 FILE | memtop oom log -'" },
		{ "LPKSHHRH", 8,
			"it is a journal; try 'journalctl -k --file FILE | memtop oom log -'" },
	};
	size_t zeros = 0, sample = length < 512 ? length : 512;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (length >= kinds[i].length &&
			memcmp(bytes, kinds[i].magic, kinds[i].length) == 0)
			return kinds[i].kind;
	for (size_t i = 0; i < sample; i++)
		zeros += bytes[i] == '\0';
	return zeros > sample / 8 ? "it is no text" : NULL;
}

/* After a crash during a write, logs contain zero bytes: replaces them with blanks. */
static void
blank_zeros(char *text, size_t length)
{
	for (char *zero = text; (zero = memchr(zero, '\0', length - (size_t)(zero - text)));)
		*zero++ = ' ';
}

/*
 * Moves the unread text to the start of the buffer and reads more. Returns whether it did, or
 * -errno.
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
	if (length > 0 && !log->has_begun && !log->follows &&
		(log->kind = kind_of(log->buffer + log->end, (size_t)length)))
		return -EILSEQ;
	log->has_begun = log->has_begun || length > 0;
	if (length > 0)
		blank_zeros(log->buffer + log->end, (size_t)length);
	log->is_ended = length <= 0 && !log->follows;
	log->end += length > 0 ? (size_t)length : 0;
	return length > 0;
}

/* Takes a line of `length` bytes from the buffer, with its newline if it has one. */
static char *
take(struct kernel_log *log, size_t length)
{
	char *line = log->buffer + log->start;

	log->line_ended = log->start + length < log->end && line[length] == '\n';
	log->start += length + log->line_ended;
	line[length] = '\0';
	return line;
}

/* Whether the buffer has a whole line, or a part that is too long already. */
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
kernel_log_next(struct kernel_log *log, char **ret_line)
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

/* The log has almost CLOCK_MONOTONIC, but its clock is never corrected. */
int64_t
kernel_log_boot(int64_t *ret_doubt)
{
	int64_t monotonic = clock_ns(CLOCK_MONOTONIC);
	int64_t suspended = clock_ns(CLOCK_BOOTTIME) - monotonic;

	if (ret_doubt)
		*ret_doubt = suspended > LEAST_DOUBT ? suspended : 0;
	return clock_ns(CLOCK_REALTIME) - monotonic;
}
