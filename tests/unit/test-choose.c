// SPDX-License-Identifier: GPL-3.0-or-later
#include "screen-fixture.h"
#include "terminal.h"
#include "unit.h"

#include "model/group-row.h"
#include "tui/editor.h"
#include "tui/tui.h"

#include <signal.h>
#include <string.h>
#include <wchar.h>

enum { WIDEST = 200 };

/* A screen over processes of two users; what is typed goes through it. */

static void
fill(struct screen_fixture *fixture)
{
	struct process *process;

	screen_fixture_add(fixture, 5, "one");
	screen_fixture_add(fixture, 6, "two");
	process = screen_fixture_add(fixture, 7, "three");
	process->uid = 999;
	process->user = "e\x1b[31m";
	fixture->snapshot.bits = UINT64_MAX;
}

static int
set_up(void **state)
{
	struct screen_fixture *fixture = screen_fixture_create("pid,user,res,command");

	fill(fixture);
	screen_fixture_show(fixture);
	*state = fixture;
	return 0;
}

static void
what_is_typed_matches_a_number_or_a_part_of_the_name(void **state)
{
	static const struct {
		const char *typed;
		int expected;
	} cases[] = {
		{ "", 2 },
		{ "sig", 2 },
		{ "term", 3 },
		{ "TERM", 3 },
		{ "sigterm", 3 },
		{ "te", 2 },
		{ "erm", 1 },
		{ "15", 3 },
		{ "1", 2 },
		{ "5", 0 },
		{ "150", 0 },
		{ "terms", 0 },
		{ "sigsig", 0 },
	};
	const struct choice term = { 15, "TERM", "ask to end", NULL };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(choose_match(&term, cases[i].typed, "SIG"), cases[i].expected);
	assert_int_equal(choose_match(&(struct choice){ UNKNOWN, "RES", "", NULL }, "9", NULL), 0);
}

/* The signal is found by its number or its name; a prefix of several takes the best of them. */
static void
U17_a_signal_is_chosen_from_a_list(void **state)
{
	static const struct {
		const char *typed;
		int64_t selected;
		size_t count; /* 0: any */
	} cases[] = {
		{ "", SIGTERM, 31 },
		{ "9", SIGKILL, 1 },
		{ "1", SIGHUP, 0 },
		{ "15", SIGTERM, 1 },
		{ "int", SIGINT, 1 },
		{ "sigsto", SIGSTOP, 1 },
		{ "us", SIGUSR1, 0 },
	};
	struct app *tui = ((struct screen_fixture *)*state)->tui;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		screen_fixture_type(*state, "k");
		assert_non_null(tui->choose.kind);
		screen_fixture_type(*state, cases[i].typed);
		assert_int_equal(choose_selected(&tui->choose)->number, cases[i].selected);
		if (cases[i].count)
			assert_int_equal(tui->choose.list.count, cases[i].count);
		screen_fixture_type(*state, "\n");
		assert_null(tui->choose.kind);
		assert_non_null(tui->prompt.answered);
		assert_int_equal(tui->signal.number, cases[i].selected);
		screen_fixture_type(*state, "n");
		assert_null(tui->prompt.label);
	}
}

/* Whatever moves meanwhile, the signal is for the process that was selected. */
static void
U17_a_signal_is_bound_to_its_process_before_it_is_chosen(void **state)
{
	struct screen_fixture *fixture = *state;
	struct app *tui = fixture->tui;

	tui_key(tui, KEY_HOME);
	assert_int_equal(tui->processes->selected.pid, 7);
	screen_fixture_type(*state, "k");
	fixture->snapshot.processes[2].pid = 8;
	tui_show(tui, &fixture->snapshot, 1);
	assert_int_equal(tui->signal.count, 1);
	assert_int_equal(tui->signal.keys[0].pid, 7);
	screen_fixture_type(*state, "\n");
	assert_string_equal(tui->message, "7 has ended");
	assert_null(tui->prompt.label);
}

