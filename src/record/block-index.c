// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/block-index.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "record/limits.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* Of payloads so much is read in one walk, or a file could be made that takes for ever. */
enum { WINDOW_SIZE = 64 * 1024, MOST_CHECKED = 256 * 1024 * 1024 };

/* One walk over the file, which had `size` bytes at its start. */
struct walk {
	struct block_index *index;
	uint64_t size;
	uint8_t *window;
	uint64_t window_offset;
	size_t window_size;
	uint64_t checked; /* bytes of payloads */
	int error;
};

/* Returns `size` bytes at `offset`, fewer at the end of the file: *ret_size. */
static const uint8_t *
look_at(struct walk *walk, uint64_t offset, size_t size, size_t *ret_size)
{
	uint64_t window_end = walk->window_offset + walk->window_size;
	int64_t count;

	if (offset < walk->window_offset || offset + size > window_end) {
		count = block_pread(walk->index->fd, walk->window, WINDOW_SIZE, offset);
		if (count < 0)
			walk->error = (int)count;
		walk->window_offset = offset;
		walk->window_size = count < 0 ? 0 : (size_t)count;
		window_end = offset + walk->window_size;
	}
	*ret_size = (size_t)(window_end - offset);
	return walk->window + (offset - walk->window_offset);
}

/*
 * The payload is looked at where a header may stand by chance, and of the last block: it may still
 * be written, and after a loss of power it may be zeros.
 */
static bool
is_whole(struct walk *walk, const struct block *block, bool by_chance)
{
	_cleanup_free_ uint8_t *payload = NULL;
	bool is_last = block_end(block) == walk->size;

	if (block_end(block) > walk->size)
		return false;
	if ((!is_last && !by_chance) || walk->checked > MOST_CHECKED)
		return !is_last;
	walk->checked += BLOCK_HEADER_SIZE + block->size;
	payload = xmalloc(block->size);
	return block_read_payload(walk->index->fd, block, payload) == 0;
}

/* Looks for a whole block from `offset` on. Notes how far there is none. */
static bool
search(struct walk *walk, uint64_t offset, struct block *ret_block)
{
	uint64_t unfinished = UINT64_MAX;
	size_t size;

	while (offset + BLOCK_HEADER_SIZE <= walk->size) {
		const uint8_t *bytes = look_at(walk, offset, BLOCK_HEADER_SIZE, &size);
		size_t place = block_find_magic(bytes, size);

		if (size < BLOCK_HEADER_SIZE)
			break;
		if (place + BLOCK_HEADER_SIZE > size) {
			/* The magic may be cut by the end of the window. */
			offset += place < size ? place : size - (BLOCK_MAGIC_SIZE - 1);
			continue;
		}
		offset += place;
		if (block_read_header(bytes + place, offset, ret_block)) {
			if (is_whole(walk, ret_block, true))
				return true;
			if (unfinished == UINT64_MAX)
				unfinished = offset;
		}
		offset++;
	}
	walk->index->searched = unfinished < offset ? unfinished : offset;
	return false;
}

static bool
read_at(struct walk *walk, uint64_t offset, struct block *ret_block)
{
	size_t size;
	const uint8_t *header = look_at(walk, offset, BLOCK_HEADER_SIZE, &size);

	return size >= BLOCK_HEADER_SIZE && block_read_header(header, offset, ret_block) &&
	       is_whole(walk, ret_block, false);
}

/* The gap before the sample of this number, which may still come. */
static void
add_gap(struct block_index *index, size_t sample, uint64_t bytes)
{
	size_t i = index->gap_count;

	while (i > 0 && index->gaps[i - 1].sample > sample)
		i--;
	if (i > 0 && (index->gaps[i - 1].sample == sample || index->gap_count == MOST_GAPS)) {
		index->gaps[i - 1].bytes += bytes;
		return;
	}
	index->gaps = array_reserve(
		index->gaps, &index->gap_capacity, index->gap_count + 1, sizeof(index->gaps[0]));
	memmove(&index->gaps[i + 1], &index->gaps[i],
		(index->gap_count - i) * sizeof(index->gaps[0]));
	index->gaps[i] = (struct gap){ .sample = sample, .bytes = bytes };
	index->gap_count++;
}

static void
add_sample(struct block_index *index, const struct block *block)
{
	index->samples = array_reserve(
		index->samples, &index->capacity, index->count + 1, sizeof(index->samples[0]));
	index->samples[index->count++] = *block;
}

static void
take_schema(struct block_index *index, const struct block *block)
{
	index->chunk_raw = 0;
}

static void
take_keyframe(struct block_index *index, const struct block *block)
{
	index->chunks = array_reserve(index->chunks, &index->chunk_capacity, index->chunk_count + 1,
		sizeof(index->chunks[0]));
	index->chunks[index->chunk_count++] =
		(struct chunk){ .schema = index->last, .first = index->count };
	add_sample(index, block);
}

