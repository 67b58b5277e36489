// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/bytes.h"
#include "herd.h"
#include "record/block-writer.h"
#include "record/cursor-move.h"
#include "record/cursor.h"
#include "record/encoder.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { SECOND = 1000000000 };

static int
set_up(void **state)
{
	static struct tree tree;

	tree_create(&tree);
	*state = &tree;
	return 0;
}

static int
tear_down(void **state)
{
	tree_destroy(*state);
	return 0;
}

/* Samples without rows at these times of the wall clock, in seconds. */
static void
write_times(const struct tree *tree, const char *name, const char *boot, int64_t boottime,
	const int64_t *walls, size_t count)
{
	const struct sample_rows nothing[HERD_TABLES] = { { NULL, 0 } };
	const struct note note = { "boot", boot };
	struct encoder *encoder = encoder_create(&herd_recorded, &note, 1);
	struct block_writer writer;
	const struct bytes *blocks;
	uint64_t cut;

	assert_int_equal(block_writer_open(&writer, tree->fd, name, &cut), 0);
	for (size_t i = 0; i < count; i++) {
		const struct sample_time time = { (boottime + (int64_t)i) * SECOND,
			walls[i] * SECOND };

		assert_int_equal(encoder_add(encoder, &time, nothing, &blocks), 0);
		assert_int_equal(block_writer_append(&writer, blocks->data, blocks->count), 0);
	}
	block_writer_close(&writer);
	encoder_destroy(encoder);
}

static void
the_files_of_a_folder_are_one_by_boot_and_time(void **state)
{
	static const struct {
		const char *name, *boot;
		int64_t boottime, walls[2];
	} files[] = {
		{ "c.mtr", "second", 1, { 200, 201 } },
		{ "a.mtr", "first", 9, { 109, 110 } },
		{ "b.mtr", "first", 7, { 107, 108 } },
		{ "d.txt", "first", 1, { 1, 2 } },
	};
	static const int64_t walls[] = { 107, 108, 109, 110, 200, 201 };
	const struct tree *tree = *state;
	struct cursor *cursor;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		write_times(
			tree, files[i].name, files[i].boot, files[i].boottime, files[i].walls, 2);
	tree_write(tree, "empty.mtr", "");
	tree_write(tree, "foreign.mtr", "This is no recording at all, but it is not empty.");
	assert_int_equal(cursor_open(&cursor, tree->path, &herd_recorded), 0);
	for (size_t i = 0; i < ARRAY_SIZE(walls); i++) {
		assert_int_equal(cursor_next(cursor), 0);
		herd_assert_at(
			cursor, walls[i] % 100 > 1 ? walls[i] - 100 : walls[i] - 199, walls[i]);
	}
	assert_int_equal(cursor_next(cursor), -ENODATA);
	herd_assert_at(cursor, 2, 201);
	for (size_t i = ARRAY_SIZE(walls) - 1; i-- > 0;) {
		assert_int_equal(cursor_previous(cursor), 0);
		herd_assert_at(
			cursor, walls[i] % 100 > 1 ? walls[i] - 100 : walls[i] - 199, walls[i]);
	}
	assert_int_equal(cursor_go(cursor, INT64_C(150) * SECOND), 0);
	herd_assert_at(cursor, 10, 110);
	assert_int_equal(cursor_go(cursor, INT64_C(106) * SECOND), -ENODATA);
	herd_assert_at(cursor, 10, 110);
	write_times(tree, "e.mtr", "second", 3, (const int64_t[]){ 202 }, 1);
	assert_int_equal(cursor_follow(cursor), 0);
	herd_assert_at(cursor, 10, 110);
	assert_int_equal(cursor_last(cursor), 0);
	herd_assert_at(cursor, 3, 202);
	assert_int_equal(unlinkat(tree->fd, "e.mtr", 0), 0);
	assert_int_equal(cursor_follow(cursor), 0);
	assert_int_equal(cursor_last(cursor), 0);
	herd_assert_at(cursor, 2, 201);
	cursor_close(cursor);
}

