// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/cursor.h"

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/known.h"
#include "base/memory.h"
#include "record/block-index.h"
#include "record/decoder.h"
#include "record/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NO_SAMPLE SIZE_MAX

struct cursor {
	char *path;
	struct recording_files files;
	size_t file; /* that is open; `files.count`: none */
	struct block_index index;
	struct decoder *decoder;
	struct bytes payload;
	size_t sample; /* where it stands: what the decoder has; or NO_SAMPLE */
};

static void
close_file(struct cursor *cursor)
{
	block_index_finish(&cursor->index);
	if (cursor->index.fd >= 0)
		close(cursor->index.fd);
	cursor->index.fd = -1;
	cursor->file = cursor->files.count;
	cursor->sample = NO_SAMPLE;
}

static int
open_file(struct cursor *cursor, size_t file)
{
	int fd, result;

	if (file == cursor->file)
		return 0;
	fd = open(cursor->files.files[file].path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	close_file(cursor);
	cursor->file = file;
	result = block_index_open(&cursor->index, fd);
	if (result < 0)
		close_file(cursor);
	return result;
}

int
cursor_open(struct cursor **ret_cursor, const char *path, const struct recorded *recorded)
{
	struct cursor *cursor = xcalloc(1, sizeof(*cursor));
	int result = recording_files_find(&cursor->files, path);

	if (result < 0 && result != -ENODATA) {
		free(cursor);
		return result;
	}
	cursor->path = xstrdup(path);
	cursor->decoder = decoder_create(recorded);
	cursor->index.fd = -1;
	cursor->file = cursor->files.count;
	cursor->sample = NO_SAMPLE;
	*ret_cursor = cursor;
	return 0;
}

void
cursor_close(struct cursor *cursor)
{
	if (!cursor)
		return;
	close_file(cursor);
	recording_files_finish(&cursor->files);
	decoder_destroy(cursor->decoder);
	bytes_finish(&cursor->payload);
	free(cursor->path);
	free(cursor);
}

static int
take_block(struct cursor *cursor, const struct block *block)
{
	int result;

	bytes_reset(&cursor->payload);
	result = block_read_payload(
		cursor->index.fd, block, bytes_reserve(&cursor->payload, block->size + 1));
	cursor->payload.count = block->size;
	return result < 0 ? result : decoder_take(cursor->decoder, block, cursor->payload.data);
}

/* Where to begin to read: after the sample that the decoder has, or with the chunk. */
static bool
is_ahead(const struct cursor *cursor, size_t chunk, size_t sample)
{
	return cursor->sample != NO_SAMPLE && cursor->sample <= sample &&
	       cursor->sample >= cursor->index.chunks[chunk].first;
}

/* Reads a sample. Returns 0, or -EBADMSG with the first one that is damaged, or -errno. */
static int
load(struct cursor *cursor, size_t sample, size_t *ret_damaged)
{
	size_t chunk = block_index_chunk(&cursor->index, sample);
	size_t next = cursor->index.chunks[chunk].first;
	int result = 0;

	if (is_ahead(cursor, chunk, sample))
		next = cursor->sample + 1;
	else
		result = take_block(cursor, &cursor->index.chunks[chunk].schema);
	cursor->sample = NO_SAMPLE;
	for (; result == 0 && next <= sample; next++)
		if ((result = take_block(cursor, &cursor->index.samples[next])) < 0)
			break;
	if (result == 0)
		cursor->sample = sample;
	else
		*ret_damaged = next;
	return result;
}

/*
 * Reads a sample of this file, or if it is damaged the nearest one forward or backward. -ENODATA if
 * there is none.
 */
static int
settle(struct cursor *cursor, size_t sample, bool forward)
{
	size_t damaged = 0;

	while (sample < cursor->index.count) {
		int result = load(cursor, sample, &damaged);

		if (result != -EBADMSG)
			return result;
		block_index_leave_out(&cursor->index, damaged);
		sample = forward ? damaged : damaged - 1; /* before the first: past the end */
	}
	return -ENODATA;
}

/* Goes to the first or last sample of the nearest file that has one, this file included. */
static int
settle_in_files(struct cursor *cursor, size_t file, bool forward)
{
	int result = -ENODATA;

	for (; result < 0 && file < cursor->files.count; file += forward ? 1 : SIZE_MAX) {
		result = open_file(cursor, file);
		if (result == 0)
			result = settle(cursor, forward ? 0 : cursor->index.count - 1, forward);
	}
	return result;
}

/* Where the cursor stood; the numbers of samples change when damage is found. */
struct spot {
	size_t file;
	uint64_t offset;
	bool is_there;
};

static struct spot
spot_of(const struct cursor *cursor)
{
	struct spot spot = { .file = cursor->file };

	if (cursor->sample == NO_SAMPLE)
		return spot;
	spot.is_there = true;
	spot.offset = cursor->index.samples[cursor->sample].offset;
	return spot;
}

/* Returns the result; after a failure the cursor goes back to where it stood. */
static int
end_move(struct cursor *cursor, const struct spot *spot, int result)
{
	const struct block_index *index = &cursor->index;
	size_t i = 0;

	if (result == 0 || !spot->is_there || open_file(cursor, spot->file) < 0)
		return result;
	while (i < index->count && index->samples[i].offset != spot->offset)
		i++;
	if (i != cursor->sample)
		settle(cursor, i, false);
	return result;
}

int
cursor_first(struct cursor *cursor)
{
	struct spot spot = spot_of(cursor);

	return end_move(cursor, &spot, settle_in_files(cursor, 0, true));
}

int
cursor_last(struct cursor *cursor)
{
	struct spot spot = spot_of(cursor);

	return end_move(cursor, &spot, settle_in_files(cursor, cursor->files.count - 1, false));
}

static int
step(struct cursor *cursor, bool forward)
{
	struct spot spot = spot_of(cursor);
	size_t distance = forward ? 1 : SIZE_MAX; /* which is -1 */
	int result;

	if (!spot.is_there)
		return forward ? cursor_first(cursor) : cursor_last(cursor);
	result = settle(cursor, cursor->sample + distance, forward);
	if (result < 0)
		result = settle_in_files(cursor, spot.file + distance, forward);
	return end_move(cursor, &spot, result);
}

int
cursor_next(struct cursor *cursor)
{
	return step(cursor, true);
}

int
cursor_previous(struct cursor *cursor)
{
	return step(cursor, false);
}

/* Past the end if all are later. The clock may have been set back between two samples. */
static size_t
sample_at(const struct block_index *index, int64_t wall)
{
	size_t i = index->count;

	while (i-- > 0)
		if (index->samples[i].wall <= wall &&
			(i + 1 == index->count || index->samples[i + 1].wall > wall))
			break;
	return i;
}

int
cursor_go(struct cursor *cursor, int64_t wall)
{
	struct spot spot = spot_of(cursor);
	size_t file = recording_files_at(&cursor->files, wall);
	int result;

	if (file == cursor->files.count)
		return -ENODATA;
	result = open_file(cursor, file);
	if (result == 0)
		result = settle(cursor, sample_at(&cursor->index, wall), false);
	if (result < 0)
		result = settle_in_files(cursor, file - 1, false);
	return end_move(cursor, &spot, result);
}

static size_t
file_of(const struct cursor *cursor, const char *path)
{
	size_t i = 0;

	while (i < cursor->files.count && strcmp(cursor->files.files[i].path, path) != 0)
		i++;
	return i;
}

/* One that is open and was deleted is closed. */
static int
find_files(struct cursor *cursor)
{
	_cleanup_free_ char *path = NULL;
	int result;

	if (cursor->file < cursor->files.count)
		path = xstrdup(cursor->files.files[cursor->file].path);
	result = recording_files_find(&cursor->files, cursor->path);
	if (result < 0)
		return result == -ENODATA ? 0 : result;
	cursor->file = path ? file_of(cursor, path) : cursor->files.count;
	if (cursor->file == cursor->files.count)
		close_file(cursor);
	return 0;
}

int
cursor_follow(struct cursor *cursor)
{
	uint64_t end = cursor->index.end;
	int result = find_files(cursor);

	if (result < 0 || cursor->file == cursor->files.count)
		return result;
	result = block_index_follow(&cursor->index);
	if (cursor->index.end < end)
		cursor->sample = NO_SAMPLE;
	return result;
}

bool
cursor_place(const struct cursor *cursor, struct cursor_place *ret_place)
{
	const struct block *block;

	if (cursor->sample == NO_SAMPLE)
		return false;
	block = &cursor->index.samples[cursor->sample];
	*ret_place = (struct cursor_place){
		.file = cursor->files.files[cursor->file].path,
		.boottime = block->boottime,
		.wall = block->wall,
		.is_after_gap = block_index_is_after_gap(&cursor->index, cursor->sample),
	};
	return true;
}

struct decoder *
cursor_decoder(struct cursor *cursor)
{
	return cursor->decoder;
}

bool
cursor_gap(const struct cursor *cursor, size_t number, struct cursor_gap *ret_gap)
{
	const struct block_index *index = &cursor->index;
	const struct gap *gap;

	if (number >= index->gap_count)
		return false;
	gap = &index->gaps[number];
	*ret_gap = (struct cursor_gap){
		.from = gap->sample > 0 ? index->samples[gap->sample - 1].wall : UNKNOWN,
		.to = gap->sample < index->count ? index->samples[gap->sample].wall : UNKNOWN,
		.bytes = gap->bytes,
	};
	return true;
}
