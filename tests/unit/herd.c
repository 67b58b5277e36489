// SPDX-License-Identifier: GPL-3.0-or-later
#include "herd.h"
#include "unit.h"

#include "base/arena.h"
#include "base/macros.h"
#include "record/block.h"
#include "record/cursor.h"
#include "record/decoder.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct animal_part no_part = { UNKNOWN, NULL };
static const struct row_part part = { offsetof(struct animal, part), &no_part, sizeof(no_part) };

#define ANIMAL(name, unit)                                                                         \
	{                                                                                          \
#name, #name, NULL, "", unit, 5, 0, offsetof(struct animal, name)                  \
	}
#define PART(name, unit)                                                                           \
	{                                                                                          \
#name, #name, NULL, "", unit, 5, 0, offsetof(struct animal_part, name), 0, &part   \
	}
static const struct column animal_columns[] = {
	ANIMAL(id, UNIT_ID),
	ANIMAL(name, UNIT_TEXT),
	ANIMAL(weight, UNIT_BYTES),
	ANIMAL(limit, UNIT_LIMIT),
	ANIMAL(age, UNIT_DURATION),
	PART(owner, UNIT_TEXT),
	PART(food, UNIT_NUMBER),
	ANIMAL(kind, UNIT_TEXT),
};
static const struct column animal_more[] = { ANIMAL(born, UNIT_NUMBER) };
static const struct column heavy_animals[] = {
	ANIMAL(id, UNIT_ID),
	ANIMAL(name, UNIT_TEXT),
	ANIMAL(weight, UNIT_NUMBER),
};

const struct table animal_table = { .name = "animal",
	.columns = animal_columns,
	.column_count = ARRAY_SIZE(animal_columns),
	.row_size = sizeof(struct animal) };
static const struct table heavy_table = { .name = "animal",
	.columns = heavy_animals,
	.column_count = ARRAY_SIZE(heavy_animals),
	.row_size = sizeof(struct animal) };

#define PLACE(name, unit)                                                                          \
	{                                                                                          \
#name, #name, NULL, "", unit, 5, 0, offsetof(struct place, name)                   \
	}
static const struct column place_columns[] = {
	PLACE(name, UNIT_TEXT),
	PLACE(size, UNIT_BYTES),
	PLACE(visits, UNIT_RATE),
};
static const struct table place_table = { .name = "place",
	.columns = place_columns,
	.column_count = ARRAY_SIZE(place_columns),
	.row_size = sizeof(struct place) };
static const struct table totals_table = { .name = "totals",
	.columns = place_columns,
	.column_count = ARRAY_SIZE(place_columns),
	.row_size = sizeof(struct place) };

static const struct recorded_table recorded_tables[] = {
	[HERD_ANIMALS] = { &animal_table, .more = animal_more, .more_count = 1, .key = "id,born",
		.any_number = true },
	[HERD_PLACES] = { &place_table, .key = "name", .any_number = true },
	[HERD_TOTALS] = { &totals_table, .any_number = true },
};
const struct recorded herd_recorded = { recorded_tables, ARRAY_SIZE(recorded_tables) };

static const struct recorded_table older_tables[] = {
	{ &animal_table, "id,name,food", .key = "id", .any_number = true },
};
const struct recorded herd_older = { older_tables, ARRAY_SIZE(older_tables) };

static const struct recorded_table heavy_tables[] = { { &heavy_table, .key = "id",
	.any_number = true } };
const struct recorded herd_other_unit = { heavy_tables, ARRAY_SIZE(heavy_tables) };

static unsigned
below(unsigned *seed, unsigned end)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 16 & 0x7fff) % end;
}

static int64_t
any_number(unsigned *seed)
{
	static const int64_t numbers[] = { UNKNOWN, 0, 1, -1, 4096, -4096, INT64_MAX, INT64_MIN + 1,
		INT64_C(1) << 40, 10000000 };
	unsigned choice = below(seed, 20);

	return choice < ARRAY_SIZE(numbers) ? numbers[choice] : (int64_t)below(seed, 1000) * 1024;
}

