// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/maps.h"

#include "base/cleanup.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A quarter of a gigabyte of text is some three million mappings. */
enum { FIRST_SIZE = 64 * 1024, MOST_TEXT = 256 * 1024 * 1024 };

void
mappings_finish(struct mappings *mappings)
{
	free(mappings->rows);
	free(mappings->text);
	*mappings = (struct mappings){ .rows = NULL };
}

static int
digit_of(char character)
{
	if (character >= '0' && character <= '9')
		return character - '0';
	if (character >= 'a' && character <= 'f')
		return character - 'a' + 10;
	return 16;
}

/* Reads a number that `end` stands behind, and steps over both. */
static bool
take_number(const char **text, int base, char end, uint64_t *ret_number)
{
	const char *at = *text;
	uint64_t number = 0;
	int digit;

	for (; (digit = digit_of(*at)) < base; at++)
		if (__builtin_mul_overflow(number, (uint64_t)base, &number) ||
			__builtin_add_overflow(number, (uint64_t)digit, &number))
			return false;
	if (at == *text || *at != end)
		return false;
	*text = at + 1;
	*ret_number = number;
	return true;
}

/* "r-xp " */
static bool
take_permissions(const char **text, unsigned *ret_permissions)
{
	static const char letters[] = "rwxs", others[] = "---p";
	unsigned permissions = 0;

	for (size_t i = 0; i < 4; i++) {
		char letter = (*text)[i];

		if (letter != letters[i] && letter != others[i])
			return false;
		permissions |= letter == letters[i] ? 1U << i : 0;
	}
	if ((*text)[4] != ' ')
		return false;
	*text += 5;
	*ret_permissions = permissions;
	return true;
}

/* "fe:00 " */
static bool
take_device(const char **text, struct mapping *mapping)
{
	uint64_t major, minor;

	if (!take_number(text, 16, ':', &major) || !take_number(text, 16, ' ', &minor) ||
		major > UINT32_MAX || minor > UINT32_MAX)
		return false;
	mapping->major = (uint32_t)major;
	mapping->minor = (uint32_t)minor;
	return true;
}

/* "7f00b6e00000-7f00b6f56000 r-xp 00026000 fe:00 332835                  /usr/lib/libc.so.6" */
bool
maps_parse_line(const char *line, struct mapping *ret_mapping)
{
	struct mapping mapping = { .segment = SEGMENT_UNKNOWN };

	if (!take_number(&line, 16, '-', &mapping.start) ||
		!take_number(&line, 16, ' ', &mapping.end) || mapping.start >= mapping.end ||
		!take_permissions(&line, &mapping.permissions) ||
		!take_number(&line, 16, ' ', &mapping.offset) || !take_device(&line, &mapping))
		return false;
	/* A blank follows even where no name does, but not every kernel may keep to that. */
	if (!take_number(&line, 10, ' ', &mapping.inode) &&
		!take_number(&line, 10, '\0', &mapping.inode))
		return false;
	mapping.name = line[-1] == '\0' ? line - 1 : line + strspn(line, " ");
	*ret_mapping = mapping;
	return true;
}

bool
maps_cut_to_follow(struct mapping *mapping, uint64_t end)
{
	if (mapping->end <= end)
		return false;
	if (mapping->start < end) {
		mapping->offset += mapping->inode ? end - mapping->start : 0;
		mapping->start = end;
	}
	return true;
}

static void
add_row(struct mappings *mappings, struct mapping mapping)
{
	uint64_t end = mappings->count ? mappings->rows[mappings->count - 1].end : 0;

	if (!maps_cut_to_follow(&mapping, end))
		return;
	mappings->rows = array_reserve(mappings->rows, &mappings->capacity, mappings->count + 1,
		sizeof(mappings->rows[0]));
	mappings->rows[mappings->count++] = mapping;
}

void
maps_parse(char *text, struct mappings *mappings)
{
	struct mapping mapping;
	char *line, *end;

	mappings->count = 0;
	for (line = text; *line; line = end) {
		end = strchrnul(line, '\n');
		if (*end)
			*end++ = '\0';
		if (maps_parse_line(line, &mapping))
			add_row(mappings, mapping);
	}
	mapping_classify(mappings->rows, mappings->count);
}

/* Each read gives a few pages of the file at most. Returns its length or -errno. */
static ssize_t
read_whole(int fd, struct mappings *mappings)
{
	size_t length = 0;
	ssize_t count;

	do {
		size_t want = length + FIRST_SIZE;

		if (length > MOST_TEXT)
			return -EFBIG;
		mappings->text = array_reserve(mappings->text, &mappings->text_capacity, want, 1);
		count = read(fd, mappings->text + length, mappings->text_capacity - length - 1);
		length += count > 0 ? (size_t)count : 0;
	} while (count > 0 || (count < 0 && errno == EINTR));
	mappings->text[length] = '\0';
	return count < 0 ? -errno : (ssize_t)length;
}

int
maps_read(int root, int64_t pid, struct mappings *mappings)
{
	_cleanup_close_ int fd = -1;
	char path[40];
	ssize_t length;

	mappings->count = 0;
	snprintf(path, sizeof(path), "%" PRId64 "/maps", pid);
	fd = openat(root, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	length = fd < 0 ? -errno : read_whole(fd, mappings);
	if (length < 0)
		return (int)length;
	maps_parse(mappings->text, mappings);
	return 0;
}
