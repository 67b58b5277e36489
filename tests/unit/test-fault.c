// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/index.h"
#include "model/fault-group.h"
#include "model/fault.h"
#include "model/snapshot.h"
#include "table/order.h"

#include <errno.h>
#include <string.h>

#define ALL                                                                                        \
	{                                                                                          \
		.pid = UNKNOWN, .minor = UNKNOWN, .major = UNKNOWN                                 \
	}

static void
add_fault(struct snapshot *snapshot, int64_t pid, const char *segment, const char *code,
	int64_t samples, int64_t period)
{
	struct fault *row = fault_add(&snapshot->faults);

	row->pid = pid;
	row->comm = "sort";
	row->segment = segment;
	row->code = code;
	row->samples = samples;
	row->minor = samples * period;
	row->minor_variance = samples * period * (period - 1);
}

static void
add_process(struct snapshot *snapshot, int64_t pid, int64_t minor)
{
	struct process *process = snapshot_add_process(snapshot);

	process->pid = pid;
	process->comm = "sort";
	snapshot_extras(snapshot, process)->minor_fault_count = minor;
	snapshot_extras(snapshot, process)->major_fault_count = 0;
}

/* Two processes; the first one with 61 * 100 faults in heap and 61 * 44 elsewhere. */
static void
fill(struct snapshot *snapshot)
{
	snapshot_reset(snapshot);
	snapshot->system.sampling.period = 61;
	snapshot->system.sampling.duration = 2000000000;
	add_process(snapshot, 10, 8800);
	add_process(snapshot, 20, 0);
	add_process(snapshot, 30, 20000);
	add_fault(snapshot, 10, "heap", "libc.so.6", 60, 61);
	add_fault(snapshot, 30, "anon", "python3", 100, 61);
	add_fault(snapshot, 10, "heap", "kernel", 40, 61);
	add_fault(snapshot, 10, "text", "libc.so.6", 44, 61);
}

static bool
is_same(const char *left, const char *right)
{
	return left == right || (left && right && strcmp(left, right) == 0);
}

/* `segment`: NULL: of walks. */
static const struct fault *
find(const struct rows *rows, int64_t pid, const char *segment)
{
	for (size_t i = 0; i < rows->count; i++)
		if (fault_at(rows, i)->pid == pid && is_same(fault_at(rows, i)->segment, segment))
			return fault_at(rows, i);
	return NULL;
}

static void
rows_are_put_together_by_the_keys(void **state)
{
	struct fault_grouping grouping = ALL;
	struct snapshot snapshot = { .time = 0 };
	struct rows rows = { .count = 0 };
	const struct fault *heap;

	fill(&snapshot);
	grouping.keys = FAULT_BY_PROCESS | FAULT_BY_SEGMENT;
	fault_group(&rows, &snapshot, &grouping);
	heap = find(&rows, 10, "heap");
	assert_non_null(heap);
	assert_int_equal(heap->minor, 6100);
	assert_int_equal(heap->samples, 100);
	assert_string_equal(heap->code, "libc.so.6"); /* the larger part */
	assert_int_equal(heap->minor_error, 605);     /* the root of 100 * 61 * 60 */
	assert_int_equal(heap->minor_rate, 3050 * 1000);
	assert_int_equal(find(&rows, 10, "text")->minor, 61 * 44);
	grouping.keys = FAULT_BY_CODE;
	fault_group(&rows, &snapshot, &grouping);
	assert_int_equal(rows.count, 3);
	for (size_t i = 0; i < rows.count; i++)
		assert_int_equal(fault_at(&rows, i)->pid, UNKNOWN);
	rows_finish(&rows);
	snapshot_finish(&snapshot);
}

static void
totals_are_those_of_proc(void **state)
{
	struct fault_grouping grouping = ALL;
	struct snapshot snapshot = { .time = 0 };
	struct rows rows = { .count = 0 };

	fill(&snapshot);
	grouping.keys = FAULT_BY_PROCESS;
	fault_group(&rows, &snapshot, &grouping);
	assert_int_equal(find(&rows, 10, fault_total)->minor, 8800);
	assert_int_equal(find(&rows, 10, fault_total)->minor_error, 0);
	assert_null(find(&rows, 20, fault_total)); /* it met none */
	grouping.pid = 20;
	fault_group(&rows, &snapshot, &grouping);
	assert_int_equal(rows.count, 1);
	assert_int_equal(find(&rows, 20, fault_total)->minor, 0);
	rows_finish(&rows);
	snapshot_finish(&snapshot);
}

static void
add_walks(struct snapshot *snapshot, int64_t pid, const char *code, int64_t walks)
{
	struct fault *row = fault_add(&snapshot->faults);

	row->pid = pid;
	row->comm = "sort";
	row->code = code;
	row->samples = 1;
	row->walks = walks;
	row->walk_variance = walks * (walks - 1);
}

