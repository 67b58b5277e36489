// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A growing array of bytes. A zeroed one is empty. */
struct bytes {
	uint8_t *data;
	size_t count, capacity;
};

/* Makes room for so many more bytes. Returns the place of the next byte, until the next call. */
uint8_t *bytes_reserve(struct bytes *bytes, size_t more);
void bytes_put(struct bytes *bytes, const void *data, size_t size);

/* A number in as few bytes as it needs: seven bits in each, the lowest first (LEB128). */
enum { MOST_VARINT = 10 };
void bytes_put_varint(struct bytes *bytes, uint64_t number);

/* The length of a text and its bytes; NULL is like "". */
void bytes_put_text(struct bytes *bytes, const char *text);

/* Removes the bytes and keeps the memory, unless it was far too much. */
void bytes_reset(struct bytes *bytes);
void bytes_finish(struct bytes *bytes);

/* Writes a varint where there is room for it. Returns the place behind it. */
static inline uint8_t *
varint_write(uint8_t *at, uint64_t number)
{
	for (; number >= 0x80; number >>= 7)
		*at++ = (uint8_t)(number | 0x80);
	*at++ = (uint8_t)number;
	return at;
}

/* Numbers near 0 of either sign as small numbers: 0, -1, 1, -2... */
static inline uint64_t
zigzag(int64_t number)
{
	return (uint64_t)number << 1 ^ (uint64_t)(number >> 63);
}

static inline int64_t
unzigzag(uint64_t number)
{
	return (int64_t)(number >> 1 ^ -(number & 1));
}

/*
 * Reads foreign bytes. What does not fit sets `failed` and is 0 or empty, as is all that follows:
 * a caller may read on and look once at the end, but must not believe a count before.
 */
struct byte_reader {
	const uint8_t *at, *end;
	bool failed;
};

static inline size_t
byte_reader_left(const struct byte_reader *reader)
{
	return (size_t)(reader->end - reader->at);
}

/* Always false, so that the caller can return it. */
bool byte_reader_fail(struct byte_reader *reader);

uint64_t byte_reader_long_varint(struct byte_reader *reader);

static inline uint64_t
byte_reader_varint(struct byte_reader *reader)
{
	if (reader->at < reader->end && *reader->at < 0x80)
		return *reader->at++;
	return byte_reader_long_varint(reader);
}

/* A varint of at most `most`. */
size_t byte_reader_count(struct byte_reader *reader, size_t most);

/* A reader of the next `size` bytes. */
struct byte_reader byte_reader_part(struct byte_reader *reader, size_t size);

/* What bytes_put_text() wrote, of at most `most` bytes. It does not end in NUL. */
const char *byte_reader_text(struct byte_reader *reader, size_t most, size_t *ret_length);

/* Numbers of a fixed size, the lowest byte first, at any address. */
static inline void
put_le32(uint8_t *at, uint32_t number)
{
	number = htole32(number);
	memcpy(at, &number, sizeof(number));
}

static inline void
put_le64(uint8_t *at, uint64_t number)
{
	number = htole64(number);
	memcpy(at, &number, sizeof(number));
}

static inline uint32_t
get_le32(const uint8_t *at)
{
	uint32_t number;

	memcpy(&number, at, sizeof(number));
	return le32toh(number);
}

static inline uint64_t
get_le64(const uint8_t *at)
{
	uint64_t number;

	memcpy(&number, at, sizeof(number));
	return le64toh(number);
}
