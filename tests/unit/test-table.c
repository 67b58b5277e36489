// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/arena.h"
#include "model/fault.h"
#include "model/needs.h"
#include "model/process.h"
#include "model/system.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

static const struct table *const tables[] = { &process_table, &system_table, &fault_table };

static void
a_reset_row_is_unknown_in_every_column(void **state)
{
	struct process row;

	memset(&row, 0x55, sizeof(row));
	table_reset_row(&process_table, &row);
	for (size_t i = 0; i < process_table.column_count; i++) {
		const struct column *column = &process_table.columns[i];

		if (column->unit == UNIT_TEXT)
			assert_null(column_text(column, &row));
		else
			assert_true(column_number(column, &row) == UNKNOWN);
	}
}

static void
names_are_for_machines_and_found_once(void **state)
{
	for (size_t t = 0; t < ARRAY_SIZE(tables); t++)
		for (size_t i = 0; i < tables[t]->column_count; i++) {
			const struct column *column = &tables[t]->columns[i];

			for (const char *c = column->name; *c; c++)
				assert_true(islower((unsigned char)*c) ||
					    isdigit((unsigned char)*c) || *c == '_');
			assert_ptr_equal(
				table_find(tables[t], column->name, strlen(column->name)), column);
			assert_ptr_equal(
				table_find(tables[t], column->title, strlen(column->title)),
				column);
			assert_true(strlen(column->help) > 5);
			assert_true(column->need != 0);
			assert_true(column->offset < tables[t]->row_size);
		}
}

static void
kind_and_time_are_no_columns(void **state)
{
	for (size_t t = 0; t < ARRAY_SIZE(tables); t++)
		for (size_t i = 0; i < tables[t]->column_count; i++) {
			assert_string_not_equal(tables[t]->columns[i].name, "kind");
			assert_string_not_equal(tables[t]->columns[i].name, "time");
		}
}

static void
every_column_of_the_first_issue_is_there(void **state)
{
	static const char *const names[] = { "PID", "PPID", "USER", "UID", "STATE", "NICE",
		"PRIORITY", "THREADS", "TIME", "%CPU", "VIRT", "RES", "SHR", "ANON", "FILE",
		"SHMEM", "SWAP", "USED", "%MEM", "PEAK", "DATA", "CODE", "LIB", "STACK", "LOCKED",
		"PTE", "HUGETLB", "PSS", "USS", "SWAPPSS", "OOM", "ADJ", "MINFLT", "MAJFLT",
		"MINFLT/s", "MAJFLT/s", "GROWTH", "CGROUP", "UNIT", "COMM", "COMMAND", "rss",
		"cmd" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_non_null(table_find(&process_table, names[i], strlen(names[i])));
}

static void
a_selection_is_parsed_whole_or_not_at_all(void **state)
{
	struct selection selection = { .table = &process_table };
	size_t position = 99;

	assert_int_equal(selection_parse(&selection, "pid,RES,minflt/s", &position), 0);
	assert_int_equal(selection.count, 3);
	assert_string_equal(selection.columns[1]->name, "res");
	assert_string_equal(selection.columns[2]->name, "minflt_rate");
	assert_int_equal(selection_parse(&selection, "ppid,nonsense,uid", &position), -EINVAL);
	assert_int_equal(position, 5);
	assert_int_equal(selection.count, 3);
	assert_int_equal(selection_parse(&selection, "oom,adj,oom", &position), -EEXIST);
	assert_int_equal(position, 8);
	assert_int_equal(selection_parse(&selection, "", &position), -EINVAL);
	assert_int_equal(selection_parse(&selection, "oom,", &position), -EINVAL);
	assert_true(selection_needs(&selection) & NEED_MEMORY);
	assert_false(selection_needs(&selection) & NEED_STATUS);
	selection_finish(&selection);
}

static void
copied_rows_have_their_own_texts_but_for_constants(void **state)
{
	struct rows rows = { .count = 0 }, copy = { .count = 0 };
	struct arena texts = { .first = NULL };
	char code[] = "libc.so";

	(void)state;
	rows_reset(&rows);
	rows_copy(&copy, &rows, &texts);
	assert_int_equal(copy.count, 0);
	fault_add(&rows);
	fault_add(&rows)->code = code;
	fault_at(&rows, 1)->segment = fault_total;
	assert_true(fault_at(&rows, 0)->minor == UNKNOWN);
	rows_copy(&copy, &rows, NULL);
	assert_ptr_equal(fault_at(&copy, 1)->code, code);
	rows_copy(&copy, &rows, &texts);
	code[0] = 'x';
	assert_int_equal(copy.count, 2);
	assert_null(fault_at(&copy, 0)->code);
	assert_string_equal(fault_at(&copy, 1)->code, "libc.so");
	assert_ptr_equal(fault_at(&copy, 1)->segment, fault_total);
	rows_finish(&rows);
	rows_finish(&copy);
	arena_finish(&texts);
}

static void
a_sum_of_something_unknown_is_unknown(void **state)
{
	struct system system;

	table_reset_row(&system_table, &system);
	system.total = 100;
	system.available = 40;
	system.used = 60;
	system.swap_total = 50;
	system.swap_used = 50; /* swap_free is unknown */
	system.buffers = 3;
	system.page_cache = 5;
	system.slab_reclaimable = 2;
	system.cache = 7;
	system_check_sums(&system);
	assert_int_equal(system.used, 60);
	assert_true(system.swap_used == UNKNOWN);
	assert_int_equal(system.cache, 7);
	assert_int_equal(system.buff_cache, 10);
	system.slab_reclaimable = UNKNOWN;
	system_check_sums(&system);
	assert_true(system.cache == UNKNOWN);
	assert_true(system.buff_cache == UNKNOWN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reset_row_is_unknown_in_every_column),
		cmocka_unit_test(names_are_for_machines_and_found_once),
		cmocka_unit_test(kind_and_time_are_no_columns),
		cmocka_unit_test(every_column_of_the_first_issue_is_there),
		cmocka_unit_test(a_selection_is_parsed_whole_or_not_at_all),
		cmocka_unit_test(copied_rows_have_their_own_texts_but_for_constants),
		cmocka_unit_test(a_sum_of_something_unknown_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