/* Shows a new snapshot, with the processes of the first or none, and frees the one before. */
static void
show_another(struct screen_fixture *fixture, bool has_processes)
{
	struct snapshot before = fixture->snapshot;

	fixture->snapshot = (struct snapshot){ .processes = NULL };
	snapshot_reset(&fixture->snapshot);
	if (has_processes)
		fill(fixture);
	fixture->snapshot.exact = true;
	fixture->snapshot.monotonic = INT64_MAX;
	screen_fixture_show(fixture);
	snapshot_finish(&before);
}

/* What lacks a column is read while the editor is open. */
static void
an_open_editor_is_about_the_snapshot_that_is_shown(void **state)
{
	struct screen_fixture *fixture = *state;
	struct app *tui = fixture->tui;
	const struct editor *editor = tui->editor;
	const struct oom_preview *preview = &editor->preview;

	tui_key(tui, KEY_HOME);
	screen_fixture_type(fixture, "a");
	show_another(fixture, true);
	screen_fixture_type(fixture, "500");
	for (int i = 0; i < 2; i++) {
		show_another(fixture, true);
		assert_int_equal(preview->count, 1);
		assert_ptr_equal(preview->effects[0].process, &fixture->snapshot.processes[2]);
		assert_int_equal(preview->effects[0].pid, 7);
		assert_int_equal(editor->to, 500);
		assert_int_equal(editor->state, i == 0 ? EDITOR_OPEN : EDITOR_LASTING);
		if (i == 0)
			assert_string_equal(tui->prompt.text, "500");
		screen_fixture_type(fixture, i == 0 ? "\ns" : "9");
		tui_draw(tui);
	}
	show_another(fixture, false);
	assert_false(editor_is_open(editor));
	assert_null(tui->prompt.label);
	assert_string_equal(tui->message, "7 has ended");
}

static bool
screen_has(int y, const wchar_t *text)
{
	wchar_t line[WIDEST];

	mvwinnwstr(stdscr, y, 0, line, WIDEST - 1);
	return wcsstr(line, text) != NULL;
}

/* Another group may have come to the first row just before the key. */
static void
what_acts_on_a_group_names_it(void **state)
{
	static const struct {
		const char *kinds; /* keys from the groups by program */
		const char *program, *cgroup;
		int width;
		const char *told;
		const wchar_t *question, *title;
	} cases[] = {
		{ "", "b\x1b[31m", "/a", 200, "b\\x1b[31m (2 processes)",
			L"Send SIGTERM to b\\x1b[31m (2 processes)? y/n",
			L"OOM priority of b\\x1b[31m (2 processes)" },
		{ "bb", "b", NULL, 200, "no unit (5 processes)",
			L"Send SIGTERM to no unit (5 processes)? y/n",
			L"OOM priority of no unit (5 processes)" },
		{ "bbb", "b", "/system.slice/a-long-name.service", 40,
			"\u2026ng-name.service (2 processes)",
			L"Send SIGTERM to \u2026ng-name.service (2  y/n",
			L"OOM priority of \u2026ng-name.service (2 p" },
		{ "", "a-long-name-of-a-program", NULL, 40, "a-long-name-of-\u2026 (2 processes)",
			L"Send SIGTERM to a-long-name-of-\u2026 (2  y/n",
			L"OOM priority of a-long-name-of-\u2026 (2 p" },
		{ "", "short", NULL, 40, "short (2 processes)",
			L"Send SIGTERM to short (2 processes)? y/n",
			L"OOM priority of short (2 processes)" },
	};
	struct screen_fixture *fixture = *state;
	struct app *tui = fixture->tui;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct process_place place = { .cgroup = cases[i].cgroup };
		bool in_title = false;

		show_another(fixture, true);
		for (int64_t pid = 18; pid < 20; pid++)
			snapshot_set_place(&fixture->snapshot,
				screen_fixture_add(fixture, pid, cases[i].program), &place);
		wresize(stdscr, 10, cases[i].width);
		screen_fixture_type(fixture, "2");
		screen_fixture_type(fixture, cases[i].kinds);
		screen_fixture_show(fixture);
		tui_key(tui, KEY_HOME);
		screen_fixture_type(fixture, "k");
		assert_string_equal(tui->choose.about, cases[i].told);
		screen_fixture_type(fixture, "\n");
		tui_draw(tui);
		assert_true(screen_has(9, cases[i].question));
		screen_fixture_type(fixture, "na");
		screen_fixture_show(fixture);
		assert_string_equal(tui->target_group, cases[i].told);
		tui_draw(tui);
		for (int y = 0; y < 10; y++)
			in_title = in_title || screen_has(y, cases[i].title);
		assert_true(in_title);
		tui_key(tui, 27);
		for (size_t kind = strlen(cases[i].kinds); kind % GROUP_KINDS != 0; kind++)
			screen_fixture_type(fixture, "b");
	}
	wresize(stdscr, 60, WIDEST);
}

