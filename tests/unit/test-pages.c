// SPDX-License-Identifier: GPL-3.0-or-later
#include "screen-fixture.h"
#include "terminal.h"
#include "unit.h"

#include "model/group.h"
#include "tui/tui.h"

#include <stdio.h>
#include <string.h>

/* Which key leads where, over two processes. */

#define CONTROL(letter) ((letter)&0x1f)

static int
set_up(void **state)
{
	struct screen_fixture *fixture = screen_fixture_create("pid,comm,res,command");

	screen_fixture_add(fixture, 5, "plain");
	screen_fixture_add(fixture, 6, "other");
	screen_fixture_show(fixture);
	*state = fixture;
	return 0;
}

static const char *const tabs[] = { "Processes", "Groups", "Kill order", "Map", "Faults", "Budget",
	"Kernel", "Past" };

static void
U5_q_and_escape_leave_a_page_before_they_leave_memtop(void **state)
{
	static const struct {
		int key;
		const char *view;
	} pages[] = { { '?', "Help" }, { 'f', "Fields" }, { '\r', "Detail" }, { 'x', "Explain" },
		{ '4', "Map" } };
	static const int ways_out[] = { 'q', 27 };
	struct app *tui = ((struct screen_fixture *)*state)->tui;

	for (size_t way = 0; way < ARRAY_SIZE(ways_out); way++) {
		for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
			assert_true(tui_key(tui, pages[i].key));
			assert_string_equal(tui->view->name, pages[i].view);
			assert_true(tui_key(tui, ways_out[way]));
			assert_string_equal(tui->view->name, "Processes");
			assert_null(tui->prompt.label);
		}
		for (const char *key = "\r45x?"; *key; key++)
			assert_true(tui_key(tui, *key));
		assert_string_equal(tui->view->name, "Help");
		for (size_t i = 0; i < 5; i++) /* through explain, faults, map and detail */
			assert_true(tui_key(tui, ways_out[way]));
		assert_string_equal(tui->view->name, "Processes");
	}
	assert_true(tui_key(tui, 27)); /* asks; a late rest of another key is no yes */
	assert_true(tui_key(tui, '['));
	assert_true(tui_key(tui, 27));
	assert_false(tui_key(tui, 'y'));
}

static void
U5_a_tab_is_no_page(void **state)
{
	struct screen_fixture *fixture = *state;
	struct app *tui = fixture->tui;

	for (const char *key = "23567"; *key; key++) {
		tui_key(tui, '1');
		assert_true(tui_key(tui, *key));
		assert_string_equal(tui->view->name, tabs[*key - '1']);
		assert_true(tui_key(tui, 27));
		assert_string_equal(tui->view->name, "Processes");
		assert_true(tui_key(tui, *key));
		assert_false(tui_key(tui, 'q'));
		tui->is_leaving = false;
	}
}

static size_t
first_line(struct app *tui)
{
	const struct list *list = app_state(tui, tui->view);

	return list->selected;
}

/* The page below is where it was. */
static void
one_goes_back_to_the_same_place(void **state)
{
	struct screen_fixture *fixture = *state;
	struct app *tui = fixture->tui;

	screen_fixture_know_all(fixture); /* then the page is longer than the screen */

	tui_key(tui, '\r');
	tui_draw(tui);
	tui_key(tui, KEY_DOWN);
	assert_int_equal(first_line(tui), 1);
	tui_key(tui, '?');
	assert_int_equal(first_line(tui), 0);
	tui_key(tui, 'q');
	assert_int_equal(first_line(tui), 1);
}

static void
U13_a_key_without_a_meaning_says_so(void **state)
{
	struct app *tui = ((struct screen_fixture *)*state)->tui;

	for (int key = 1; key <= KEY_MAX; key++) {
		if (action_of_key(&screen_keys, key) != ACTION_NONE || view_of_key(key) ||
			key == KEY_RESIZE)
			continue;
		tui_key(tui, key);
		assert_int_equal(strncmp(tui->message, "no such key: ", 13), 0);
	}
	tui_key(tui, 'J');
	assert_string_equal(tui->message, "no such key: J (? shows the keys)");
	tui_key(tui, KEY_F(12));
	assert_string_equal(tui->message, "no such key: F12 (? shows the keys)");
	tui_key(tui, '6');
	assert_string_equal(tui->message, "");
	tui_key(tui, 'k');
	assert_string_equal(tui->message, "k does nothing in this view: Budget (? shows the keys)");
}

/* Each key that has a meaning does something in some view, or says why not. */
static void
U13_every_key_is_taken_somewhere(void **state)
{
	struct app *tui = ((struct screen_fixture *)*state)->tui;

	for (int key = 1; key <= KEY_MAX; key++) {
		enum action action = action_of_key(&screen_keys, key);
		bool is_taken =
			(action == ACTION_NONE && !view_of_key(key)) || action == ACTION_MOUSE;

		for (size_t i = 0; i < ARRAY_SIZE(tabs) && !is_taken; i++) {
			tui->settings->processes.tree = true;
			app_open(tui, view_of_name(tabs[i]));
			tui_key(tui, key);
			is_taken = !strstr(tui->message, "does nothing");
			tui_key(tui, CONTROL('G')); /* out of what it opened */
			tui->is_leaving = tui->is_frozen = false;
		}
		assert_true(is_taken);
	}
}

