// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/bytes.h"
#include "base/known.h"
#include "herd.h"
#include "record/block-writer.h"
#include "record/cursor.h"

#include <errno.h>

enum { SECOND = 1000000000 };

static int
set_up(void **state)
{
	struct tree *tree = test_calloc(1, sizeof(*tree));

	tree_create(tree);
	*state = tree;
	return 0;
}

static int
tear_down(void **state)
{
	tree_destroy(*state);
	test_free(*state);
	return 0;
}

static void
assert_stands_at(struct cursor *cursor, int64_t boottime, int64_t wall)
{
	struct cursor_place place;

	assert_true(cursor_place(cursor, &place));
	assert_int_equal(place.boottime / SECOND, boottime);
	assert_int_equal(place.wall / SECOND, wall);
}

/* Seconds since boot and of the wall clock, and what happened before the sample. */
struct marked {
	int64_t boottime, wall;
	unsigned marks;
	int64_t since; /* seconds; UNKNOWN: none */
};

static void
write_marked(const struct tree *tree, const char *name, const char *boot,
	const struct marked *samples, size_t count)
{
	const struct sample_rows nothing[HERD_TABLES] = { { NULL, 0 } };
	const struct note notes[] = { { "boot", boot }, { "interval", "10" } };
	struct encoder *encoder = encoder_create(&herd_recorded, notes, 2);
	struct block_writer writer;
	const struct bytes *blocks;
	uint64_t cut;

	assert_int_equal(block_writer_open(&writer, tree->fd, name, &cut), 0);
	for (size_t i = 0; i < count; i++) {
		const struct sample_time time = { samples[i].boottime * SECOND,
			samples[i].wall * SECOND };

		assert_int_equal(encoder_add(encoder, &time, nothing, &blocks), 0);
		assert_int_equal(block_writer_append(&writer, blocks->data, blocks->count), 0);
	}
	block_writer_close(&writer);
	encoder_destroy(encoder);
}

static void
assert_marked(struct cursor *cursor, const struct marked *sample)
{
	struct cursor_place place;

	assert_stands_at(cursor, sample->boottime, sample->wall);
	assert_true(cursor_place(cursor, &place));
	assert_int_equal(place.marks, sample->marks);
	if (sample->since == UNKNOWN)
		assert_true(place.since == UNKNOWN);
	else
		assert_int_equal(place.since / SECOND, sample->since);
}

static void
gaps_set_clocks_and_boots_are_told_apart(void **state)
{
	static const struct marked first[] = {
		{ 100, 5000, MARK_START, UNKNOWN },
		{ 110, 5010, 0, 10 },
		{ 111, 5011, 0, 1 }, /* denser for a while */
		{ 121, 5021, 0, 10 },
		{ 3721, 8621, MARK_PAUSE, 3600 },             /* suspended: both clocks went on */
		{ 3731, 5031, MARK_CLOCK, 10 },               /* set back */
		{ 3741, 9000, MARK_CLOCK, 10 },               /* and forward */
		{ 3841, 8000, MARK_CLOCK | MARK_PAUSE, 100 }, /* both */
		{ 3851, 8010, 0, 10 },
	};
	static const struct marked second[] = {
		{ 5, 8100, MARK_START | MARK_BOOT, UNKNOWN },
		{ 15, 8110, 0, 10 },
	};
	const struct tree *tree = *state;
	struct cursor *cursor;

	write_marked(tree, "a.mtr", "one", first, ARRAY_SIZE(first));
	write_marked(tree, "b.mtr", "two", second, ARRAY_SIZE(second));
	assert_int_equal(cursor_open(&cursor, tree->path, &herd_recorded), 0);
	for (size_t i = 0; i < ARRAY_SIZE(first); i++) {
		assert_int_equal(cursor_next(cursor), 0);
		assert_marked(cursor, &first[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(second); i++) {
		assert_int_equal(cursor_next(cursor), 0);
		assert_marked(cursor, &second[i]);
	}
	assert_int_equal(cursor_mark(cursor, false), 0);
	assert_marked(cursor, &second[0]);
	for (size_t i = ARRAY_SIZE(first); i-- > 0;)
		if (first[i].marks) {
			assert_int_equal(cursor_mark(cursor, false), 0);
			assert_marked(cursor, &first[i]);
		}
	assert_int_equal(cursor_mark(cursor, false), -ENODATA);
	assert_marked(cursor, &first[0]);
	assert_int_equal(cursor_mark(cursor, true), 0);
	assert_marked(cursor, &first[4]);
	cursor_close(cursor);
}

static void
steps_go_over_the_ends_of_files(void **state)
{
	static const struct marked samples[] = { { 1, 100 }, { 2, 101 }, { 3, 102 }, { 4, 103 },
		{ 5, 104 } };
	const struct tree *tree = *state;
	struct cursor *cursor;

	write_marked(tree, "a.mtr", "one", samples, 2);
	write_marked(tree, "b.mtr", "one", samples + 2, 3);
	assert_int_equal(cursor_open(&cursor, tree->path, &herd_recorded), 0);
	assert_int_equal(cursor_first(cursor), 0);
	assert_int_equal(cursor_step(cursor, 3), 0);
	assert_stands_at(cursor, 4, 103);
	assert_int_equal(cursor_step(cursor, -2), 0);
	assert_stands_at(cursor, 2, 101);
	assert_int_equal(cursor_step(cursor, 100), 0);
	assert_stands_at(cursor, 5, 104);
	assert_int_equal(cursor_step(cursor, 1), -ENODATA);
	assert_stands_at(cursor, 5, 104);
	assert_int_equal(cursor_step(cursor, INT64_MIN), 0);
	assert_stands_at(cursor, 1, 100);
	assert_int_equal(cursor_step(cursor, -1), -ENODATA);
	assert_int_equal(cursor_step(cursor, INT64_MAX), 0);
	assert_stands_at(cursor, 5, 104);
	cursor_close(cursor);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			gaps_set_clocks_and_boots_are_told_apart, set_up, tear_down),
		cmocka_unit_test_setup_teardown(steps_go_over_the_ends_of_files, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