static void
U3_users_that_have_processes_are_chosen_from(void **state)
{
	struct app *tui = ((struct screen_fixture *)*state)->tui;
	const struct choose *choose = &tui->choose;

	screen_fixture_type(*state, "u");
	assert_int_equal(choose->list.count, 3);
	assert_string_equal(choose->choices[0].name, "all users");
	assert_string_equal(choose->choices[1].name, "root");
	assert_string_equal(choose->choices[1].text, "at most 11.0M, 2 processes");
	assert_string_equal(choose->choices[2].name, "e\\x1b[31m");
	assert_string_equal(choose->choices[2].text, "at most 7.0M, 1 process");
	screen_fixture_type(*state, "ROO\n");
	assert_string_equal(tui->processes->table.filter_text, "user='root'");
	assert_int_equal(tui->processes->table.rows.count, 2);
	screen_fixture_type(*state, "u999\n");
	assert_int_equal(tui->processes->table.rows.count, 1);
	screen_fixture_type(*state, "u!root\n");
	assert_string_equal(tui->processes->table.filter_text, "user!='root'");
	assert_int_equal(tui->processes->table.rows.count, 1);
	screen_fixture_type(*state, "u\n");
	assert_string_equal(tui->processes->table.filter_text, "");
	assert_int_equal(tui->processes->table.rows.count, 3);
}

static void
U3_an_unknown_user_is_an_error_and_no_empty_list(void **state)
{
	struct app *tui = ((struct screen_fixture *)*state)->tui;

	screen_fixture_type(*state, "unosuch\n");
	assert_non_null(tui->choose.kind);
	assert_string_equal(tui->prompt.complaint, "no process of that user");
	assert_int_equal(tui->processes->table.rows.count, 3);
	tui_key(tui, 27);
	assert_null(tui->choose.kind);
	assert_null(tui->prompt.label);
	assert_string_equal(tui->processes->table.filter_text, "");
}

static void
the_column_to_sort_by_is_chosen_from_all(void **state)
{
	struct app *tui = ((struct screen_fixture *)*state)->tui;

	screen_fixture_type(*state, ".");
	assert_string_equal(choose_selected(&tui->choose)->name, "RES");
	assert_int_equal(tui->choose.list.count, process_table.column_count);
	screen_fixture_type(*state, "cpu\n");
	assert_string_equal(tui->processes->listing->order.column->name, "cpu");
	tui_key(tui, KEY_F(6));
	tui_key(tui, KEY_HOME); /* those that are shown come first */
	screen_fixture_type(*state, "\n");
	assert_string_equal(tui->processes->listing->order.column->name, "pid");
	screen_fixture_type(*state, "6.si");
	assert_string_equal(choose_selected(&tui->choose)->name, "SIZE");
	screen_fixture_type(*state, "\n");
	assert_string_equal(app_table(tui)->order->column->name, "bytes");
}

/* Figures that were being read when the list was opened come while the user moves in it. */
static void
what_is_selected_stays_selected_when_figures_come(void **state)
{
	struct screen_fixture *fixture = *state;
	struct app *tui = fixture->tui;

	screen_fixture_type(fixture, "k");
	tui_key(tui, KEY_END);
	assert_int_equal(choose_selected(&tui->choose)->number, SIGSYS);
	screen_fixture_show(fixture);
	assert_int_equal(choose_selected(&tui->choose)->number, SIGSYS);
	tui_key(tui, 27);
	screen_fixture_type(fixture, "u");
	tui_key(tui, KEY_DOWN);
	assert_int_equal(choose_selected(&tui->choose)->number, 0);
	fixture->snapshot.processes[0].resident = 0; /* root has less than the other user now */
	fixture->snapshot.processes[1].resident = 0;
	screen_fixture_show(fixture);
	assert_string_equal(choose_selected(&tui->choose)->name, "root");
}

