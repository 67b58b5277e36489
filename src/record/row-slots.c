// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/row-slots.h"

#include "base/macros.h"
#include "base/memory.h"

#include <assert.h>
#include <stdlib.h>

#define NO_SLOT UINT32_MAX

void
place_list_add(struct place_list *list, uint32_t place)
{
	list->data =
		array_reserve(list->data, &list->capacity, list->count + 1, sizeof(list->data[0]));
	list->data[list->count++] = place;
}

void
place_list_reset(struct place_list *list)
{
	list->data = array_fit(list->data, &list->capacity, list->count, sizeof(list->data[0]));
	list->count = 0;
}

void
row_slots_init(struct row_slots *slots, const struct schema_table *table)
{
	const char *key = table->recorded->key;

	*slots = (struct row_slots){ .table = table };
	slots->keys = xcalloc(table->field_count, sizeof(slots->keys[0]));
	while (key && *key) {
		size_t length = strcspn(key, ","), field = schema_field(table, key, length);

		assert(field < table->field_count && slots->key_count < table->field_count);
		slots->keys[slots->key_count++] = field;
		key += length + (key[length] == ',');
	}
}

void
row_slots_finish(struct row_slots *slots)
{
	free(slots->keys);
	free(slots->states);
	free(slots->free.data);
	free(slots->order.data);
	free(slots->slots.data);
	free(slots->born.data);
	free(slots->gone.data);
	index_finish(&slots->index);
	*slots = (struct row_slots){ .table = NULL };
}

void
row_slots_reset(struct row_slots *slots)
{
	struct place_list *lists[] = { &slots->free, &slots->order, &slots->slots, &slots->born,
		&slots->gone };

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		place_list_reset(lists[i]);
	slots->states = array_fit(slots->states, &slots->state_capacity, slots->count, 1);
	slots->count = 0;
	slots->last_check = 0;
}

static const void *
last_row(const struct row_slots *slots, size_t place)
{
	return sample_row(slots, &slots->last, place);
}

static bool
is_same_row(const struct row_slots *slots, size_t place, const void *row)
{
	const void *last = last_row(slots, place);

	for (size_t i = 0; i < slots->key_count; i++) {
		const struct field *field = &slots->table->fields[slots->keys[i]];

		if (field->is_text
				? !are_same_texts(field_text(field, last), field_text(field, row))
				: field_number(field, last) != field_number(field, row))
			return false;
	}
	return true;
}

static uint64_t
mix_field(uint64_t hash, const struct field *field, const void *row)
{
	return field->is_text ? index_mix_text(hash, field_text(field, row))
			      : index_mix(hash, (uint64_t)field_number(field, row));
}

static uint64_t
hash_of_row(const struct row_slots *slots, const void *row)
{
	uint64_t hash = 0;

	for (size_t i = 0; i < slots->key_count; i++)
		hash = mix_field(hash, &slots->table->fields[slots->keys[i]], row);
	return hash;
}

/* Finds the row anywhere in the last sample. Returns its place in `order`, or INDEX_END. */
static uint32_t
find_row(struct row_slots *slots, const void *row)
{
	uint32_t place;

	if (!slots->has_index) {
		index_reset(&slots->index);
		for (size_t i = 0; i < slots->order.count; i++)
			index_add(&slots->index, hash_of_row(slots, last_row(slots, i)));
		slots->has_index = true;
	}
	for (place = index_first(&slots->index, hash_of_row(slots, row)); place != INDEX_END;
		place = index_next(&slots->index, place))
		if (slots->states[slots->order.data[place]] == SLOT_LIVES &&
			is_same_row(slots, place, row))
			break;
	return place;
}

/* The number by which rows ascend, as processes do by PID; NULL if they do not. */
static const struct field *
ascending_key(const struct row_slots *slots, const struct sample_rows *rows)
{
	const struct field *field;
	int64_t last = INT64_MIN;

	if (slots->key_count == 0 || slots->table->fields[slots->keys[0]].is_text)
		return NULL;
	field = &slots->table->fields[slots->keys[0]];
	for (size_t i = 0; i < rows->count; i++) {
		int64_t number = field_number(field, sample_row(slots, rows, i));

		if (number < last)
			return NULL;
		last = number;
	}
	return field;
}

/* Where in the last sample the search goes on, and by what rows ascend. */
struct match {
	const struct sample_rows *rows;
	const struct field *ascending;
	size_t next;
};

/*
 * Whether the row is not in the last sample: all that follow there come later in order, or are
 * another one of the same number, as a process that has the PID of one before.
 */
static bool
is_surely_new(const struct row_slots *slots, const struct match *match, const void *row)
{
	if (match->next == slots->order.count)
		return match->ascending || slots->key_count == 0;
	return match->ascending &&
	       field_number(match->ascending, row) <=
		       field_number(match->ascending, last_row(slots, match->next));
}

