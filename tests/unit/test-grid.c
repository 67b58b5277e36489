// SPDX-License-Identifier: GPL-3.0-or-later
#include "terminal.h"
#include "unit.h"

#include "model/process.h"
#include "tui/grid.h"

#include <string.h>
#include <wchar.h>

enum { WIDEST = 200, TEXT_SIZE = 512 };

static const struct column *
column_called(const char *name)
{
	return table_find(&process_table, name, strlen(name));
}

/* A table of one process with a large number. */
struct fixture {
	struct process process;
	const void *row;
	struct row_list rows;
	struct selection columns;
	struct order order;
	struct grid grid;
};

static struct grid_content
content_of(struct fixture *fixture, enum scale scale)
{
	return (struct grid_content){ &fixture->columns, &fixture->order, &fixture->rows, scale,
		CHARSET_UTF8, true };
}

static void
begin(struct fixture *fixture, const char *columns, const char *sorted)
{
	size_t position;

	*fixture = (struct fixture){ .columns = { .table = &process_table } };
	table_reset_row(&process_table, &fixture->process);
	fixture->process.resident = INT64_C(2500) << 20;
	fixture->row = &fixture->process;
	fixture->rows = (struct row_list){ .rows = &fixture->row, .count = 1 };
	assert_int_equal(selection_parse(&fixture->columns, columns, &position), 0);
	fixture->order = order_of(column_called(sorted));
}

static void
add(char text[static TEXT_SIZE], const char *word)
{
	size_t length = strlen(text);

	snprintf(text + length, TEXT_SIZE - length, "%s%s", length ? " " : "", word);
}

/* What is on the screen in a window of that width, scrolled to the right so many times. */
static void
check_titles(const char *columns, const char *sorted, int width, int scrolled, const char *expected)
{
	struct grid_content content;
	struct fixture fixture;
	char titles[TEXT_SIZE] = "";
	int end = 0;

	begin(&fixture, columns, sorted);
	content = content_of(&fixture, SCALE_HUMAN);
	grid_place(&fixture.grid, &content, width);
	for (int i = 0; i < scrolled; i++)
		grid_scroll(&fixture.grid, 1);
	grid_place(&fixture.grid, &content, width);
	for (size_t i = 0; i < fixture.grid.heading_count; i++) {
		const struct heading *heading = &fixture.grid.headings[i];

		assert_true(heading->x >= end);
		assert_true(i == 0 || heading->x + heading->room <= width);
		end = heading->x + heading->room;
		add(titles, heading->column->title);
	}
	assert_string_equal(titles, expected);
	selection_finish(&fixture.columns);
}

static const char many[] = "pid,user,oom,adj,virt,res,shr,anon,swap,command";

static void
what_tells_rows_apart_stays_while_the_rest_scrolls(void **state)
{
	check_titles(many, "res", 100, 0, "PID USER OOM ADJ VIRT RES SHR ANON COMMAND");
	check_titles(many, "res", 100, 1, "PID USER ADJ VIRT RES SHR ANON COMMAND");
	check_titles(many, "res", 100, 2, "PID USER VIRT RES SHR ANON SWAP COMMAND");
	check_titles(many, "res", 100, 9, "PID USER VIRT RES SHR ANON SWAP COMMAND");
	check_titles(many, "res", 80, 0, "PID USER OOM ADJ RES COMMAND");
	check_titles(many, "res", 40, 0, "PID RES COMMAND");
	check_titles(many, "res", 40, 1, "PID USER RES COMMAND");
	check_titles(many, "res", 40, 99, "PID RES SWAP COMMAND");
	check_titles("res,pid,command", "res", 40, 0, "RES PID COMMAND");
	check_titles("pid,user,res", "pid", 100, 3, "PID USER RES");
}

static void
U7_what_is_sorted_by_is_always_shown(void **state)
{
	check_titles(many, "cputime", 100, 0, "PID USER TIME OOM ADJ VIRT RES COMMAND");
	check_titles(many, "swap", 100, 0, "PID USER OOM ADJ VIRT RES SHR SWAP COMMAND");
	check_titles(many, "oom", 100, 2, "PID USER OOM VIRT RES SHR ANON COMMAND");
	check_titles(many, "cpu", 40, 0, "PID %CPU COMMAND");
	check_titles(many, "cpu", 40, 1, "PID %CPU USER COMMAND");
	check_titles(many, "user", 40, 0, "PID USER COMMAND");
	check_titles(many, "command", 40, 0, "PID USER COMMAND");
	check_titles("command", "res", 40, 0, "RES COMMAND");
}

