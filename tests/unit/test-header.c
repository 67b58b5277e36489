// SPDX-License-Identifier: GPL-3.0-or-later
#include "screen-fixture.h"
#include "terminal.h"
#include "unit.h"

#include "tui/header.h"
#include "tui/tui.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

enum { WIDTH = 160, MEMORY = 1, LEGEND = 2, SWAP = 3, VERDICT = 4 };

#define SECOND INT64_C(1000000000)
#define NOON (INT64_C(1795348800) * SECOND) /* 2026-11-22T12:00:00Z */

static int
set_up(void **state)
{
	struct screen_fixture *fixture = screen_fixture_create("pid");

	fixture->snapshot.system.self_cpu_share = 2;
	fixture->snapshot.system.self_resident = 3 << 20;
	fixture->window = newwin(HEADER_WITH_TABS, WIDTH, 0, 0);
	*state = fixture;
	return 0;
}

static int
tear_down(void **state)
{
	screen_fixture_destroy(*state);
	return 0;
}

/* Whether the first line has a text where a refresh comes after so many intervals. */
static bool
shows(struct screen_fixture *fixture, int stretch, const wchar_t *text)
{
	wchar_t line[WIDTH * 4] = L"";

	tui_show(fixture->tui, &fixture->snapshot, stretch);
	werase(fixture->window);
	header_draw(fixture->tui, fixture->window, HEADER_WITH_TABS);
	assert_true(mvwinnwstr(fixture->window, 0, 0, line, WIDTH * 4 - 1) >= 0);
	return wcsstr(line, text) != NULL;
}

static void
it_shows_what_memtop_itself_uses(void **state)
{
	struct screen_fixture *fixture = *state;

	assert_true(shows(fixture, 1, L"  self 0.2% 3.0M"));
	fixture->snapshot.system.self_cpu_share = UNKNOWN;
	assert_true(shows(fixture, 1, L"  self -% 3.0M"));
}

static void
it_says_where_the_interval_is_stretched(void **state)
{
	struct screen_fixture *fixture = *state;

	assert_true(shows(fixture, 1, L"  every 1.5s"));
	assert_true(shows(fixture, 3, L"  every 4.5s (1.5s asked)"));
	assert_true(shows(fixture, 1, L"  every 1.5s"));
}

/* The text of a line of a window that is so wide and 24 lines high. */
static void
line_of(struct screen_fixture *fixture, int width, int y, wchar_t line[static WIDTH * 4])
{
	WINDOW *window = newwin(24, width, 0, 0);
	size_t end;

	screen_fixture_show(fixture);
	header_draw(fixture->tui, window, header_height(fixture->tui, 24));
	line[0] = L'\0';
	assert_true(mvwinnwstr(window, y, 0, line, WIDTH * 4 - 1) >= 0);
	for (end = wcslen(line); end > 0 && line[end - 1] == L' '; end--)
		line[end - 1] = L'\0';
	delwin(window);
}

/* The column at which a text begins in a line, and how it looks there. */
static int
place_of(struct screen_fixture *fixture, int y, const wchar_t *text, attr_t *ret_look)
{
	wchar_t line[WIDTH * 4] = L"";
	const wchar_t *at;

	screen_fixture_show(fixture);
	werase(fixture->window);
	header_draw(fixture->tui, fixture->window, HEADER_WITH_TABS);
	assert_true(mvwinnwstr(fixture->window, y, 0, line, WIDTH * 4 - 1) >= 0);
	at = wcsstr(line, text);
	if (!at)
		fail_msg("'%ls' is not in '%ls'", text, line);
	*ret_look = mvwinch(fixture->window, y, (int)(at - line)) & A_ATTRIBUTES;
	return (int)(at - line);
}