/* In any size it stays in its window, and the selected choice is on the screen. */
static void
it_fits_in_any_window(void **state)
{
	struct app *tui = ((struct screen_fixture *)*state)->tui;

	screen_fixture_type(*state, "k");
	for (int height = 1; height < 40; height++)
		for (int width = 1; width < 90; width += 11) {
			WINDOW *window = newwin(height + 1, width, 0, 0);
			WINDOW *body = derwin(window, height, width, 0, 0);
			bool has_selected = false;
			wchar_t line[WIDEST];

			choose_draw(&tui->choose, body);
			for (int x = 0; x < width; x++)
				assert_int_equal(mvwinch(window, height, x), ' ');
			for (int y = 0; y < height; y++) {
				mvwinnwstr(window, y, 0, line, WIDEST - 1);
				has_selected = has_selected || wcsstr(line, L"   15 TERM");
			}
			assert_int_equal(has_selected, width >= 10);
			delwin(body);
			delwin(window);
		}
}

static void
nothing_moves_while_it_is_open(void **state)
{
	struct app *tui = ((struct screen_fixture *)*state)->tui;

	for (const char *key = "ku."; *key; key++) {
		assert_false(tui_is_frozen(tui));
		tui_key(tui, *key);
		assert_true(tui_is_frozen(tui));
		tui_key(tui, 27);
	}
	assert_false(tui_is_frozen(tui));
}

/* Else "kill it?" on a detail page that is still empty would keep it empty. */
static void
what_has_not_been_read_yet_is_waited_for(void **state)
{
	struct screen_fixture *fixture = *state;
	struct app *tui = fixture->tui;
	struct needs needs;

	tui_key(tui, '\n');
	tui_key(tui, 'k');
	assert_false(tui_is_frozen(tui));
	needs = tui_needs(tui);
	assert_true(needs.focus > 0);
	fixture->snapshot.bits = needs.bits;
	screen_fixture_show(fixture);
	assert_false(tui_is_frozen(tui));
	fixture->snapshot.focus = needs.focus;
	fixture->snapshot.focus_start = needs.focus_start;
	fixture->snapshot.focus_bits = needs.focus_bits;
	screen_fixture_show(fixture);
	assert_true(tui_is_frozen(tui));
}

/* Command lines are read of the rows on the screen: a row that has just come there lacks its own.
 */
static void
a_row_that_comes_to_the_screen_is_read_though_figures_stand_still(void **state)
{
	struct screen_fixture *fixture = *state;
	struct app *tui = fixture->tui;

	tui_draw(tui);
	tui_key(tui, 'k');
	assert_true(tui_is_frozen(tui));
	fixture->snapshot.processes[0].asked &= ~(uint32_t)NEED_COMMAND;
	assert_true(tui_needs(tui).near_bits & NEED_COMMAND);
	assert_false(tui_needs(tui).bits & NEED_COMMAND);
	assert_false(tui_is_frozen(tui));
	assert_true(tui_stands_still(tui));
	fixture->snapshot.processes[0].asked |= NEED_COMMAND;
	assert_true(tui_is_frozen(tui));
}

