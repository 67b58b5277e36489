// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/memory.h"
#include "model/process.h"
#include "table/tree.h"

#include <stdlib.h>
#include <string.h>

/* A pid, and its parent or how deep it stands. */
struct leaf {
	int64_t pid, other;
};

static void
check_tree(const struct leaf *rows, size_t count, const struct leaf *expected)
{
	struct process *processes = xcalloc(count, sizeof(*processes));
	struct row_list list = { .rows = xcalloc(count, sizeof(void *)), .count = count };

	for (size_t i = 0; i < count; i++) {
		processes[i].pid = rows[i].pid;
		processes[i].parent = rows[i].other;
		list.rows[i] = &processes[i];
	}
	tree_arrange(&list, process_table.tree);
	assert_int_equal(list.count, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(((const struct process *)list.rows[i])->pid, expected[i].pid);
		assert_int_equal(list.depths[i], expected[i].other);
	}
	row_list_finish(&list);
	free(processes);
}

static void
children_stand_below_their_parents(void **state)
{
	static const struct leaf family[] = { { 4, 2 }, { 1, 0 }, { 3, 1 }, { 9, 77 }, { 2, 1 } };
	static const struct leaf sorted[] = { { 1, 0 }, { 3, 1 }, { 2, 1 }, { 4, 2 }, { 9, 0 } };
	static const struct leaf cycle[] = { { 1, 1 }, { 2, 3 }, { 3, 2 }, { 4, 3 },
		{ 5, UNKNOWN } };
	static const struct leaf cut[] = { { 1, 0 }, { 2, 0 }, { 3, 1 }, { 4, 2 }, { 5, 0 } };

	check_tree(family, ARRAY_SIZE(family), sorted);
	check_tree(cycle, ARRAY_SIZE(cycle), cut);
	check_tree(family, 0, sorted);
}

static void
a_long_chain_is_walked(void **state)
{
	enum { LENGTH = 10000 };
	struct leaf *chain = xcalloc(LENGTH, sizeof(*chain));
	struct leaf *sorted = xcalloc(LENGTH, sizeof(*sorted));

	for (int64_t i = 0; i < LENGTH; i++) {
		chain[i] = (struct leaf){ LENGTH - i, LENGTH - i - 1 };
		sorted[i] = (struct leaf){ i + 1, i };
	}
	check_tree(chain, LENGTH, sorted);
	free(chain);
	free(sorted);
}

/* 1 has 2 and 5; 2 has 3, which has 4. */
static void
what_is_folded_hides_all_below_it(void **state)
{
	static const struct leaf family[] = { { 1, 0 }, { 2, 1 }, { 3, 2 }, { 4, 3 }, { 5, 1 },
		{ 6, 0 } };
	static const struct {
		int64_t folded[4], left[7];
		size_t below[6];
	} cases[] = {
		{ { 0 }, { 1, 2, 3, 4, 5, 6 }, { 0 } },
		{ { 2 }, { 1, 2, 5, 6 }, { 0, 2 } },
		{ { 1, 2 }, { 1, 6 }, { 4 } },
		{ { 3, 5, 6 }, { 1, 2, 3, 5, 6 }, { 0, 0, 1 } },
	};
	struct process processes[ARRAY_SIZE(family)];
	const void *rows[ARRAY_SIZE(family)];

	memset(processes, 0, sizeof(processes));
	for (size_t i = 0; i < ARRAY_SIZE(family); i++) {
		processes[i].pid = family[i].pid;
		processes[i].parent = family[i].other;
	}
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct row_tree *tree = process_table.tree;
		struct row_list list = { .rows = rows, .count = ARRAY_SIZE(family) };
		struct folded_rows folded = { .rows = NULL };
		size_t count = 0;

		for (size_t j = 0; j < ARRAY_SIZE(family); j++)
			rows[j] = &processes[j];
		tree_arrange(&list, tree);
		for (size_t j = 0; cases[i].folded[j]; j++)
			tree_toggle(&folded, tree, &processes[cases[i].folded[j] - 1]);
		tree_fold(&list, tree, &folded);
		for (; cases[i].left[count]; count++) {
			const struct process *process = list.rows[count];

			assert_int_equal(process->pid, cases[i].left[count]);
			assert_int_equal(list.folded[count], cases[i].below[count]);
		}
		assert_int_equal(list.count, count);
		assert_int_equal(list.left_out, ARRAY_SIZE(family) - count);
		list.rows = NULL;
		row_list_finish(&list);
		free(folded.rows);
	}
}

/* A later process with the same PID is not folded. */
static void
a_second_time_unfolds_and_another_process_is_not_meant(void **state)
{
	struct process process = { .pid = 5, .start_time = 7 };
	struct process later = { .pid = 5, .start_time = 8 };
	struct folded_rows folded = { .rows = NULL };

	tree_toggle(&folded, process_table.tree, &process);
	assert_true(tree_is_folded(&folded, process_table.tree, &process));
	assert_false(tree_is_folded(&folded, process_table.tree, &later));
	tree_toggle(&folded, process_table.tree, &process);
	assert_false(tree_is_folded(&folded, process_table.tree, &process));
	assert_int_equal(folded.count, 0);
	free(folded.rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(children_stand_below_their_parents),
		cmocka_unit_test(a_long_chain_is_walked),
		cmocka_unit_test(what_is_folded_hides_all_below_it),
		cmocka_unit_test(a_second_time_unfolds_and_another_process_is_not_meant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
