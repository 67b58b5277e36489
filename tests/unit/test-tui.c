// SPDX-License-Identifier: GPL-3.0-or-later
#include "screen-fixture.h"
#include "terminal.h"
#include "unit.h"

#include "model/group.h"
#include "model/growth.h"
#include "model/needs.h"
#include "tui/bar.h"
#include "tui/grid.h"
#include "tui/header.h"
#include "tui/tui.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

enum { WIDEST = 200, MIB = 1 << 20 };

#define CONTROL(letter) ((letter)&0x1f)

static void
fill_system(struct system *system)
{
	table_reset_row(&system_table, system);
	system->total = 1000 * (int64_t)MIB;
	system->anon = 300 * (int64_t)MIB;
	system->page_cache = 200 * (int64_t)MIB;
	system->buffers = 50 * (int64_t)MIB;
	system->shared = 100 * (int64_t)MIB;
	system->slab_reclaimable = system->slab_unreclaimable = 25 * (int64_t)MIB;
	system->free = 300 * (int64_t)MIB;
	system->available = 500 * (int64_t)MIB;
	system->swap_total = 400 * (int64_t)MIB;
	system->swap_used = 100 * (int64_t)MIB;
	system->host = "host";
	system_split(system);
}

/* Two processes, one of which has a name that is hard to draw. */
static int
set_up(void **state)
{
	struct screen_fixture *fixture = screen_fixture_create("pid,comm,res,command");

	fill_system(&fixture->snapshot.system);
	screen_fixture_add(fixture, 5, "plain");
	screen_fixture_add(fixture, 6,
		"e\xcc\x81\xcc\x82 \xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e \x1b[31m \xff end");
	screen_fixture_show(fixture);
	*state = fixture;
	return 0;
}

/* The characters of a line of a window; a wide one is once in it. */
static void
read_line(WINDOW *window, int y, wchar_t line[static WIDEST * 4])
{
	line[0] = L'\0';
	assert_true(mvwinnwstr(window, y, 0, line, WIDEST * 4 - 1) >= 0);
}

static bool
line_has(WINDOW *window, int y, const wchar_t *text)
{
	wchar_t line[WIDEST * 4];

	read_line(window, y, line);
	return wcsstr(line, text) != NULL;
}

static void
list_moves_stay_within_the_list(void **state)
{
	static const enum action actions[] = { ACTION_UP, ACTION_DOWN, ACTION_PAGE_UP,
		ACTION_PAGE_DOWN, ACTION_FIRST, ACTION_LAST };

	srandom(1);
	for (size_t count = 0; count < 12; count++)
		for (size_t height = 0; height < 6; height++) {
			struct list list = { .count = count, .height = height };

			for (int i = 0; i < 100; i++) {
				assert_true(list_action(
					&list, actions[(size_t)random() % ARRAY_SIZE(actions)]));
				assert_true(count ? list.selected < count : list.selected == 0);
				assert_true(list.top <= list.selected);
				assert_true(height == 0 || list.selected < list.top + height);
				assert_true(
					list.top == 0 || list.top + height <= count || height == 0);
			}
		}
}

static void
a_page_moves_what_is_shown(void **state)
{
	struct list list = { .count = 100, .height = 10 };

	list_action(&list, ACTION_PAGE_DOWN);
	assert_int_equal(list.selected, 9);
	assert_int_equal(list.top, 9);
	list_action(&list, ACTION_PAGE_UP);
	assert_int_equal(list.selected, 0);
	assert_int_equal(list.top, 0);
	list_action(&list, ACTION_LAST);
	assert_int_equal(list.selected, 99);
	assert_int_equal(list.top, 90);
	assert_false(list_action(&list, ACTION_QUIT));
}

static void
a_page_stays_at_its_end_as_it_grows(void **state)
{
	struct list page = { 0 };

	list_fit_page(&page, 20, 10);
	list_action(&page, ACTION_LAST);
	assert_int_equal(page.selected, 10);
	list_fit_page(&page, 35, 10);
	assert_int_equal(page.selected, 25);
	list_action(&page, ACTION_UP);
	list_fit_page(&page, 40, 10);
	assert_int_equal(page.selected, 24);
}

static bool
note_change(struct app *app, struct prompt *prompt, bool done)
{
	return !done;
}

static void
type(struct prompt *prompt, const char *keys)
{
	for (; *keys; keys++)
		assert_true(prompt_key(NULL, prompt, (unsigned char)*keys));
}

