// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "base/arena.h"
#include "base/bytes.h"
#include "base/known.h"
#include "base/macros.h"
#include "record/block.h"
#include "record/compress.h"
#include "record/cursor.h"
#include "record/decoder.h"
#include "record/limits.h"
#include "table/rows.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

struct row {
	int64_t id, born, size;
	const char *name;
	const struct row_half {
		const char *text;
	} * half;
};

static const struct row_half no_half = { NULL };
static const struct row_part half = { offsetof(struct row, half), &no_half, sizeof(no_half) };

static const struct column columns[] = {
	{ "id", "ID", NULL, "", UNIT_ID, 1, 0, offsetof(struct row, id) },
	{ "born", "BORN", NULL, "", UNIT_NUMBER, 1, 0, offsetof(struct row, born) },
	{ "size", "SIZE", NULL, "", UNIT_BYTES, 1, 0, offsetof(struct row, size) },
	{ "name", "NAME", NULL, "", UNIT_TEXT, 1, 0, offsetof(struct row, name) },
	{ "text", "TEXT", NULL, "", UNIT_TEXT, 1, 0, offsetof(struct row_half, text), 0, &half },
};
static const struct table tables[] = {
	{ .name = "a", .columns = columns, .column_count = 5, .row_size = sizeof(struct row) },
	{ .name = "b", .columns = columns, .column_count = 3, .row_size = sizeof(struct row) },
};
static const struct recorded_table recorded_tables[] = {
	{ &tables[0], .key = "id,born" },
	{ &tables[1], .key = "id" },
};
static const struct recorded recorded = { recorded_tables, ARRAY_SIZE(recorded_tables) };

/* All rows can be read to their ends. */
static void
look_at_rows(struct decoder *decoder)
{
	struct arena arena = { .first = NULL };

	for (size_t i = 0; i < recorded.count; i++) {
		struct rows rows = { .table = NULL };

		decoder_add_rows(decoder, i, &rows, &arena);
		CHECK(rows.count == decoder_row_count(decoder, i) && rows.count <= MOST_ROWS);
		for (size_t j = 0; j < rows.count; j++) {
			const struct row *row = (struct row *)rows.data + j;

			CHECK(!row->name || strlen(row->name) <= MOST_TEXT);
			CHECK(!row->half || !row->half->text ||
				strlen(row->half->text) <= MOST_TEXT);
		}
		rows_finish(&rows);
	}
	arena_finish(&arena);
}

/* The file as it is: checksums keep most of what a fuzzer makes out of it. */
static void
read_file(const uint8_t *data, size_t size)
{
	int fd = memfd_create("recording", MFD_CLOEXEC);
	char path[64];
	struct cursor *cursor;
	struct cursor_gap gap;

	CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (cursor_open(&cursor, path, &recorded) == 0) {
		for (int result = cursor_first(cursor); result == 0; result = cursor_next(cursor))
			look_at_rows(cursor_decoder(cursor));
		CHECK(ftruncate(fd, (off_t)(size / 2)) == 0 && cursor_follow(cursor) == 0);
		for (int result = cursor_last(cursor); result == 0;
			result = cursor_previous(cursor))
			look_at_rows(cursor_decoder(cursor));
		for (size_t i = 0; cursor_gap(cursor, i, &gap); i++)
			CHECK(gap.bytes > 0);
		cursor_close(cursor);
	}
	close(fd);
}

/* A block with right checksums around bytes of the input, compressed so that they reach the
 * decoder. */
static int
take_raw(struct decoder *decoder, struct compressor *compressor, uint8_t kind, const uint8_t *raw,
	size_t size)
{
	struct bytes payload = { .data = NULL };
	struct block block = { .kind = kind, .raw_size = (uint32_t)size };
	int result;

	if (kind == BLOCK_SCHEMA)
		compressor_begin(compressor);
	bytes_reserve(&payload, 1);
	if (size > 0)
		compressor_add(compressor, &payload, raw, size, true);
	block.size = (uint32_t)payload.count;
	block.check = block_check(payload.data, payload.count);
	result = decoder_take(decoder, &block, payload.data);
	CHECK(result == 0 || result == -EBADMSG);
	bytes_finish(&payload);
	return result;
}

/* Blocks, each after its kind and two bytes with its size. */
static void
decode_blocks(const uint8_t *data, size_t size)
{
	struct decoder *decoder = decoder_create(&recorded);
	struct compressor *compressor = compressor_create();

	compressor_begin(compressor);
	while (size >= 3) {
		size_t length = data[1] | (size_t)data[2] << 8;

		if (length > size - 3)
			length = size - 3;
		if (take_raw(decoder, compressor, data[0] % 5, data + 3, length) == 0)
			look_at_rows(decoder);
		data += 3 + length;
		size -= 3 + length;
	}
	compressor_destroy(compressor);
	decoder_destroy(decoder);
}

/* The first byte says whether a file follows, or blocks. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0 && data[0] == 'f')
		read_file(data + 1, size - 1);
	else if (size > 0)
		decode_blocks(data + 1, size - 1);
	return 0;
}