/* Goes past rows of the last sample that come before this one in order: they are gone. */
static void
skip_gone(const struct row_slots *slots, struct match *match, const void *row)
{
	int64_t key;

	if (!match->ascending)
		return;
	key = field_number(match->ascending, row);
	while (match->next < slots->order.count &&
		field_number(match->ascending, last_row(slots, match->next)) < key)
		match->next++;
}

/* Whether the row is the next of the last sample, as nearly all are. */
static bool
is_next(const struct row_slots *slots, const struct match *match, const void *row)
{
	return match->next < slots->order.count &&
	       slots->states[slots->order.data[match->next]] == SLOT_LIVES &&
	       is_same_row(slots, match->next, row);
}

/* One that is taken for a new row by mistake costs some bytes, and nothing else. */
static uint32_t
slot_of(struct row_slots *slots, struct match *match, const void *row)
{
	uint32_t place;

	skip_gone(slots, match, row);
	if (is_next(slots, match, row))
		return slots->order.data[match->next++];
	if (is_surely_new(slots, match, row))
		return NO_SLOT;
	place = find_row(slots, row);
	if (place == INDEX_END)
		return NO_SLOT;
	match->next = place + 1;
	return slots->order.data[place];
}

/* The first rows, as long as they stand where they stood. Returns their number. */
static size_t
find_same(struct row_slots *slots, const struct match *match)
{
	size_t i = 0;

	for (; i < match->rows->count && i < slots->order.count; i++) {
		uint32_t slot = slots->order.data[i];

		if (!is_same_row(slots, i, sample_row(slots, match->rows, i)))
			break;
		slots->states[slot] = SLOT_SEEN;
		slots->slots.data[i] = slot;
	}
	return i;
}

static void
find_slots(struct row_slots *slots, const struct sample_rows *rows)
{
	struct match match = { .rows = rows };
	size_t last, i;

	slots->in_order = true;
	slots->slots.data = array_reserve(slots->slots.data, &slots->slots.capacity, rows->count,
		sizeof(slots->slots.data[0]));
	slots->slots.count = rows->count;
	last = match.next = i = find_same(slots, &match);
	if (i < rows->count)
		match.ascending = ascending_key(slots, rows);
	for (; i < rows->count; i++) {
		uint32_t slot = slot_of(slots, &match, sample_row(slots, rows, i));

		slots->slots.data[i] = slot;
		if (slot == NO_SLOT)
			continue;
		slots->states[slot] = SLOT_SEEN;
		slots->in_order &= match.next > last;
		last = match.next;
	}
}

static uint32_t
take_slot(struct row_slots *slots)
{
	if (slots->free.count > 0)
		return slots->free.data[--slots->free.count];
	slots->states = array_reserve(slots->states, &slots->state_capacity, slots->count + 1, 1);
	return (uint32_t)slots->count++;
}

/* Whoever changes rows that are compared with would have changes left out in silence. */
#ifndef NDEBUG
static uint64_t
check_of_last(const struct row_slots *slots)
{
	uint64_t check = 0;

	for (size_t row = 0; row < slots->order.count; row++)
		for (size_t i = 0; i < slots->table->field_count; i++)
			check = mix_field(check, &slots->table->fields[i], last_row(slots, row));
	return check;
}
#endif

void
row_slots_match(struct row_slots *slots, const struct sample_rows *rows)
{
	assert(slots->last_check == check_of_last(slots));
	slots->has_index = false;
	find_slots(slots, rows);
	slots->gone.count = slots->born.count = 0;
	for (size_t slot = 0; slot < slots->count; slot++)
		if (slots->states[slot] == SLOT_LIVES) {
			slots->states[slot] = SLOT_FREE;
			place_list_add(&slots->gone, (uint32_t)slot);
		}
	for (size_t i = slots->gone.count; i-- > 0;)
		place_list_add(&slots->free, slots->gone.data[i]);
	for (size_t row = 0; row < slots->slots.count; row++)
		if (slots->slots.data[row] == NO_SLOT) {
			slots->slots.data[row] = take_slot(slots);
			slots->states[slots->slots.data[row]] = SLOT_NEW;
			place_list_add(&slots->born, (uint32_t)row);
		}
}

void
row_slots_keep(struct row_slots *slots, const struct sample_rows *rows)
{
	struct place_list order = slots->order;

	slots->last = *rows;
	slots->order = slots->slots;
	slots->slots = order;
	for (size_t i = 0; i < slots->order.count; i++)
		slots->states[slots->order.data[i]] = SLOT_LIVES;
#ifndef NDEBUG
	slots->last_check = check_of_last(slots);
#endif
}
