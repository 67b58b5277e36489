// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/arena.h"
#include "base/bytes.h"
#include "collect/collect.h"
#include "collect/schedule.h"
#include "model/needs.h"
#include "model/reading.h"
#include "model/snapshot.h"
#include "model/source.h"
#include "record/block.h"
#include "record/decoder.h"
#include "record/encoder.h"
#include "record/recorded.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Where a column of a row of this snapshot is. */
static void *
place_of(struct snapshot *snapshot, const struct column *column, void *row)
{
	char *base = column->part ? row_own_part(row, column->part, &snapshot->texts) : row;

	return base + column->offset;
}

/* Some number or text, or unknown. */
static void
fill(struct snapshot *snapshot, const struct column *column, void *row, size_t number)
{
	char text[32];

	if (number % 5 == 0)
		return;
	snprintf(text, sizeof(text), "text %zu", number % 40);
	if (column->unit == UNIT_TEXT)
		*(const char **)place_of(snapshot, column, row) =
			arena_text(&snapshot->texts, text);
	else
		*(int64_t *)place_of(snapshot, column, row) = (int64_t)(number % 100) * 4096;
}

static void
fill_row(struct snapshot *snapshot, const struct recorded_table *recorded, void *row, size_t number)
{
	for (size_t i = 0; i < recorded->table->column_count; i++)
		fill(snapshot, &recorded->table->columns[i], row, number + i * 7);
	for (size_t i = 0; i < recorded->more_count; i++)
		fill(snapshot, &recorded->more[i], row, number + i * 3);
}

static void
fill_snapshot(struct snapshot *snapshot, size_t number)
{
	const struct recorded_table *tables = snapshot_recorded.tables;
	struct cgroup_charge *charge;

	snapshot_reset(snapshot);
	for (size_t i = 0; i < 30; i++) {
		struct process *process = snapshot_add_process(snapshot);

		fill_row(snapshot, &tables[0], process, number / 4 + i);
		process->pid = (int64_t)i + 1;
	}
	fill_row(snapshot, &tables[1], &snapshot->system, number);
	for (size_t i = 0; i < 10; i++) {
		struct budget_row *row = rows_add(&snapshot->budget, &budget_table);

		fill_row(snapshot, &tables[2], row, i);
		row->item = row->name = "item";
		fill_row(snapshot, &tables[3],
			rows_add(&snapshot->kernel[KERNEL_SLABS], &slab_table), i);
	}
	fill_row(snapshot, &tables[4], snapshot_add_event(snapshot), number);
	fill_row(snapshot, &tables[9], rows_add(&snapshot->kernel[KERNEL_RECLAIM], &reclaim_table),
		number);
	charge = charge_add(&snapshot->charges);
	fill_row(snapshot, &tables[10], charge, number);
	charge->path = "/a";
	for (size_t i = 0; i < number % 4; i++)
		fill_row(snapshot, &tables[5], rows_add(&snapshot->exits, &exit_table), number + i);
}

static void
assert_equal_in(const struct column *column, const void *a, const void *b)
{
	const char *text_a, *text_b;

	if (column->unit != UNIT_TEXT) {
		assert_true(column_number(column, a) == column_number(column, b));
		return;
	}
	text_a = column_text(column, a);
	text_b = column_text(column, b);
	assert_int_equal(!text_a, !text_b);
	if (text_a)
		assert_string_equal(text_a, text_b);
}

static void
assert_equal_rows(const struct decoder *decoder, size_t number, const struct sample_rows *a,
	const struct sample_rows *b)
{
	const struct schema_table *table = &decoder_schema(decoder)->tables[number];
	size_t size = table->recorded->table->row_size;

	assert_int_equal(a->count, b->count);
	assert_true(table->field_count > 3);
	for (size_t row = 0; row < a->count; row++)
		for (size_t i = 0; i < table->field_count; i++)
			assert_equal_in(table->fields[i].column, (const char *)a->data + row * size,
				(const char *)b->data + row * size);
}

static void
take_blocks(struct decoder *decoder, const struct bytes *blocks)
{
	for (size_t at = 0; at < blocks->count;) {
		struct block block;

		assert_true(block_read_header(blocks->data + at, at, &block));
		assert_int_equal(
			decoder_take(decoder, &block, blocks->data + at + BLOCK_HEADER_SIZE), 0);
		at = block_end(&block);
	}
}

/* An encoder, and a decoder of what it makes. */
struct codec {
	struct encoder *encoder;
	struct decoder *decoder;
	struct snapshot *all; /* the last two that were recorded, and what came back of the last */
	int64_t count;
};

