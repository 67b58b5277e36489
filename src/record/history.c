// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/history.h"

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "record/block-index.h"
#include "record/compress.h"
#include "record/decoder.h"
#include "record/files.h"
#include "record/limits.h"
#include "record/recorded.h"

#include <errno.h>
#include <string.h>

/* A walk over the chunks of a recording. */
struct walk {
	const struct summary_query *query;
	size_t table; /* number of the recorded table */
	int64_t from, to;
	struct rows *history;
	struct decompressor *decompressor;
	struct decoder *decoder;
	struct bytes payload, raw;
	struct block_index index;
};

static void
add_part(struct walk *walk, int64_t begin, int64_t end, const struct span_of_values *values)
{
	struct history_part *part = rows_add(walk->history, &history_table);

	*part = (struct history_part){ begin, end, values->least, values->most, values->last };
}

static const void *
read_payload(struct walk *walk, const struct block *block)
{
	bytes_reset(&walk->payload);
	if (block_read_payload(
		    walk->index.fd, block, bytes_reserve(&walk->payload, block->size + 1)) < 0)
		return NULL;
	return walk->payload.data;
}

/* Returns as summary_find(). */
static int
read_summary(struct walk *walk, const struct block *block, struct span_of_values *ret_values)
{
	const void *payload = read_payload(walk, block);
	struct byte_reader reader;

	if (!payload)
		return -EBADMSG;
	bytes_reset(&walk->raw);
	bytes_reserve(&walk->raw, block->raw_size + 1);
	decompressor_begin(walk->decompressor);
	if (!decompressor_take(
		    walk->decompressor, payload, block->size, walk->raw.data, block->raw_size))
		return -EBADMSG;
	reader = (struct byte_reader){ walk->raw.data, walk->raw.data + block->raw_size, false };
	return summary_find(&reader, walk->query, ret_values);
}

/* Without a summary each sample is a part. */
static void
read_samples(struct walk *walk, const struct chunk *chunk, size_t end)
{
	const struct summary_query *query = walk->query;
	const struct block *block = &chunk->schema;
	const void *payload = read_payload(walk, block);

	for (size_t i = chunk->first; payload && decoder_take(walk->decoder, block, payload) == 0;
		i++) {
		int64_t value = decoder_value(
			walk->decoder, walk->table, query->field, query->keys, query->key_count);

		if (block != &chunk->schema && value != UNKNOWN)
			add_part(walk, block->wall, block->wall,
				&(struct span_of_values){ value, value, value });
		if (i == end)
			return;
		block = &walk->index.samples[i];
		payload = read_payload(walk, block);
	}
}

static size_t
end_of(const struct block_index *index, size_t chunk)
{
	return chunk + 1 < index->chunk_count ? index->chunks[chunk + 1].first : index->count;
}

static void
read_chunk(struct walk *walk, size_t number)
{
	const struct chunk *chunk = &walk->index.chunks[number];
	size_t end = end_of(&walk->index, number);
	int64_t first = walk->index.samples[chunk->first].wall;
	int64_t last = walk->index.samples[end - 1].wall;
	struct span_of_values values;
	int found;

	if (last < walk->from || first > walk->to)
		return;
	found = chunk->summary.kind ? read_summary(walk, &chunk->summary, &values) : -ENODATA;
	if (found > 0)
		add_part(walk, first, last, &values);
	else if (found < 0)
		read_samples(walk, chunk, end);
}

/* One that was deleted since it was listed is left out. */
static void
read_file(struct walk *walk, const char *path)
{
	_cleanup_close_ int fd = recording_open_index(path, &walk->index);

	for (size_t i = 0; fd >= 0 && i < walk->index.chunk_count; i++)
		read_chunk(walk, i);
	block_index_finish(&walk->index);
}

static size_t
number_of(const char *table)
{
	size_t i = 0;

	while (strcmp(snapshot_recorded.tables[i].table->name, table) != 0)
		i++;
	return i;
}

int
recording_history(const char *path, const struct summary_query *query, int64_t from, int64_t to,
	struct rows *history)
{
	struct walk walk = { .query = query,
		.table = number_of(query->table),
		.from = from,
		.to = to,
		.history = history,
		.decompressor = decompressor_create(),
		.decoder = decoder_create(&snapshot_recorded) };
	struct recording_files files = { .count = 0 };
	int error = recording_files_find(&files, path);

	for (size_t i = 0; i < files.count; i++)
		if (files.files[i].wall <= to)
			read_file(&walk, files.files[i].path);
	recording_files_finish(&files);
	decompressor_destroy(walk.decompressor);
	decoder_destroy(walk.decoder);
	bytes_finish(&walk.payload);
	bytes_finish(&walk.raw);
	return error;
}
