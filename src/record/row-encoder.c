// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/row-encoder.h"

#include "base/bytes.h"
#include "base/known.h"
#include "base/memory.h"
#include "record/cells.h"

#include <stdlib.h>

static int
compare_places(const void *a, const void *b)
{
	const struct field *one = *(const struct field *const *)a;
	const struct field *other = *(const struct field *const *)b;

	if (one->part != other->part)
		return (uintptr_t)one->part < (uintptr_t)other->part ? -1 : 1;
	return one->offset < other->offset ? -1 : one->offset > other->offset;
}

/* Whether both are numbers, and one stands right behind the other. */
static bool
are_neighbours(const struct field *before, const struct field *field)
{
	return !field->is_text && !before->is_text && field->part == before->part &&
	       field->offset == before->offset + sizeof(int64_t);
}

static void
add_part(struct row_encoder *encoder, const struct row_part *part, const struct run *runs)
{
	encoder->parts[encoder->part_count++] = (struct compared_part){ part, runs, 0, NULL, NULL };
}

/* Few comparisons of long runs are faster than one of each field. */
static void
find_runs(struct row_encoder *encoder, const struct schema_table *table)
{
	size_t count = table->field_count;
	const struct field **fields = xcalloc(count, sizeof(fields[0]));
	struct run *runs = xcalloc(count, sizeof(runs[0])), *run = runs;

	encoder->by_place = fields;
	encoder->runs = runs;
	encoder->parts = xcalloc(count, sizeof(encoder->parts[0]));
	for (size_t i = 0; i < count; i++)
		fields[i] = &table->fields[i];
	qsort(fields, count, sizeof(fields[0]), compare_places);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || fields[i]->part != fields[i - 1]->part)
			add_part(encoder, fields[i]->part, run);
		if (i == 0 || !are_neighbours(fields[i - 1], fields[i])) {
			*run++ = (struct run){ &fields[i], 0 };
			encoder->parts[encoder->part_count - 1].run_count++;
		}
		run[-1].count++;
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
	free(encoder->by_place);
	free(encoder->parts);
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
		*same = (struct same_text){ text, UNKNOWN };
	return same;
}

/* The number of a text; UNKNOWN for NULL, and where there are too many. */
static int64_t
id_of(const struct moves *moves, struct text_ids *texts, const char *text)
{
	struct same_text *same = same_text_of(moves, text);
	int64_t id;

	if (!text)
		return UNKNOWN;
	if (same->number == UNKNOWN && (id = text_ids_of(texts, text)) != -1)
		same->number = id;
	return same->number;
}

