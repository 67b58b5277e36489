// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/bytes.h"
#include "herd.h"
#include "model/history.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "record/history.h"
#include "record/recorder.h"
#include "record/replay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { NOW = 1795863600, SAMPLES = 500, PROCESSES = 40, PAGE = 4096 };

/* RES of a process at a sample; UNKNOWN: it does not live. PID 7 is another from the middle on. */
static int64_t
resident_of(int64_t pid, int64_t start, int64_t sample)
{
	if (pid == 7 && (start == 1) != (sample < SAMPLES / 2))
		return UNKNOWN;
	if (pid == 8 && sample % 10 == 3)
		return UNKNOWN;
	return (pid * 1000 + sample * pid * 7919 % 977) * PAGE;
}

static void
add_process(struct snapshot *snapshot, int64_t pid, int64_t start, int64_t sample)
{
	struct process *process;

	if (pid == 7 && resident_of(pid, start, sample) == UNKNOWN)
		return;
	process = snapshot_add_process(snapshot);
	process->pid = pid;
	process->start_time = start;
	process->resident = resident_of(pid, start, sample);
}

static void
add_sample(struct recorder *recorder, int64_t sample)
{
	const struct snapshot *before;
	struct snapshot *snapshot = recorder_next(recorder, &before);

	snapshot_reset(snapshot);
	snapshot->time = (NOW + sample * 10) * NS_PER_SEC;
	snapshot->monotonic = sample * 10 * NS_PER_SEC;
	snapshot->system.used = (1000 + sample * 31 % 500) * PAGE;
	for (int64_t pid = 1; pid <= PROCESSES; pid++) {
		add_process(snapshot, pid, 1, sample);
		if (pid == 7)
			add_process(snapshot, pid, 2, sample);
	}
	assert_int_equal(recorder_add(recorder), 0);
}

static struct recorder *
open_recorder(const struct tree *tree)
{
	const struct recorder_options options = { .folder = tree->path,
		.boot = "one",
		.keep = { INT64_C(1) << 40, 1000, 0 },
		.interval = 10 * NS_PER_SEC };
	struct recorder *recorder;
	int64_t holder;

	assert_int_equal(recorder_open(&recorder, &options, &holder), 0);
	return recorder;
}

static struct recorder *running;

/* By a recorder that still lives. */
static int
set_up(void **state)
{
	struct tree *tree = test_calloc(1, sizeof(*tree));
	struct recorder *recorder;

	tree_create(tree);
	recorder = open_recorder(tree);
	for (int64_t i = 0; i < SAMPLES; i++)
		add_sample(recorder, i);
	*state = tree;
	running = recorder; /* so the last chunk has no summary yet */
	return 0;
}

static int
tear_down(void **state)
{
	struct tree *tree = *state;

	recorder_close(running);
	tree_destroy(tree);
	test_free(tree);
	return 0;
}

/* What must be said of a row between two samples, both included. */
static void
assert_range(const struct history_part *part, int64_t pid, int64_t start)
{
	int64_t first = (part->begin / NS_PER_SEC - NOW) / 10;
	int64_t last = (part->end / NS_PER_SEC - NOW) / 10;
	int64_t least = UNKNOWN, most = UNKNOWN, final = UNKNOWN;

	for (int64_t i = first; i <= last; i++) {
		int64_t value = pid ? resident_of(pid, start, i) : (1000 + i * 31 % 500) * PAGE;

		if (value == UNKNOWN)
			continue;
		least = least == UNKNOWN || value < least ? value : least;
		most = value > most ? value : most;
		final = value;
	}
	assert_int_equal(part->least, least);
	assert_int_equal(part->most, most);
	assert_int_equal(part->last, final);
}

static size_t
assert_history(const struct tree *tree, int64_t pid, int64_t start)
{
	const struct summary_query query = { .table = pid ? "process" : "system",
		.field = pid ? "res" : "used",
		.keys = { pid, start },
		.key_count = pid ? 2 : 0 };
	struct rows history = { .count = 0 };
	size_t count;

	assert_int_equal(recording_history(tree->path, &query, 0, INT64_MAX, &history), 0);
	count = history.count;
	for (size_t i = 0; i < count; i++)
		assert_range((struct history_part *)history.data + i, pid, start);
	rows_finish(&history);
	return count;
}

