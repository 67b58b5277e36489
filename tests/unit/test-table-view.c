// SPDX-License-Identifier: GPL-3.0-or-later
#include "terminal.h"
#include "unit.h"

#include "model/budget.h"
#include "tui/table-view.h"

#include <string.h>
#include <wchar.h>

enum { ITEMS = 4, WIDTH = 60 };

static struct table_view view;
static struct rows rows;
static WINDOW *window;

static int
set_up(void **state)
{
	table_view_init(&view, &budget_table, "item,bytes", "bytes");
	window = newwin(10, WIDTH, 0, 0);
	return 0;
}

static int
tear_down(void **state)
{
	table_view_finish(&view);
	rows_finish(&rows);
	rows = (struct rows){ .data = NULL };
	delwin(window);
	return 0;
}

/* Shows items of these sizes, the largest first. */
static void
show(const int64_t sizes[static ITEMS])
{
	static const char *const items[ITEMS] = { "anon", "cache", "free", "slab" };

	rows_reset(&rows);
	for (size_t i = 0; i < ITEMS; i++) {
		struct budget_row *row = rows_add(&rows, &budget_table);

		row->item = items[i];
		row->bytes = sizes[i];
	}
	table_view_show(&view, &rows);
}

static const char *
selected(void)
{
	return ((const struct budget_row *)table_view_selected(&view))->item;
}

static void
draw(void)
{
	table_view_draw(&view, window, 0, CHARSET_UTF8, SCALE_HUMAN);
}

static void
the_selection_follows_its_row(void **state)
{
	show((int64_t[]){ 40, 30, 20, 10 });
	draw();
	list_action(&view.list, ACTION_DOWN);
	draw();
	assert_string_equal(selected(), "cache");
	show((int64_t[]){ 40, 5, 20, 10 });
	draw();
	assert_string_equal(selected(), "cache");
	assert_int_equal(view.list.selected, 3);
}

static void
a_first_row_stays_selected_as_the_first(void **state)
{
	show((int64_t[]){ 40, 30, 20, 10 });
	draw();
	show((int64_t[]){ 40, 50, 20, 10 });
	assert_string_equal(selected(), "cache");
}

/* A key may come between two drawings: the row it led to is selected. */
static void
a_move_since_the_last_drawing_is_kept(void **state)
{
	show((int64_t[]){ 40, 30, 20, 10 });
	draw();
	list_action(&view.list, ACTION_DOWN);
	draw();
	list_action(&view.list, ACTION_LAST);
	show((int64_t[]){ 40, 30, 20, 10 });
	assert_string_equal(selected(), "slab");
}

static void
the_end_of_a_long_path_is_shown(void **state)
{
	assert_string_equal(text_end("/usr/lib/libc.so.6", 9), "libc.so.6");
	assert_string_equal(text_end("short", 9), "short");
	assert_string_equal(text_end("/\u6f22\u5b57", 3), "\u5b57"); /* half of one does not fit */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_selection_follows_its_row),
		TEST(a_first_row_stays_selected_as_the_first),
		TEST(a_move_since_the_last_drawing_is_kept),
		TEST(the_end_of_a_long_path_is_shown),
	};

	return RUN_ON_TERMINAL(tests);
}
