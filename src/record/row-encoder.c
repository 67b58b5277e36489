// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/row-encoder.h"

#include "base/bytes.h"
#include "base/known.h"
#include "base/memory.h"
#include "record/cells.h"

#include <stdlib.h>

/* Whether a field of a row stands right behind the one before, and both are numbers. */
static bool
goes_on(const struct field *field)
{
	return !field[0].is_text && !field[-1].is_text && field[0].part == field[-1].part &&
	       field[0].offset == field[-1].offset + sizeof(int64_t);
}

static void
find_runs(struct row_encoder *encoder, const struct schema_table *table)
{
	encoder->runs = xcalloc(table->field_count, sizeof(encoder->runs[0]));
	for (size_t i = 0; i < table->field_count; i++) {
		const struct field *field = &table->fields[i];

		if (i == 0 || !goes_on(field))
			encoder->runs[encoder->run_count++] = (struct run){
				.field = field, .first = i, .is_text = field->is_text
			};
		encoder->runs[encoder->run_count - 1].count++;
	}
}

void
row_encoder_init(struct row_encoder *encoder, const struct schema_table *table)
{
	*encoder = (struct row_encoder){ .numbers = NULL };
	row_slots_init(&encoder->slots, table);
	encoder->moves = xcalloc(table->field_count, sizeof(encoder->moves[0]));
	for (size_t i = 0; i < table->field_count; i++)
		if (table->fields[i].is_text)
			encoder->moves[i].same_texts =
				xcalloc(SAME_TEXTS, sizeof(struct same_text));
	find_runs(encoder, table);
}

void
row_encoder_finish(struct row_encoder *encoder)
{
	for (size_t i = 0; i < encoder->slots.table->field_count; i++) {
		free(encoder->moves[i].flipped.data);
		free(encoder->moves[i].moved.data);
		free(encoder->moves[i].differences);
		free(encoder->moves[i].same_texts);
	}
	free(encoder->moves);
	free(encoder->runs);
	free(encoder->rows.data);
	free(encoder->before.data);
	free(encoder->unknown.data);
	free(encoder->numbers);
	row_slots_finish(&encoder->slots);
}

/* Gives memory back that the last sample did not need. */
static void
fit_moves(struct moves *moves)
{
	moves->differences = array_fit(moves->differences, &moves->capacity, moves->moved.count,
		sizeof(moves->differences[0]));
	place_list_reset(&moves->moved);
	place_list_reset(&moves->flipped);
}

void
row_encoder_reset(struct row_encoder *encoder)
{
	for (size_t i = 0; i < encoder->slots.table->field_count; i++)
		fit_moves(&encoder->moves[i]);
	place_list_reset(&encoder->rows);
	place_list_reset(&encoder->before);
	place_list_reset(&encoder->unknown);
	encoder->numbers = array_fit(encoder->numbers, &encoder->number_capacity,
		encoder->slots.count, sizeof(encoder->numbers[0]));
	row_slots_reset(&encoder->slots);
}

static void
write_slots(const struct place_list *slots, const struct place_list *rows, struct bytes *bytes)
{
	int64_t next = 0;

	for (size_t i = 0; i < (rows ? rows->count : slots->count); i++) {
		int64_t slot = slots->data[rows ? rows->data[i] : i];

		bytes_put_varint(bytes, zigzag(slot - next));
		next = slot + 1;
	}
}

static void
write_order(const struct row_slots *slots, struct bytes *bytes)
{
	bytes_put_varint(bytes, slots->slots.count);
	places_write(bytes, slots->gone.data, slots->gone.count);
	places_write(bytes, slots->born.data, slots->born.count);
	write_slots(&slots->slots, &slots->born, bytes);
	bytes_put_varint(bytes, !slots->in_order);
	if (!slots->in_order)
		write_slots(&slots->slots, NULL, bytes);
}

/* What is known of a text that stands at the same address in other rows of this sample. */
static struct same_text *
same_text_of(const struct moves *moves, const char *text)
{
	uint64_t hash = index_mix(0, (uintptr_t)text) >> (64 - SAME_TEXTS_LOG);
	struct same_text *same = &moves->same_texts[hash];

	if (same->text != text)
		*same = (struct same_text){ text, NULL, UNKNOWN };
	return same;
}

/* The number of a text; UNKNOWN for NULL, and where there are too many: those are counted. */
static int64_t
id_of(const struct moves *moves, struct text_ids *texts, const char *text, size_t *left_out)
{
	struct same_text *same = same_text_of(moves, text);
	int64_t id;

	if (!text)
		return UNKNOWN;
	if (same->number != UNKNOWN)
		return same->number;
	id = text_ids_of(texts, text);
	if (id == -1)
		++*left_out;
	else
		same->number = id;
	return same->number;
}

static void
reset_moves(struct moves *moves)
{
	moves->flipped.count = moves->moved.count = 0;
	if (moves->same_texts)
		memset(moves->same_texts, 0, SAME_TEXTS * sizeof(moves->same_texts[0]));
}

static void
note_move(struct moves *moves, uint32_t slot, int64_t before, int64_t now)
{
	int64_t from = known_or_zero(before);

	if (now == before)
		return;
	if (now == UNKNOWN || before == UNKNOWN)
		place_list_add(&moves->flipped, slot);
	if (now == UNKNOWN || now == from)
		return;
	moves->differences = array_reserve(moves->differences, &moves->capacity,
		moves->moved.count + 1, sizeof(moves->differences[0]));
	moves->differences[moves->moved.count] = (int64_t)((uint64_t)now - (uint64_t)from);
	place_list_add(&moves->moved, slot);
}

