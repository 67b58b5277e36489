// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/text.h"

#include <errno.h>
#include <locale.h>
#include <string.h>

static void
unsafe_characters_are_escaped(void **state)
{
	static const struct {
		const char *text, *ascii, *utf8;
	} cases[] = {
		{ "plain", "plain", "plain" },
		{ "", "", "" },
		{ "C:\\new", "C:\\\\new", "C:\\\\new" },
		{ "\xef\xb8\x8f", "\\ufe0f", "\\ufe0f" },
		{ "\xf0\x9d\x85\xb3", "\\U0001d173", "\\U0001d173" },
		{ "a\nb\tc\rd", "a\\nb\\tc\\rd", "a\\nb\\tc\\rd" },
		{ "\x1b[31mred", "\\x1b[31mred", "\\x1b[31mred" },
		{ "del\x7f", "del\\x7f", "del\\x7f" },
		{ "\xc2\x9b"
		  "31m",
			"\\u009b31m", "\\u009b31m" },
		{ "\xe2\x80\xae"
		  "gpj.exe",
			"\\u202egpj.exe", "\\u202egpj.exe" },
		{ "\xe2\x80\x8b", "\\u200b", "\\u200b" },
		{ "\xf3\xa0\x80\x81", "\\U000e0001", "\\U000e0001" },
		{ "bad \xff\xc0\x80", "bad \\xff\\xc0\\x80", "bad \\xff\\xc0\\x80" },
		{ "cut \xe2\x82", "cut \\xe2\\x82", "cut \\xe2\\x82" },
		{ "surrogate \xed\xa0\x80", "surrogate \\xed\\xa0\\x80",
			"surrogate \\xed\\xa0\\x80" },
		{ "gr\xc3\xbc\xc3\x9f"
		  "e",
			"gr??e",
			"gr\xc3\xbc\xc3\x9f"
			"e" },
		{ "\xe4\xb8\xad\xe6\x96\x87", "??", "\xe4\xb8\xad\xe6\x96\x87" },
	};
	char safe[64];
	size_t length;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		text_safe(safe, sizeof(safe), cases[i].text, CHARSET_ASCII);
		assert_string_equal(safe, cases[i].ascii);
		length = text_safe(safe, sizeof(safe), cases[i].text, CHARSET_UTF8);
		assert_int_equal(length, strlen(safe));
		assert_string_equal(safe, cases[i].utf8);
	}
}

/* In any locale. UTF-8 of U+0378 and so on. */
static void
S6_what_has_no_defined_width_is_escaped(void **state)
{
	static const struct {
		const char *text, *safe;
	} cases[] = {
		{ "\xcd\xb8", "\\u0378" },             /* unassigned */
		{ "\xf0\x9f\xbf\xbe", "\\U0001fffe" }, /* no character */
		{ "\xef\xb7\x90", "\\ufdd0" },         /* no character */
		{ "\xee\x80\x80", "\\ue000" },         /* private use */
		{ "\xf3\xb0\x80\x80", "\\U000f0000" }, /* private use */
		{ "\xf4\x8f\xbf\xbd", "\\U0010fffd" }, /* private use */
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" }, /* surrogate */
		{ "\xf3\xa0\x81\x81", "\\U000e0041" }, /* tag */
		{ "\xe2\x81\xa6", "\\u2066" },         /* bidirectional isolate */
		{ "\xd8\x9c", "\\u061c" },             /* Arabic letter mark */
		{ "\xf0\xb3\x80\x80", "\\U00033000" }, /* unassigned plane */
	};
	static const char *const locales[] = { "C", "C.UTF-8" };
	static const char letters[] = "\xc3\xbc\xd0\x96\xe4\xb8\xad\xf0\x9f\x98\x80";
	char safe[64];

	for (size_t i = 0; i < ARRAY_SIZE(locales); i++) {
		if (!setlocale(LC_CTYPE, locales[i]))
			continue;
		for (size_t j = 0; j < ARRAY_SIZE(cases); j++) {
			text_safe(safe, sizeof(safe), cases[j].text, CHARSET_UTF8);
			assert_string_equal(safe, cases[j].safe);
			text_safe(safe, sizeof(safe), cases[j].text, CHARSET_ASCII);
			assert_string_equal(safe, cases[j].safe);
		}
		text_safe(safe, sizeof(safe), letters, CHARSET_UTF8);
		assert_string_equal(safe, letters);
	}
}

static void
every_single_byte_is_made_safe(void **state)
{
	for (int byte = 1; byte < 256; byte++) {
		char text[2] = { (char)byte, '\0' }, safe[16];

		text_safe(safe, sizeof(safe), text, CHARSET_UTF8);
		for (const char *at = safe; *at; at++)
			assert_in_range((unsigned char)*at, 0x20, 0x7e);
	}
}

