// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define GIB (INT64_C(1) << 30)
#define NS INT64_C(1000000000)

static void
numbers_are_written_for_people(void **state)
{
	static const struct {
		enum unit unit;
		int64_t number;
		const char *text;
	} cases[] = {
		{ UNIT_NUMBER, UNKNOWN, "-" },
		{ UNIT_BYTES, UNKNOWN, "-" },
		{ UNIT_NUMBER, 0, "0" },
		{ UNIT_NUMBER, -1000, "-1000" },
		{ UNIT_NUMBER, INT64_MAX, "9223372036854775807" },
		{ UNIT_BYTES, 0, "0" },
		{ UNIT_BYTES, 999, "999" },
		{ UNIT_BYTES, 1000, "1.0K" },
		{ UNIT_BYTES, 1024, "1.0K" },
		{ UNIT_BYTES, 4096, "4.0K" },
		{ UNIT_BYTES, 1023 * 1024, "1.0M" },
		{ UNIT_BYTES, 999 * 1024, "999K" },
		{ UNIT_BYTES, 13841203, "13.2M" },
		{ UNIT_BYTES, 31 * GIB + GIB / 5, "31.2G" },
		{ UNIT_BYTES, -9 * GIB - 9 * GIB / 10, "-9.9G" },
		{ UNIT_BYTES, INT64_MAX, "8192P" },
		{ UNIT_LIMIT, 13841203, "13.2M" },
		{ UNIT_LIMIT, 0, "0" },
		{ UNIT_LIMIT, UNLIMITED, "none" },
		{ UNIT_LIMIT, UNKNOWN, "-" },
		{ UNIT_BYTES_PER_MINUTE, 1536, "1.5K" },
		{ UNIT_RATE, 300, "0.3" },
		{ UNIT_RATE, 5000, "5" },
		{ UNIT_RATE, 12300000, "12.3k" },
		{ UNIT_RATE, 1200000000, "1.2M" },
		{ UNIT_PERCENT, 123, "12.3" },
		{ UNIT_PERCENT, 1000, "100.0" },
		{ UNIT_ID, 4242, "4242" },
		{ UNIT_ID, -1, "18446744073709551615" },
		{ UNIT_ADDRESS, 0, "0" },
		{ UNIT_ADDRESS, 0x7ffff7dd5000, "7ffff7dd5000" },
		{ UNIT_ADDRESS, -10485760, "ffffffffff600000" },
		{ UNIT_ADDRESS, UNKNOWN, "-" },
		{ UNIT_SPAN, 3 * NS + 940000000, "3s" },
		{ UNIT_SPAN, 3443 * NS + 940000000, "57m 23s" },
		{ UNIT_SPAN, 11520 * NS, "3h 12m" },
		{ UNIT_SPAN, (12 * 86400 + 3 * 3600 + 59 * 60) * NS, "12d 3h" },
		{ UNIT_BYTES_PER_SECOND, 4096, "4.0K" },
		{ UNIT_DURATION, 754 * NS + 560000000, "12:34.56" },
		{ UNIT_DURATION, 86340 * NS, "23h59m" },
		{ UNIT_DURATION, (12 * 86400 + 3 * 3600) * NS, "12d03h" },
	};
	char text[UNIT_FORMAT_SIZE];
	size_t length;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		length = unit_format(text, cases[i].unit, cases[i].number, SCALE_HUMAN);
		assert_int_equal(length, strlen(text));
		assert_string_equal(text, cases[i].text);
	}
}

static void
bytes_keep_one_unit_where_asked(void **state)
{
	char text[UNIT_FORMAT_SIZE];

	unit_format(text, UNIT_BYTES, 13841203, SCALE_BYTES);
	assert_string_equal(text, "13841203");
	unit_format(text, UNIT_BYTES, 13841203, SCALE_KIBI);
	assert_string_equal(text, "13517K");
	unit_format(text, UNIT_BYTES, 13841203, SCALE_MEBI);
	assert_string_equal(text, "13.2M");
	unit_format(text, UNIT_BYTES, 3 * GIB, SCALE_TEBI);
	assert_string_equal(text, "0.0T");
}

static void
times_are_iso_8601(void **state)
{
	char text[UNIT_FORMAT_SIZE];

	setenv("TZ", "CET-1", 1);
	tzset();
	unit_format(text, UNIT_TIME, INT64_C(1767225600) * NS, SCALE_HUMAN);
	assert_string_equal(text, "2026-01-01T01:00:00+01:00");
}

