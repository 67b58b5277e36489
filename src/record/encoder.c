// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/encoder.h"

#include "base/bytes.h"
#include "base/macros.h"
#include "base/memory.h"
#include "record/block.h"
#include "record/compress.h"
#include "record/limits.h"
#include "record/row-encoder.h"
#include "record/summary.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

/* A chunk is never too long to be read if it has few bytes. */
enum { CHUNK_SAMPLES = 180, CHUNK_WEIGHT = 5, LEAST_WEIGHT = 64 * 1024, PART_SIZE = 64 * 1024 };
#define CHUNK_SPAN (3600 * NS_PER_SEC)

struct encoder {
	const struct recorded *recorded;
	struct schema schema;
	struct bytes schema_bytes;
	struct row_encoder *tables;
	struct summary *summaries;
	size_t summary_count;
	struct bytes summary_bytes;
	struct sample_time last; /* of the last sample */
	struct text_ids texts;
	struct compressor *compressor;
	struct bytes rows, blocks;
	struct bytes part; /* a field of the rows, then some of the new texts */
	struct left_out left_out;
	bool has_begun; /* a sample has been encoded */
	struct chunk_state {
		uint16_t number; /* of its next block; 0: the next sample begins a new chunk */
		int64_t since;   /* CLOCK_BOOTTIME */
		size_t keyframe, deltas, raw, texts; /* bytes */
	} chunk;
};

/* Of each field in the list. */
static void
add_summaries(struct encoder *encoder, size_t number)
{
	const char *list = encoder->recorded->tables[number].summary;
	struct row_slots *slots = &encoder->tables[number].slots;

	while (list && *list) {
		size_t length = strcspn(list, ",");
		size_t field = schema_field(slots->table, list, length);

		assert(field < slots->table->field_count && slots->key_count <= SUMMARY_KEYS);
		encoder->summaries = xreallocarray(encoder->summaries, encoder->summary_count + 1,
			sizeof(encoder->summaries[0]));
		summary_init(&encoder->summaries[encoder->summary_count++], slots, field);
		list += length + (list[length] == ',');
	}
}

struct encoder *
encoder_create(const struct recorded *recorded, const struct note *notes, size_t note_count)
{
	struct encoder *encoder = xcalloc(1, sizeof(*encoder));
	struct byte_reader reader;
	bool is_valid;

	encoder->recorded = recorded;
	schema_write(&encoder->schema_bytes, recorded, notes, note_count);
	reader = (struct byte_reader){ encoder->schema_bytes.data,
		encoder->schema_bytes.data + encoder->schema_bytes.count, false };
	is_valid = schema_read(&encoder->schema, &reader, recorded);
	assert(is_valid);
	(void)is_valid;
	encoder->tables = xcalloc(recorded->count, sizeof(encoder->tables[0]));
	for (size_t i = 0; i < recorded->count; i++)
		row_encoder_init(&encoder->tables[i], &encoder->schema.tables[i]);
	for (size_t i = 0; i < recorded->count; i++)
		add_summaries(encoder, i);
	encoder->compressor = compressor_create();
	return encoder;
}

void
encoder_destroy(struct encoder *encoder)
{
	if (!encoder)
		return;
	for (size_t i = 0; i < encoder->recorded->count; i++)
		row_encoder_finish(&encoder->tables[i]);
	free(encoder->tables);
	for (size_t i = 0; i < encoder->summary_count; i++)
		summary_finish(&encoder->summaries[i]);
	free(encoder->summaries);
	bytes_finish(&encoder->summary_bytes);
	text_ids_finish(&encoder->texts);
	schema_finish(&encoder->schema);
	compressor_destroy(encoder->compressor);
	bytes_finish(&encoder->schema_bytes);
	bytes_finish(&encoder->rows);
	bytes_finish(&encoder->part);
	bytes_finish(&encoder->blocks);
	free(encoder);
}