static void
each_part_has_the_range_of_its_samples(void **state)
{
	const struct tree *tree = *state;

	/* Summaries of whole chunks, then the samples of the one that was not ended. */
	for (int64_t pid = 0; pid <= PROCESSES; pid++)
		if (pid != 7)
			assert_in_range(assert_history(tree, pid, 1), 3, 200);
}

static void
a_later_process_with_the_same_pid_has_its_own_past(void **state)
{
	const struct tree *tree = *state;
	size_t first = assert_history(tree, 7, 1), second = assert_history(tree, 7, 2);

	assert_true(first > 0 && second > 0);
	assert_int_equal(assert_history(tree, 7, 3), 0);
	assert_int_equal(assert_history(tree, 999, 1), 0);
}

static void
only_what_touches_the_span_is_told(void **state)
{
	const struct tree *tree = *state;
	const struct summary_query query = { .table = "system", .field = "used" };
	struct rows history = { .count = 0 };
	const struct history_part *parts;

	assert_int_equal(recording_history(tree->path, &query, (NOW + 100) * NS_PER_SEC,
				 (NOW + 200) * NS_PER_SEC, &history),
		0);
	parts = history.data;
	assert_int_equal(history.count, 1);
	assert_true(parts[0].begin <= (NOW + 100) * NS_PER_SEC);
	rows_finish(&history);
	assert_int_equal(
		recording_history(tree->path, &query, 0, NOW * NS_PER_SEC - 1, &history), 0);
	assert_int_equal(history.count, 0);
	assert_true(recording_history("/nowhere", &query, 0, 1, &history) < 0);
}

/* The values of the parts, and which is larger than those beside it. */
static void
each_peak_is_gone_to(void **state)
{
	const struct tree *tree = *state;
	const struct summary_query query = {
		.table = "process", .field = "res", .keys = { 3, 1 }, .key_count = 2
	};
	struct rows history = { .count = 0 };
	struct snapshot snapshot = { .time = 0 };
	struct needs needs = { .moment = { .kind = MOMENT_FIRST } };
	const struct history_part *parts;
	struct source *source;
	size_t peaks = 0;

	assert_int_equal(recording_history(tree->path, &query, 0, INT64_MAX, &history), 0);
	parts = history.data;
	assert_int_equal(replay_create(tree->path, &source), 0);
	assert_int_equal(source->read(source, &snapshot, NULL, &needs), 0);
	needs.moment = (struct moment){ .kind = MOMENT_PEAK, .steps = 1, .pid = 3, .start = 1 };
	for (size_t i = 0; i < history.count; i++) {
		if (parts[i].begin <= parts[0].begin ||
			(i > 0 && parts[i].most <= parts[i - 1].most) ||
			(i + 1 < history.count && parts[i].most < parts[i + 1].most))
			continue;
		assert_int_equal(source->read(source, &snapshot, NULL, &needs), 0);
		assert_int_equal(snapshot_find_process(&snapshot, 3)->resident, parts[i].most);
		assert_true(snapshot.time >= parts[i].begin && snapshot.time <= parts[i].end);
		peaks++;
	}
	assert_true(peaks > 3);
	assert_int_equal(source->read(source, &snapshot, NULL, &needs), -ENODATA);
	needs.moment.steps = -1;
	assert_int_equal(source->read(source, &snapshot, NULL, &needs), 0);
	needs.moment.pid = 999;
	assert_int_equal(source->read(source, &snapshot, NULL, &needs), -ENODATA);
	source->destroy(source);
	snapshot_finish(&snapshot);
	rows_finish(&history);
}

