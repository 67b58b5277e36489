// SPDX-License-Identifier: GPL-3.0-or-later
#include "screen-fixture.h"
#include "terminal.h"
#include "unit.h"

#include "model/moment.h"
#include "tui/past.h"
#include "tui/tui.h"

#include <string.h>

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
	};

	return RUN_ON_TERMINAL(tests);
}