static void
of_a_time_that_was_there_twice_the_later_one_is_found(void **state)
{
	static const int64_t walls[] = { 100, 110, 120, 130, 105, 115, 125, 135 };
	const struct tree *tree = *state;
	struct cursor *cursor;

	write_times(tree, "a.mtr", "b", 0, walls, ARRAY_SIZE(walls));
	assert_int_equal(cursor_open(&cursor, tree->path, &herd_recorded), 0);
	assert_int_equal(cursor_go(cursor, INT64_C(122) * SECOND), 0);
	herd_assert_at(cursor, 5, 115);
	assert_int_equal(cursor_go(cursor, INT64_C(103) * SECOND), 0);
	herd_assert_at(cursor, 0, 100);
	cursor_close(cursor);
}

/* Seconds since boot and of the wall clock, and what happened before the sample. */
struct marked {
	int64_t boottime, wall;
	unsigned marks;
	int64_t since; /* seconds; UNKNOWN: none */
};

static void
write_marked(const struct tree *tree, const char *name, const char *boot, const char *interval,
	const struct marked *samples, size_t count)
{
	const struct sample_rows nothing[HERD_TABLES] = { { NULL, 0 } };
	const struct note notes[] = { { "boot", boot }, { "interval", interval } };
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

	herd_assert_at(cursor, sample->boottime, sample->wall);
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

	write_marked(tree, "a.mtr", "one", "10", first, ARRAY_SIZE(first));
	write_marked(tree, "b.mtr", "two", "10", second, ARRAY_SIZE(second));
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

/* Each recorder has its interval, and a machine may be suspended while a day ends. */
static void
gaps_are_told_by_the_interval_there_and_over_the_end_of_a_file(void **state)
{
	static const struct marked samples[] = {
		{ 100, 5100, MARK_START, UNKNOWN },
		{ 110, 5110, 0, 10 },
		{ 150, 5150, MARK_PAUSE, 40 },
		{ 160, 5160, 0, 10 },
		/* the next file */
		{ 180, 5180, MARK_START, 20 },
		{ 240, 5240, 0, 60 },
		{ 300, 5300, 0, 60 },
		/* and the next */
		{ 900, 6900, MARK_START | MARK_PAUSE | MARK_CLOCK, 600 },
		{ 960, 6960, 0, 60 },
	};
	const struct tree *tree = *state;
	struct cursor *cursor;

	write_marked(tree, "a.mtr", "one", "10", samples, 4);
	write_marked(tree, "b.mtr", "one", "60", samples + 4, 3);
	write_marked(tree, "c.mtr", "one", "60", samples + 7, 2);
	assert_int_equal(cursor_open(&cursor, tree->path, &herd_recorded), 0);
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		assert_int_equal(cursor_next(cursor), 0);
		assert_marked(cursor, &samples[i]);
	}
	for (size_t i = ARRAY_SIZE(samples); i-- > 0;)
		if (samples[i].marks) {
			assert_int_equal(cursor_mark(cursor, false), 0);
			assert_marked(cursor, &samples[i]);
		}
	for (size_t i = 1; i < ARRAY_SIZE(samples); i++)
		if (samples[i].marks) {
			assert_int_equal(cursor_mark(cursor, true), 0);
			assert_marked(cursor, &samples[i]);
		}
	assert_int_equal(cursor_mark(cursor, true), -ENODATA);
	cursor_close(cursor);
}

