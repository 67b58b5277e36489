// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/procfs.h"

#include "base/cleanup.h"
#include "base/known.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool
procfs_is_mounted(void)
{
	return faccessat(AT_FDCWD, "/proc/self", F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

int
procfs_open_root(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static ssize_t
finish_read(ssize_t length, char *text)
{
	if (length < 0)
		return -errno;
	text[length] = '\0';
	return length;
}

ssize_t
procfs_read(int directory, const char *path, char *text, size_t size)
{
	int fd = openat(directory, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t length;

	if (fd < 0)
		return -errno;
	do
		length = read(fd, text, size - 1);
	while (length < 0 && errno == EINTR);
	length = finish_read(length, text);
	close(fd);
	return length;
}

ssize_t
procfs_read_whole(int directory, const char *path, char *text, size_t size)
{
	int fd = openat(directory, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	size_t length = 0;
	ssize_t part;

	if (fd < 0)
		return -errno;
	do {
		part = read(fd, text + length, size - 1 - length);
		length += part > 0 ? (size_t)part : 0;
	} while (length + 1 < size && (part > 0 || (part < 0 && errno == EINTR)));
	part = finish_read(part < 0 ? part : (ssize_t)length, text);
	close(fd);
	return part;
}

static ssize_t
read_piece(int fd, char *text, size_t size)
{
	ssize_t length;

	do
		length = read(fd, text, size);
	while (length < 0 && errno == EINTR);
	return length < 0 ? -errno : length;
}

int
procfs_read_pieces(int fd, size_t size, procfs_take_fn take, void *context)
{
	_cleanup_free_ char *text = xmalloc(size + 1);
	size_t length = 0, done;
	ssize_t count;

	while ((count = read_piece(fd, text + length, size - length)) > 0) {
		length += (size_t)count;
		done = take(context, text, length, false);
		if (done == PROCFS_ENOUGH)
			return 0;
		length -= done;
		if (length == size)
			return -EINVAL;
		memmove(text, text + done, length);
	}
	if (count == 0)
		take(context, text, length, true);
	return (int)count;
}

ssize_t
procfs_read_again(int fd, char *text, size_t size)
{
	ssize_t length;

	do
		length = pread(fd, text, size - 1, 0);
	while (length < 0 && errno == EINTR);
	return finish_read(length, text);
}

FILE *
procfs_open(int directory, const char *path)
{
	int fd = openat(directory, path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? NULL : fdopen(fd, "r");
}

bool
procfs_unescape(char *copy, size_t size, const char *field, size_t length)
{
	size_t used = 0;

	for (size_t i = 0; i < length && used + 1 < size; used++) {
		unsigned code;

		if (field[i] == '\\' && i + 3 < length &&
			sscanf(field + i + 1, "%3o", &code) == 1) {
			copy[used] = (char)code;
			i += 4;
		} else {
			copy[used] = field[i++];
		}
	}
	copy[used] = '\0';
	return length < size;
}

const char *
procfs_mount_field(const char *line, enum mount_field field)
{
	static const int blanks[] = { [MOUNT_ROOT] = 3, [MOUNT_POINT] = 4, [MOUNT_TYPE] = 2 };
	const char *tail = strstr(line, " - "), *at = field == MOUNT_TYPE ? tail : line;

	for (int i = 0; i < blanks[field] && at; i++) {
		at = strchr(at, ' ');
		at = at ? at + 1 : NULL;
	}
	return at && tail && (field == MOUNT_TYPE || at <= tail) ? at : NULL;
}

int64_t
procfs_number(const char **text)
{
	const char *digit = *text;
	uint64_t number = 0;

	if (*digit < '0' || *digit > '9')
		return UNKNOWN;
	for (; *digit >= '0' && *digit <= '9'; digit++) {
		if (number > (uint64_t)INT64_MAX / 10 - 1)
			number = (uint64_t)INT64_MAX / 10 - 1;
		number = number * 10 + (uint64_t)(*digit - '0');
	}
	*text = digit + (*digit == ' ');
	return (int64_t)number;
}

static int64_t
signed_number(const char **text)
{
	bool negative = **text == '-';
	int64_t number;

	*text += negative;
	number = procfs_number(text);
	return negative && number != UNKNOWN ? -number : number;
}

int64_t
procfs_signed_number(const char *text)
{
	return signed_number(&text);
}

/* The number after the colon of a "KEY:   123 kB" line. */
static int64_t
field_value(const char *text)
{
	int64_t number;

	text += strspn(text, " \t");
	number = procfs_number(&text);
	if (number == UNKNOWN || strncmp(text, "kB", 2) != 0)
		return number;
	return known_product(number, 1024);
}

static const char *
next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end ? end + 1 : line + strlen(line);
}

/* The text after "KEY:" if the line begins with it, else NULL. */
static const char *
behind_key(const char *line, const char *key)
{
	size_t length;

	if (*line != *key)
		return NULL;
	length = strlen(key);
	return strncmp(line, key, length) == 0 && line[length] == ':' ? line + length + 1 : NULL;
}

int64_t
procfs_field(const char *text, const char *key)
{
	for (const char *line = text; *line; line = next_line(line)) {
		const char *value = behind_key(line, key);

		if (value)
			return field_value(value);
	}
	return UNKNOWN;
}

void
procfs_fields(const char *text, const struct procfs_key *keys, size_t count, void *row)
{
	size_t expected = 0;

	for (const char *line = text; *line; line = next_line(line)) {
		for (size_t i = 0; i < count; i++) {
			const struct procfs_key *key = &keys[(expected + i) % count];
			const char *value = behind_key(line, key->key);

			if (!value)
				continue;
			*(int64_t *)((char *)row + key->offset) = field_value(value);
			expected = (size_t)(key - keys) + 1;
			break;
		}
	}
}

/*
 * Fields 1 to 3: "PID (COMM) S". COMM may contain anything, also ") R ": it ends at the last ')'.
 */
static const char *
parse_name(const char *text, size_t length, struct procfs_stat *stat)
{
	const char *open = memchr(text, '(', length), *close = memrchr(text, ')', length);
	const char *start = text;

	stat->pid = procfs_number(&start);
	if (!open || !close || close < open || stat->pid == UNKNOWN || close[1] != ' ' ||
		!close[2] || close[3] != ' ')
		return NULL;
	stat->comm = open + 1;
	stat->comm_length = (size_t)(close - open - 1);
	stat->state = close[2];
	return close + 4;
}

int
procfs_parse_stat(const char *text, size_t length, struct procfs_stat *ret_stat)
{
	enum { FIRST = 4, COUNT = 25 }; /* fields 4 (ppid) to 28 (startstack) */
	struct procfs_stat stat = { .state = '?' };
	const char *at = parse_name(text, length, &stat);
	int64_t field[FIRST + COUNT];

	if (!at)
		return -EINVAL;
	for (int i = FIRST; i < FIRST + COUNT; i++) {
		field[i] = signed_number(&at);
		if (field[i] == UNKNOWN)
			return -EINVAL;
	}
	stat.parent = field[4];
	stat.flags = field[9];
	stat.minor_faults = field[10];
	stat.major_faults = field[12];
	stat.user_ticks = field[14];
	stat.system_ticks = field[15];
	stat.priority = field[18];
	stat.nice = field[19];
	stat.threads = field[20];
	stat.start_time = field[22];
	stat.virtual = field[23];
	stat.resident = known_pages(field[24]);
	stat.start_code = field[26];
	stat.start_stack = field[28];
	*ret_stat = stat;
	return 0;
}

int
procfs_parse_statm(const char *text, struct procfs_statm *ret_statm)
{
	int64_t bytes[3];

	for (int i = 0; i < 3; i++) {
		bytes[i] = known_pages(procfs_number(&text));
		if (bytes[i] == UNKNOWN)
			return -EINVAL;
	}
	*ret_statm = (struct procfs_statm){
		.virtual = bytes[0], .resident = bytes[1], .shared = bytes[2]
	};
	return 0;
}

void
procfs_boot_id(char id[static BOOT_ID_SIZE])
{
	_cleanup_close_ int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t count = fd < 0 ? -1 : read(fd, id, BOOT_ID_SIZE - 1);

	id[count > 0 ? count : 0] = '\0';
	id[strcspn(id, "\n")] = '\0';
}