static void
what_people_write_is_read(void **state)
{
	static const struct {
		enum unit unit;
		const char *text;
		int error;
		int64_t number;
	} cases[] = {
		{ UNIT_BYTES, "500", 0, 500 },
		{ UNIT_BYTES, "500M", 0, 500 * INT64_C(1048576) },
		{ UNIT_BYTES, "1.5g", 0, 3 * GIB / 2 },
		{ UNIT_BYTES, "1,5G", 0, 3 * GIB / 2 },
		{ UNIT_BYTES, "2KiB", 0, 2048 },
		{ UNIT_BYTES, "2kB", 0, 2048 },
		{ UNIT_BYTES, "7B", 0, 7 },
		{ UNIT_BYTES, "-1K", 0, -1024 },
		{ UNIT_LIMIT, "1K", 0, 1024 },
		{ UNIT_LIMIT, "none", 0, UNLIMITED },
		{ UNIT_BYTES, "none", -EINVAL, 0 },
		{ UNIT_NUMBER, "800", 0, 800 },
		{ UNIT_NUMBER, "1k", 0, 1000 },
		{ UNIT_RATE, "2.5", 0, 2500 },
		{ UNIT_PERCENT, "12.5", 0, 125 },
		{ UNIT_ID, "4242", 0, 4242 },
		{ UNIT_ID, "1k", 0, 1000 },
		{ UNIT_ID, "18446744073709551615", 0, -1 },
		{ UNIT_ID, "18446744073709551616", -ERANGE, 0 },
		{ UNIT_ADDRESS, "7ffff7dd5000", 0, 0x7ffff7dd5000 },
		{ UNIT_ADDRESS, "0xFFFFFFFFFF600000", 0, -10485760 },
		{ UNIT_ADDRESS, "10000000000000000", -ERANGE, 0 },
		{ UNIT_ADDRESS, "0x", -EINVAL, 0 },
		{ UNIT_ADDRESS, "12g", -EINVAL, 0 },
		{ UNIT_DURATION, "90", 0, 90 * NS },
		{ UNIT_DURATION, "5m", 0, 300 * NS },
		{ UNIT_DURATION, "2h", 0, 7200 * NS },
		{ UNIT_BYTES, "", -EINVAL, 0 },
		{ UNIT_BYTES, ">5", -EINVAL, 0 },
		{ UNIT_BYTES, "5X", -EINVAL, 0 },
		{ UNIT_BYTES, "5MM", -EINVAL, 0 },
		{ UNIT_BYTES, "5Bi", -EINVAL, 0 },
		{ UNIT_BYTES, "1.2.3", -EINVAL, 0 },
		{ UNIT_NUMBER, "abc", -EINVAL, 0 },
		{ UNIT_BYTES, "99999999P", -ERANGE, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t number = 77;

		assert_int_equal(unit_parse(cases[i].unit, cases[i].text, &number), cases[i].error);
		assert_int_equal(number, cases[i].error ? 77 : cases[i].number);
	}
}

/* What cell_width() relies on. */
static void
a_size_for_people_has_at_most_six_characters(void **state)
{
	char text[UNIT_FORMAT_SIZE];

	for (int64_t size = 1; size < INT64_MAX / 3; size += size / 7 + 1) {
		assert_in_range(unit_format(text, UNIT_BYTES, size, SCALE_HUMAN), 1, 6);
		assert_in_range(unit_format(text, UNIT_BYTES, -size, SCALE_HUMAN), 1, 6);
	}
	assert_in_range(unit_format(text, UNIT_BYTES, INT64_MAX, SCALE_HUMAN), 1, 6);
	assert_in_range(unit_format(text, UNIT_BYTES, INT64_MIN + 1, SCALE_HUMAN), 1, 6);
}

static void
L25_numbers_without_a_sign_are_in_order(void **state)
{
	static const uint64_t ascending[] = { 0, 1, INT64_MAX, (uint64_t)INT64_MAX + 2,
		UINT64_MAX };
	static const enum unit units[] = { UNIT_ID, UNIT_ADDRESS };

	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		for (size_t j = 1; j < ARRAY_SIZE(ascending); j++)
			assert_true(unit_in_order(units[i], (int64_t)ascending[j - 1]) <
				    unit_in_order(units[i], (int64_t)ascending[j]));
	assert_true(unit_in_order(UNIT_ID, 0) > UNKNOWN);
	assert_true(unit_in_order(UNIT_ID, UNKNOWN) == UNKNOWN);
	assert_true(unit_in_order(UNIT_BYTES, -1) == -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(L25_numbers_without_a_sign_are_in_order),
		cmocka_unit_test(numbers_are_written_for_people),
		cmocka_unit_test(a_size_for_people_has_at_most_six_characters),
		cmocka_unit_test(bytes_keep_one_unit_where_asked),
		cmocka_unit_test(times_are_iso_8601),
		cmocka_unit_test(what_people_write_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