static void
walks_have_rows_and_totals_of_their_own(void **state)
{
	struct fault_grouping grouping = ALL;
	struct snapshot snapshot = { .time = 0 };
	struct rows rows = { .count = 0 };
	const struct fault *row;

	fill(&snapshot);
	add_walks(&snapshot, 10, "kernel", 500);
	add_walks(&snapshot, 10, "libc.so.6", 900);
	add_walks(&snapshot, 20, "kernel", 70);
	grouping.keys = FAULT_BY_PROCESS | FAULT_BY_SEGMENT;
	fault_group(&rows, &snapshot, &grouping);
	row = find(&rows, 10, fault_total);
	assert_int_equal(row->minor, 8800);
	assert_int_equal(row->walks, 1400);
	assert_int_equal(row->walk_error, 1029); /* the root of 500 * 499 + 900 * 899 */
	assert_int_equal(row->walk_rate, 700 * 1000);
	row = find(&rows, 20, fault_total); /* it met no fault, but walks */
	assert_int_equal(row->minor, 0);
	assert_int_equal(row->walks, 70);
	assert_int_equal(find(&rows, 30, fault_total)->walks, UNKNOWN);
	row = find(&rows, 10, NULL);
	assert_int_equal(row->walks, 1400);
	assert_string_equal(row->code, "libc.so.6"); /* the larger part */
	rows_finish(&rows);
	snapshot_finish(&snapshot);
}

/* Rows of walks have no faults: among themselves the most walks come first. */
static void
rows_without_faults_are_ordered_by_walks(void **state)
{
	const struct order order = order_of(table_column(&fault_table, "minor"));
	struct fault_grouping grouping = ALL;
	struct snapshot snapshot = { .time = 0 };
	struct rows rows = { .count = 0 };
	struct row_list list = { .rows = NULL };
	const char *const codes[] = { "libc.so.6", "python3", "c", "a", "b" };

	snapshot_reset(&snapshot);
	add_walks(&snapshot, 10, "a", 500);
	add_walks(&snapshot, 10, "b", 1);
	add_walks(&snapshot, 10, "c", 900);
	add_fault(&snapshot, 10, "heap", "python3", 1, 61);
	add_fault(&snapshot, 10, "heap", "libc.so.6", 2, 61);
	grouping.keys = FAULT_BY_CODE;
	fault_group(&rows, &snapshot, &grouping);
	order_build(&list, &fault_table, rows.data, rows.count, NULL, &order);
	assert_int_equal(list.count, 5);
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(((const struct fault *)list.rows[i])->code, codes[i]);
	row_list_finish(&list);
	rows_finish(&rows);
	snapshot_finish(&snapshot);
}

/* 8,800 against 8,784 +- 730 is chance; 20,000 against 6,100 +- 605 is not. */
static void
what_no_sample_saw_is_told_where_it_is_no_chance(void **state)
{
	struct fault_grouping grouping = ALL;
	struct snapshot snapshot = { .time = 0 };
	struct rows rows = { .count = 0 };

	fill(&snapshot);
	grouping.keys = FAULT_BY_PROCESS;
	fault_group(&rows, &snapshot, &grouping);
	assert_null(find(&rows, 10, fault_unsampled));
	assert_int_equal(find(&rows, 30, fault_unsampled)->minor, 13900);
	rows_finish(&rows);
	snapshot_finish(&snapshot);
}

static void
counts_that_the_caller_knows_are_the_total(void **state)
{
	struct fault_grouping grouping = {
		.keys = FAULT_BY_SEGMENT, .pid = UNKNOWN, .minor = 61 * 300, .major = 2
	};
	struct snapshot snapshot = { .time = 0 };
	struct rows rows = { .count = 0 };

	fill(&snapshot);
	fault_group(&rows, &snapshot, &grouping);
	assert_int_equal(fault_at(&rows, 0)->minor, 61 * 300);
	assert_int_equal(fault_at(&rows, 0)->major, 2);
	assert_string_equal(fault_at(&rows, 0)->segment, fault_total);
	assert_int_equal(fault_at(&rows, 0)->share, 1000);
	rows_finish(&rows);
	snapshot_finish(&snapshot);
}