/* Texts that are gone stay until the end of the chunk. */
static bool
has_too_many_texts(const struct encoder *encoder)
{
	return encoder->left_out.texts > 0 || (encoder->texts.bytes > 2 * encoder->chunk.texts &&
						      encoder->texts.bytes > MOST_TEXT_BYTES / 4);
}

static bool
is_chunk_complete(const struct encoder *encoder, const struct sample_time *time)
{
	const struct chunk_state *chunk = &encoder->chunk;

	return chunk->number == 0 || chunk->number > CHUNK_SAMPLES ||
	       chunk->deltas > CHUNK_WEIGHT * chunk->keyframe + LEAST_WEIGHT ||
	       chunk->raw > MOST_CHUNK_RAW / 2 || time->boottime - chunk->since >= CHUNK_SPAN ||
	       time->boottime < chunk->since || has_too_many_texts(encoder);
}

/* Puts the new texts, part by part. Returns their size before compression. */
static size_t
put_texts(struct encoder *encoder)
{
	struct bytes *part = &encoder->part;
	size_t size = 0;

	bytes_reset(part);
	bytes_put_varint(part, text_ids_new(&encoder->texts));
	do {
		text_ids_write(&encoder->texts, part, PART_SIZE);
		compressor_add(
			encoder->compressor, &encoder->blocks, part->data, part->count, false);
		size += part->count;
		part->count = 0;
	} while (text_ids_new(&encoder->texts) > 0);
	return size;
}

/* The payload of samples begins with the new texts. Returns its size. */
static size_t
put_block(struct encoder *encoder, enum block_kind kind, uint8_t flags,
	const struct sample_time *time, const struct bytes *bytes)
{
	struct bytes *blocks = &encoder->blocks;
	size_t header = blocks->count, payload = header + BLOCK_HEADER_SIZE;
	bool is_sample = kind == BLOCK_KEYFRAME || kind == BLOCK_DELTA;
	struct block block = { .boottime = time->boottime,
		.wall = time->wall,
		.raw_size = (uint32_t)bytes->count,
		.number = encoder->chunk.number++,
		.flags = flags,
		.kind = (uint8_t)kind };

	bytes_reserve(blocks, BLOCK_HEADER_SIZE);
	blocks->count = payload;
	if (is_sample)
		block.raw_size += (uint32_t)put_texts(encoder);
	if (block.raw_size > 0)
		compressor_add(encoder->compressor, blocks, bytes->data, bytes->count, true);
	block.size = (uint32_t)(blocks->count - payload);
	block.check = block_check(blocks->data + payload, block.size);
	block_write_header(blocks->data + header, &block);
	encoder->chunk.raw += block.raw_size;
	return block.size;
}

/* The range of values in the chunk that ends, in a stream of its own. */
static void
put_summary(struct encoder *encoder)
{
	bytes_reset(&encoder->summary_bytes);
	for (size_t i = 0; i < encoder->summary_count; i++)
		summary_write(&encoder->summaries[i], &encoder->summary_bytes);
	compressor_begin(encoder->compressor);
	put_block(encoder, BLOCK_SUMMARY, 0, &encoder->last, &encoder->summary_bytes);
}

static void
begin_chunk(struct encoder *encoder, const struct sample_time *time)
{
	if (encoder->chunk.number > 0 && encoder->summary_count > 0)
		put_summary(encoder);
	for (size_t i = 0; i < encoder->summary_count; i++)
		summary_reset(&encoder->summaries[i]);
	encoder->chunk = (struct chunk_state){ .since = time->boottime };
	text_ids_reset(&encoder->texts);
	for (size_t i = 0; i < encoder->recorded->count; i++)
		row_encoder_reset(&encoder->tables[i]);
	compressor_begin(encoder->compressor);
	put_block(encoder, BLOCK_SCHEMA, 0, time, &encoder->schema_bytes);
}