static bool
are_equal(const int64_t *a, const int64_t *b, size_t count)
{
	int64_t difference = 0;

	for (size_t i = 0; i < count; i++)
		difference |= a[i] ^ b[i];
	return difference == 0;
}

static void
compare_numbers(struct row_encoder *encoder, const struct run *run, uint32_t slot,
	const int64_t *before, const int64_t *now)
{
	if (are_equal(before, now, run->count))
		return;
	for (size_t i = 0; i < run->count; i++)
		note_move(&encoder->moves[run->first + i], slot, before[i], now[i]);
}

/* Returns whether the text is left out. */
static bool
compare_text(struct moves *moves, uint32_t slot, const char *before, const char *text,
	struct text_ids *texts)
{
	struct same_text *same = same_text_of(moves, text);
	size_t left_out = 0, known = 0;

	if (text == before || (same->before && same->before == before))
		return false;
	if (are_same_texts(text, before)) {
		same->before = before;
		return false;
	}
	note_move(moves, slot, id_of(moves, texts, before, &known),
		id_of(moves, texts, text, &left_out));
	return left_out > 0;
}

/* Most of the time of the encoder is spent here. */
static size_t
compare_row(struct row_encoder *encoder, uint32_t slot, const void *before, const void *row,
	struct text_ids *texts)
{
	const struct run *run = encoder->runs, *end = run + encoder->run_count;
	size_t left_out = 0;

	for (; run < end; run++)
		if (!run->is_text)
			compare_numbers(encoder, run, slot,
				(const int64_t *)field_place(run->field, before),
				(const int64_t *)field_place(run->field, row));
		else
			left_out += compare_text(&encoder->moves[run->first], slot,
				field_text(run->field, before), field_text(run->field, row), texts);
	return left_out;
}

/* Which row of a sample has which slot. */
static void
find_rows(struct place_list *rows, const struct place_list *slots, size_t slot_count)
{
	rows->data = array_reserve(rows->data, &rows->capacity, slot_count, sizeof(rows->data[0]));
	rows->count = slot_count;
	for (size_t row = 0; row < slots->count; row++)
		rows->data[slots->data[row]] = (uint32_t)row;
}

/* In the order of the slots, so that their places ascend. */
static size_t
compare_rows(struct row_encoder *encoder, const struct sample_rows *rows, struct text_ids *texts)
{
	const struct row_slots *slots = &encoder->slots;
	size_t left_out = 0;

	for (size_t i = 0; i < slots->table->field_count; i++)
		reset_moves(&encoder->moves[i]);
	find_rows(&encoder->rows, &slots->slots, slots->count);
	find_rows(&encoder->before, &slots->order, slots->count);
	for (uint32_t slot = 0; slot < slots->count; slot++)
		if (slots->states[slot] == SLOT_SEEN)
			left_out += compare_row(encoder, slot,
				sample_row(slots, &slots->last, encoder->before.data[slot]),
				sample_row(slots, rows, encoder->rows.data[slot]), texts);
	return left_out;
}

/* One field of the new rows. */
static size_t
write_born(struct row_encoder *encoder, size_t number, const struct sample_rows *rows,
	struct text_ids *texts, struct bytes *bytes)
{
	const struct row_slots *slots = &encoder->slots;
	const struct field *field = &slots->table->fields[number];
	size_t known = 0, left_out = 0;

	encoder->unknown.count = 0;
	encoder->numbers = array_reserve(encoder->numbers, &encoder->number_capacity,
		slots->born.count, sizeof(encoder->numbers[0]));
	for (size_t i = 0; i < slots->born.count; i++) {
		const void *row = sample_row(slots, rows, slots->born.data[i]);
		int64_t value = field->is_text ? id_of(&encoder->moves[number], texts,
							 field_text(field, row), &left_out)
					       : field_number(field, row);

		if (value == UNKNOWN)
			place_list_add(&encoder->unknown, (uint32_t)i);
		else
			encoder->numbers[known++] = value;
	}
	places_write(bytes, encoder->unknown.data, encoder->unknown.count);
	cells_write(bytes, encoder->numbers, known, true);
	return left_out;
}

static size_t
write_field(struct row_encoder *encoder, size_t number, const struct sample_rows *rows,
	struct text_ids *texts, struct bytes *bytes)
{
	struct moves *moves = &encoder->moves[number];
	size_t left_out = 0;

	if (encoder->slots.born.count > 0)
		left_out = write_born(encoder, number, rows, texts, bytes);
	else if (moves->flipped.count + moves->moved.count == 0)
		return 0;
	places_write(bytes, moves->flipped.data, moves->flipped.count);
	places_write(bytes, moves->moved.data, moves->moved.count);
	cells_write(bytes, moves->differences, moves->moved.count, false);
	return left_out;
}

size_t
row_encoder_write(struct row_encoder *encoder, const struct sample_rows *rows,
	struct text_ids *texts, struct bytes *bytes, struct bytes *field)
{
	size_t left_out;

	row_slots_match(&encoder->slots, rows);
	write_order(&encoder->slots, bytes);
	left_out = compare_rows(encoder, rows, texts);
	for (size_t i = 0; i < encoder->slots.table->field_count; i++) {
		field->count = 0;
		left_out += write_field(encoder, i, rows, texts, field);
		bytes_put_varint(bytes, field->count);
		bytes_put(bytes, field->data, field->count);
	}
	row_slots_keep(&encoder->slots, rows);
	return left_out;
}