static void
steps_go_over_the_ends_of_files(void **state)
{
	static const int64_t walls[] = { 100, 101, 102, 103, 104 };
	const struct tree *tree = *state;
	struct cursor *cursor;

	write_times(tree, "a.mtr", "one", 1, walls, 2);
	write_times(tree, "b.mtr", "one", 3, walls + 2, 3);
	assert_int_equal(cursor_open(&cursor, tree->path, &herd_recorded), 0);
	assert_int_equal(cursor_first(cursor), 0);
	assert_int_equal(cursor_step(cursor, 3), 0);
	herd_assert_at(cursor, 4, 103);
	assert_int_equal(cursor_step(cursor, -2), 0);
	herd_assert_at(cursor, 2, 101);
	assert_int_equal(cursor_step(cursor, 100), 0);
	herd_assert_at(cursor, 5, 104);
	assert_int_equal(cursor_step(cursor, 1), -ENODATA);
	herd_assert_at(cursor, 5, 104);
	assert_int_equal(cursor_step(cursor, INT64_MIN), 0);
	herd_assert_at(cursor, 1, 100);
	assert_int_equal(cursor_step(cursor, -1), -ENODATA);
	assert_int_equal(cursor_step(cursor, INT64_MAX), 0);
	herd_assert_at(cursor, 5, 104);
	cursor_close(cursor);
}

enum { SCHEMA = 1, KEYFRAME, DELTA };

/* As the file of a recorder that has just begun. */
static void
a_step_into_files_without_samples_goes_nowhere(void **state)
{
	static const int64_t walls[] = { 100, 101, 102 };
	const struct tree *tree = *state;
	struct cursor *cursor;

	write_times(tree, "a.mtr", "one", 1, walls, ARRAY_SIZE(walls));
	herd_cut_behind(tree, "a.mtr", SCHEMA);
	write_times(tree, "b.mtr", "one", 5, walls, ARRAY_SIZE(walls));
	write_times(tree, "c.mtr", "one", 11, walls, ARRAY_SIZE(walls));
	herd_damage(tree, "c.mtr", KEYFRAME);
	write_times(tree, "d.mtr", "one", 21, walls, ARRAY_SIZE(walls));
	herd_cut_behind(tree, "d.mtr", SCHEMA);
	assert_int_equal(cursor_open(&cursor, tree->path, &herd_recorded), 0);
	for (size_t i = 0; i < ARRAY_SIZE(walls); i++) {
		assert_int_equal(cursor_next(cursor), 0);
		herd_assert_at(cursor, 5 + (int64_t)i, walls[i]);
	}
	for (int i = 0; i < 2; i++) {
		assert_int_equal(cursor_next(cursor), -ENODATA);
		herd_assert_at(cursor, 7, 102);
	}
	assert_int_equal(cursor_step(cursor, -100), 0);
	for (int i = 0; i < 2; i++) {
		herd_assert_at(cursor, 5, 100);
		assert_int_equal(cursor_previous(cursor), -ENODATA);
	}
	herd_assert_at(cursor, 5, 100);
	assert_int_equal(cursor_step(cursor, 100), 0);
	herd_assert_at(cursor, 7, 102);
	cursor_close(cursor);
}

/* What is damaged is found anew when a file is opened again: samples have other numbers then. */
static void
numbers_that_damage_has_changed_do_not_lead_back(void **state)
{
	static const int64_t first[] = { 90, 91, 92 }, walls[] = { 100, 101, 102 };
	const struct tree *tree = *state;
	struct cursor *cursor;

	write_times(tree, "a.mtr", "one", 1, walls, 1);
	herd_cut_behind(tree, "a.mtr", SCHEMA);
	write_times(tree, "b.mtr", "one", 5, first, ARRAY_SIZE(first));
	write_times(tree, "b.mtr", "one", 9, walls, ARRAY_SIZE(walls));
	herd_damage(tree, "b.mtr", DELTA);
	write_times(tree, "c.mtr", "one", 15, walls, 1);
	herd_cut_behind(tree, "c.mtr", SCHEMA);
	assert_int_equal(cursor_open(&cursor, tree->path, &herd_recorded), 0);
	assert_int_equal(cursor_first(cursor), 0);
	herd_assert_at(cursor, 5, 90);
	for (size_t i = 0; i < ARRAY_SIZE(walls); i++) {
		assert_int_equal(cursor_next(cursor), 0);
		herd_assert_at(cursor, 9 + (int64_t)i, walls[i]);
	}
	assert_int_equal(cursor_next(cursor), -ENODATA);
	herd_assert_at(cursor, 11, 102);
	assert_int_equal(cursor_step(cursor, -100), 0);
	herd_assert_at(cursor, 5, 90);
	assert_int_equal(cursor_previous(cursor), -ENODATA);
	assert_int_equal(cursor_step(cursor, 100), 0);
	herd_assert_at(cursor, 11, 102);
	cursor_close(cursor);
}