static void
a_folded_row_says_how_many_are_below_it(void **state)
{
	struct screen_fixture *fixture = *state;
	struct app *tui = fixture->tui;
	WINDOW *window = newwin(4, 80, 0, 0);
	char line[100];

	fixture->snapshot.processes[1].parent = 5;
	tui_key(tui, '-');
	assert_string_equal(tui->message, "only a tree is folded (V shows it)");
	tui_key(tui, 'V');
	assert_int_equal(tui->processes->table.rows.count, 2);
	tui_key(tui, KEY_HOME);
	tui_key(tui, '-');
	tui_key(tui, '-');
	assert_int_equal(tui->processes->table.rows.count, 1);
	screen_draw_view(tui, "Processes", window);
	mvwinnstr(window, 1, 0, line, sizeof(line) - 1);
	assert_non_null(strstr(line, " [+1] plain"));
	tui_key(tui, '+');
	assert_int_equal(tui->processes->table.rows.count, 2);
	delwin(window);
}

/* Anyone can make a recording. */
static void
the_state_of_a_process_is_safe_for_the_terminal(void **state)
{
	static const struct {
		const char *state, *shown;
	} cases[] = { { "D", "  waiting, not to be killed" }, { "\x1b[31m", "  \\x1b[31m" } };
	struct screen_fixture *fixture = *state;
	char line[100];

	fixture->window = newwin(4, 80, 0, 0);
	tui_key(fixture->tui, '\r');
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		for (size_t j = 0; j < fixture->snapshot.process_count; j++)
			fixture->snapshot.processes[j].state = cases[i].state;
		werase(fixture->window);
		screen_draw_view(fixture->tui, "Detail", fixture->window);
		mvwinnstr(fixture->window, 0, 0, line, sizeof(line) - 1);
		assert_non_null(strstr(line, cases[i].shown));
	}
}

/* In a recording from anyone a cgroup may have the number by which others have none above. */
static void
processes_in_no_cgroup_have_no_name_to_cut(void **state)
{
	struct screen_fixture *fixture = *state;
	struct cgroup_charge *charge = charge_add(&fixture->snapshot.charges);
	char line[100];

	charge->path = "/";
	charge->inode = 0;
	charge->current = 4096;
	charge_complete(&fixture->snapshot.charges);
	screen_fixture_type(fixture, "2bbb");
	fixture->window = newwin(6, 80, 0, 0);
	screen_draw_view(fixture->tui, "Groups", fixture->window);
	mvwinnstr(fixture->window, 0, 0, line, sizeof(line) - 1);
	assert_non_null(strstr(line, "By cgroup"));
	assert_int_equal(app_table(fixture->tui)->rows.count, 2);
	assert_int_equal(app_table(fixture->tui)->rows.depths[1], 1);
}

/* Opens the group in this row. Returns false if there is none. */
static bool
check_members(struct screen_fixture *fixture, size_t row)
{
	const struct row_list *rows = &fixture->tui->processes->table.rows;
	const struct group *group;
	char name[64];
	size_t count;

	screen_fixture_type(fixture, "2");
	screen_fixture_show(fixture);
	if (row >= app_table(fixture->tui)->rows.count)
		return false;
	tui_key(fixture->tui, KEY_HOME);
	for (size_t i = 0; i < row; i++)
		tui_key(fixture->tui, KEY_DOWN);
	group = table_view_selected(app_table(fixture->tui));
	snprintf(name, sizeof(name), "%s", group->name ? group->name : "-");
	count = (size_t)group->processes;
	screen_fixture_type(fixture, "\n");
	assert_ptr_equal(app_table(fixture->tui), &fixture->tui->processes->table);
	assert_int_equal(rows->count, count);
	for (size_t i = 0; i < count; i++) {
		char text[GROUP_NAME_SIZE];
		const char *of = group_key_of(GROUP_BY_PROGRAM, rows->rows[i], text).name;

		assert_string_equal(of ? of : "-", name);
	}
	return true;
}

/* As many as it counts, and no other one that has its name somewhere. */
static void
a_group_is_opened_with_its_processes(void **state)
{
	static const char *const commands[] = { "/bin/bash", "/bin/bash /opt/backup.sh", "BASH",
		"bash -c backup.sh", "python3 -u /opt/backup.sh -v", "ls /bin/bash", "sshd: user",
		"/usr/sbin/sshd -D", "/bin/sh /opt/bash --x", "[bash]", "a.b", "a+b", "axb",
		" no name", "/opt/", "bash: -x" };
	struct screen_fixture *fixture = *state;
	size_t groups = 0;

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		screen_fixture_add(fixture, 7 + (int64_t)i, commands[i]);
	screen_fixture_add(fixture, 100, "bash")->command = NULL;
	screen_fixture_show(fixture);
	while (check_members(fixture, groups))
		groups++;
	assert_in_range(groups, 10, ARRAY_SIZE(commands));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			U5_q_and_escape_leave_a_page_before_they_leave_memtop, set_up,
			screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			U5_a_tab_is_no_page, set_up, screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			one_goes_back_to_the_same_place, set_up, screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			U13_a_key_without_a_meaning_says_so, set_up, screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			U13_every_key_is_taken_somewhere, set_up, screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			a_folded_row_says_how_many_are_below_it, set_up, screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(processes_in_no_cgroup_have_no_name_to_cut, set_up,
			screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(the_state_of_a_process_is_safe_for_the_terminal,
			set_up, screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			a_group_is_opened_with_its_processes, set_up, screen_fixture_tear_down),
	};

	return RUN_ON_TERMINAL(tests);
}