static int
set_up(void **state)
{
	struct codec *codec = test_calloc(1, sizeof(*codec));

	codec->encoder = encoder_create(&snapshot_recorded, NULL, 0);
	codec->decoder = decoder_create(&snapshot_recorded);
	codec->all = test_calloc(3, sizeof(codec->all[0]));
	*state = codec;
	return 0;
}

static int
tear_down(void **state)
{
	struct codec *codec = *state;

	for (size_t i = 0; i < 3; i++)
		snapshot_finish(&codec->all[i]);
	encoder_destroy(codec->encoder);
	decoder_destroy(codec->decoder);
	test_free(codec->all);
	test_free(codec);
	return 0;
}

static struct snapshot *
next_snapshot(struct codec *codec)
{
	return &codec->all[codec->count++ % 2];
}

static void
assert_comes_back(struct codec *codec, const struct snapshot *was)
{
	const struct sample_time time = { codec->count, codec->count };
	struct sample_rows from[RECORDED_TABLES], to[RECORDED_TABLES];
	struct snapshot *is = &codec->all[2];
	const struct bytes *blocks;

	snapshot_to_samples(was, from);
	assert_int_equal(encoder_add(codec->encoder, &time, from, &blocks), 0);
	take_blocks(codec->decoder, blocks);
	snapshot_reset(is);
	is->monotonic = time.boottime;
	snapshot_from_sample(is, codec->decoder);
	snapshot_to_samples(is, to);
	for (size_t i = 0; i < RECORDED_TABLES; i++)
		assert_equal_rows(codec->decoder, i, &from[i], &to[i]);
	assert_int_equal(is->processes[0].look_time, time.boottime);
}

static void
a_snapshot_comes_back_in_all_columns_that_are_recorded(void **state)
{
	struct codec *codec = *state;

	for (size_t i = 0; i < 20; i++) {
		struct snapshot *snapshot = next_snapshot(codec);

		fill_snapshot(snapshot, i);
		assert_comes_back(codec, snapshot);
	}
}

/* Rows that were not read again are not compared: they must be those of the sample before. */
static void
processes_that_live_come_back(void **state)
{
	const struct needs needs = { .bits = snapshot_recorded_needs(), .pss_budget = 1 };
	const struct snapshot *before = NULL;
	struct codec *codec = *state;
	struct source *source;
	struct reading reading;
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	pid_t sleeper = fork();
	size_t kept = 0;

	if (sleeper == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	assert_int_equal(collect_create(NULL, &source), 0);
	reading_init(&reading, source);
	for (size_t i = 0; i < 40; i++) {
		struct snapshot *now = next_snapshot(codec);

		assert_int_equal(reading_take(&reading, now, before, before, &needs, NS_PER_MS), 0);
		kept += snapshot_find_process(now, sleeper)->is_kept;
		assert_comes_back(codec, now);
		before = now;
	}
	reading_finish(&reading);
	kill(sleeper, SIGKILL);
	waitpid(sleeper, NULL, 0);
	if (cpu_clock_is_usable(proc))
		assert_true(kept > 10);
	close(proc);
}

/* Any text may be missing in a file, but rows of the budget are looked up by theirs. */
static void
rows_of_the_budget_without_a_name_are_left_out(void **state)
{
	static const struct {
		const char *item, *name;
	} rows[] = { { NULL, "free" }, { "free", NULL }, { "balloon", "balloon" }, { NULL, NULL } };
	struct codec *codec = *state;
	struct snapshot *snapshot = next_snapshot(codec), *is = &codec->all[2];
	struct sample_rows samples[RECORDED_TABLES];
	const struct bytes *blocks;
	int64_t balloon, kept;

	snapshot_reset(snapshot);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct budget_row *row = rows_add(&snapshot->budget, &budget_table);

		row->item = rows[i].item;
		row->name = rows[i].name;
		row->elsewhere = 4096;
	}
	snapshot_to_samples(snapshot, samples);
	assert_int_equal(
		encoder_add(codec->encoder, &(struct sample_time){ 1, 1 }, samples, &blocks), 0);
	take_blocks(codec->decoder, blocks);
	snapshot_reset(is);
	snapshot_from_sample(is, codec->decoder);
	assert_int_equal(is->budget.count, 1);
	budget_reset_figures(&is->budget_figures);
	budget_beyond(&is->budget, &is->budget_figures, &balloon, &kept);
	assert_int_equal(balloon, 4096);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_snapshot_comes_back_in_all_columns_that_are_recorded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(processes_that_live_come_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			rows_of_the_budget_without_a_name_are_left_out, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