static void
a_prompt_is_edited_by_characters(void **state)
{
	struct prompt prompt;

	prompt_open(&prompt, "Label: ", "a\xc3\xa4", note_change, NULL);
	type(&prompt, "\xe6\x97\xa5z");
	assert_string_equal(prompt.text, "a\xc3\xa4\xe6\x97\xa5z");
	prompt_key(NULL, &prompt, KEY_LEFT);
	prompt_key(NULL, &prompt, KEY_BACKSPACE);
	assert_string_equal(prompt.text, "a\xc3\xa4z");
	prompt_key(NULL, &prompt, KEY_HOME);
	prompt_key(NULL, &prompt, KEY_RIGHT);
	prompt_key(NULL, &prompt, KEY_DC);
	assert_string_equal(prompt.text, "az");
	prompt_key(NULL, &prompt, KEY_HOME);
	prompt_key(NULL, &prompt, KEY_BACKSPACE);
	prompt_key(NULL, &prompt, KEY_LEFT);
	type(&prompt, "b");
	assert_string_equal(prompt.text, "baz");
	prompt_key(NULL, &prompt, KEY_END);
	prompt_key(NULL, &prompt, KEY_DC);
	prompt_key(NULL, &prompt, KEY_RIGHT);
	prompt_key(NULL, &prompt, CONTROL('U'));
	assert_string_equal(prompt.text, "");
	for (int i = 0; i < 2 * PROMPT_SIZE; i++)
		prompt_key(NULL, &prompt, 'x');
	assert_int_equal(strlen(prompt.text), PROMPT_SIZE - 1);
	prompt_key(NULL, &prompt, '\n');
	assert_false(prompt_key(NULL, &prompt, 'x'));
}

static void
a_prompt_shows_its_cursor_in_any_width(void **state)
{
	struct prompt prompt;

	prompt_open(&prompt, "A label that is long: ", "", note_change, NULL);
	for (int length = 0; length < 40; length++) {
		for (int width = 1; width < 60; width++) {
			WINDOW *window = newwin(1, width, 0, 0);
			int cursors = 0;

			prompt_draw(&prompt, window, 0);
			for (int x = 0; x < width; x++)
				cursors += (mvwinch(window, 0, x) & A_REVERSE) != 0;
			assert_int_equal(cursors, 1);
			if (width >= 4 && length > 0)
				assert_true(line_has(window, 0, L"x"));
			delwin(window);
		}
		type(&prompt, "x");
	}
}

static void
ignore_answer(struct app *app, bool yes)
{
}

static void
a_question_always_shows_its_answers(void **state)
{
	struct prompt prompt;

	prompt_ask(
		&prompt, "Send SIGTERM to 12345 a-very-long-name (user somebody)?", ignore_answer);
	for (int width = 5; width < 80; width++) {
		WINDOW *window = newwin(1, width, 0, 0);

		prompt_draw(&prompt, window, 0);
		assert_true(line_has(window, 0, L" y/n"));
		delwin(window);
	}
}

static void
the_header_fits_in_any_size(void **state)
{
	struct screen_fixture *fixture = *state;

	for (int height = 0; height <= HEADER_WITH_TABS; height++)
		for (int width = 1; width <= WIDEST; width++) {
			WINDOW *window = newwin(height + 1, width, 0, 0);

			header_draw(fixture->tui, window, height);
			for (int x = 0; x < width; x++)
				assert_int_equal(mvwinch(window, height, x), ' ');
			delwin(window);
		}
	assert_int_equal(header_height(fixture->tui, 24), HEADER_WITH_TABS);
	assert_int_equal(header_height(fixture->tui, 10), 2);
	assert_int_equal(header_height(fixture->tui, 1), 0);
}

/* Anon, shared memory, kernel, the unaccounted rest, cache without shared memory, free. */
static void
the_parts_of_the_memory_bar_add_up(void **state)
{
	static const struct {
		wchar_t fill;
		int share; /* percent of the bar */
	} parts[] = { { L'\u2588', 30 }, { L'\u2593', 10 }, { L'\u2592', 5 }, { L'\u259e', 10 },
		{ L'\u2591', 15 } };
	enum { BAR_START = 5, BEHIND = 38 };
	struct screen_fixture *fixture = *state;
	WINDOW *window = newwin(4, WIDEST, 0, 0);
	int bar = WIDEST - BAR_START - BEHIND, before = 0;
	wchar_t line[WIDEST * 4];

	header_draw(fixture->tui, window, 4);
	read_line(window, 0, line);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		wchar_t *first = wcschr(line, parts[i].fill);

		assert_non_null(first);
		assert_true(labs(first - line - BAR_START - bar * before / 100) <= 1);
		before += parts[i].share;
	}
	read_line(window, 1, line);
	assert_non_null(wcsstr(line, L"\u2588anon  300M \u2593shared"));
	assert_non_null(wcsstr(line, L"\u2591cache  150M free  300M"));
	delwin(window);
}

