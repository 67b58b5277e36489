// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/known.h"
#include "model/moment.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

/* Saturday 2026-11-28 12:00 in a zone with summer time, one hour before UTC. */
#define NOON (INT64_C(1795863600) * NS_PER_SEC)

static int
set_up(void **state)
{
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	return 0;
}

/* The seconds since 1970 that a text stands for. */
static int64_t
seconds_of(const char *text, int64_t now)
{
	struct moment moment;

	if (moment_parse(text, now, &moment) < 0)
		return -1;
	assert_int_equal(moment.kind, MOMENT_AT);
	return moment.time / NS_PER_SEC;
}

static void
a_time_is_the_last_one_that_was_so_late(void **state)
{
	assert_int_equal(seconds_of("12:00", NOON), 1795863600);
	assert_int_equal(seconds_of("03:12", NOON), 1795863600 - 8 * 3600 - 48 * 60);
	assert_int_equal(seconds_of("03:12:10", NOON), 1795863600 - 8 * 3600 - 48 * 60 + 10);
	assert_int_equal(seconds_of("23:00", NOON), 1795863600 - 13 * 3600);
	assert_int_equal(seconds_of("yesterday 03:12", NOON), 1795863600 - 32 * 3600 - 48 * 60);
	assert_int_equal(seconds_of("yesterday 23:00", NOON), 1795863600 - 13 * 3600);
	assert_int_equal(seconds_of("yesterday", NOON), 1795863600 - 36 * 3600);
}

static void
a_date_is_local_unless_it_says_its_zone(void **state)
{
	assert_int_equal(seconds_of("2026-11-28 12:00", NOON), 1795863600);
	assert_int_equal(seconds_of("2026-11-28T12:00:01", NOON), 1795863601);
	assert_int_equal(seconds_of("2026-11-28T11:00:00Z", NOON), 1795863600);
	assert_int_equal(seconds_of("2026-11-28T11:00:00.250Z", NOON), 1795863600);
	assert_int_equal(seconds_of("2026-11-28T06:00:00-05:00", NOON), 1795863600);
	assert_int_equal(seconds_of("2026-11-28T12:00:00+0100", NOON), 1795863600);
	assert_int_equal(seconds_of("2026-11-28", NOON), 1795863600 - 12 * 3600);
	assert_int_equal(seconds_of("2026-07-01 12:00", NOON), 1782900000);
}

static void
a_fraction_of_a_second_counts(void **state)
{
	struct moment moment;

	assert_int_equal(moment_parse("2026-11-28T11:00:00.250Z", NOON, &moment), 0);
	assert_int_equal(moment.time, NOON + 250 * NS_PER_MS);
}

static void
of_an_hour_that_is_there_twice_the_later_one_counts(void **state)
{
	/* On 2026-10-25 the clock goes from 3:00 summer time to 2:00. */
	assert_int_equal(seconds_of("2026-10-25T00:30:00Z", NOON), 1792888200);
	assert_int_equal(seconds_of("2026-10-25 02:30", NOON), 1792888200 + 3600);
	/* On 2026-03-29 there is no 2:30. */
	assert_int_equal(seconds_of("2026-03-29 02:30", NOON), 1774747800);
	/* The day has 25 hours. */
	assert_int_equal(
		seconds_of("yesterday 12:00", (INT64_C(1792888200) + 20 * 3600) * NS_PER_SEC),
		1792888200 - 14 * 3600 - 1800);
}

static void
a_span_is_before_or_after_now(void **state)
{
	assert_int_equal(seconds_of("-2h", NOON), 1795863600 - 7200);
	assert_int_equal(seconds_of("-90", NOON), 1795863600 - 90);
	assert_int_equal(seconds_of("+10m", NOON), 1795863600 + 600);
	assert_int_equal(seconds_of("@1795863600", NOON), 1795863600);
	assert_int_equal(seconds_of("@1795863600.5", NOON), 1795863600);
}

static void
names_stand_for_samples(void **state)
{
	struct moment moment;

	assert_int_equal(moment_parse("first", NOON, &moment), 0);
	assert_int_equal(moment.kind, MOMENT_FIRST);
	assert_int_equal(moment_parse("last", NOON, &moment), 0);
	assert_int_equal(moment.kind, MOMENT_LAST);
	assert_int_equal(moment_parse("oom", NOON, &moment), 0);
	assert_int_equal(moment.kind, MOMENT_LAST_KILL);
}

static void
all_else_is_refused(void **state)
{
	static const char *const texts[] = { "", "3", "3:12", "25:00", "03:60", "03:12x",
		"03:12:", "yesterday x", "2026-13-01", "2026-11-28T", "2026-11-28T12:00+",
		"2026-11-28 12:00 Z", "-", "-x", "--2h", "@", "@x", "@99999999999999999999",
		"-99999999999d", "9999-01-01T00:00:00Z", "9999-01-01", "tomorrow", "ooms" };
	struct moment moment;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (moment_parse(texts[i], NOON, &moment) != -EINVAL)
			fail_msg("'%s' is taken", texts[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_time_is_the_last_one_that_was_so_late),
		cmocka_unit_test(a_date_is_local_unless_it_says_its_zone),
		cmocka_unit_test(a_fraction_of_a_second_counts),
		cmocka_unit_test(of_an_hour_that_is_there_twice_the_later_one_counts),
		cmocka_unit_test(a_span_is_before_or_after_now),
		cmocka_unit_test(names_stand_for_samples),
		cmocka_unit_test(all_else_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