static const struct block_rule {
	uint8_t after[2]; /* the kinds that it may follow; none: any */
	bool starts;
	void (*take)(struct block_index *index, const struct block *block);
} rules[] = {
	[BLOCK_SCHEMA] = { .starts = true, .take = take_schema },
	[BLOCK_KEYFRAME] = { { BLOCK_SCHEMA, BLOCK_SCHEMA }, .take = take_keyframe },
	[BLOCK_DELTA] = { { BLOCK_KEYFRAME, BLOCK_DELTA }, .take = add_sample },
};

/* Whether the chunk can be read up to this block. */
static bool
follows(const struct block_index *index, const struct block *block)
{
	const struct block_rule *rule = &rules[block->kind];

	if (rule->starts)
		return block->number == 0;
	return (index->last.kind == rule->after[0] || index->last.kind == rule->after[1]) &&
	       index->last.kind && block->number == index->last.number + 1 &&
	       block->number < MOST_CHUNK_BLOCKS &&
	       index->chunk_raw + block->raw_size <= MOST_CHUNK_RAW;
}

static void
take(struct block_index *index, const struct block *block)
{
	index->block_count++;
	index->end = block_end(block);
	index->has_ended = block->kind == BLOCK_END;
	if (block->kind == BLOCK_SUMMARY && index->last.kind && index->chunk_count > 0)
		index->chunks[index->chunk_count - 1].summary = *block;
	if (block->kind == BLOCK_END || block->kind == BLOCK_SUMMARY)
		index->last.kind = 0;
	if (block->kind < BLOCK_SCHEMA || block->kind > BLOCK_DELTA)
		return;
	if (!follows(index, block)) {
		add_gap(index, index->count, BLOCK_HEADER_SIZE + block->size);
		index->last.kind = 0;
		return;
	}
	rules[block->kind].take(index, block);
	index->chunk_raw += block->raw_size;
	index->last = *block;
}

static void
skip_damage(struct block_index *index, uint64_t offset)
{
	add_gap(index, index->count, offset - index->end);
	index->last.kind = 0;
}

static void
walk_over(struct walk *walk)
{
	struct block_index *index = walk->index;
	struct block block;

	while (walk->error == 0 && index->end + BLOCK_HEADER_SIZE <= walk->size) {
		uint64_t from = index->end + 1;

		if (index->block_count == MOST_BLOCKS) {
			index->is_full = true;
			return;
		}
		if (!read_at(walk, index->end, &block)) {
			if (!search(walk, from > index->searched ? from : index->searched, &block))
				return;
			skip_damage(index, block.offset);
		}
		take(index, &block);
	}
}

int
block_index_follow(struct block_index *index)
{
	_cleanup_free_ uint8_t *window = NULL;
	struct walk walk = { .index = index };
	struct stat status;

	if (fstat(index->fd, &status) < 0)
		return -errno;
	walk.size = (uint64_t)status.st_size;
	if (walk.size < index->end)
		block_index_finish(index);
	if (walk.size <= index->end)
		return 0;
	walk.window = window = xmalloc(WINDOW_SIZE);
	walk_over(&walk);
	return walk.error;
}

int
block_index_open(struct block_index *index, int fd)
{
	*index = (struct block_index){ .fd = fd };
	return block_index_follow(index);
}

void
block_index_finish(struct block_index *index)
{
	free(index->samples);
	free(index->chunks);
	free(index->gaps);
	*index = (struct block_index){ .fd = index->fd };
}

size_t
block_index_chunk(const struct block_index *index, size_t sample)
{
	size_t first = 0, end = index->chunk_count;

	while (end - first > 1) {
		size_t middle = first + (end - first) / 2;

		if (index->chunks[middle].first <= sample)
			first = middle;
		else
			end = middle;
	}
	return first;
}

/* Takes `count` samples out, the last ones of a chunk. */
static void
remove_samples(struct block_index *index, size_t chunk, size_t sample, size_t count)
{
	memmove(&index->samples[sample], &index->samples[sample + count],
		(index->count - sample - count) * sizeof(index->samples[0]));
	index->count -= count;
	for (size_t i = chunk + 1; i < index->chunk_count; i++)
		index->chunks[i].first -= count;
	for (size_t i = 0; i < index->gap_count; i++)
		if (index->gaps[i].sample > sample)
			index->gaps[i].sample -= count;
	if (index->chunks[chunk].first == sample)
		memmove(&index->chunks[chunk], &index->chunks[chunk + 1],
			(--index->chunk_count - chunk) * sizeof(index->chunks[0]));
}

void
block_index_leave_out(struct block_index *index, size_t sample)
{
	size_t chunk = block_index_chunk(index, sample);
	bool is_last = chunk + 1 == index->chunk_count;
	size_t end = is_last ? index->count : index->chunks[chunk + 1].first;
	uint64_t bytes = 0;

	for (size_t i = sample; i < end; i++)
		bytes += BLOCK_HEADER_SIZE + index->samples[i].size;
	if (is_last)
		index->last.kind = 0;
	remove_samples(index, chunk, sample, end - sample);
	add_gap(index, sample, bytes);
}

bool
block_index_is_after_gap(const struct block_index *index, size_t sample)
{
	for (size_t i = 0; i < index->gap_count; i++)
		if (index->gaps[i].sample == sample)
			return true;
	return false;
}