static void
rows_fit_in_any_width(void **state)
{
	struct screen_fixture *fixture = *state;

	for (int width = 1; width <= WIDEST; width++) {
		WINDOW *window = newwin(4, width, 0, 0);

		screen_draw_view(fixture->tui, "Processes", window);
		for (int x = 0; x < width; x++)
			assert_int_equal(mvwinch(window, 3, x), ' ');
		for (int y = 1; y < 3; y++) {
			wchar_t line[WIDEST * 4];
			int columns = 0;

			read_line(window, y, line);
			for (const wchar_t *c = line; *c; c++) {
				assert_true(wcwidth(*c) >= 0);
				columns += wcwidth(*c);
			}
			assert_int_equal(columns, width);
		}
		if (width >= 7)
			assert_true(line_has(window, 1, L"      6"));
		if (width >= 80)
			assert_true(line_has(window, 1, L"\u65e5\u672c\u8a9e \\x1b[31m \\xff end"));
		if (width >= 40)
			assert_true(line_has(window, 1, L"   6.0M "));
		delwin(window);
	}
}

static void
U4_all_rows_are_shown_in_the_chosen_unit(void **state)
{
	struct screen_fixture *fixture = *state;
	WINDOW *window = newwin(3, 80, 0, 0);

	fixture->snapshot.processes[1].resident = INT64_C(9011200000);
	fixture->settings.scale = SCALE_BYTES;
	screen_draw_view(fixture->tui, "Processes", window);
	assert_true(line_has(window, 1, L" 9011200000 "));
	assert_true(line_has(window, 2, L"    5242880 "));
	delwin(window);
}

static attr_t
look_of_row(struct screen_fixture *fixture, int row)
{
	WINDOW *window = newwin(3, 80, 0, 0);
	attr_t look;

	screen_draw_view(fixture->tui, "Processes", window);
	look = mvwinch(window, 1 + row, 6) & A_ATTRIBUTES;
	delwin(window);
	return look;
}

static void
selected_and_tagged_rows_stand_out(void **state)
{
	const struct palette palette = { .theme = THEME_DEFAULT };
	struct screen_fixture *fixture = *state;

	for (int colors = 0; colors < 2; colors++) {
		screen_prepare_styles(&palette, colors);
		fixture->tui->processes->table.list.selected = 0;
		fixture->tui->processes->tags.count = 0;
		assert_int_equal(look_of_row(fixture, 0), screen_style(STYLE_SELECTED));
		assert_int_equal(look_of_row(fixture, 1), screen_style(STYLE_NORMAL));
		screen_act(fixture->tui, "Processes", ACTION_TAG);
		assert_int_equal(look_of_row(fixture, 0), screen_style(STYLE_TAGGED));
		assert_int_equal(look_of_row(fixture, 1), screen_style(STYLE_SELECTED));
		assert_true(screen_style(STYLE_TAGGED) != screen_style(STYLE_SELECTED));
		assert_true(screen_style(STYLE_TAGGED) != screen_style(STYLE_NORMAL));
		assert_int_equal((screen_style(STYLE_SELECTED) & A_COLOR) != 0, colors);
	}
	screen_prepare_styles(&palette, false);
}

/* Scrolled line by line, a page shows each of its lines, and at its end a full window. */
static void
a_detail_page_is_scrolled_to_its_end(void **state)
{
	struct screen_fixture *fixture = *state;
	WINDOW *window = newwin(10, 60, 0, 0);
	wchar_t first[WIDEST * 4], second[WIDEST * 4];
	const struct view *detail = view_of_name("Detail");
	size_t lines;
	int limit_lines = 0;

	fixture->snapshot.limits[LIMIT_STACK].hard = UNLIMITED;
	screen_fixture_know_all(fixture);
	fixture->tui->process = (struct process_key){ 5, 7 };
	screen_draw_view(fixture->tui, "Detail", window);
	assert_true(line_has(window, 0, L"5 "));
	lines = ((const struct list *)app_state(fixture->tui, detail))->count;
	for (size_t i = 1; i < lines; i++) {
		read_line(window, 1, second);
		assert_true(screen_act(fixture->tui, "Detail", ACTION_DOWN));
		werase(window);
		screen_draw_view(fixture->tui, "Detail", window);
		read_line(window, 0, first);
		assert_true(wcscmp(first, second) == 0);
		limit_lines += wcsncmp(first, L"STACK ", 6) == 0 && wcsstr(first, L"unlimited");
	}
	assert_int_equal(limit_lines, 1);
	read_line(window, 9, second);
	screen_act(fixture->tui, "Detail", ACTION_LAST);
	werase(window);
	screen_draw_view(fixture->tui, "Detail", window);
	read_line(window, 9, first);
	assert_true(wcscmp(first, second) == 0);
	assert_true(wcsspn(first, L" ") < wcslen(first));
	delwin(window);
}

