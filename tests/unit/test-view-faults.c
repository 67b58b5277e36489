// SPDX-License-Identifier: GPL-3.0-or-later
#include "screen-fixture.h"
#include "terminal.h"
#include "unit.h"

#include "model/mapping.h"
#include "tui/header.h"
#include "tui/tui.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

enum { WIDTH = 200, HEIGHT = 12, FIRST_ROW = 3 };

static void
add_process(struct screen_fixture *fixture, int64_t pid, int64_t minor)
{
	struct process *process = snapshot_add_process(&fixture->snapshot);

	process->pid = pid;
	process->start_time = 7;
	process->comm = pid == 5 ? "sort" : "\x1b[31m";
	snapshot_extras(&fixture->snapshot, process)->minor_fault_count = minor;
	snapshot_extras(&fixture->snapshot, process)->major_fault_count = 0;
}

static void
add_fault(struct screen_fixture *fixture, int64_t pid, enum segment segment, int64_t samples)
{
	struct fault *row = fault_add(&fixture->snapshot.faults);

	row->pid = pid;
	row->comm = pid == 5 ? "sort" : "\x1b[31m";
	row->segment = segment_descriptions[segment].name;
	row->samples = samples;
	row->minor = 61 * samples;
	row->minor_variance = samples * 61 * 60;
	row->code = "libc.so.6";
	row->symbol = pid == 5 ? "_ZN4shop4sortEv" : NULL;
	row->function = pid == 5 ? "shop::sort" : NULL;
}

static void
fill(struct screen_fixture *fixture)
{
	struct sampling *sampling = &fixture->snapshot.system.sampling;

	snapshot_reset(&fixture->snapshot);
	sampling->access = "all";
	sampling->period = 61;
	sampling->duration = 1000000000;
	sampling->samples = 300;
	sampling->lost = 0;
	add_process(fixture, 5, 18300);
	add_process(fixture, 6, 61);
	add_fault(fixture, 5, SEGMENT_HEAP, 200);
	add_fault(fixture, 5, SEGMENT_ANON, 100);
	add_fault(fixture, 6, SEGMENT_STACK, 1);
}

static void
draw(struct screen_fixture *fixture)
{
	werase(fixture->window);
	screen_draw_view(fixture->tui, "Faults", fixture->window);
}

static int
set_up(void **state)
{
	struct screen_fixture *fixture = screen_fixture_create("pid,comm");

	fill(fixture);
	fixture->window = newwin(HEIGHT, WIDTH, 0, 0);
	screen_fixture_show(fixture);
	screen_fixture_type(fixture, "5");
	draw(fixture);
	*state = fixture;
	return 0;
}

static int
tear_down(void **state)
{
	screen_fixture_destroy(*state);
	return 0;
}

static bool
line_has(const struct screen_fixture *fixture, int y, const wchar_t *text)
{
	wchar_t line[WIDTH * 4];

	line[0] = L'\0';
	assert_true(mvwinnwstr(fixture->window, y, 0, line, WIDTH * 4 - 1) >= 0);
	return wcsstr(line, text) != NULL;
}

static void
rows_are_by_process_and_segment_the_most_first(void **state)
{
	const struct screen_fixture *fixture = *state;

	assert_true(line_has(fixture, 0, L"one in 61 sampled, 300 samples, 0 lost"));
	assert_true(line_has(fixture, FIRST_ROW, L"sort            total        18.3k"));
	assert_true(line_has(fixture, FIRST_ROW + 1, L"sort            heap         12.2k"));
	assert_true(line_has(fixture, FIRST_ROW + 2, L"sort            anon          6.1k"));
	assert_true(line_has(fixture, FIRST_ROW + 1, L"libc.so.6"));
	assert_true(line_has(fixture, FIRST_ROW + 3, L"\\x1b[31m"));
}

static void
the_selected_row_stays_selected_where_it_goes(void **state)
{
	struct screen_fixture *fixture = *state;

	tui_key(fixture->tui, KEY_DOWN); /* heap */
	fill(fixture);
	fault_at(&fixture->snapshot.faults, 1)->minor =
		61000; /* anon comes before heap, below their total */
	snapshot_extras(&fixture->snapshot, &fixture->snapshot.processes[0])->minor_fault_count =
		61000 + 12200;
	screen_fixture_show(fixture);
	draw(fixture);
	assert_true(line_has(fixture, FIRST_ROW, L"total"));
	assert_true(line_has(fixture, FIRST_ROW + 1, L"anon"));
	assert_true(line_has(fixture, FIRST_ROW + 2, L"heap"));
	assert_true(mvwinch(fixture->window, FIRST_ROW + 2, 1) & A_REVERSE);
	assert_false(mvwinch(fixture->window, FIRST_ROW + 1, 1) & A_REVERSE);
}

static void
enter_looks_at_one_process_and_escape_goes_back(void **state)
{
	struct screen_fixture *fixture = *state;

	tui_key(fixture->tui, '\n');
	draw(fixture);
	assert_true(line_has(fixture, 0, L"process 5 sort"));
	assert_true(line_has(fixture, FIRST_ROW - 1, L"FUNCTION"));
	assert_true(line_has(fixture, FIRST_ROW + 1, L"shop::sort"));
	assert_false(line_has(fixture, FIRST_ROW + 3, L"stack"));
	assert_int_equal(tui_needs(fixture->tui).faults.pid, 5);
	fixture->snapshot.processes[0].comm = NULL; /* a recording may lack it */
	draw(fixture);
	assert_true(line_has(fixture, 0, L"process 5 -"));
	tui_key(fixture->tui, 27);
	draw(fixture);
	assert_true(line_has(fixture, 0, L"all processes"));
}