/* Samples that came after the count of /proc was read, or by chance. */
static void
F7_no_part_is_above_its_total(void **state)
{
	static const struct fault_grouping groupings[] = {
		{ FAULT_BY_PROCESS | FAULT_BY_SEGMENT, UNKNOWN, UNKNOWN, UNKNOWN },
		{ FAULT_BY_SEGMENT, 10, UNKNOWN, UNKNOWN },
		{ FAULT_BY_CODE, 10, UNKNOWN, UNKNOWN },
		{ FAULT_BY_SEGMENT, UNKNOWN, 7000, 3 },
		{ FAULT_BY_SEGMENT, UNKNOWN, 0, 0 },
	};
	struct snapshot snapshot = { .time = 0 };
	struct rows rows = { .count = 0 };

	fill(&snapshot);
	snapshot_extras(&snapshot, &snapshot.processes[0])->minor_fault_count =
		7001; /* 8,784 are estimated */
	fault_at(&snapshot.faults, 0)->major = 5;
	fault_at(&snapshot.faults, 0)->major_variance = 0;
	for (size_t i = 0; i < ARRAY_SIZE(groupings); i++) {
		const int64_t pid = groupings[i].minor == UNKNOWN ? 10 : UNKNOWN;
		int64_t minor = 0, major = 0, share = 0;
		const struct fault *total;

		fault_group(&rows, &snapshot, &groupings[i]);
		total = find(&rows, pid, fault_total);
		assert_non_null(total);
		for (size_t k = 0; k < rows.count; k++) {
			const struct fault *row = fault_at(&rows, k);

			assert_in_range(known_or_zero(row->share), 0, 1000);
			if (row == total || (pid != UNKNOWN && row->pid == 30))
				continue;
			assert_true(row->minor_rate <= total->minor_rate);
			minor += known_or_zero(row->minor);
			major += known_or_zero(row->major);
			share += known_or_zero(row->share);
		}
		assert_in_range(minor, total->minor - (total->minor ? 4 : 0), total->minor);
		assert_in_range(major, 0, total->major);
		assert_in_range(share, 0, known_or_zero(total->share) + 2);
	}
	fault_group(&rows, &snapshot, &groupings[0]);
	assert_int_equal(find(&rows, 10, "heap")->minor_error, 482); /* 605 * 7001 / 8784 */
	rows_finish(&rows);
	snapshot_finish(&snapshot);
}

static void
without_a_sampler_there_are_only_totals(void **state)
{
	struct fault_grouping grouping = ALL;
	struct snapshot snapshot = { .time = 0 };
	struct rows rows = { .count = 0 };

	snapshot_reset(&snapshot);
	add_process(&snapshot, 10, 8800);
	grouping.keys = FAULT_BY_PROCESS | FAULT_BY_SEGMENT;
	fault_group(&rows, &snapshot, &grouping);
	assert_int_equal(rows.count, 1);
	assert_int_equal(fault_at(&rows, 0)->minor, 8800);
	assert_int_equal(fault_at(&rows, 0)->walks, UNKNOWN);
	rows_finish(&rows);
	snapshot_finish(&snapshot);
}

static void
keys_are_parsed_and_wrong_ones_found(void **state)
{
	size_t position = 0;
	const char *near;

	assert_int_equal(fault_parse_keys("process,segment", &position, &near),
		FAULT_BY_PROCESS | FAULT_BY_SEGMENT);
	assert_int_equal(fault_parse_keys("symbol", &position, &near), FAULT_BY_SYMBOL);
	assert_int_equal(fault_parse_keys("code,colour", &position, &near), -EINVAL);
	assert_int_equal(position, 5);
	assert_null(near);
	assert_int_equal(fault_parse_keys("code,symbl", &position, &near), -EINVAL);
	assert_string_equal(near, "symbol");
	assert_int_equal(fault_parse_keys("", &position, &near), -EINVAL);
	assert_int_equal(position, 0);
	assert_int_equal(fault_parse_keys("code,", &position, &near), -EINVAL);
}

/* Many rows, every third hash the same as another one's. */
static void
an_index_finds_each_row(void **state)
{
	struct index index = { .count = 0 };

	assert_int_equal(index_first(&index, 1), INDEX_END);
	for (uint64_t row = 0; row < 1000; row++)
		index_add(&index, row % 3 ? index_mix(0, row) : 7);
	for (uint32_t row = 0; row < 1000; row++) {
		uint32_t found = index_first(&index, row % 3 ? index_mix(0, row) : 7);

		while (found != INDEX_END && found != row)
			found = index_next(&index, found);
		assert_int_equal(found, row);
	}
	assert_int_equal(index_first(&index, 8), INDEX_END);
	index_reset(&index);
	assert_int_equal(index_first(&index, 7), INDEX_END);
	index_add(&index, 7);
	assert_int_equal(index_first(&index, 7), 0);
	index_finish(&index);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_put_together_by_the_keys),
		cmocka_unit_test(totals_are_those_of_proc),
		cmocka_unit_test(walks_have_rows_and_totals_of_their_own),
		cmocka_unit_test(rows_without_faults_are_ordered_by_walks),
		cmocka_unit_test(what_no_sample_saw_is_told_where_it_is_no_chance),
		cmocka_unit_test(counts_that_the_caller_knows_are_the_total),
		cmocka_unit_test(F7_no_part_is_above_its_total),
		cmocka_unit_test(without_a_sampler_there_are_only_totals),
		cmocka_unit_test(keys_are_parsed_and_wrong_ones_found),
		cmocka_unit_test(an_index_finds_each_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