/* Rates become known in the second refresh, above the last figure of the first. */
static void
the_figure_chosen_by_a_key_stays_the_one_that_was_seen(void **state)
{
	struct screen_fixture *fixture = *state;
	WINDOW *window = newwin(20, 60, 0, 0);

	fixture->snapshot.system.self_resident = 1 << 20;
	fixture->snapshot.system.fault_rate = UNKNOWN;
	fixture->snapshot.bits = UINT64_MAX;
	tui_key(fixture->tui, 'x');
	screen_draw_view(fixture->tui, "Explain", window);
	tui_key(fixture->tui, KEY_END);
	screen_draw_view(fixture->tui, "Explain", window);
	assert_true(line_has(window, 10, L"self res"));
	fixture->snapshot.system.fault_rate = 5000;
	fixture->snapshot.system.major_fault_rate = 5000;
	screen_fixture_show(fixture);
	screen_draw_view(fixture->tui, "Explain", window);
	assert_true(line_has(window, 10, L"self res"));
	tui_key(fixture->tui, KEY_UP);
	screen_draw_view(fixture->tui, "Explain", window);
	assert_true(line_has(window, 10, L"major"));
	delwin(window);
}

static void
a_kill_is_announced_until_escape(void **state)
{
	struct screen_fixture *fixture = *state;
	struct event *event = snapshot_add_event(&fixture->snapshot);

	event->victim.pid = 77;
	event->victim.comm = "e\x1b[31m";
	tui_show(fixture->tui, &fixture->snapshot, 1);
	assert_non_null(strstr(fixture->tui->announcement, "e\\x1b[31m (77)"));
	fixture->snapshot.events.count = 0;
	tui_show(fixture->tui, &fixture->snapshot, 1);
	tui_key(fixture->tui, 'M');
	assert_non_null(strstr(fixture->tui->announcement, "(77)"));
	tui_draw(fixture->tui);
	assert_true(line_has(stdscr, LINES - 2, L"(77)"));
	event->victim.comm = "\xe6\xbc\xa2";
	fixture->snapshot.events.count = 1;
	tui_show(fixture->tui, &fixture->snapshot, 1);
	for (int width = 1; width < 5; width++) { /* also where it is wider than the window */
		wresize(stdscr, 10, width);
		tui_draw(fixture->tui);
	}
	wresize(stdscr, 60, WIDEST);
	tui_key(fixture->tui, 27);
	assert_string_equal(fixture->tui->announcement, "");
}

static void
a_text_stays_in_its_window_and_fills_its_last_cell(void **state)
{
	WINDOW *window = newwin(1, 4, 0, 0);

	assert_int_equal(screen_put(window, 0, 0, STYLE_NORMAL, "abcd"), 4);
	assert_true(line_has(window, 0, L"abcd"));
	assert_int_equal(screen_put(window, 0, 1, STYLE_NORMAL, "xyz12"), 3);
	assert_true(line_has(window, 0, L"axyz"));
	assert_int_equal(screen_put_within(window, 0, 1, 1, STYLE_NORMAL, "bcd"), 1);
	assert_true(line_has(window, 0, L"abyz"));
	assert_int_equal(screen_put(window, 1, 0, STYLE_NORMAL, "y"), 0);
	assert_int_equal(screen_put(window, 0, 4, STYLE_NORMAL, "y"), 0);
	screen_put_right(window, 0, 4, STYLE_NORMAL, "z");
	assert_true(line_has(window, 0, L"abyz"));
	screen_put_line(window, 1, STYLE_NORMAL, "y");
	assert_true(line_has(window, 0, L"abyz"));
	screen_put_line(window, 0, STYLE_NORMAL, "x");
	assert_true(line_has(window, 0, L"x   "));
	delwin(window);
}