/* In any width each column can be reached, and so can what is sorted by. */
static void
no_width_hides_a_column_for_good(void **state)
{
	struct fixture fixture;
	struct grid_content content;

	begin(&fixture, many, "cpu");
	content = content_of(&fixture, SCALE_HUMAN);
	for (int width = 20; width <= WIDEST; width++) {
		unsigned seen = 0;
		bool has_sorted = true;

		fixture.grid = (struct grid){ .first_column = 0 };
		for (size_t scrolled = 0; scrolled < fixture.columns.count; scrolled++) {
			bool is_there = false;

			grid_place(&fixture.grid, &content, width);
			for (size_t i = 0; i < fixture.grid.heading_count; i++)
				for (size_t j = 0; j < fixture.columns.count; j++)
					if (fixture.grid.headings[i].column ==
						fixture.columns.columns[j])
						seen |= 1U << j;
			for (size_t i = 0; i < fixture.grid.heading_count; i++)
				is_there = is_there ||
					   fixture.grid.headings[i].column == content.order->column;
			has_sorted = has_sorted && is_there;
			grid_scroll(&fixture.grid, 1);
		}
		assert_true(has_sorted);
		assert_int_equal(seen, (1U << fixture.columns.count) - 1);
	}
	selection_finish(&fixture.columns);
}

static void
check_drawn(struct fixture *fixture, enum scale scale, const wchar_t *heading, const wchar_t *row)
{
	const struct grid_content content = content_of(fixture, scale);
	WINDOW *window = newwin(2, 60, 0, 0);
	wchar_t line[WIDEST];

	grid_place(&fixture->grid, &content, 60);
	grid_draw_headings(&fixture->grid, &content, window, 0);
	for (size_t i = 0; i < fixture->grid.heading_count; i++)
		grid_draw_cell(&fixture->grid.headings[i], &content, &fixture->process, NULL,
			window, 1, 0, STYLE_NORMAL);
	mvwinnwstr(window, 0, 0, line, WIDEST - 1);
	assert_non_null(wcsstr(line, heading));
	mvwinnwstr(window, 1, 0, line, WIDEST - 1);
	assert_non_null(wcsstr(line, row));
	delwin(window);
}

static void
U4_one_unit_holds_in_all_columns(void **state)
{
	struct fixture fixture;

	begin(&fixture, "pid,virt,res,shr,command", "res");
	fixture.process.pid = 5;
	fixture.process.virtual = INT64_C(5000) << 20;
	fixture.process.shared = 4096;
	check_drawn(&fixture, SCALE_HUMAN, L"    PID    VIRT    RES\u25bc     SHR COMMAND",
		L"      5    4.9G    2.4G    4.0K");
	check_drawn(&fixture, SCALE_BYTES, L"    PID       VIRT       RES\u25bc     SHR COMMAND",
		L"      5 5242880000 2621440000    4096");
	check_drawn(&fixture, SCALE_GIBI, L"    PID    VIRT    RES\u25bc     SHR COMMAND",
		L"      5    4.9G    2.4G    0.0G");
	selection_finish(&fixture.columns);
}

static void
the_arrow_points_down_from_the_largest(void **state)
{
	struct fixture fixture;

	begin(&fixture, "pid,minflt_rate,command", "minflt_rate");
	check_drawn(&fixture, SCALE_HUMAN, L"    PID MINF/s\u25bc COMMAND", L"      -       -");
	fixture.order.ascending = true;
	check_drawn(&fixture, SCALE_HUMAN, L"    PID MINF/s\u25b2 COMMAND", L"      -       -");
	fixture.order = order_of(column_called("command"));
	check_drawn(&fixture, SCALE_HUMAN, L"MINF/s COMMAND\u25b2", L"-");
	selection_finish(&fixture.columns);
}

static void
the_column_beside_is_the_next_one_that_is_chosen(void **state)
{
	static const struct {
		const char *sorted;
		int step;
		const char *expected; /* NULL: there is none */
	} cases[] = {
		{ "res", 1, "shr" },
		{ "res", -1, "virt" },
		{ "pid", -1, NULL },
		{ "command", 1, NULL },
		{ "cpu", 1, "oom" }, /* not chosen: it stands behind USER */
		{ "cpu", -1, "user" },
	};
	struct fixture fixture;

	begin(&fixture, many, "res");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_ptr_equal(grid_column_beside(&fixture.columns,
					 column_called(cases[i].sorted), cases[i].step),
			cases[i].expected ? column_called(cases[i].expected) : NULL);
	selection_finish(&fixture.columns);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_tells_rows_apart_stays_while_the_rest_scrolls),
		cmocka_unit_test(U7_what_is_sorted_by_is_always_shown),
		cmocka_unit_test(no_width_hides_a_column_for_good),
		cmocka_unit_test(U4_one_unit_holds_in_all_columns),
		cmocka_unit_test(the_arrow_points_down_from_the_largest),
		cmocka_unit_test(the_column_beside_is_the_next_one_that_is_chosen),
	};

	return RUN_ON_TERMINAL(tests);
}