/* The reader has slots for so many rows of a table, beside those of the others. */
static size_t
most_rows(const struct encoder *encoder, const struct row_encoder *table)
{
	size_t cells = 0, most;

	for (size_t i = 0; i < encoder->recorded->count; i++) {
		const struct row_slots *slots = &encoder->tables[i].slots;

		if (&encoder->tables[i] != table)
			cells += slots->count * slots->table->field_count;
	}
	most = (MOST_CELLS - cells) / table->slots.table->field_count;
	return most < MOST_ROWS ? most : MOST_ROWS;
}

static void
write_rows(struct encoder *encoder, const struct sample_rows *rows)
{
	struct bytes *bytes = &encoder->rows;

	for (size_t i = 0; i < encoder->recorded->count; i++) {
		struct row_encoder *table = &encoder->tables[i];
		struct sample_rows part = rows[i];
		size_t most = most_rows(encoder, table), start;

		if (part.count > most) {
			encoder->left_out.rows += part.count - most;
			part.count = most;
		}
		bytes_reserve(bytes, sizeof(uint32_t));
		start = bytes->count += sizeof(uint32_t);
		encoder->left_out.texts +=
			row_encoder_write(table, &part, &encoder->texts, bytes, &encoder->part);
		put_le32(bytes->data + start - sizeof(uint32_t), (uint32_t)(bytes->count - start));
	}
}

static void
weigh(struct encoder *encoder, bool is_keyframe, size_t size)
{
	if (is_keyframe) {
		encoder->chunk.keyframe = size;
		encoder->chunk.texts = encoder->texts.bytes;
	} else {
		encoder->chunk.deltas += size;
	}
}

static uint8_t
flags_of(const struct encoder *encoder, const struct sample_rows *rows)
{
	uint8_t flags = encoder->has_begun ? 0 : BLOCK_BEGINS;

	for (size_t i = 0; i < encoder->recorded->count; i++)
		if (encoder->recorded->tables[i].is_event && rows[i].count > 0)
			flags |= BLOCK_HAS_EVENTS;
	return flags;
}

int
encoder_add(struct encoder *encoder, const struct sample_time *time, const struct sample_rows *rows,
	const struct bytes **ret_blocks)
{
	bool is_keyframe = is_chunk_complete(encoder, time);
	size_t size;

	bytes_reset(&encoder->blocks);
	bytes_reset(&encoder->rows);
	encoder->left_out = (struct left_out){ 0, 0 };
	if (is_keyframe)
		begin_chunk(encoder, time);
	write_rows(encoder, rows);
	if (text_ids_size(&encoder->texts) + encoder->rows.count > MOST_RAW) {
		encoder_restart(encoder);
		return -EFBIG;
	}
	size = put_block(encoder, is_keyframe ? BLOCK_KEYFRAME : BLOCK_DELTA,
		flags_of(encoder, rows), time, &encoder->rows);
	if (size > MOST_RAW) {
		encoder_restart(encoder);
		return -EFBIG;
	}
	encoder->has_begun = true;
	encoder->last = *time;
	for (size_t i = 0; i < encoder->summary_count; i++)
		summary_take(&encoder->summaries[i]);
	weigh(encoder, is_keyframe, size);
	*ret_blocks = &encoder->blocks;
	return 0;
}

void
encoder_end_chunk(struct encoder *encoder, const struct bytes **ret_blocks)
{
	bytes_reset(&encoder->blocks);
	if (encoder->chunk.number > 0 && encoder->summary_count > 0)
		put_summary(encoder);
	encoder_restart(encoder);
	*ret_blocks = &encoder->blocks;
}

void
encoder_end(
	struct encoder *encoder, const struct sample_time *time, const struct bytes **ret_blocks)
{
	const struct bytes nothing = { .count = 0 };

	encoder_end_chunk(encoder, ret_blocks);
	put_block(encoder, BLOCK_END, 0, time, &nothing);
	encoder_restart(encoder);
	*ret_blocks = &encoder->blocks;
}

void
encoder_restart(struct encoder *encoder)
{
	encoder->chunk.number = 0;
}

struct left_out
encoder_left_out(const struct encoder *encoder)
{
	return encoder->left_out;
}