static void
a_short_buffer_cuts_at_a_whole_form(void **state)
{
	char safe[8];

	text_safe(safe, 6, "ab\x1b[1m", CHARSET_UTF8); /* \x1b does not fit behind ab */
	assert_string_equal(safe, "ab");
	text_safe(safe, 3, "\xe4\xb8\xad", CHARSET_UTF8);
	assert_string_equal(safe, "");
	text_safe(safe, 4, "\xe4\xb8\xad", CHARSET_UTF8);
	assert_string_equal(safe, "\xe4\xb8\xad");
}

static void
invalid_bytes_become_replacement_characters(void **state)
{
	char valid[64];

	text_valid(valid, sizeof(valid),
		"a\xff"
		"b\x1b\xc3\xbc");
	assert_string_equal(valid, "a\xef\xbf\xbd"
				   "b\x1b\xc3\xbc");
}

static void
width_counts_columns_not_bytes(void **state)
{
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		skip();
	assert_int_equal(text_width("abc"), 3);
	assert_int_equal(text_width("\xe4\xb8\xad\xe6\x96\x87"), 4);
	assert_int_equal(text_width("e\xcc\x81"), 1); /* combining acute */
	assert_int_equal(text_fit("\xe4\xb8\xad\xe6\x96\x87", 3), 3);
	assert_int_equal(text_fit("abc", 2), 2);
	assert_int_equal(text_fit("abc", 0), 0);
}

static void
a_combining_mark_joins_nothing_before_the_text(void **state)
{
	char safe[16];

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		skip();
	text_safe(safe, sizeof(safe), "\xcc\x81x", CHARSET_UTF8);
	assert_string_equal(safe, "\\u0301x");
	text_safe(safe, sizeof(safe), "e\xcc\x81", CHARSET_UTF8);
	assert_string_equal(safe, "e\xcc\x81");
}

static void
numbers_are_checked(void **state)
{
	static const struct {
		const char *text;
		int error;
		int64_t number;
	} cases[] = {
		{ "0", 0, 0 },
		{ "-5", 0, -5 },
		{ "9223372036854775807", 0, INT64_MAX },
		{ "9223372036854775808", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "-", -EINVAL, 0 },
		{ "5x", -EINVAL, 0 },
		{ " 5", -EINVAL, 0 },
		{ "0x10", -EINVAL, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t number = 77;

		assert_int_equal(text_to_number(cases[i].text, &number), cases[i].error);
		assert_int_equal(number, cases[i].error ? 77 : cases[i].number);
	}
}

static void
decimals_take_point_or_comma(void **state)
{
	static const char *const bad[] = { "", ".", ",", "-1", "1e3", "nan", "inf", "1.2.3", "1 ",
		"0x1" };
	double decimal;

	assert_int_equal(text_to_decimal("1.5", &decimal), 0);
	assert_true(decimal == 1.5);
	assert_int_equal(text_to_decimal("0,25", &decimal), 0);
	assert_true(decimal == 0.25);
	assert_int_equal(text_to_decimal(".5", &decimal), 0);
	assert_true(decimal == 0.5);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(text_to_decimal(bad[i], &decimal), -EINVAL);
}

static void
a_path_is_below_whole_parts_only(void **state)
{
	static const struct {
		const char *path, *folder;
		bool is_below;
	} cases[] = {
		{ "/a/b", "/a", true },
		{ "/a", "/a", true },
		{ "/a/", "/a", true },
		{ "/a", "/a/", true },
		{ "/ab", "/a", false },
		{ "/a", "/a/b", false },
		{ "/a", "/", true },
		{ "/", "/", true },
		{ "/a", "", true },
		{ "/b", "/a", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(text_is_below(cases[i].path, cases[i].folder), cases[i].is_below);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_is_below_whole_parts_only),
		cmocka_unit_test(unsafe_characters_are_escaped),
		cmocka_unit_test(S6_what_has_no_defined_width_is_escaped),
		cmocka_unit_test(every_single_byte_is_made_safe),
		cmocka_unit_test(a_short_buffer_cuts_at_a_whole_form),
		cmocka_unit_test(invalid_bytes_become_replacement_characters),
		cmocka_unit_test(width_counts_columns_not_bytes),
		cmocka_unit_test(a_combining_mark_joins_nothing_before_the_text),
		cmocka_unit_test(numbers_are_checked),
		cmocka_unit_test(decimals_take_point_or_comma),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