/* What is not known is a gap; the graph goes no further than its column. */
static void
levels_are_drawn_as_a_small_graph(void **state)
{
	static const struct growth_summary summary = { .trend = "01-34567777" };
	struct column trend = { .name = "growth_trend",
		.unit = UNIT_TEXT,
		.offset = offsetof(struct growth_summary, trend) };
	const struct heading heading = { &trend, 3, 10 };
	WINDOW *window = newwin(1, 20, 0, 0);

	assert_true(trend_draw(&heading, &summary, window, 0, CHARSET_ASCII, STYLE_NORMAL));
	assert_true(line_has(window, 0, L"   .: =+*#@@@    "));
	werase(window);
	assert_true(trend_draw(&heading, &summary, window, 0, CHARSET_UTF8, STYLE_NORMAL));
	assert_true(line_has(
		window, 0, L"   \u2581\u2582 \u2584\u2585\u2586\u2587\u2588\u2588\u2588    "));
	assert_false(trend_draw(&heading, &(struct growth_summary){ .trend = NULL }, window, 0,
		CHARSET_UTF8, STYLE_NORMAL));
	trend.name = "comm";
	assert_false(trend_draw(&heading, &summary, window, 0, CHARSET_UTF8, STYLE_NORMAL));
	delwin(window);
}

/* What groups are sorted or filtered by need not be shown. */
static void
groups_are_read_for_their_order_and_filter(void **state)
{
	struct screen_fixture *fixture = *state;

	screen_fixture_type(fixture, "2");
	assert_false(tui_needs(fixture->tui).bits & NEED_GROWTH);
	screen_fixture_type(fixture, "\\grown>1M\n");
	assert_true(tui_needs(fixture->tui).bits & NEED_GROWTH);
	screen_fixture_type(fixture, "\\");
	for (int i = 0; i < 8; i++)
		tui_key(fixture->tui, '\b');
	screen_fixture_type(fixture, "kills>0\n");
	assert_false(tui_needs(fixture->tui).bits & CHARGE_NEEDS); /* programs have no charge */
	screen_fixture_type(fixture, "bb");
	assert_true(tui_needs(fixture->tui).bits & NEED_CHARGE_EVENTS);
	assert_false(tui_needs(fixture->tui).bits & NEED_CHARGE_REST);
	screen_fixture_type(fixture, ".PEAK\n");
	assert_true(tui_needs(fixture->tui).bits & NEED_CHARGE_REST);
}

/* A filter that was typed or a row that was folded before does not show another in its place. */
static void
the_root_of_a_tree_is_shown_and_selected(void **state)
{
	struct screen_fixture *fixture = *state;
	const struct process *selected;

	for (size_t i = 0; i < fixture->snapshot.process_count; i++)
		fixture->snapshot.processes[i].start_time = 7;
	fixture->snapshot.processes[1].parent = 5;
	screen_fixture_type(fixture, "V\\plain\n-2bbbbbb");
	screen_fixture_show(fixture);
	while (((const struct group *)table_view_selected(app_table(fixture->tui)))->root != 6)
		assert_true(tui_key(fixture->tui, KEY_DOWN));
	screen_fixture_type(fixture, "\n");
	selected = process_list_selected(fixture->tui->processes);
	assert_int_equal(selected->pid, 6);
	assert_string_equal(fixture->tui->processes->table.filter_text, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(list_moves_stay_within_the_list),
		cmocka_unit_test(a_page_moves_what_is_shown),
		cmocka_unit_test(a_page_stays_at_its_end_as_it_grows),
		cmocka_unit_test(a_prompt_is_edited_by_characters),
		cmocka_unit_test(a_prompt_shows_its_cursor_in_any_width),
		cmocka_unit_test(a_question_always_shows_its_answers),
		cmocka_unit_test_setup_teardown(
			the_header_fits_in_any_size, set_up, screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			the_parts_of_the_memory_bar_add_up, set_up, screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			rows_fit_in_any_width, set_up, screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			U4_all_rows_are_shown_in_the_chosen_unit, set_up, screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			selected_and_tagged_rows_stand_out, set_up, screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			a_detail_page_is_scrolled_to_its_end, set_up, screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			the_figure_chosen_by_a_key_stays_the_one_that_was_seen, set_up,
			screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			a_kill_is_announced_until_escape, set_up, screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(groups_are_read_for_their_order_and_filter, set_up,
			screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			the_root_of_a_tree_is_shown_and_selected, set_up, screen_fixture_tear_down),
		cmocka_unit_test(a_text_stays_in_its_window_and_fills_its_last_cell),
		cmocka_unit_test(levels_are_drawn_as_a_small_graph),
	};

	return RUN_ON_TERMINAL(tests);
}
