// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "collect/collect.h"
#include "model/derive.h"
#include "model/explain.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "model/source.h"

#include <string.h>
#include <unistd.h>

static const struct table *tables[6 + KERNEL_PARTS] = { &process_table, &system_table,
	&segment_table, &mapping_table, &fault_table, &budget_table };

static const struct explain_style style = { .charset = CHARSET_ASCII, .scale = SCALE_KIBI };

static const struct column *
column_of(const struct table *table, const char *name)
{
	const struct column *column = table_find(table, name, strlen(name));

	assert_non_null(column);
	return column;
}

static void
assert_explained(const struct figure *figure, enum explain_part part, const char *expected)
{
	char text[EXPLAIN_SIZE];

	assert_int_equal(explain(text, part, figure, &style), expected != NULL);
	if (expected)
		assert_string_equal(text, expected);
}

/* Each name in the braces of a text is a column. */
static void
assert_names_known(const struct table *table, const char *text)
{
	for (; text && (text = strchr(text, '{')); text++) {
		size_t end = strcspn(text, "}");

		assert_int_equal(text[end], '}');
		for (size_t i = 1 + (text[1] == '='); i < end; i++) {
			const char *name = text + i;
			size_t length = strcspn(name, "+-,}");
			bool is_total = strncmp(name, "system.", 7) == 0;

			if (!table_find(is_total ? &system_table : table, name + 7 * is_total,
				    length - 7 * is_total))
				fail_msg("%s: %s", table->name, text);
			i += length;
		}
	}
}

static void
each_column_says_where_it_comes_from(void **state)
{
	for (size_t i = 0; i < KERNEL_PARTS; i++)
		tables[6 + i] = kernel_parts[i].table;
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		for (size_t j = 0; j < tables[i]->column_count; j++) {
			const struct column *column = &tables[i]->columns[j];

			if (!column->help || !*column->help || !column->source ||
				(!*column->source && !column->formula))
				fail_msg("%s: %s", tables[i]->name, column->name);
			assert_null(strchr(column->help, '{'));
			assert_names_known(tables[i], column->about);
			assert_names_known(tables[i], column->source);
			assert_names_known(tables[i], column->formula);
			assert_names_known(tables[i], column->misread);
		}
}

static void
arithmetic_shows_live_numbers(void **state)
{
	struct system system = { .total = 1000 * 1024 };
	struct process process;
	struct process_status status = process_no_status;
	struct process_rollup rollup = process_no_rollup;
	struct figure figure = { &process_table, column_of(&process_table, "res"), &process,
		&system };

	table_reset_row(&process_table, &process);
	process.status = &status;
	process.rollup = &rollup;
	assert_explained(&figure, EXPLAIN_FORMULA, NULL); /* nothing is known */
	process.resident = 6 * 1024;
	process.anon = 4 * 1024;
	status.file = 2 * 1024;
	assert_explained(&figure, EXPLAIN_FORMULA, "= ANON 4K + FILE 2K + SHMEM -");
	status.shmem = 0;
	assert_explained(&figure, EXPLAIN_FORMULA, "= ANON 4K + FILE 2K + SHMEM 0K");
	assert_explained(
		&figure, EXPLAIN_SOURCE, "from /proc/PID/statm: field 2; /proc/PID/status: VmRSS");
	figure.column = column_of(&process_table, "mem");
	assert_explained(&figure, EXPLAIN_FORMULA, "= RES 6K / total 1000K");
	assert_explained(&figure, EXPLAIN_SOURCE, NULL);
	figure.column = column_of(&process_table, "frees");
	process.swap = 1024;
	process.page_tables = 0;
	assert_explained(&figure, EXPLAIN_FORMULA, "= ANON 4K + SWAP 1K + PTE 0K");
	rollup.uss = 3 * 1024;
	rollup.swap_pss = 0;
	assert_explained(&figure, EXPLAIN_FORMULA, "= USS 3K + SWAPPSS 0K + PTE 0K");
}

static void
sums_in_a_text_are_calculated(void **state)
{
	struct system system;
	struct figure figure = { &system_table, column_of(&system_table, "used"), &system,
		&system };
	char text[EXPLAIN_SIZE];

	table_reset_row(&system_table, &system);
	system.total = 100 * 1024;
	system.free = 30 * 1024;
	system.buff_cache = 25 * 1024;
	assert_int_equal(explain_sum(&figure, "total - free", 12), 70 * 1024);
	assert_int_equal(explain_sum(&figure, "{total}+{free}", 14), 130 * 1024);
	assert_int_equal(explain_sum(&figure, "total - shared", 14), UNKNOWN);
	assert_int_equal(explain_sum(&figure, "total / free", 12), UNKNOWN);
	assert_int_equal(explain_sum(&figure, "host", 4), UNKNOWN);
	assert_true(explain(text, EXPLAIN_MISREAD, &figure, &style));
	assert_non_null(strstr(text, "htop 45K, free before 3.3.10 70K."));
}