static const char *
any_text(struct herd *herd, unsigned *seed)
{
	static const char *const texts[] = { NULL, "", "a", "\xff\x01",
		"a rather long text, twice" };
	unsigned choice = below(seed, 8);
	char text[32];

	if (choice < ARRAY_SIZE(texts))
		return texts[choice];
	snprintf(text, sizeof(text), "text %u", below(seed, 50));
	return arena_text(&herd->texts, text);
}

static void
change_animal(struct herd *herd, struct animal *animal, unsigned *seed)
{
	int64_t *numbers[] = { &animal->weight, &animal->limit, &animal->age };
	struct animal_part *own;

	*numbers[below(seed, ARRAY_SIZE(numbers))] = any_number(seed);
	if (below(seed, 3) == 0)
		animal->name = any_text(herd, seed);
	if (below(seed, 3) == 0)
		animal->kind = any_text(herd, seed);
	if (below(seed, 3) > 0)
		return;
	own = arena_store(&herd->texts, animal->part, sizeof(*animal->part));
	own->food = any_number(seed);
	own->owner = any_text(herd, seed);
	animal->part = own;
}

/* A new animal, or another one with the same id. */
static void
be_born(struct animal *animal, int64_t id, unsigned *seed)
{
	table_reset_row(&animal_table, animal);
	animal->id = id;
	animal->born = below(seed, 30000);
}

static void
change_animals(struct herd *herd, unsigned *seed, size_t most)
{
	struct rows old = herd->rows[HERD_ANIMALS], *rows = &herd->rows[HERD_ANIMALS];
	struct animal *animals = old.data;
	int64_t id = 0;

	*rows = (struct rows){ .table = NULL };
	for (size_t i = 0; i <= old.count; i++) {
		unsigned choice = below(seed, 12);

		if (choice == 0 && old.count < most) {
			int64_t next = i < old.count ? animals[i].id : id + 5;

			be_born(rows_add(rows, &animal_table), id + (next > id + 1), seed);
		}
		if (i == old.count)
			break;
		id = animals[i].id;
		if (choice == 1)
			continue;
		if (choice == 2)
			be_born(&animals[i], id, seed);
		if (choice < 6)
			change_animal(herd, &animals[i], seed);
		*(struct animal *)rows_add(rows, &animal_table) = animals[i];
	}
	free(old.data);
}

/* Rows without an order, some with the same name. */
static void
change_places(struct herd *herd, unsigned *seed)
{
	struct rows *rows = &herd->rows[HERD_PLACES];
	struct place *places = rows->data, swap;

	if (rows->count < 12 && below(seed, 2) == 0) {
		struct place *place = rows_add(rows, &place_table);

		place->name = any_text(herd, seed);
		places = rows->data;
	}
	if (rows->count == 0)
		return;
	places[below(seed, (unsigned)rows->count)].visits = any_number(seed);
	if (below(seed, 4) == 0)
		places[below(seed, (unsigned)rows->count)] = places[rows->count - 1];
	if (below(seed, 4) == 0)
		rows->count--;
	if (rows->count > 1 && below(seed, 4) == 0) {
		swap = places[0];
		places[0] = places[rows->count - 1];
		places[rows->count - 1] = swap;
	}
}

void
herd_change(struct herd *herd, unsigned *seed, size_t most)
{
	struct rows *totals = &herd->rows[HERD_TOTALS];

	change_animals(herd, seed, most);
	if (below(seed, 3) == 0 && herd->rows[HERD_ANIMALS].count > 1) {
		struct animal *animals = herd->rows[HERD_ANIMALS].data, swap = animals[0];
		size_t other = below(seed, (unsigned)herd->rows[HERD_ANIMALS].count);

		animals[0] = animals[other];
		animals[other] = swap;
	}
	change_places(herd, seed);
	if (totals->count == 0)
		rows_add(totals, &totals_table);
	((struct place *)totals->data)->size = any_number(seed);
}