/* The summary tells of it; each sample of another hour is a chunk. */
static void
where_the_sample_of_a_peak_is_damaged_nothing_moves(void **state)
{
	enum { KEYFRAME_OF_SECOND = 5 };
	static const int64_t used[] = { 10, 50, 20, 40, 50 };
	struct snapshot snapshot = { .time = 0 };
	struct needs needs = { .moment = { .kind = MOMENT_FIRST } };
	struct recorder *recorder;
	struct source *source;
	struct tree tree;

	tree_create(&tree);
	recorder = open_recorder(&tree);
	for (size_t i = 0; i < ARRAY_SIZE(used); i++) {
		const struct snapshot *before;
		struct snapshot *now = recorder_next(recorder, &before);

		snapshot_reset(now);
		now->time = (NOW + (int64_t)i * 3600) * NS_PER_SEC;
		now->monotonic = (int64_t)i * 3600 * NS_PER_SEC;
		now->system.used = used[i] * PAGE;
		assert_int_equal(recorder_add(recorder), 0);
	}
	recorder_close(recorder);
	herd_damage(&tree, "20261128-one-1.mtr", KEYFRAME_OF_SECOND);
	assert_int_equal(replay_create(tree.path, &source), 0);
	assert_int_equal(source->read(source, &snapshot, NULL, &needs), 0);
	needs.moment = (struct moment){ .kind = MOMENT_PEAK, .steps = 1 };
	assert_int_equal(source->read(source, &snapshot, NULL, &needs), -ENODATA);
	needs.moment = (struct moment){ .kind = MOMENT_STEP };
	assert_int_equal(source->read(source, &snapshot, NULL, &needs), 0);
	assert_int_equal(snapshot.time / NS_PER_SEC, NOW);
	source->destroy(source);
	snapshot_finish(&snapshot);
	tree_destroy(&tree);
}

static void
parts_are_spread_over_columns(void **state)
{
	struct rows history = { .count = 0 };
	const struct history_part parts[] = { { 100, 119, 1, 5, 2 }, { 130, 130, 7, 9, 8 },
		{ 135, 175, 2, 3, 3 }, { 500, 600, 50, 60, 55 } };
	const int64_t expected[] = { 5, 5, UNKNOWN, 9, 3, 3, 3, 3, UNKNOWN, UNKNOWN };
	int64_t most[10];

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		*(struct history_part *)rows_add(&history, &history_table) = parts[i];
	history_spread(&history, 100, 200, most, 10);
	assert_memory_equal(most, expected, sizeof(expected));
	history_spread(&history, 200, 200, most, 10);
	for (size_t i = 0; i < 10; i++)
		assert_true(most[i] == UNKNOWN);
	rows_finish(&history);
}

/* Of damaged bytes nothing is told, and nothing outside them is read. */
static void
a_damaged_summary_is_refused(void **state)
{
	const struct summary_query query = { .table = "system", .field = "used" };
	struct bytes bytes = { .data = NULL };
	struct span_of_values values;

	bytes_put_text(&bytes, "system");
	bytes_put_text(&bytes, "used");
	bytes_put_varint(&bytes, 0);
	bytes_put_varint(&bytes, 1);
	bytes_put(&bytes, "\0\4\0\2\0\2", 6);
	for (size_t size = 0; size <= bytes.count; size++) {
		struct byte_reader reader = { bytes.data, bytes.data + size, false };
		int found = summary_find(&reader, &query, &values);

		assert_int_equal(found, size == 0 ? 0 : size == bytes.count ? 1 : -EBADMSG);
	}
	assert_int_equal(values.least, 2);
	assert_int_equal(values.most, 3);
	assert_int_equal(values.last, 3);
	bytes_finish(&bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_part_has_the_range_of_its_samples),
		cmocka_unit_test(a_later_process_with_the_same_pid_has_its_own_past),
		cmocka_unit_test(only_what_touches_the_span_is_told),
		cmocka_unit_test(each_peak_is_gone_to),
		cmocka_unit_test(where_the_sample_of_a_peak_is_damaged_nothing_moves),
		cmocka_unit_test(parts_are_spread_over_columns),
		cmocka_unit_test(a_damaged_summary_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