/* Help stands over it while refreshes go on; rows of a snapshot that is gone must not come back. */
static void
after_help_the_rows_are_those_of_the_snapshot_shown(void **state)
{
	struct screen_fixture *fixture = *state;

	tui_key(fixture->tui, '?');
	fill(fixture);
	fault_at(&fixture->snapshot.faults, 0)->code = "other.so";
	fault_at(&fixture->snapshot.faults, 0)->comm = "other";
	screen_fixture_show(fixture);
	tui_key(fixture->tui, 27);
	draw(fixture);
	assert_true(line_has(fixture, FIRST_ROW + 1, L"other           heap"));
	assert_true(line_has(fixture, FIRST_ROW + 1, L"other.so"));
}

static void
b_keeps_rows_apart_by_something_else(void **state)
{
	struct screen_fixture *fixture = *state;

	tui_key(fixture->tui, 'b');
	draw(fixture);
	assert_true(line_has(fixture, 0, L"by code"));
	assert_true(line_has(fixture, FIRST_ROW + 1, L"18.3k")); /* heap and anon together */
}

static void
what_is_missing_is_said(void **state)
{
	struct screen_fixture *fixture = *state;

	fixture->snapshot.system.sampling.missing = "needs CAP_PERFMON";
	draw(fixture);
	assert_true(line_has(fixture, 0, L"Faults of all processes: needs CAP_PERFMON"));
	fixture->snapshot.system.sampling.access = NULL;
	draw(fixture);
	assert_true(line_has(fixture, 0, L"sampling begins ..."));
}

static void
w_asks_for_walks_and_only_the_view_for_faults(void **state)
{
	struct screen_fixture *fixture = *state;

	assert_true(tui_needs(fixture->tui).bits & NEED_FAULTS);
	assert_false(tui_needs(fixture->tui).bits & NEED_SAMPLED_WALKS);
	tui_key(fixture->tui, 'w');
	assert_true(tui_needs(fixture->tui).bits & NEED_SAMPLED_WALKS);
	tui_key(fixture->tui, '1');
	assert_false(tui_needs(fixture->tui).bits & (NEED_FAULTS | NEED_SAMPLED_WALKS));
}

/* As in the list of processes. */
static void
rows_are_filtered_searched_and_their_columns_chosen(void **state)
{
	struct screen_fixture *fixture = *state;

	screen_fixture_type(fixture, "\\segment=heap\n");
	draw(fixture);
	assert_true(line_has(fixture, FIRST_ROW, L"sort            heap"));
	assert_false(line_has(fixture, FIRST_ROW + 1, L"sort"));
	tui_draw(fixture->tui);
	assert_int_equal(header_height(fixture->tui, 24), HEADER_WITH_TABS + 1);
	tui_key(fixture->tui, 27);
	draw(fixture);
	assert_true(line_has(fixture, FIRST_ROW, L"total"));
	screen_fixture_type(fixture, "/nothing\n");
	assert_string_equal(fixture->tui->message, "not found: nothing");
	screen_fixture_type(fixture, "/ano\n");
	draw(fixture);
	assert_true(mvwinch(fixture->window, FIRST_ROW + 2, 1) & A_REVERSE);
	assert_true(line_has(fixture, FIRST_ROW - 1, L"COMM"));
	tui_key(fixture->tui, 'f');
	screen_draw_view(fixture->tui, "Fields", fixture->window);
	assert_true(line_has(fixture, 1, L"[x] COMM"));
	tui_key(fixture->tui, KEY_DOWN);
	tui_key(fixture->tui, ' ');
	tui_key(fixture->tui, 'q');
	draw(fixture);
	assert_false(line_has(fixture, FIRST_ROW - 1, L"COMM"));
	assert_true(line_has(fixture, FIRST_ROW - 1, L"SEGMENT"));
}

static void
it_fits_in_any_size(void **state)
{
	struct screen_fixture *fixture = *state;

	for (int height = 1; height < 10; height++)
		for (int width = 1; width < 150; width += 7) {
			WINDOW *window = newwin(height, width, 0, 0);

			screen_draw_view(fixture->tui, "Faults", window);
			delwin(window);
		}
	draw(fixture);
	assert_true(line_has(fixture, FIRST_ROW, L"total"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rows_are_by_process_and_segment_the_most_first),
		TEST(the_selected_row_stays_selected_where_it_goes),
		TEST(enter_looks_at_one_process_and_escape_goes_back),
		TEST(after_help_the_rows_are_those_of_the_snapshot_shown),
		TEST(b_keeps_rows_apart_by_something_else),
		TEST(what_is_missing_is_said),
		TEST(w_asks_for_walks_and_only_the_view_for_faults),
		TEST(rows_are_filtered_searched_and_their_columns_chosen),
		TEST(it_fits_in_any_size),
	};

	return RUN_ON_TERMINAL(tests);
}