/* The same of a row of this sample. */
static int64_t
new_id_of(struct row_encoder *encoder, const struct moves *moves, struct text_ids *texts,
	const char *text)
{
	int64_t id = id_of(moves, texts, text);

	encoder->left_out += text && id == UNKNOWN;
	return id;
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

static struct moves *
moves_of(const struct row_encoder *encoder, const struct field *field)
{
	return &encoder->moves[field - encoder->slots.table->fields];
}

static bool
are_equal(const int64_t *a, const int64_t *b, size_t count)
{
	int64_t difference = 0;

	for (size_t i = 0; i < count; i++)
		difference |= a[i] ^ b[i];
	return difference == 0;
}

/* Both return whether they are equal. */
static bool
compare_numbers(struct row_encoder *encoder, const struct run *run, uint32_t slot,
	const int64_t *before, const int64_t *now)
{
	if (are_equal(before, now, run->count))
		return true;
	for (size_t i = 0; i < run->count; i++)
		note_move(moves_of(encoder, run->fields[i]), slot, before[i], now[i]);
	return false;
}

static bool
compare_text(struct row_encoder *encoder, const struct field *field, uint32_t slot,
	const char *before, const char *now, struct text_ids *texts)
{
	struct moves *moves = moves_of(encoder, field);

	if (are_same_texts(before, now))
		return true;
	note_move(moves, slot, id_of(moves, texts, before), new_id_of(encoder, moves, texts, now));
	return false;
}

static bool
compare_part(struct row_encoder *encoder, const struct compared_part *part, uint32_t slot,
	const char *before, const char *now, struct text_ids *texts)
{
	bool is_equal = true;

	for (size_t i = 0; i < part->run_count; i++) {
		const struct run *run = &part->runs[i];
		const struct field *field = run->fields[0];
		const void *old = before + field->offset, *new = now + field->offset;

		if (field->is_text)
			is_equal &= compare_text(encoder, field, slot, *(const char *const *)old,
				*(const char *const *)new, texts);
		else
			is_equal &= compare_numbers(encoder, run, slot, old, new);
	}
	return is_equal;
}

static bool
is_kept(const struct row_encoder *encoder, const void *row)
{
	size_t offset = encoder->slots.table->recorded->kept;

	return offset > 0 && *(const bool *)((const char *)row + offset);
}

/*
 * Most of the time of the encoder is spent here. A user that has a new name is seen when the row is
 * read again, or in the next keyframe.
 */
static void
compare_row(struct row_encoder *encoder, uint32_t slot, const void *before, const void *row,
	struct text_ids *texts)
{
	struct compared_part *part = encoder->parts, *end = part + encoder->part_count;

	if (is_kept(encoder, row) && part->part == NULL)
		part++;
	for (; part < end; part++) {
		const char *old = part_place(part->part, before),
			   *new = part_place(part->part, row);

		if (old == new || (old == part->before && new == part->now))
			continue;
		if (compare_part(encoder, part, slot, old, new, texts)) {
			part->before = old;
			part->now = new;
		}
	}
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
static void
compare_rows(struct row_encoder *encoder, const struct sample_rows *rows, struct text_ids *texts)
{
	const struct row_slots *slots = &encoder->slots;

	for (size_t i = 0; i < slots->table->field_count; i++)
		reset_moves(&encoder->moves[i]);
	for (size_t i = 0; i < encoder->part_count; i++)
		encoder->parts[i].before = encoder->parts[i].now = NULL;
	find_rows(&encoder->rows, &slots->slots, slots->count);
	find_rows(&encoder->before, &slots->order, slots->count);
	for (uint32_t slot = 0; slot < slots->count; slot++)
		if (slots->states[slot] == SLOT_SEEN)
			compare_row(encoder, slot,
				sample_row(slots, &slots->last, encoder->before.data[slot]),
				sample_row(slots, rows, encoder->rows.data[slot]), texts);
}

/* One field of the new rows. */
static void
write_born(struct row_encoder *encoder, size_t number, const struct sample_rows *rows,
	struct text_ids *texts, struct bytes *bytes)
{
	const struct row_slots *slots = &encoder->slots;
	const struct field *field = &slots->table->fields[number];
	size_t known = 0;

	encoder->unknown.count = 0;
	encoder->numbers = array_reserve(encoder->numbers, &encoder->number_capacity,
		slots->born.count, sizeof(encoder->numbers[0]));
	for (size_t i = 0; i < slots->born.count; i++) {
		const void *row = sample_row(slots, rows, slots->born.data[i]);
		int64_t value = field->is_text ? new_id_of(encoder, &encoder->moves[number], texts,
							 field_text(field, row))
					       : field_number(field, row);

		if (value == UNKNOWN)
			place_list_add(&encoder->unknown, (uint32_t)i);
		else
			encoder->numbers[known++] = value;
	}
	places_write(bytes, encoder->unknown.data, encoder->unknown.count);
	cells_write(bytes, encoder->numbers, known, true);
}

static void
write_field(struct row_encoder *encoder, size_t number, const struct sample_rows *rows,
	struct text_ids *texts, struct bytes *bytes)
{
	struct moves *moves = &encoder->moves[number];

	if (encoder->slots.born.count > 0)
		write_born(encoder, number, rows, texts, bytes);
	else if (moves->flipped.count + moves->moved.count == 0)
		return;
	places_write(bytes, moves->flipped.data, moves->flipped.count);
	places_write(bytes, moves->moved.data, moves->moved.count);
	cells_write(bytes, moves->differences, moves->moved.count, false);
}

size_t
row_encoder_write(struct row_encoder *encoder, const struct sample_rows *rows,
	struct text_ids *texts, struct bytes *bytes, struct bytes *field)
{
	encoder->left_out = 0;
	row_slots_match(&encoder->slots, rows);
	write_order(&encoder->slots, bytes);
	compare_rows(encoder, rows, texts);
	for (size_t i = 0; i < encoder->slots.table->field_count; i++) {
		field->count = 0;
		write_field(encoder, i, rows, texts, field);
		bytes_put_varint(bytes, field->count);
		bytes_put(bytes, field->data, field->count);
	}
	row_slots_keep(&encoder->slots, rows);
	return encoder->left_out;
}