/* In it only the rows that are seen are read in full; a whole refresh follows. */
static void
the_first_screen_lacks_what_is_not_seen(void **state)
{
	struct screen_fixture *fixture = *state;
	struct app *tui;

	tui_destroy(fixture->tui);
	tui = fixture->tui = tui_create(&fixture->settings, NULL, NULL, NULL);
	assert_true(tui_needs(tui).sizes_only && !tui_needs(tui).rows_only);
	assert_true(tui_has_rows_to_draw(tui)); /* there are none, which is said */
	fixture->snapshot.sizes_only = true;
	for (size_t i = 0; i < fixture->snapshot.process_count; i++) {
		fixture->snapshot.processes[i].asked = NEED_MEMORY;
		fixture->snapshot.processes[i].start_time = UNKNOWN;
	}
	screen_fixture_show(fixture);
	tui_draw(tui);
	assert_true(tui_needs(tui).sizes_only && tui_needs(tui).rows_only);
	assert_false(tui_is_complete(tui) || tui_has_rows_to_draw(tui));
	tui_key(tui, 'k'); /* of which process is not known yet */
	assert_null(tui->choose.kind);
	assert_non_null(strstr(tui->message, "has not been read yet"));
	for (size_t i = 0; i < fixture->snapshot.process_count; i++) {
		fixture->snapshot.processes[i].asked = UINT32_MAX;
		fixture->snapshot.processes[i].start_time = 7;
	}
	tui_show_rows(tui);
	assert_true(tui_is_complete(tui) && tui_has_rows_to_draw(tui));
	tui_key(tui, '>'); /* another order: it follows from what nobody has read */
	assert_false(tui_needs(tui).sizes_only || tui_needs(tui).rows_only);
	assert_false(tui_is_complete(tui));
}

/* A letter asks for nothing that has been read; the sum of the rows that pass comes with Enter. */
static void
a_letter_of_a_filter_asks_for_no_refresh(void **state)
{
	struct screen_fixture *fixture = *state;
	struct app *tui = fixture->tui;

	fixture->snapshot.bits = UINT64_MAX;
	screen_fixture_show(fixture);
	tui_draw(tui);
	tui_wants_refresh(tui);
	screen_fixture_type(fixture, "\\a");
	assert_true(tui_needs(tui).bits & NEED_COMMAND);
	screen_fixture_type(fixture, "\x7f");
	assert_true(tui_needs(tui).bits & NEED_COMMAND); /* also without a word: one may follow */
	assert_false(tui_wants_refresh(tui));
	assert_true(tui_is_complete(tui));
	screen_fixture_type(fixture, "a\n");
	assert_true(tui_wants_refresh(tui));
}

/* Keys may come faster than the command lines of all processes. */
static void
what_is_searched_for_is_found_once_all_has_been_read(void **state)
{
	struct screen_fixture *fixture = *state;
	struct app *tui = fixture->tui;
	struct snapshot *snapshot = &fixture->snapshot;
	struct process *last = &snapshot->processes[snapshot->process_count - 1];
	const int64_t pid = last->pid;

	snapshot->bits &= ~(uint64_t)NEED_COMMAND;
	last->command = NULL;
	screen_fixture_show(fixture);
	screen_fixture_type(fixture, "/needle77\n");
	assert_int_not_equal(process_list_selected(tui->processes)->pid, pid);
	assert_true(tui_needs(tui).bits & NEED_COMMAND);
	snapshot->bits |= NEED_COMMAND;
	last->command = "a needle77";
	screen_fixture_show(fixture);
	assert_int_equal(process_list_selected(tui->processes)->pid, pid);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_typed_matches_a_number_or_a_part_of_the_name),
		cmocka_unit_test_setup_teardown(
			U17_a_signal_is_chosen_from_a_list, set_up, screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			U17_a_signal_is_bound_to_its_process_before_it_is_chosen, set_up,
			screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(an_open_editor_is_about_the_snapshot_that_is_shown,
			set_up, screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			what_acts_on_a_group_names_it, set_up, screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(U3_users_that_have_processes_are_chosen_from,
			set_up, screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(U3_an_unknown_user_is_an_error_and_no_empty_list,
			set_up, screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			the_column_to_sort_by_is_chosen_from_all, set_up, screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(what_is_selected_stays_selected_when_figures_come,
			set_up, screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			it_fits_in_any_window, set_up, screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			nothing_moves_while_it_is_open, set_up, screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			what_has_not_been_read_yet_is_waited_for, set_up, screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			what_is_searched_for_is_found_once_all_has_been_read, set_up,
			screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			a_row_that_comes_to_the_screen_is_read_though_figures_stand_still, set_up,
			screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			the_first_screen_lacks_what_is_not_seen, set_up, screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			a_letter_of_a_filter_asks_for_no_refresh, set_up, screen_fixture_tear_down),
	};

	return RUN_ON_TERMINAL(tests);
}
