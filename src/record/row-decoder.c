// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/row-decoder.h"

#include "base/arena.h"
#include "base/bytes.h"
#include "base/known.h"
#include "base/memory.h"
#include "record/cells.h"
#include "record/limits.h"
#include "record/summary.h"
#include "table/rows.h"

#include <stdlib.h>
#include <string.h>

enum { FREE, LIVES, NEW, LISTED = 4 };

void
row_decoder_init(struct row_decoder *decoder, const struct schema_table *table)
{
	*decoder = (struct row_decoder){ .table = table };
}

void
row_decoder_finish(struct row_decoder *decoder)
{
	free(decoder->values);
	free(decoder->states);
	free(decoder->order);
	free(decoder->last_order);
	free(decoder->born);
	free(decoder->born_slots);
	free(decoder->places);
	free(decoder->numbers);
	*decoder = (struct row_decoder){ .table = NULL };
}

void
row_decoder_reset(struct row_decoder *decoder)
{
	decoder->count = decoder->row_count = 0;
}

static bool
read_gone(struct row_decoder *decoder, struct byte_reader *reader)
{
	size_t count;

	decoder->places = array_reserve(decoder->places, &decoder->place_capacity, decoder->count,
		sizeof(decoder->places[0]));
	count = places_read(reader, decoder->places, decoder->count);
	for (size_t i = 0; i < count; i++) {
		if (decoder->states[decoder->places[i]] != LIVES)
			return byte_reader_fail(reader);
		decoder->states[decoder->places[i]] = FREE;
	}
	decoder->gone_count = count;
	return !reader->failed;
}

/* The next slot of a list; a new slot may only be the next after all. */
static size_t
read_slot(const struct row_decoder *decoder, struct byte_reader *reader, size_t *next)
{
	size_t slot = *next + (size_t)unzigzag(byte_reader_varint(reader));

	if (slot > decoder->count)
		byte_reader_fail(reader);
	*next = slot + 1;
	return reader->failed ? 0 : slot;
}

static void
add_slot(struct row_decoder *decoder)
{
	decoder->values = array_reserve(decoder->values, &decoder->value_capacity,
		(decoder->count + 1) * decoder->table->known_count, sizeof(decoder->values[0]));
	decoder->states =
		array_reserve(decoder->states, &decoder->state_capacity, decoder->count + 1, 1);
	decoder->states[decoder->count++] = FREE;
}

static bool
read_born(struct row_decoder *decoder, struct byte_reader *reader, size_t most_slots)
{
	size_t next = 0, most = byte_reader_left(reader);

	if (most > decoder->row_count)
		most = decoder->row_count;
	decoder->born = array_reserve(
		decoder->born, &decoder->born_capacity, most, sizeof(decoder->born[0]));
	decoder->born_count = places_read(reader, decoder->born, decoder->row_count);
	decoder->born_slots = array_reserve(decoder->born_slots, &decoder->slot_capacity,
		decoder->born_count, sizeof(decoder->born_slots[0]));
	for (size_t i = 0; i < decoder->born_count; i++) {
		size_t slot = read_slot(decoder, reader, &next);

		if (reader->failed || (slot == decoder->count && slot == most_slots))
			return byte_reader_fail(reader);
		if (slot == decoder->count)
			add_slot(decoder);
		if (decoder->states[slot] != FREE)
			return byte_reader_fail(reader);
		decoder->states[slot] = NEW;
		decoder->born_slots[i] = (uint32_t)slot;
	}
	return !reader->failed;
}

/* The rows that live on in their old order, with the new ones in their places. */
static void
keep_order(struct row_decoder *decoder)
{
	size_t last = 0, born = 0;

	for (size_t i = 0; i < decoder->row_count; i++) {
		if (born < decoder->born_count && decoder->born[born] == i) {
			decoder->order[i] = decoder->born_slots[born++];
			continue;
		}
		while (decoder->states[decoder->last_order[last]] != LIVES)
			last++;
		decoder->order[i] = decoder->last_order[last++];
	}
}

/* Each row once. */
static bool
read_all_slots(struct row_decoder *decoder, struct byte_reader *reader)
{
	size_t next = 0;

	for (size_t i = 0; i < decoder->row_count; i++) {
		size_t slot = read_slot(decoder, reader, &next);

		if (reader->failed || slot == decoder->count || decoder->states[slot] == FREE ||
			decoder->states[slot] & LISTED)
			return byte_reader_fail(reader);
		decoder->states[slot] |= LISTED;
		decoder->order[i] = (uint32_t)slot;
	}
	for (size_t i = 0; i < decoder->row_count; i++)
		decoder->states[decoder->order[i]] &= (uint8_t)~LISTED;
	return true;
}

