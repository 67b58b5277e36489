// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/summary.h"

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "record/cells.h"
#include "record/limits.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = SUMMARY_KEYS + 3 };

void
summary_init(struct summary *summary, const struct row_slots *slots, size_t field)
{
	*summary = (struct summary){ .slots = slots, .field = field };
}

void
summary_finish(struct summary *summary)
{
	free(summary->rows);
	free(summary->ended);
	free(summary->numbers);
	*summary = (struct summary){ .slots = NULL };
}

void
summary_reset(struct summary *summary)
{
	summary->rows = array_fit(
		summary->rows, &summary->capacity, summary->count, sizeof(summary->rows[0]));
	summary->ended = array_fit(summary->ended, &summary->ended_capacity, summary->ended_count,
		sizeof(summary->ended[0]));
	summary->numbers = array_fit(summary->numbers, &summary->number_capacity,
		summary->count + summary->ended_count, sizeof(summary->numbers[0]));
	summary->count = summary->ended_count = 0;
}

static bool
is_known(const struct summary_row *row)
{
	return row->values.last != UNKNOWN;
}

static void
get_keys(const struct summary *summary, const void *row, int64_t keys[static SUMMARY_KEYS])
{
	const struct row_slots *slots = summary->slots;

	for (size_t i = 0; i < SUMMARY_KEYS; i++)
		keys[i] = i < slots->key_count
				  ? field_number(&slots->table->fields[slots->keys[i]], row)
				  : 0;
}

/* The row that had the slot has ended. */
static void
keep_ended(struct summary *summary, const struct summary_row *row)
{
	if (!is_known(row) || summary->ended_count == MOST_ROWS)
		return;
	summary->ended = array_reserve(
		summary->ended, &summary->ended_capacity, summary->ended_count + 1, sizeof(*row));
	summary->ended[summary->ended_count++] = *row;
}

static void
add_slots(struct summary *summary)
{
	const struct summary_row nothing = { .values = { UNKNOWN, UNKNOWN, UNKNOWN } };

	summary->rows = array_reserve(
		summary->rows, &summary->capacity, summary->slots->count, sizeof(summary->rows[0]));
	while (summary->count < summary->slots->count)
		summary->rows[summary->count++] = nothing;
}

static void
take_value(struct summary_row *row, int64_t value)
{
	struct span_of_values *values = &row->values;

	if (value == UNKNOWN)
		return;
	if (values->last == UNKNOWN || value < values->least)
		values->least = value;
	if (values->last == UNKNOWN || value > values->most)
		values->most = value;
	values->last = value;
}

static void
take_row(struct summary *summary, size_t slot, const void *now)
{
	struct summary_row *row = &summary->rows[slot];
	int64_t keys[SUMMARY_KEYS];

	get_keys(summary, now, keys);
	if (memcmp(row->keys, keys, sizeof(keys)) != 0) {
		keep_ended(summary, row);
		*row = (struct summary_row){ .values = { UNKNOWN, UNKNOWN, UNKNOWN } };
		memcpy(row->keys, keys, sizeof(keys));
	}
	take_value(row, field_number(&summary->slots->table->fields[summary->field], now));
}

void
summary_take(struct summary *summary)
{
	const struct row_slots *slots = summary->slots;

	add_slots(summary);
	for (size_t i = 0; i < slots->order.count; i++)
		take_row(summary, slots->order.data[i], sample_row(slots, &slots->last, i));
}

/* What does not move is 0, and nearly all does not. */
static int64_t
above(int64_t value, int64_t least)
{
	return (int64_t)((uint64_t)value - (uint64_t)least);
}

static int64_t
number_of(const struct summary_row *row, size_t column)
{
	const struct span_of_values *values = &row->values;

	return column < SUMMARY_KEYS        ? row->keys[column]
	       : column == SUMMARY_KEYS     ? values->least
	       : column == SUMMARY_KEYS + 1 ? above(values->most, values->least)
					    : above(values->last, values->least);
}

static size_t
gather(struct summary *summary, size_t column)
{
	size_t count = 0;

	for (size_t i = 0; i < summary->count; i++)
		if (is_known(&summary->rows[i]))
			summary->numbers[count++] = number_of(&summary->rows[i], column);
	for (size_t i = 0; i < summary->ended_count; i++)
		summary->numbers[count++] = number_of(&summary->ended[i], column);
	return count;
}

void
summary_write(struct summary *summary, struct bytes *bytes)
{
	const struct schema_table *table = summary->slots->table;
	size_t keys = summary->slots->key_count;

	summary->numbers = array_reserve(summary->numbers, &summary->number_capacity,
		summary->count + summary->ended_count + 1, sizeof(summary->numbers[0]));
	bytes_put_text(bytes, table->name);
	bytes_put_text(bytes, table->fields[summary->field].name);
	bytes_put_varint(bytes, keys);
	bytes_put_varint(bytes, gather(summary, 0));
	for (size_t column = 0; column < COLUMNS; column++)
		if (column < keys || column >= SUMMARY_KEYS)
			cells_write(bytes, summary->numbers, gather(summary, column), true);
}

static bool
is_text(const char *text, size_t length, const char *expected)
{
	return strlen(expected) == length && memcmp(text, expected, length) == 0;
}

/* Which of the rows still may be the one: those with this key. */
static void
narrow(uint8_t *may_be, const int64_t *numbers, size_t count, int64_t key)
{
	for (size_t i = 0; i < count; i++)
		may_be[i] = may_be[i] && numbers[i] == key;
}

/* Reads one table of a summary. Returns as summary_find(); *ret_values if `query` is about it. */
static int
read_table(struct byte_reader *reader, const struct summary_query *query, size_t keys, size_t count,
	bool is_asked, struct span_of_values *ret_values)
{
	_cleanup_free_ int64_t *numbers = xcalloc(count + 1, sizeof(numbers[0]));
	_cleanup_free_ uint8_t *may_be = xmalloc(count + 1);
	int64_t *values[] = { &ret_values->least, &ret_values->most, &ret_values->last };
	uint8_t *found;

	memset(may_be, is_asked && keys == query->key_count, count + 1);
	for (size_t i = 0; i < keys; i++) {
		cells_read(reader, numbers, count);
		narrow(may_be, numbers, count, i < query->key_count ? query->keys[i] : 0);
	}
	found = count > 0 ? memchr(may_be, 1, count) : NULL;
	for (size_t i = 0; i < 3; i++) {
		cells_read(reader, numbers, count);
		if (found)
			*values[i] = (int64_t)((uint64_t)numbers[found - may_be] +
					       (i > 0 ? (uint64_t)ret_values->least : 0));
	}
	return reader->failed ? -EBADMSG : found != NULL;
}

int
summary_find(struct byte_reader *reader, const struct summary_query *query,
	struct span_of_values *ret_values)
{
	while (byte_reader_left(reader) > 0) {
		size_t table_length, field_length, keys, count;
		const char *table = byte_reader_text(reader, MOST_NAME, &table_length);
		const char *field = byte_reader_text(reader, MOST_NAME, &field_length);
		int found;

		keys = byte_reader_count(reader, SUMMARY_KEYS);
		count = byte_reader_count(reader, 2 * MOST_ROWS);
		/* A number takes at least a byte. */
		if (reader->failed || count > byte_reader_left(reader))
			return -EBADMSG;
		found = read_table(reader, query, keys, count,
			is_text(table, table_length, query->table) &&
				is_text(field, field_length, query->field),
			ret_values);
		if (found != 0)
			return found;
	}
	return 0;
}