void
herd_finish(struct herd *herd)
{
	for (size_t i = 0; i < HERD_TABLES; i++) {
		rows_finish(&herd->rows[i]);
		rows_finish(&herd->sampled[0][i]);
		rows_finish(&herd->sampled[1][i]);
	}
	arena_finish(&herd->texts);
}

void
herd_samples(struct herd *herd, struct sample_rows samples[static HERD_TABLES])
{
	herd->turn = !herd->turn;
	for (size_t i = 0; i < HERD_TABLES; i++) {
		struct rows *copy = &herd->sampled[herd->turn][i];

		rows_copy(copy, &herd->rows[i], NULL);
		samples[i] = (struct sample_rows){ copy->data, copy->count };
	}
}

static bool
is_equal_in(const struct column *column, const void *a, const void *b)
{
	const char *text_a, *text_b;

	if (column->unit != UNIT_TEXT)
		return column_number(column, a) == column_number(column, b);
	text_a = column_text(column, a);
	text_b = column_text(column, b);
	return !text_a || !text_b ? text_a == text_b : strcmp(text_a, text_b) == 0;
}

static bool
are_equal(const struct recorded_table *recorded, const struct rows *a, const struct rows *b)
{
	size_t size = recorded->table->row_size;

	for (size_t row = 0; row < a->count && a->count == b->count; row++) {
		const char *row_a = (const char *)a->data + row * size,
			   *row_b = (const char *)b->data + row * size;

		for (size_t i = 0; i < recorded->table->column_count; i++)
			if (!is_equal_in(&recorded->table->columns[i], row_a, row_b))
				return false;
		for (size_t i = 0; i < recorded->more_count; i++)
			if (!is_equal_in(&recorded->more[i], row_a, row_b))
				return false;
	}
	return a->count == b->count;
}

bool
herd_is_decoded(struct decoder *decoder, const struct herd *herd)
{
	struct arena arena = { .first = NULL };
	bool result = true;

	for (size_t i = 0; i < HERD_TABLES; i++) {
		struct rows rows = { .table = NULL };

		decoder_add_rows(decoder, i, &rows, &arena);
		result &= rows.count == decoder_row_count(decoder, i) &&
			  are_equal(&recorded_tables[i], &rows, &herd->rows[i]);
		rows_finish(&rows);
	}
	arena_finish(&arena);
	return result;
}

void
herd_assert_at(struct cursor *cursor, int64_t boottime, int64_t wall)
{
	struct cursor_place place;

	assert_true(cursor_place(cursor, &place));
	assert_int_equal(place.boottime / NS_PER_SEC, boottime);
	assert_int_equal(place.wall / NS_PER_SEC, wall);
}

/* Where the block of this number ends. */
static uint64_t
end_of_block(int fd, int number)
{
	uint8_t header[BLOCK_HEADER_SIZE];
	struct block block = { .size = 0 };
	uint64_t end = 0;

	for (int i = 0; i < number; i++) {
		assert_int_equal(pread(fd, header, sizeof(header), (off_t)end), sizeof(header));
		assert_true(block_read_header(header, end, &block));
		end = block_end(&block);
	}
	return end;
}

void
herd_cut_behind(const struct tree *tree, const char *name, int block)
{
	int fd = openat(tree->fd, name, O_RDWR);

	assert_int_equal(ftruncate(fd, (off_t)end_of_block(fd, block)), 0);
	close(fd);
}

void
herd_damage(const struct tree *tree, const char *name, int block)
{
	int fd = openat(tree->fd, name, O_RDWR);
	off_t last = (off_t)end_of_block(fd, block) - 1;
	uint8_t byte;

	assert_int_equal(pread(fd, &byte, 1, last), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fd, &byte, 1, last), 1);
	close(fd);
}
