// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/cursor.h"

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/known.h"
#include "base/macros.h"
#include "base/memory.h"
#include "record/block-index.h"
#include "record/decoder.h"
#include "record/files.h"
#include "record/marks.h"

#include <errno.h>
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
	struct usual_interval usual;
	size_t sample; /* where it stands: what the decoder has; or NO_SAMPLE */
	void (*pass)(void *context, const struct cursor_place *place);
	void *context; /* of `pass` */
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
	cursor->usual.to = 0;
}

static int
open_file(struct cursor *cursor, size_t file)
{
	int fd, result;

	if (file == cursor->file)
		return 0;
	fd = recording_open(cursor->files.files[file].path);
	if (fd < 0)
		return fd == -ENOENT ? -ENODATA : fd; /* it was deleted */
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

/*
 * Where to begin to read: after the sample that the decoder has, or with the chunk, as for that
 * sample itself if the one before it is wanted too.
 */
static bool
is_ahead(const struct cursor *cursor, size_t chunk, size_t sample)
{
	return cursor->sample != NO_SAMPLE && cursor->sample + (cursor->pass != NULL) <= sample &&
	       cursor->sample >= cursor->index.chunks[chunk].first;
}

/* Whoever watches is told of the sample before the one that the cursor moves to. */
static void
pass(struct cursor *cursor, size_t sample)
{
	struct cursor_place place;

	if (!cursor->pass || block_index_is_after_gap(&cursor->index, sample + 1))
		return;
	cursor->sample = sample;
	cursor_place(cursor, &place);
	cursor->pass(cursor->context, &place);
	cursor->sample = NO_SAMPLE;
}

static int
load_chunk(struct cursor *cursor, size_t sample, size_t *ret_damaged)
{
	size_t chunk = block_index_chunk(&cursor->index, sample);
	size_t next = cursor->index.chunks[chunk].first;
	int result = 0;

	if (is_ahead(cursor, chunk, sample))
		next = cursor->sample + 1;
	else
		result = take_block(cursor, &cursor->index.chunks[chunk].schema);
	cursor->sample = NO_SAMPLE;
	for (; result == 0 && next <= sample; next++) {
		if (next == sample && next > cursor->index.chunks[chunk].first)
			pass(cursor, next - 1);
		if ((result = take_block(cursor, &cursor->index.samples[next])) < 0)
			break;
	}
	if (result == 0)
		cursor->sample = sample;
	else
		*ret_damaged = next;
	return result;
}

/*
 * Reads a sample. Returns 0, or -EBADMSG with the first one that is damaged, or -errno. The one
 * before the first of a chunk is in the chunk before.
 */
static int
load(struct cursor *cursor, size_t sample, size_t *ret_damaged)
{
	size_t chunk = block_index_chunk(&cursor->index, sample);

	if (cursor->pass)
		cursor->pass(cursor->context, NULL);
	if (cursor->pass && chunk > 0 && sample == cursor->index.chunks[chunk].first) {
		if (cursor->sample != sample - 1 && load_chunk(cursor, sample - 1, ret_damaged) < 0)
			cursor->sample = NO_SAMPLE;
		if (cursor->sample == sample - 1)
			pass(cursor, sample - 1);
	}
	return load_chunk(cursor, sample, ret_damaged);
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

struct cursor_spot
cursor_spot(const struct cursor *cursor)
{
	struct cursor_spot spot = { .file = cursor->file };

	if (cursor->sample == NO_SAMPLE)
		return spot;
	spot.is_there = true;
	spot.offset = cursor->index.samples[cursor->sample].offset;
	return spot;
}

int
cursor_end_move(struct cursor *cursor, const struct cursor_spot *spot, int result)
{
	const struct block_index *index = &cursor->index;
	size_t i = 0;

	if (result == 0 || !spot->is_there)
		return result;
	if (open_file(cursor, spot->file) < 0)
		return settle_in_files(cursor, spot->file + 1, true) == 0
			       ? 0
			       : settle_in_files(cursor, spot->file - 1, false);
	while (i < index->count && index->samples[i].offset != spot->offset)
		i++;
	if (i != cursor->sample)
		settle(cursor, i, false);
	return result;
}

int
cursor_first(struct cursor *cursor)
{
	struct cursor_spot spot = cursor_spot(cursor);

	return cursor_end_move(cursor, &spot, settle_in_files(cursor, 0, true));
}

int
cursor_last(struct cursor *cursor)
{
	struct cursor_spot spot = cursor_spot(cursor);

	return cursor_end_move(
		cursor, &spot, settle_in_files(cursor, cursor->files.count - 1, false));
}

int
cursor_again(struct cursor *cursor)
{
	struct cursor_spot spot = cursor_spot(cursor);

	return spot.is_there ? cursor_end_move(cursor, &spot, settle(cursor, cursor->sample, false))
			     : -ENODATA;
}

/* The samples of this file beyond the given one. */
static size_t
left_in_file(const struct cursor *cursor, size_t sample, bool forward)
{
	return forward ? cursor->index.count - 1 - sample : sample;
}

/*
 * Opens files until the sample is in one; those that were deleted are passed over. Steps from
 * `*sample`; of no further file its end, whose number is another if damage was found before.
 */
static int
find_step(struct cursor *cursor, size_t steps, bool forward, size_t *sample, bool *ret_is_end)
{
	size_t left = left_in_file(cursor, *sample, forward), distance = forward ? 1 : SIZE_MAX;
	size_t found = cursor->file;
	int result;

	for (size_t file = found + distance; steps > left && file < cursor->files.count;
		file += distance) {
		if (open_file(cursor, file) < 0 || cursor->index.count == 0)
			continue;
		found = file;
		steps -= left + 1;
		*sample = forward ? 0 : cursor->index.count - 1;
		left = left_in_file(cursor, *sample, forward);
	}
	result = open_file(cursor, found);
	*ret_is_end = steps > left;
	if (*ret_is_end)
		*sample = forward ? cursor->index.count - 1 : 0;
	else
		*sample += forward ? steps : -steps;
	return result;
}

static bool
is_spot(const struct cursor *cursor, size_t sample, const struct cursor_spot *spot)
{
	return cursor->file == spot->file && sample < cursor->index.count &&
	       cursor->index.samples[sample].offset == spot->offset;
}

int
cursor_step(struct cursor *cursor, int64_t steps)
{
	struct cursor_spot spot = cursor_spot(cursor);
	bool forward = steps > 0, is_end;
	size_t sample = cursor->sample;
	int result;

	if (!spot.is_there)
		return forward ? cursor_first(cursor) : cursor_last(cursor);
	result = find_step(
		cursor, forward ? (size_t)steps : -(size_t)steps, forward, &sample, &is_end);
	if (result == 0 && is_spot(cursor, sample, &spot))
		return cursor_end_move(cursor, &spot, -ENODATA);
	forward = forward != is_end; /* from the end back */
	if (result == 0)
		result = settle(cursor, sample, forward);
	if (result == -ENODATA)
		result = settle_in_files(cursor, cursor->file + (forward ? 1 : SIZE_MAX), forward);
	if (result == 0 && is_spot(cursor, cursor->sample, &spot))
		result = -ENODATA;
	return cursor_end_move(cursor, &spot, result);
}

static struct sample_story
story_of(struct cursor *cursor, size_t sample)
{
	return sample_story(&cursor->files, cursor->file, &cursor->index, sample, &cursor->usual);
}

/* The nearest sample of this file with a mark, from `sample` on. */
static size_t
find_mark(struct cursor *cursor, size_t sample, bool forward)
{
	size_t count = cursor->index.count;

	while (sample < count && story_of(cursor, sample).marks == 0)
		sample += forward ? 1 : SIZE_MAX;
	return sample < count ? sample : count;
}

/* Opens the next file from `*file` that is still there. */
static int
open_next(struct cursor *cursor, size_t *file, bool forward)
{
	do
		*file += forward ? 1 : SIZE_MAX;
	while (*file < cursor->files.count && open_file(cursor, *file) < 0);
	return *file < cursor->files.count ? 0 : -ENODATA;
}

int
cursor_mark(struct cursor *cursor, bool forward)
{
	struct cursor_spot spot = cursor_spot(cursor);
	size_t file = cursor->file, sample = cursor->sample + (forward ? 1 : SIZE_MAX);
	int result = spot.is_there ? 0 : -ENODATA;

	while (result == 0 &&
		(sample = find_mark(cursor, sample, forward)) == cursor->index.count) {
		result = open_next(cursor, &file, forward);
		sample = forward ? 0 : cursor->index.count - 1;
	}
	if (result == 0)
		result = settle(cursor, sample, forward);
	return cursor_end_move(cursor, &spot, result);
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
	struct cursor_spot spot = cursor_spot(cursor);
	size_t file = recording_files_at(&cursor->files, wall);
	int result;

	if (file == cursor->files.count)
		return -ENODATA;
	result = open_file(cursor, file);
	if (result == 0)
		result = settle(cursor, sample_at(&cursor->index, wall), false);
	if (result < 0)
		result = settle_in_files(cursor, file - 1, false);
	return cursor_end_move(cursor, &spot, result);
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
	int64_t wall =
		cursor->sample == NO_SAMPLE ? UNKNOWN : cursor->index.samples[cursor->sample].wall;
	uint64_t end = cursor->index.end;
	int result = find_files(cursor);

	if (result < 0)
		return result;
	if (cursor->file == cursor->files.count) {
		if (wall != UNKNOWN && cursor_go(cursor, wall) < 0)
			cursor_first(cursor);
		return 0;
	}
	result = block_index_follow(&cursor->index);
	cursor->usual.to = 0; /* another recorder may have begun */
	if (cursor->index.end < end)
		cursor->sample = NO_SAMPLE;
	return result;
}

bool
cursor_place(struct cursor *cursor, struct cursor_place *ret_place)
{
	const struct block *block;
	struct sample_story story;

	if (cursor->sample == NO_SAMPLE)
		return false;
	block = &cursor->index.samples[cursor->sample];
	story = story_of(cursor, cursor->sample);
	*ret_place = (struct cursor_place){
		.file = cursor->files.files[cursor->file].path,
		.boottime = block->boottime,
		.wall = block->wall,
		.boot = cursor->files.files[cursor->file].boot,
		.since = story.since,
		.interval = story.interval,
		.marks = story.marks,
	};
	return true;
}

int64_t
cursor_begin(const struct cursor *cursor)
{
	return cursor->files.count > 0 ? cursor->files.files[0].wall : UNKNOWN;
}

void
cursor_watch(struct cursor *cursor, void (*before)(void *context, const struct cursor_place *place),
	void *context)
{
	cursor->pass = before;
	cursor->context = context;
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
