// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/decoder.h"

#include "base/arena.h"
#include "base/bytes.h"
#include "base/memory.h"
#include "record/compress.h"
#include "record/limits.h"
#include "record/row-decoder.h"
#include "table/rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct decoder {
	const struct recorded *recorded;
	struct schema schema;
	struct bytes schema_bytes, raw;
	struct row_decoder *tables; /* of those in the schema; empty for one that is not known */
	size_t table_count;
	const struct row_decoder **known; /* by the number of a recorded table; NULL: not there */
	struct decompressor *decompressor;
	const char **texts, **copies;
	size_t text_count, text_capacity, copy_capacity, text_bytes;
	struct arena arena; /* of the texts */
	uint8_t last_kind;  /* of the block before; 0: a schema must come */
};

struct decoder *
decoder_create(const struct recorded *recorded)
{
	struct decoder *decoder = xcalloc(1, sizeof(*decoder));

	decoder->recorded = recorded;
	decoder->known = xcalloc(recorded->count, sizeof(decoder->known[0]));
	decoder->decompressor = decompressor_create();
	return decoder;
}

static void
forget_schema(struct decoder *decoder)
{
	for (size_t i = 0; i < decoder->table_count; i++)
		row_decoder_finish(&decoder->tables[i]);
	free(decoder->tables);
	decoder->tables = NULL;
	decoder->table_count = 0;
	memset(decoder->known, 0, decoder->recorded->count * sizeof(decoder->known[0]));
	schema_finish(&decoder->schema);
	bytes_reset(&decoder->schema_bytes);
}

void
decoder_destroy(struct decoder *decoder)
{
	if (!decoder)
		return;
	forget_schema(decoder);
	decompressor_destroy(decoder->decompressor);
	arena_finish(&decoder->arena);
	bytes_finish(&decoder->schema_bytes);
	bytes_finish(&decoder->raw);
	free(decoder->known);
	free(decoder->texts);
	free(decoder->copies);
	free(decoder);
}

static void
forget_rows(struct decoder *decoder)
{
	for (size_t i = 0; i < decoder->table_count; i++)
		row_decoder_reset(&decoder->tables[i]);
	arena_reset(&decoder->arena);
	decoder->text_count = decoder->text_bytes = 0;
}

static struct byte_reader
reader_of(const struct bytes *bytes)
{
	return (struct byte_reader){ bytes->data, bytes->data + bytes->count, false };
}

/* Nearly all chunks have the same schema. */
static bool
take_schema(struct decoder *decoder)
{
	struct byte_reader reader = reader_of(&decoder->raw);

	forget_rows(decoder);
	if (decoder->schema_bytes.count == decoder->raw.count && decoder->table_count > 0 &&
		memcmp(decoder->schema_bytes.data, decoder->raw.data, decoder->raw.count) == 0)
		return true;
	forget_schema(decoder);
	if (!schema_read(&decoder->schema, &reader, decoder->recorded))
		return false;
	bytes_put(&decoder->schema_bytes, decoder->raw.data, decoder->raw.count);
	decoder->table_count = decoder->schema.table_count;
	decoder->tables = xcalloc(decoder->table_count, sizeof(decoder->tables[0]));
	for (size_t i = 0; i < decoder->table_count; i++) {
		const struct schema_table *table = &decoder->schema.tables[i];

		row_decoder_init(&decoder->tables[i], table);
		if (table->recorded)
			decoder->known[table->number] = &decoder->tables[i];
	}
	return true;
}

static bool
read_texts(struct decoder *decoder, struct byte_reader *reader)
{
	size_t count = byte_reader_count(reader, MOST_TEXTS - decoder->text_count);

	for (size_t i = 0; i < count; i++) {
		size_t length;
		const char *text = byte_reader_text(reader, MOST_TEXT, &length);

		decoder->text_bytes += length;
		if (reader->failed || decoder->text_bytes > MOST_TEXT_BYTES)
			return byte_reader_fail(reader);
		decoder->texts = array_reserve(decoder->texts, &decoder->text_capacity,
			decoder->text_count + 1, sizeof(decoder->texts[0]));
		decoder->texts[decoder->text_count++] = arena_copy(&decoder->arena, text, length);
	}
	return !reader->failed;
}

/* So many slots a table may have, beside those of the others. */
static size_t
most_slots(const struct decoder *decoder, const struct row_decoder *table)
{
	size_t cells = 0, most;

	if (table->table->known_count == 0)
		return MOST_ROWS;
	for (size_t i = 0; i < decoder->table_count; i++)
		if (&decoder->tables[i] != table)
			cells += decoder->tables[i].count * decoder->tables[i].table->known_count;
	most = (MOST_CELLS - cells) / table->table->known_count;
	return most < MOST_ROWS ? most : MOST_ROWS;
}