/* T1: what a process calls itself reaches the text escaped. */
static void
texts_are_safe_for_a_terminal(void **state)
{
	struct budget_row row;
	struct figure figure = { &budget_table, column_of(&budget_table, "bytes"), &row, NULL };
	char text[EXPLAIN_SIZE];

	table_reset_row(&budget_table, &row);
	row.what = "a\033[2Jb";
	assert_true(explain(text, EXPLAIN_WHAT, &figure, &style));
	assert_null(strchr(text, '\033'));
	assert_int_equal(text[0], 'a');
	assert_explained(&figure, EXPLAIN_MISREAD, NULL);
	assert_explained(&figure, EXPLAIN_SOURCE, NULL);
}

/* What a formula of sums comes to is the figure. Returns how many could be compared. */
static int
compare_sums(const struct table *table, const void *row, const struct system *system)
{
	int compared = 0;

	for (size_t i = 0; i < table->column_count; i++) {
		const struct column *column = &table->columns[i];
		struct figure figure = { table, column, row, system };
		const char *formula = column->formula ? column->formula : "";
		int64_t value = column->unit == UNIT_TEXT ? UNKNOWN : column_number(column, row);
		int64_t sum = explain_sum(&figure, formula, strcspn(formula, "|"));

		if (!*formula || value == UNKNOWN || sum == UNKNOWN)
			continue;
		if (value != sum && !(value == 0 && sum < 0)) /* a remainder is no less than 0 */
			fail_msg("%s %s: %lld is not %lld", table->name, column->name,
				(long long)value, (long long)sum);
		compared++;
	}
	return compared;
}

static void
formulas_are_true_of_this_machine(void **state)
{
	struct source *source;
	struct snapshot now = { .time = 0 };
	const struct needs needs = {
		.bits = ((NEED_BUDGET - 1) &
				~(NEED_FAULTS | NEED_WALKS | NEED_SAMPLED_WALKS | NEED_EVENTS)) |
			NEED_WEIGHT,
		.focus = getpid(),
		.focus_bits = NEED_MAPPINGS | NEED_LIMITS,
		.exact = true
	};
	const struct process *self;

	assert_int_equal(collect_create(NULL, &source), 0);
	assert_int_equal(source->read(source, &now, NULL, &needs), 0);
	derive(&now, NULL);
	self = snapshot_find_process(&now, getpid());
	assert_non_null(self);
	assert_true(compare_sums(&process_table, self, &now.system) >= 5);
	assert_true(compare_sums(&system_table, &now.system, &now.system) >= 5);
	for (size_t i = 0; i < now.process_count; i++)
		compare_sums(&process_table, &now.processes[i], &now.system);
	assert_true(now.mappings.count > 10);
	for (size_t i = 0; i < now.mappings.count; i++)
		assert_true(
			compare_sums(&mapping_table, map_at(&now.mappings, i), &now.system) >= 3);
	snapshot_finish(&now);
	source->destroy(source);
}

static void
items_of_the_budget_are_figures_less_what_others_count(void **state)
{
	struct source *source;
	struct snapshot now = { .time = 0 };
	const struct needs needs = { .bits = NEED_BUDGET };
	int compared = 0;

	assert_int_equal(collect_create(NULL, &source), 0);
	assert_int_equal(source->read(source, &now, NULL, &needs), 0);
	for (size_t i = 0; i < now.budget.count; i++)
		compared += compare_sums(&budget_table, budget_at(&now.budget, i), &now.system);
	assert_true(compared >= 10);
	snapshot_finish(&now);
	source->destroy(source);
}

static void
L23_a_sum_below_0_is_replaced_as_others_do(void **state)
{
	struct column column = { .name = "x",
		.misread = "old {=total-free-buff_cache,total-free}.",
		.unit = UNIT_BYTES };
	const struct explain_style bytes = { .scale = SCALE_BYTES };
	struct system system;
	struct figure figure = { &system_table, &column, &system, &system };
	char text[EXPLAIN_SIZE];

	table_reset_row(&system_table, &system);
	system.total = 1000;
	system.free = 100;
	system.buff_cache = 300;
	assert_true(explain(text, EXPLAIN_MISREAD, &figure, &bytes));
	assert_string_equal(text, "note: old 600.");
	system.buff_cache = 901;
	assert_true(explain(text, EXPLAIN_MISREAD, &figure, &bytes));
	assert_string_equal(text, "note: old 900.");
	system.buff_cache = UNKNOWN;
	assert_true(explain(text, EXPLAIN_MISREAD, &figure, &bytes));
	assert_string_equal(text, "note: old -.");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(L23_a_sum_below_0_is_replaced_as_others_do),
		cmocka_unit_test(each_column_says_where_it_comes_from),
		cmocka_unit_test(arithmetic_shows_live_numbers),
		cmocka_unit_test(sums_in_a_text_are_calculated),
		cmocka_unit_test(texts_are_safe_for_a_terminal),
		cmocka_unit_test(formulas_are_true_of_this_machine),
		cmocka_unit_test(items_of_the_budget_are_figures_less_what_others_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
