// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/cells.h"

#include "base/bytes.h"
#include "base/macros.h"

enum { DIVISOR = 0x0f, DIFFERENCES = 0x10 };

/* Divisions by constants, which the compiler makes cheap. */
#define DIVISION(divisor)                                                                          \
	static bool divide_by_##divisor(int64_t *numbers, size_t count)                            \
	{                                                                                          \
		for (size_t i = 0; i < count; i++)                                                 \
			if (numbers[i] % INT64_C(divisor) != 0)                                    \
				return false;                                                      \
		for (size_t i = 0; i < count; i++)                                                 \
			numbers[i] /= INT64_C(divisor);                                            \
		return true;                                                                       \
	}
DIVISION(4096)
DIVISION(1024)
DIVISION(1000000000)
DIVISION(10000000)
DIVISION(1000000)

/* The number of a row is in files. */
static const struct {
	uint64_t divisor;
	bool (*divide)(int64_t *numbers, size_t count);
} divisions[] = {
	{ 1, NULL },
	{ 4096, divide_by_4096 },             /* pages */
	{ 1024, divide_by_1024 },             /* what the kernel says in kB */
	{ 1000000000, divide_by_1000000000 }, /* seconds */
	{ 10000000, divide_by_10000000 },     /* ticks */
	{ 1000000, divide_by_1000000 },
};

/* About the bits of the varint. */
static unsigned
weight(int64_t number)
{
	return 64 - (unsigned)__builtin_clzll(zigzag(number) | 1);
}

static int64_t
minus(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a - (uint64_t)b);
}

static bool
is_shorter_as_differences(const int64_t *numbers, size_t count)
{
	uint64_t plain = 0, differences = 0;

	for (size_t i = 1; i < count; i++) {
		plain += weight(numbers[i]);
		differences += weight(minus(numbers[i], numbers[i - 1]));
	}
	return differences < plain;
}

void
cells_write(struct bytes *bytes, int64_t *numbers, size_t count, bool alike)
{
	uint8_t form = 0, *start = bytes_reserve(bytes, 1 + count * MOST_VARINT), *at = start + 1;

	if (alike && is_shorter_as_differences(numbers, count)) {
		form = DIFFERENCES;
		for (size_t i = count; i-- > 1;)
			numbers[i] = minus(numbers[i], numbers[i - 1]);
	}
	for (uint8_t i = 1; i < ARRAY_SIZE(divisions); i++)
		if (divisions[i].divide(numbers, count)) {
			form |= i;
			break;
		}
	*start = form;
	for (size_t i = 0; i < count; i++)
		at = varint_write(at, zigzag(numbers[i]));
	bytes->count += (size_t)(at - start);
}

void
cells_read(struct byte_reader *reader, int64_t *numbers, size_t count)
{
	uint64_t form = byte_reader_varint(reader), divisor, last = 0;

	if (form > (DIVISOR | DIFFERENCES) || (form & DIVISOR) >= ARRAY_SIZE(divisions))
		byte_reader_fail(reader);
	divisor = reader->failed ? 1 : divisions[form & DIVISOR].divisor;
	for (size_t i = 0; i < count; i++) {
		uint64_t number = (uint64_t)unzigzag(byte_reader_varint(reader)) * divisor;

		if (form & DIFFERENCES)
			number += last;
		numbers[i] = (int64_t)number;
		last = number;
	}
}

void
places_write(struct bytes *bytes, const uint32_t *places, size_t count)
{
	uint8_t *start, *at;
	uint32_t next = 0;

	bytes_put_varint(bytes, count);
	start = at = bytes_reserve(bytes, count * MOST_VARINT);
	for (size_t i = 0; i < count; i++) {
		at = varint_write(at, places[i] - next);
		next = places[i] + 1;
	}
	bytes->count += (size_t)(at - start);
}

size_t
places_read(struct byte_reader *reader, uint32_t *places, size_t end)
{
	size_t count = byte_reader_count(reader, end), next = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t place = byte_reader_varint(reader);

		if (reader->failed || place >= end - next) {
			byte_reader_fail(reader);
			return 0;
		}
		places[i] = (uint32_t)(next + place);
		next += place + 1;
	}
	return count;
}