static bool
take_sample(struct decoder *decoder)
{
	struct byte_reader reader = reader_of(&decoder->raw);

	if (!read_texts(decoder, &reader))
		return false;
	for (size_t i = 0; i < decoder->table_count; i++) {
		struct row_decoder *table = &decoder->tables[i];
		size_t size;
		struct byte_reader part;

		if (byte_reader_left(&reader) < sizeof(uint32_t))
			return false;
		size = get_le32(reader.at);
		reader.at += sizeof(uint32_t);
		part = byte_reader_part(&reader, size);
		if (reader.failed || (table->table->recorded && !row_decoder_read(table, &part,
									most_slots(decoder, table),
									decoder->text_count)))
			return false;
	}
	return byte_reader_left(&reader) == 0;
}

static bool
take_keyframe(struct decoder *decoder)
{
	forget_rows(decoder);
	return take_sample(decoder);
}

static const struct {
	uint8_t after[2];
	bool (*take)(struct decoder *decoder);
} kinds[] = {
	[BLOCK_SCHEMA] = { .take = take_schema },
	[BLOCK_KEYFRAME] = { { BLOCK_SCHEMA, BLOCK_SCHEMA }, take_keyframe },
	[BLOCK_DELTA] = { { BLOCK_KEYFRAME, BLOCK_DELTA }, take_sample },
};

static bool
decompress(struct decoder *decoder, const struct block *block, const void *payload)
{
	bytes_reset(&decoder->raw);
	bytes_reserve(&decoder->raw, block->raw_size + 1);
	decoder->raw.count = block->raw_size;
	if (block->kind == BLOCK_SCHEMA)
		decompressor_begin(decoder->decompressor);
	return decompressor_take(
		decoder->decompressor, payload, block->size, decoder->raw.data, block->raw_size);
}

static bool
is_expected(const struct decoder *decoder, const struct block *block)
{
	if (block->kind == BLOCK_SCHEMA)
		return true;
	return (block->kind == BLOCK_KEYFRAME || block->kind == BLOCK_DELTA) &&
	       decoder->last_kind &&
	       (decoder->last_kind == kinds[block->kind].after[0] ||
		       decoder->last_kind == kinds[block->kind].after[1]);
}

int
decoder_take(struct decoder *decoder, const struct block *block, const void *payload)
{
	bool is_good = is_expected(decoder, block) && block->size <= MOST_RAW &&
		       block->raw_size <= MOST_RAW &&
		       block_check(payload, block->size) == block->check &&
		       decompress(decoder, block, payload) && kinds[block->kind].take(decoder);

	decoder->last_kind = is_good ? block->kind : 0;
	if (is_good)
		return 0;
	forget_rows(decoder);
	return -EBADMSG;
}

const struct schema *
decoder_schema(const struct decoder *decoder)
{
	return &decoder->schema;
}

bool
decoder_has_table(const struct decoder *decoder, size_t table)
{
	return decoder->known[table] != NULL;
}

size_t
decoder_row_count(const struct decoder *decoder, size_t table)
{
	return decoder->known[table] ? decoder->known[table]->row_count : 0;
}

int64_t
decoder_value(const struct decoder *decoder, size_t table, const char *field, const int64_t *keys,
	size_t key_count)
{
	const char *key = decoder->recorded->tables[table].key;

	if (!decoder->known[table])
		return UNKNOWN;
	return row_decoder_value(decoder->known[table], field, key_count > 0 ? key : "", keys);
}

/* Fields that are no columns have not been reset with the row. */
static void *
reset_more(const struct recorded_table *recorded, void *row)
{
	for (size_t i = 0; i < recorded->more_count; i++) {
		const struct column *column = &recorded->more[i];
		char *field = (char *)row + column->offset;

		if (column->part)
			continue;
		if (column->unit == UNIT_TEXT)
			*(const char **)field = NULL;
		else
			*(int64_t *)field = UNKNOWN;
	}
	return row;
}

void
decoder_fill(struct decoder *decoder, size_t table, void *(*add)(void *context), void *context,
	struct arena *arena)
{
	const struct row_decoder *rows = decoder->known[table];
	struct row_texts texts = { .texts = decoder->texts, .arena = arena };

	if (!rows)
		return;
	decoder->copies = array_reserve(decoder->copies, &decoder->copy_capacity,
		decoder->text_count + 1, sizeof(decoder->copies[0]));
	memset(decoder->copies, 0, decoder->text_count * sizeof(decoder->copies[0]));
	texts.copies = decoder->copies;
	for (size_t i = 0; i < rows->row_count; i++)
		row_decoder_fill(rows, i,
			reset_more(&decoder->recorded->tables[table], add(context)), &texts);
}

struct added_rows {
	struct rows *rows;
	const struct table *table;
};

static void *
add_row(void *context)
{
	struct added_rows *added = context;

	return rows_add(added->rows, added->table);
}

void
decoder_add_rows(struct decoder *decoder, size_t table, struct rows *rows, struct arena *arena)
{
	struct added_rows added = { rows, decoder->recorded->tables[table].table };

	decoder_fill(decoder, table, add_row, &added, arena);
}