static bool
read_order(struct row_decoder *decoder, struct byte_reader *reader)
{
	if (decoder->row_count != decoder->last_count - decoder->gone_count + decoder->born_count)
		return byte_reader_fail(reader);
	decoder->order = array_reserve(decoder->order, &decoder->order_capacity, decoder->row_count,
		sizeof(decoder->order[0]));
	if (byte_reader_count(reader, 1) == 1)
		return read_all_slots(decoder, reader);
	keep_order(decoder);
	return !reader->failed;
}

static void
swap_orders(struct row_decoder *decoder)
{
	uint32_t *order = decoder->order;
	size_t capacity = decoder->order_capacity;

	decoder->order = decoder->last_order;
	decoder->order_capacity = decoder->last_capacity;
	decoder->last_order = order;
	decoder->last_capacity = capacity;
	decoder->last_count = decoder->row_count;
}

/* A field of all known ones, as it is read. */
struct reading {
	const struct field *field;
	size_t known; /* its place among the values of a slot */
	size_t text_count;
};

static int64_t *
value_at(const struct row_decoder *decoder, const struct reading *reading, size_t slot)
{
	return &decoder->values[slot * decoder->table->known_count + reading->known];
}

static bool
is_possible(const struct reading *reading, int64_t value)
{
	return reading->field->is_text ? value >= 0 && (size_t)value < reading->text_count
				       : value != UNKNOWN;
}

static int64_t *
reserve_numbers(struct row_decoder *decoder, size_t count)
{
	decoder->numbers = array_reserve(
		decoder->numbers, &decoder->number_capacity, count, sizeof(decoder->numbers[0]));
	return decoder->numbers;
}

static bool
read_born_values(
	struct row_decoder *decoder, const struct reading *reading, struct byte_reader *reader)
{
	size_t unknown, known_count, next = 0, known = 0;
	int64_t *numbers = reserve_numbers(decoder, decoder->born_count);

	decoder->places = array_reserve(decoder->places, &decoder->place_capacity,
		decoder->born_count, sizeof(decoder->places[0]));
	unknown = places_read(reader, decoder->places, decoder->born_count);
	known_count = decoder->born_count - unknown;
	cells_read(reader, numbers, known_count);
	if (reader->failed)
		return false;
	for (size_t i = 0; i < decoder->born_count; i++) {
		int64_t *value = value_at(decoder, reading, decoder->born_slots[i]);

		if (next < unknown && decoder->places[next] == i) {
			*value = UNKNOWN;
			next++;
			continue;
		}
		*value = numbers[known++];
		if (!is_possible(reading, *value))
			return byte_reader_fail(reader);
	}
	return true;
}

/* Reads slots of rows that live on. Returns their count. */
static size_t
read_living(struct row_decoder *decoder, struct byte_reader *reader)
{
	size_t count = places_read(reader, decoder->places, decoder->count);

	for (size_t i = 0; i < count; i++)
		if (decoder->states[decoder->places[i]] != LIVES)
			byte_reader_fail(reader);
	return reader->failed ? 0 : count;
}

/* A value that became known is 0 until the difference to that is read. */
static bool
read_flips(struct row_decoder *decoder, const struct reading *reading, struct byte_reader *reader)
{
	size_t count = read_living(decoder, reader);

	for (size_t i = 0; i < count; i++) {
		int64_t *value = value_at(decoder, reading, decoder->places[i]);
		bool was_known = *value != UNKNOWN;

		*value = was_known ? UNKNOWN : 0;
		if (!was_known && !is_possible(reading, 0))
			return byte_reader_fail(reader);
	}
	return !reader->failed;
}

static bool
read_moves(struct row_decoder *decoder, const struct reading *reading, struct byte_reader *reader)
{
	size_t count = read_living(decoder, reader);
	int64_t *numbers = reserve_numbers(decoder, count);

	cells_read(reader, numbers, count);
	for (size_t i = 0; i < count; i++) {
		int64_t *value = value_at(decoder, reading, decoder->places[i]);

		if (*value == UNKNOWN)
			return byte_reader_fail(reader);
		*value = (int64_t)((uint64_t)*value + (uint64_t)numbers[i]);
		if (!is_possible(reading, *value))
			return byte_reader_fail(reader);
	}
	return !reader->failed;
}

static bool
read_values(struct row_decoder *decoder, const struct reading *reading, struct byte_reader *reader)
{
	if (decoder->born_count > 0 && !read_born_values(decoder, reading, reader))
		return false;
	decoder->places = array_reserve(decoder->places, &decoder->place_capacity, decoder->count,
		sizeof(decoder->places[0]));
	return read_flips(decoder, reading, reader) && read_moves(decoder, reading, reader) &&
	       byte_reader_left(reader) == 0;
}

