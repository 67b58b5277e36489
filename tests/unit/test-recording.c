// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/arena.h"
#include "base/bytes.h"
#include "herd.h"
#include "record/block.h"
#include "record/decoder.h"
#include "record/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECOND = 1000000000 };

static int
take_blocks(struct decoder *decoder, const struct bytes *blocks)
{
	for (size_t at = 0; at < blocks->count;) {
		struct block block;
		int result;

		assert_true(block_read_header(blocks->data + at, at, &block));
		result = decoder_take(decoder, &block, blocks->data + at + BLOCK_HEADER_SIZE);
		if (result < 0)
			return result;
		at = block_end(&block);
	}
	return 0;
}

static void
any_rows_come_back_as_they_were(void **state)
{
	for (unsigned run = 0; run < 40; run++) {
		struct encoder *encoder = encoder_create(&herd_recorded, NULL, 0);
		struct decoder *decoder = decoder_create(&herd_recorded);
		struct herd herd = { .texts.first = NULL };
		unsigned seed = run;

		for (int64_t i = 0; i < 400; i++) {
			const struct sample_time time = { i * SECOND, i * SECOND };
			struct sample_rows samples[HERD_TABLES];
			const struct bytes *blocks;

			herd_change(&herd, &seed, 5 + run * 3);
			herd_samples(&herd, samples);
			if (i % 50 == 49)
				encoder_restart(encoder);
			assert_int_equal(encoder_add(encoder, &time, samples, &blocks), 0);
			assert_int_equal(take_blocks(decoder, blocks), 0);
			assert_true(herd_is_decoded(decoder, &herd));
		}
		herd_finish(&herd);
		encoder_destroy(encoder);
		decoder_destroy(decoder);
	}
}

static void
rows_that_do_not_change_cost_nothing(void **state)
{
	struct encoder *encoder = encoder_create(&herd_recorded, NULL, 0);
	struct herd herd = { .texts.first = NULL };
	struct sample_rows samples[HERD_TABLES];
	const struct bytes *blocks;
	unsigned seed = 3;

	for (size_t i = 0; i < 300; i++)
		herd_change(&herd, &seed, 1000);
	herd_samples(&herd, samples);
	for (int64_t i = 0; i < 10; i++) {
		const struct sample_time time = { i * SECOND, i * SECOND };

		assert_int_equal(encoder_add(encoder, &time, samples, &blocks), 0);
		assert_true(i == 0 || blocks->count < BLOCK_HEADER_SIZE + 50);
	}
	herd_finish(&herd);
	encoder_destroy(encoder);
}

static void
a_chunk_is_complete_after_180_samples_or_an_hour(void **state)
{
	struct encoder *encoder = encoder_create(&herd_recorded, NULL, 0);
	const struct sample_rows nothing[HERD_TABLES] = { { NULL, 0 } };
	const struct bytes *blocks;
	size_t chunks = 0;

	for (int64_t i = 0; i < 360; i++) {
		const struct sample_time time = { i * SECOND, 0 };

		assert_int_equal(encoder_add(encoder, &time, nothing, &blocks), 0);
		chunks += blocks->data[4] == BLOCK_SCHEMA;
		assert_int_equal(blocks->data[4] == BLOCK_SCHEMA, i % 180 == 0);
	}
	assert_int_equal(chunks, 2);
	for (int64_t i = 1; i < 4; i++) {
		const struct sample_time time = { i * 3600 * SECOND, 0 };

		assert_int_equal(encoder_add(encoder, &time, nothing, &blocks), 0);
		assert_int_equal(blocks->data[4], BLOCK_SCHEMA);
	}
	encoder_destroy(encoder);
}

static void
rows_above_the_limit_are_left_out_and_counted(void **state)
{
	struct encoder *encoder = encoder_create(&herd_recorded, NULL, 0);
	struct decoder *decoder = decoder_create(&herd_recorded);
	struct place *places = calloc(MOST_ROWS + 3, sizeof(*places));
	const struct sample_rows samples[HERD_TABLES] = { [HERD_PLACES] = {
								  places, MOST_ROWS + 3 } };
	const struct sample_time time = { 0, 0 };
	const struct bytes *blocks;

	assert_int_equal(encoder_add(encoder, &time, samples, &blocks), 0);
	assert_int_equal(encoder_left_out(encoder).rows, 3);
	assert_int_equal(take_blocks(decoder, blocks), 0);
	assert_int_equal(decoder_row_count(decoder, HERD_PLACES), MOST_ROWS);
	free(places);
	encoder_destroy(encoder);
	decoder_destroy(decoder);
}