static void
where_no_kill_was_recorded_nothing_moves(void **state)
{
	static const int64_t walls[] = { 100, 101, 102 };
	const struct tree *tree = *state;
	struct cursor *cursor;

	write_times(tree, "a.mtr", "one", 1, walls, ARRAY_SIZE(walls));
	write_times(tree, "b.mtr", "one", 5, walls, ARRAY_SIZE(walls));
	assert_int_equal(cursor_open(&cursor, tree->path, &herd_recorded), 0);
	assert_int_equal(cursor_step(cursor, 1), 0);
	assert_int_equal(cursor_step(cursor, 1), 0);
	assert_int_equal(
		cursor_move(cursor, &(struct moment){ .kind = MOMENT_LAST_KILL }), -ENODATA);
	herd_assert_at(cursor, 2, 101);
	cursor_close(cursor);
}

static void
delete_file(const struct tree *tree, const char *name)
{
	assert_int_equal(unlinkat(tree->fd, name, 0), 0);
}

static void
files_deleted_under_a_cursor_are_passed_over(void **state)
{
	static const int64_t walls[] = { 100, 101, 102, 103, 104, 105, 106 };
	const struct tree *tree = *state;
	struct cursor *cursor;

	write_times(tree, "a.mtr", "one", 1, walls, 2);
	write_times(tree, "b.mtr", "one", 3, walls + 2, 2);
	write_times(tree, "c.mtr", "one", 5, walls + 4, 2);
	write_times(tree, "d.mtr", "one", 7, walls + 6, 1);
	assert_int_equal(cursor_open(&cursor, tree->path, &herd_recorded), 0);
	assert_int_equal(cursor_first(cursor), 0);
	delete_file(tree, "b.mtr");
	assert_int_equal(cursor_step(cursor, 3), 0);
	herd_assert_at(cursor, 6, 105);
	assert_int_equal(cursor_step(cursor, -3), 0);
	herd_assert_at(cursor, 1, 100);
	assert_int_equal(cursor_step(cursor, 2), 0);
	herd_assert_at(cursor, 5, 104);
	assert_int_equal(cursor_mark(cursor, false), 0); /* the recorder of each file starts */
	herd_assert_at(cursor, 1, 100);
	assert_int_equal(cursor_mark(cursor, true), 0);
	herd_assert_at(cursor, 5, 104);
	delete_file(tree, "c.mtr"); /* a failed move cannot go back to it */
	assert_int_equal(cursor_mark(cursor, true), 0);
	herd_assert_at(cursor, 7, 106);
	assert_int_equal(cursor_mark(cursor, false), 0);
	delete_file(tree, "a.mtr");
	assert_int_equal(cursor_again(cursor), 0);
	herd_assert_at(cursor, 1, 100);
	assert_int_equal(cursor_step(cursor, 2), 0);
	herd_assert_at(cursor, 7, 106);
	delete_file(tree, "d.mtr");
	assert_int_equal(cursor_step(cursor, -1), -ENODATA);
	cursor_close(cursor);
}

int
main(void)
{
#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(the_files_of_a_folder_are_one_by_boot_and_time),
		WITH_FOLDER(of_a_time_that_was_there_twice_the_later_one_is_found),
		WITH_FOLDER(gaps_set_clocks_and_boots_are_told_apart),
		WITH_FOLDER(gaps_are_told_by_the_interval_there_and_over_the_end_of_a_file),
		WITH_FOLDER(steps_go_over_the_ends_of_files),
		WITH_FOLDER(a_step_into_files_without_samples_goes_nowhere),
		WITH_FOLDER(numbers_that_damage_has_changed_do_not_lead_back),
		WITH_FOLDER(where_no_kill_was_recorded_nothing_moves),
		WITH_FOLDER(files_deleted_under_a_cursor_are_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
