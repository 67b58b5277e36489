// SPDX-License-Identifier: GPL-3.0-or-later
#include "screen-fixture.h"
#include "terminal.h"
#include "unit.h"

#include "model/history.h"
#include "model/moment.h"
#include "tui/past.h"
#include "tui/tui.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

enum { WIDEST = 200, MIB = 1 << 20 };

static int
set_up(void **state)
{
	struct screen_fixture *fixture = screen_fixture_create("pid");

	fixture->tui->past.is_open = true;
	screen_fixture_show(fixture);
	*state = fixture;
	return 0;
}

static void
assert_taken(struct screen_fixture *fixture, enum moment_kind kind, int64_t steps)
{
	struct moment moment;

	assert_true(tui_take_moment(fixture->tui, &moment));
	assert_int_equal(moment.kind, kind);
	assert_int_equal(moment.steps, steps);
}

static void
assert_no_more(struct screen_fixture *fixture)
{
	struct moment moment;

	assert_false(tui_take_moment(fixture->tui, &moment));
}

static void
steps_that_wait_add_up(void **state)
{
	struct screen_fixture *fixture = *state;

	screen_fixture_type(fixture, "tttT");
	assert_taken(fixture, MOMENT_STEP, 2);
	assert_no_more(fixture);
	screen_fixture_type(fixture, "tt");
	assert_taken(fixture, MOMENT_STEP, 2);
}

static void
keys_that_come_before_a_sample_was_read_are_not_lost(void **state)
{
	struct screen_fixture *fixture = *state;

	screen_fixture_type(fixture, "Zt]T");
	assert_taken(fixture, MOMENT_LAST, 0);
	assert_taken(fixture, MOMENT_STEP, 1);
	tui_miss_moment(fixture->tui);
	assert_string_equal(fixture->tui->message, "this is the last sample");
	assert_taken(fixture, MOMENT_MARK, 1);
	tui_miss_moment(fixture->tui);
	assert_string_equal(fixture->tui->message, "no further kill, gap or other event");
	assert_taken(fixture, MOMENT_STEP, -1);
	tui_miss_moment(fixture->tui);
	assert_string_equal(fixture->tui->message, "this is the first sample");
	assert_no_more(fixture);
}

static void
of_many_keys_the_last_one_counts(void **state)
{
	struct screen_fixture *fixture = *state;
	struct moment moment;
	size_t count = 0;

	for (int i = 0; i < 3 * PAST_MOST_WANTED; i++)
		screen_fixture_type(fixture, "]");
	screen_fixture_type(fixture, "}");
	while (tui_take_moment(fixture->tui, &moment))
		count++;
	assert_int_equal(count, PAST_MOST_WANTED);
	assert_int_equal(moment.kind, MOMENT_PEAK);
	screen_fixture_type(fixture, "]]tr");
	assert_taken(fixture, MOMENT_FIRST, 0); /* nothing before it matters */
	assert_no_more(fixture);
}

static bool
screen_has(const wchar_t *text)
{
	bool has = false;
	wchar_t line[WIDEST];

	for (int y = 0; y < getmaxy(stdscr); y++) {
		mvwinnwstr(stdscr, y, 0, line, WIDEST - 1);
		has = has || wcsstr(line, text);
	}
	return has;
}

/* Of another boot another process may have its PID. */
static void
a_history_is_of_the_process_of_the_page(void **state)
{
	struct screen_fixture *fixture = *state;
	struct snapshot *snapshot = &fixture->snapshot;
	struct history_part *part;

	screen_fixture_add(fixture, 4, "four");
	screen_fixture_show(fixture);
	snapshot->bits = snapshot->focus_bits = UINT64_MAX;
	screen_fixture_type(fixture, "H");
	part = rows_add(&snapshot->history, &history_table);
	*part = (struct history_part){ 0, 1, MIB, MIB, MIB };
	snapshot->focus = 4;
	for (int64_t start = 6; start < 8; start++) {
		snapshot->focus_start = start;
		tui_draw(fixture->tui);
		assert_true(screen_has(L"four (4)"));
		assert_true(screen_has(L"reading the recording of this day ...") == (start != 7));
		assert_true(screen_has(L"RES on this day: 1.0M") == (start == 7));
		assert_true(tui_is_complete(fixture->tui) == (start == 7));
	}
	snapshot->processes[0].start_time = 8;
	rows_reset(&snapshot->history);
	tui_draw(fixture->tui);
	assert_true(screen_has(L"not in this sample (4)"));
	assert_true(screen_has(L"nothing was recorded of it on this day"));
}

/* At the end of summer time, when 02:30 comes twice. */
static void
an_hour_that_comes_twice_has_its_zone(void **state)
{
	static const struct {
		int64_t seconds;
		const wchar_t *shown;
	} times[] = {
		{ 1792888200 - 3600, L"2026-10-25 01:30:00 +0s" },
		{ 1792888200, L"2026-10-25 02:30:00 CEST" },
		{ 1792888200 + 3600, L"2026-10-25 02:30:00 CET" },
		{ 1792888200 + 7200, L"2026-10-25 03:30:00 +0s" },
	};
	struct screen_fixture *fixture = *state;
	const char *zone = getenv("TZ");

	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	fixture->snapshot.past.is_there = true;
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		fixture->snapshot.time = times[i].seconds * NS_PER_SEC;
		tui_draw(fixture->tui);
		assert_true(screen_has(times[i].shown));
	}
	setenv("TZ", zone ? zone : "", 1);
	tzset();
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			steps_that_wait_add_up, set_up, screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			keys_that_come_before_a_sample_was_read_are_not_lost, set_up,
			screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			of_many_keys_the_last_one_counts, set_up, screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			a_history_is_of_the_process_of_the_page, set_up, screen_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			an_hour_that_comes_twice_has_its_zone, set_up, screen_fixture_tear_down),
	};

	return RUN_ON_TERMINAL(tests);
}