static void
F10_kills_are_those_since_boot_with_the_last_one(void **state)
{
	struct screen_fixture *fixture = *state;
	struct system *system = &fixture->snapshot.system;
	attr_t look;

	fixture->snapshot.time = NOON;
	system->verdict.state = "ok";
	system->oom_kills = 34;
	place_of(fixture, VERDICT, L"  oom kills since boot 34", &look);
	system->last_kill_time = NOON - 5 * 3600 * SECOND;
	place_of(fixture, VERDICT, L"  oom kills since boot 34, last 07:00", &look);
	system->last_kill_comm = "wor\x1bker";
	place_of(fixture, VERDICT, L"  oom kills since boot 34, last 07:00 wor\\x1bker", &look);
	system->last_kill_time = NOON - 24 * 3600 * SECOND;
	place_of(fixture, VERDICT, L"  oom kills since boot 34, last 2026-11-21 wor", &look);
}

static void
a_kill_is_red_until_the_user_has_seen_it(void **state)
{
	struct screen_fixture *fixture = *state;
	struct system *system = &fixture->snapshot.system;
	attr_t look;

	fixture->snapshot.time = NOON;
	system->oom_kills = 34;
	system->last_kill_time = system->verdict.since = NOON - 60 * SECOND;
	system->verdict.state = "killed";
	system->verdict.state_now = "low";
	system->last_kill_comm = "wor\x1bker";
	system->verdict.who = "leaky";
	system->verdict.who_use = 400 << 20;
	system->available = 5 << 20;
	system->total = 1 << 30;
	place_of(fixture, VERDICT, L"killed", &look);
	assert_int_equal(look, screen_style(STYLE_ALARM));
	place_of(fixture, VERDICT,
		L"wor\\x1bker at 11:59, 34 kills since boot; now low: 5.0M available of 1.0G",
		&look);
	assert_int_equal(look, screen_style(STYLE_NORMAL));
	tui_key(fixture->tui, 27);
	place_of(fixture, VERDICT, L"low", &look);
	assert_int_equal(look, screen_style(STYLE_ALARM));
	place_of(fixture, VERDICT, L"5.0M available of 1.0G, largest leaky 400M", &look);
	system->last_kill_time = system->verdict.since = NOON; /* another one */
	place_of(fixture, VERDICT, L"killed", &look);
}

static void
a_limit_of_memtop_itself_is_a_line_where_there_is_room(void **state)
{
	struct screen_fixture *fixture = *state;
	struct system *system = &fixture->snapshot.system;
	wchar_t line[WIDTH * 4];

	assert_int_equal(header_height(fixture->tui, 24), HEADER_WITH_TABS);
	system->own = (struct nearest_limit){ "/a\x1b", 200 << 20, 12 << 20 };
	line_of(fixture, 80, VERDICT, line);
	if (wcscmp(line, L"Limit    12.0M left of 200M in /a\\x1b") != 0)
		fail_msg("'%ls'", line);
	system->own.cgroup = "hidden";
	line_of(fixture, 80, VERDICT, line);
	if (wcscmp(line, L"Limit    at most 12.0M left of 200M above what is visible") != 0)
		fail_msg("'%ls'", line);
	assert_int_equal(header_height(fixture->tui, 24), HEADER_WITH_TABS + 1);
	assert_int_equal(header_tab_line(fixture->tui, 24), HEADER_WITH_TABS);
	assert_int_equal(header_height(fixture->tui, 23), HEADER_WITH_TABS);
}

static void
a_state_is_coloured_by_its_gravity(void **state)
{
	static const struct {
		const char *state;
		enum style style;
	} cases[] = { { "ok", STYLE_BOLD }, { "filling", STYLE_WARNING },
		{ "limit", STYLE_WARNING }, { "low", STYLE_ALARM }, { "stalled", STYLE_ALARM },
		{ NULL, STYLE_WARNING } };
	struct screen_fixture *fixture = *state;
	attr_t look;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		fixture->snapshot.system.verdict.state = cases[i].state;
		assert_int_equal(
			place_of(fixture, VERDICT, cases[i].state ? L"" : L"unknown", &look), 0);
		assert_int_equal(look, screen_style(cases[i].style));
	}
}

