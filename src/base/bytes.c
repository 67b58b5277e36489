// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytes.h"

#include "base/memory.h"

#include <stdlib.h>

uint8_t *
bytes_reserve(struct bytes *bytes, size_t more)
{
	bytes->data = array_reserve(bytes->data, &bytes->capacity, bytes->count + more, 1);
	return bytes->data + bytes->count;
}

void
bytes_put(struct bytes *bytes, const void *data, size_t size)
{
	if (size == 0)
		return;
	memcpy(bytes_reserve(bytes, size), data, size);
	bytes->count += size;
}

void
bytes_put_varint(struct bytes *bytes, uint64_t number)
{
	uint8_t *start = bytes_reserve(bytes, MOST_VARINT);

	bytes->count += (size_t)(varint_write(start, number) - start);
}

void
bytes_put_text(struct bytes *bytes, const char *text)
{
	size_t length = text ? strlen(text) : 0;

	bytes_put_varint(bytes, length);
	bytes_put(bytes, text, length);
}

void
bytes_reset(struct bytes *bytes)
{
	bytes->data = array_fit(bytes->data, &bytes->capacity, bytes->count, 1);
	bytes->count = 0;
}

void
bytes_finish(struct bytes *bytes)
{
	free(bytes->data);
	*bytes = (struct bytes){ .data = NULL };
}

bool
byte_reader_fail(struct byte_reader *reader)
{
	reader->failed = true;
	reader->at = reader->end;
	return false;
}

uint64_t
byte_reader_long_varint(struct byte_reader *reader)
{
	uint64_t number = 0;

	for (unsigned shift = 0; shift < 64 && reader->at < reader->end; shift += 7) {
		uint64_t byte = *reader->at++;

		if (shift == 63 && byte > 1)
			break;
		number |= (byte & 0x7f) << shift;
		if (byte < 0x80)
			return number;
	}
	byte_reader_fail(reader);
	return 0;
}

size_t
byte_reader_count(struct byte_reader *reader, size_t most)
{
	uint64_t count = byte_reader_varint(reader);

	if (count <= most)
		return count;
	byte_reader_fail(reader);
	return 0;
}

struct byte_reader
byte_reader_part(struct byte_reader *reader, size_t size)
{
	struct byte_reader part = { reader->at, reader->end, false };

	if (size > byte_reader_left(reader)) {
		byte_reader_fail(reader);
		return *reader;
	}
	part.end = reader->at += size;
	return part;
}

const char *
byte_reader_text(struct byte_reader *reader, size_t most, size_t *ret_length)
{
	size_t length = byte_reader_count(reader, most);
	struct byte_reader part = byte_reader_part(reader, length);

	*ret_length = byte_reader_left(&part);
	return (const char *)part.at;
}
