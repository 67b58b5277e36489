// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/maps.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "collect/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A line has a name of at most 4096 bytes, each escaped to four, and 80 more bytes. */
enum { PIECE_SIZE = 64 * 1024 };

void
mappings_finish(struct mappings *mappings)
{
	free(mappings->rows);
	arena_finish(&mappings->names);
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

/* Reads a number and the character `end` after it. */
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
	/* A blank follows even if there is no name, but perhaps not in every kernel. */
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

/* Most mappings have the same name as the one before. */
static const char *
keep_name(struct mappings *mappings, const char *name)
{
	const char *last = mappings->count ? mappings->rows[mappings->count - 1].name : "";
	size_t length = strlen(name);
	const char *kept = arena_copy_new(&mappings->names, last, name, length);

	mappings->name_bytes += kept == last ? 0 : length + 1;
	return kept;
}

static void
add_row(struct mappings *mappings, struct mapping mapping)
{
	uint64_t end = mappings->count ? mappings->rows[mappings->count - 1].end : 0;

	if (!maps_cut_to_follow(&mapping, end))
		return;
	mappings->rows = array_reserve(mappings->rows, &mappings->capacity, mappings->count + 1,
		sizeof(mappings->rows[0]));
	mapping.name = keep_name(mappings, mapping.name);
	mappings->rows[mappings->count++] = mapping;
}

static bool
is_full(const struct mappings *mappings)
{
	return mappings->count >= MAPS_MOST_MAPPINGS || mappings->name_bytes >= MAPS_MOST_NAMES;
}

/* A procfs_take_fn: takes whole lines. */
static size_t
take_lines(void *context, char *text, size_t length, bool is_last)
{
	struct mappings *mappings = context;
	char *line = text, *last = text + length, *end;
	struct mapping mapping;

	*last = '\0';
	for (; line < last; line = end + 1) {
		end = memchr(line, '\n', (size_t)(last - line));
		if (!end && !is_last)
			return (size_t)(line - text);
		end = end ? end : last;
		*end = '\0';
		if (!maps_parse_line(line, &mapping))
			continue;
		mappings->is_cut = is_full(mappings);
		if (mappings->is_cut)
			return PROCFS_ENOUGH;
		add_row(mappings, mapping);
	}
	return length;
}

static void
reset(struct mappings *mappings)
{
	mappings->count = mappings->name_bytes = 0;
	mappings->is_cut = false;
	arena_reset(&mappings->names);
}

void
maps_parse(char *text, size_t length, struct mappings *mappings)
{
	reset(mappings);
	take_lines(mappings, text, length, true);
	mapping_classify(mappings->rows, mappings->count);
}

int
maps_read(int root, int64_t pid, struct mappings *mappings)
{
	_cleanup_close_ int fd = -1;
	char path[40];
	int error;

	reset(mappings);
	snprintf(path, sizeof(path), "%" PRId64 "/maps", pid);
	fd = openat(root, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return -errno;
	error = procfs_read_pieces(fd, PIECE_SIZE, take_lines, mappings);
	if (error < 0)
		reset(mappings);
	return error;
}