static void
a_text_above_the_limit_is_cut(void **state)
{
	struct encoder *encoder = encoder_create(&herd_recorded, NULL, 0);
	struct decoder *decoder = decoder_create(&herd_recorded);
	char *text = malloc(MOST_TEXT + 10);
	struct place place = { text, 1, 2 };
	const struct sample_rows samples[HERD_TABLES] = { [HERD_PLACES] = { &place, 1 } };
	struct rows rows = { .table = NULL };
	struct arena arena = { .first = NULL };
	const struct bytes *blocks;

	memset(text, 'x', MOST_TEXT + 9);
	text[MOST_TEXT + 9] = '\0';
	for (int64_t i = 0; i < 2; i++) {
		assert_int_equal(
			encoder_add(encoder, &(struct sample_time){ i, i }, samples, &blocks), 0);
		assert_int_equal(take_blocks(decoder, blocks), 0);
	}
	decoder_add_rows(decoder, HERD_PLACES, &rows, &arena);
	assert_int_equal(strlen(((struct place *)rows.data)->name), MOST_TEXT);
	assert_int_equal(((struct place *)rows.data)->size, 1);
	free(text);
	rows_finish(&rows);
	arena_finish(&arena);
	encoder_destroy(encoder);
	decoder_destroy(decoder);
}

/* A sample of one animal and one place, of a program that records `from`, read by another one. */
static struct decoder *
decode_as(const struct recorded *from, const struct recorded *as)
{
	static const struct note notes[] = { { "boot", "b" }, { "host", "db1" } };
	struct encoder *encoder = encoder_create(from, notes, ARRAY_SIZE(notes));
	struct decoder *decoder = decoder_create(as);
	const struct animal_part part = { 7, "owner" };
	struct animal animals[3];
	struct place place = { "place", 1, 2 };
	const struct bytes *blocks;

	for (int64_t i = 0; i < 3; i++) {
		struct animal *animal = &animals[i];
		const struct sample_rows samples[HERD_TABLES] = { { animal, 1 }, { &place, 1 } };

		*animal = (struct animal){ 1, 4096, 2, i, "name", "kind", &part, 9 };
		assert_int_equal(
			encoder_add(encoder, &(struct sample_time){ i, i }, samples, &blocks), 0);
		assert_int_equal(take_blocks(decoder, blocks), 0);
	}
	encoder_destroy(encoder);
	return decoder;
}

static void
what_an_older_version_did_not_record_is_unknown(void **state)
{
	struct decoder *decoder = decode_as(&herd_older, &herd_recorded);
	struct rows rows = { .table = NULL };
	struct arena arena = { .first = NULL };
	const struct animal *animal;

	assert_int_equal(decoder_row_count(decoder, HERD_PLACES), 0);
	decoder_add_rows(decoder, HERD_ANIMALS, &rows, &arena);
	assert_int_equal(rows.count, 1);
	animal = rows.data;
	assert_int_equal(animal->id, 1);
	assert_string_equal(animal->name, "name");
	assert_int_equal(animal->part->food, 7);
	assert_null(animal->part->owner);
	assert_true(animal->weight == UNKNOWN && animal->age == UNKNOWN && !animal->kind);
	assert_true(animal->born == UNKNOWN);
	assert_string_equal(schema_note(decoder_schema(decoder), "host"), "db1");
	assert_null(schema_note(decoder_schema(decoder), "hosts"));
	rows_finish(&rows);
	arena_finish(&arena);
	decoder_destroy(decoder);
}

/* Names of the columns that are in the file and that this program does not take. */
static void
assert_left_out(const struct decoder *decoder, const char *expected)
{
	const struct schema *schema = decoder_schema(decoder);
	char names[256] = "";

	for (size_t i = 0; i < schema->table_count; i++)
		for (size_t j = 0; j < schema->tables[i].field_count; j++)
			if (!schema->tables[i].fields[j].column)
				snprintf(names + strlen(names), sizeof(names) - strlen(names),
					"%s.%s ", schema->tables[i].name,
					schema->tables[i].fields[j].name);
	assert_string_equal(names, expected);
}

static void
what_a_newer_version_recorded_is_left_out_by_name(void **state)
{
	struct decoder *decoder = decode_as(&herd_recorded, &herd_older);
	struct rows rows = { .table = NULL };
	struct arena arena = { .first = NULL };
	const struct animal *animal;

	decoder_add_rows(decoder, 0, &rows, &arena);
	animal = rows.data;
	assert_int_equal(animal->id, 1);
	assert_string_equal(animal->name, "name");
	assert_true(animal->weight == UNKNOWN);
	assert_left_out(decoder, "animal.weight animal.limit animal.age animal.kind animal.born "
				 "animal.owner place.name place.size place.visits totals.name "
				 "totals.size totals.visits ");
	rows_finish(&rows);
	arena_finish(&arena);
	decoder_destroy(decoder);
}

static void
a_column_in_another_unit_is_left_out(void **state)
{
	struct decoder *decoder = decode_as(&herd_older, &herd_other_unit);
	struct decoder *other = decode_as(&herd_other_unit, &herd_recorded);

	assert_left_out(decoder, "animal.food ");
	assert_left_out(other, "animal.weight ");
	decoder_destroy(decoder);
	decoder_destroy(other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_rows_come_back_as_they_were),
		cmocka_unit_test(rows_that_do_not_change_cost_nothing),
		cmocka_unit_test(a_chunk_is_complete_after_180_samples_or_an_hour),
		cmocka_unit_test(rows_above_the_limit_are_left_out_and_counted),
		cmocka_unit_test(a_text_above_the_limit_is_cut),
		cmocka_unit_test(what_an_older_version_did_not_record_is_unknown),
		cmocka_unit_test(what_a_newer_version_recorded_is_left_out_by_name),
		cmocka_unit_test(a_column_in_another_unit_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