/* What is left and when it is gone comes first: at 40 columns who it is is cut off. */
static void
a_machine_that_fills_says_when_it_is_full_and_by_whom(void **state)
{
	struct screen_fixture *fixture = *state;
	struct system *system = &fixture->snapshot.system;
	wchar_t line[WIDTH * 4];

	system->total = INT64_C(32) << 30;
	system->available = INT64_C(2150) << 20;
	system->swap_free = 0;
	system->verdict.state = system->verdict.state_now = "filling";
	system->verdict.gone = 7 * 60 * SECOND;
	system->verdict.gone_least = 6 * 60 * SECOND;
	system->verdict.gone_most = 8 * 60 * SECOND;
	system->verdict.who = "app-leaky";
	system->verdict.who_growth = INT64_C(280) << 20;
	line_of(fixture, 80, VERDICT, line);
	if (wcscmp(line, L"filling  2.1G available, gone in 7 min (6 to 8): app-leaky +280M/min"))
		fail_msg("'%ls'", line);
	line_of(fixture, 40, VERDICT, line);
	if (wcscmp(line, L"filling  2.1G available, gone in 7 min ("))
		fail_msg("'%ls'", line);
}

static void
figures_that_grow_push_none_aside(void **state)
{
	struct screen_fixture *fixture = *state;
	struct system *system = &fixture->snapshot.system;
	int places[3];
	attr_t look;

	for (int i = 0; i < 2; i++) {
		int now[] = { place_of(fixture, MEMORY, L" used of", &look),
			place_of(fixture, LEGEND, L"cache", &look),
			place_of(fixture, SWAP, L"  reclaim", &look) };

		if (i > 0)
			assert_memory_equal(now, places, sizeof(now));
		memcpy(places, now, sizeof(now));
		system->used = system->available = INT64_C(123) << 30;
		system->anon = INT64_C(999) << 20;
		system->full_avg10 = 999;
		system->fault_rate = INT64_C(123456789000);
		system->major_fault_rate = 12345000;
		system->reclaim_bytes_rate = INT64_C(12) << 30;
	}
}

static void
stalls_are_coloured_while_they_are_there(void **state)
{
	static const struct {
		int64_t share;
		const wchar_t *text;
		enum style style;
	} cases[] = { { 0, L"  0.0%", STYLE_NORMAL }, { 15, L"  1.5%", STYLE_WARNING },
		{ 345, L" 34.5%", STYLE_ALARM }, { UNKNOWN, L"    -", STYLE_NORMAL } };
	struct screen_fixture *fixture = *state;
	attr_t look;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		fixture->snapshot.system.full_avg10 = cases[i].share;
		place_of(fixture, SWAP, cases[i].text, &look);
		assert_int_equal(look, screen_style(cases[i].style));
	}
}

static void
F11_what_moves_is_in_bytes_a_second(void **state)
{
	struct screen_fixture *fixture = *state;
	attr_t look;

	fixture->snapshot.system.swap_in_bytes_rate = 4096;
	fixture->snapshot.system.swap_out_bytes_rate = 12 << 20;
	fixture->snapshot.system.reclaim_bytes_rate = 3 << 20;
	place_of(fixture, SWAP, L"  in  4.0K/s out 12.0M/s", &look);
	place_of(fixture, SWAP, L"  reclaim  3.0M/s", &look);
}

static void
U17_the_time_since_boot_is_in_words(void **state)
{
	struct screen_fixture *fixture = *state;

	fixture->snapshot.system.uptime = 3443 * SECOND + 940000000;
	assert_true(shows(fixture, 1, L"  up 57m 23s  "));
}

static void
add_rows(struct screen_fixture *fixture, int count)
{
	for (int i = 1; i <= count; i++) {
		struct process *row = snapshot_add_process(&fixture->snapshot);

		row->pid = i;
		row->start_time = i;
		row->is_kernel_thread = i == 9;
		row->comm = i == 9 ? "kworker" : "postgres";
		row->resident = 100 << 20;
		snapshot_rollup(&fixture->snapshot, row)->pss = 10 << 20;
	}
}