static bool
read_field(struct row_decoder *decoder, const struct reading *reading, struct byte_reader *reader)
{
	size_t size = byte_reader_count(reader, MOST_RAW);
	struct byte_reader part = byte_reader_part(reader, size);

	if (reader->failed || !reading->field->column)
		return !reader->failed;
	if (size == 0)
		return decoder->born_count == 0 || byte_reader_fail(reader);
	return read_values(decoder, reading, &part) || byte_reader_fail(reader);
}

static bool
read_fields(struct row_decoder *decoder, struct byte_reader *reader, size_t text_count)
{
	struct reading reading = { .text_count = text_count };

	for (size_t i = 0; i < decoder->table->field_count; i++) {
		reading.field = &decoder->table->fields[i];
		if (!read_field(decoder, &reading, reader))
			return false;
		reading.known += reading.field->column != NULL;
	}
	return byte_reader_left(reader) == 0;
}

bool
row_decoder_read(struct row_decoder *decoder, struct byte_reader *reader, size_t most_slots,
	size_t text_count)
{
	swap_orders(decoder);
	decoder->row_count = byte_reader_count(reader, MOST_ROWS);
	if (!read_gone(decoder, reader) || !read_born(decoder, reader, most_slots) ||
		!read_order(decoder, reader) || !read_fields(decoder, reader, text_count))
		return false;
	for (size_t i = 0; i < decoder->born_count; i++)
		decoder->states[decoder->born_slots[i]] = LIVES;
	return true;
}

/* A text is often that of many rows. */
static const char *
copy_text(struct row_texts *texts, int64_t number)
{
	if (!texts->copies[number])
		texts->copies[number] = arena_text(texts->arena, texts->texts[number]);
	return texts->copies[number];
}

/* The place of a field in a row, whose part is made if it has none yet. */
static char *
place_of(const struct field *field, void *row, struct arena *arena)
{
	char *base = field->part ? row_own_part(row, field->part, arena) : row;

	return base + field->offset;
}

static bool
is_sensible(const struct row_decoder *decoder, const struct field *field, int64_t number)
{
	return field->is_text || decoder->table->recorded->any_number ||
	       unit_is_sensible(field->column->unit, number);
}

void
row_decoder_fill(
	const struct row_decoder *decoder, size_t row, void *ret_row, struct row_texts *texts)
{
	const int64_t *value;

	if (decoder->table->known_count == 0) /* then there are no values */
		return;
	value = &decoder->values[decoder->order[row] * decoder->table->known_count];
	for (size_t i = 0; i < decoder->table->field_count; i++) {
		const struct field *field = &decoder->table->fields[i];
		int64_t number = field->column ? *value++ : UNKNOWN;

		if (number == UNKNOWN || !is_sensible(decoder, field, number))
			continue;
		if (field->is_text)
			*(const char **)place_of(field, ret_row, texts->arena) =
				copy_text(texts, number);
		else
			*(int64_t *)place_of(field, ret_row, texts->arena) = number;
	}
}

/* The place of a field among the values of a slot; `known_count` if it is not known. */
static size_t
known_place(const struct schema_table *table, const char *name, size_t length)
{
	size_t known = 0, field = schema_field(table, name, length);

	if (field == table->field_count || !table->fields[field].column)
		return table->known_count;
	for (size_t i = 0; i < field; i++)
		known += table->fields[i].column != NULL;
	return known;
}

/* Where the fields of a key stand among the values of a slot. */
struct key_places {
	size_t places[SUMMARY_KEYS], count;
};

static bool
find_key_places(const struct schema_table *table, const char *list, struct key_places *key)
{
	for (key->count = 0; *list && key->count < SUMMARY_KEYS; key->count++) {
		size_t length = strcspn(list, ",");

		key->places[key->count] = known_place(table, list, length);
		if (key->places[key->count] == table->known_count)
			return false;
		list += length + (list[length] == ',');
	}
	return !*list;
}

static bool
has_keys(const int64_t *values, const struct key_places *key, const int64_t *keys)
{
	for (size_t i = 0; i < key->count; i++)
		if (values[key->places[i]] != keys[i])
			return false;
	return true;
}

int64_t
row_decoder_value(
	const struct row_decoder *decoder, const char *field, const char *key, const int64_t *keys)
{
	const struct schema_table *table = decoder->table;
	size_t place = known_place(table, field, strlen(field));
	size_t number = schema_field(table, field, strlen(field));
	struct key_places key_places;

	if (place == table->known_count || !find_key_places(table, key, &key_places))
		return UNKNOWN;
	for (size_t row = 0; row < decoder->row_count; row++) {
		const int64_t *values = &decoder->values[decoder->order[row] * table->known_count];

		if (has_keys(values, &key_places, keys))
			return is_sensible(decoder, &table->fields[number], values[place])
				       ? values[place]
				       : UNKNOWN;
	}
	return UNKNOWN;
}