/* The filter, with what the last rows of it are: their PSS is not known. */
static void
F9_U1_a_filter_is_always_seen_with_what_it_lets_through(void **state)
{
	static const struct {
		int width;
		const char *filter, *given;
		int unknown;
		const wchar_t *text;
	} cases[] = {
		{ 70, "comm~post", NULL, 0,
			L"filter comm~post  8 of 9 processes  PSS 80.0M              Esc ends it" },
		{ 60, "pid=3", NULL, 0,
			L"filter pid=3  1 of 9 processes  PSS 10.0M        Esc ends it" },
		{ 70, "comm~post", NULL, 1,
			L"filter comm~post  8 of 9 processes  PSS at most 170M       Esc ends it" },
		{ 50, "comm~post", NULL, 1, L"filter comm~post  8  PSS at most 170M  Esc ends it" },
		{ 40, "comm~post rss>1M", NULL, 1, L"filter comm~...  8  PSS at most 170M Esc" },
		{ 60, "", "user=db", 0, L"filter user=db  8 of 9 processes  PSS 80.0M" },
		{ 60, "pid=3", "user=db", 0,
			L"filter user=db and pid=3  1  PSS 10.0M           Esc ends it" },
		{ 60, "comm=x", NULL, 0, L"nothing passes the filter comm=x, Esc ends it" },
		{ 60, "", "comm=x", 0, L"filter comm=x  8 of 9 processes  PSS 80.0M" },
		{ 80, "comm~kw", NULL, 0,
			L"nothing passes the filter comm~kw, K shows kernel threads, Esc ends it" },
		{ 40, "comm=somebody", NULL, 0, L"nothing passes the filter" },
		{ 60, "", NULL, 0, L"" },
	};
	struct screen_fixture *fixture = *state;

	add_rows(fixture, 9);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		wchar_t line[WIDTH * 4];

		for (int j = 0; j < 9; j++)
			snapshot_rollup(&fixture->snapshot, &fixture->snapshot.processes[j])->pss =
				j + cases[i].unknown < 8 ? 10 << 20 : UNKNOWN;
		fixture->tui->processes->given_filter = cases[i].given;
		screen_filter(fixture->tui, cases[i].filter);
		line_of(fixture, cases[i].width, HEADER_WITH_TABS, line);
		if (wcsncmp(line, cases[i].text, wcslen(cases[i].text)) != 0)
			fail_msg("%d: '%ls' is not '%ls'", (int)i, line, cases[i].text);
	}
}

static void
U1_a_filter_has_its_line_before_other_lines_of_the_header(void **state)
{
	static const struct {
		int height, with, without;
	} cases[] = { { 24, 7, 6 }, { 10, 2, 2 }, { 9, 1, 1 }, { 5, 1, 0 }, { 3, 0, 0 } };
	struct screen_fixture *fixture = *state;

	add_rows(fixture, 9);
	screen_fixture_show(fixture);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		screen_filter(fixture->tui, "pid=3");
		assert_int_equal(header_height(fixture->tui, cases[i].height), cases[i].with);
		assert_int_equal(
			filter_line_height(fixture->tui, cases[i].height), cases[i].height > 3);
		screen_filter(fixture->tui, "");
		assert_int_equal(header_height(fixture->tui, cases[i].height), cases[i].without);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_shows_what_memtop_itself_uses),
		TEST(it_says_where_the_interval_is_stretched),
		TEST(F10_kills_are_those_since_boot_with_the_last_one),
		TEST(a_kill_is_red_until_the_user_has_seen_it),
		TEST(a_limit_of_memtop_itself_is_a_line_where_there_is_room),
		TEST(a_state_is_coloured_by_its_gravity),
		TEST(a_machine_that_fills_says_when_it_is_full_and_by_whom),
		TEST(stalls_are_coloured_while_they_are_there),
		TEST(figures_that_grow_push_none_aside),
		TEST(F11_what_moves_is_in_bytes_a_second),
		TEST(U17_the_time_since_boot_is_in_words),
		TEST(F9_U1_a_filter_is_always_seen_with_what_it_lets_through),
		TEST(U1_a_filter_has_its_line_before_other_lines_of_the_header),
	};
	int failed;

	setenv("TZ", "UTC", 1);
	tzset();
	if (!terminal_open())
		return 0;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	terminal_close();
	return failed;
}
