// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "tui/style.h"

#include <errno.h>
#include <string.h>

static void
a_look_is_read_as_it_is_written(void **state)
{
	static const struct {
		const char *text;
		struct look look;
	} cases[] = {
		{ "", { -1, -1, 0, 0, 0, 0, 0 } },
		{ "red", { 1, -1, 0, 0, 0, 0, 0 } },
		{ "bold yellow", { 3, -1, 1, 0, 0, 0, 0 } },
		{ "Black on Cyan", { 0, 6, 0, 0, 0, 0, 0 } },
		{ "bright white on bright red", { 15, 9, 0, 0, 0, 0, 0 } },
		{ "  208   on 17 ", { 208, 17, 0, 0, 0, 0, 0 } },
		{ "dim reverse underline italic", { -1, -1, 0, 1, 1, 1, 1 } },
		{ "default on default", { -1, -1, 0, 0, 0, 0, 0 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct look look;

		memset(&look, 0, sizeof(look));
		assert_int_equal(look_parse(cases[i].text, &look), 0);
		assert_int_equal(look.foreground, cases[i].look.foreground);
		assert_int_equal(look.background, cases[i].look.background);
		assert_int_equal(look.bold, cases[i].look.bold);
		assert_int_equal(look.dim, cases[i].look.dim);
		assert_int_equal(look.reverse, cases[i].look.reverse);
		assert_int_equal(look.underline, cases[i].look.underline);
		assert_int_equal(look.italic, cases[i].look.italic);
	}
}

static void
a_wrong_look_changes_nothing(void **state)
{
	static const char *const cases[] = { "pink", "256", "-1", "on", "red on", "bright",
		"bright bold", "bright default", "red on on blue", "12x", "on bold",
		"bright on red" };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct look look = { .foreground = 7 };

		assert_int_equal(look_parse(cases[i], &look), -EINVAL);
		assert_int_equal(look.foreground, 7);
	}
}

static void
each_theme_can_be_read_and_uses_bad_colours_for_what_is_bad_only(void **state)
{
	for (enum theme theme = THEME_DEFAULT; theme < THEMES; theme++)
		for (enum style style = STYLE_NORMAL; style < STYLE_COUNT; style++) {
			const struct palette palette = { .theme = theme };
			const char *text = palette_look(&palette, style);
			struct look look;

			assert_int_equal(look_parse(text, &look), 0);
			assert_true(strlen(text) < LOOK_SIZE && strlen(style_name(style)) > 0);
			if (theme == THEME_MONO)
				assert_true(look.foreground < 0 && look.background < 0);
			if (strstr(text, "red") || strstr(text, "yellow"))
				assert_true(style == STYLE_WARNING || style == STYLE_ALARM);
		}
}

static void
heading_and_selection_differ_without_colours_too(void **state)
{
	const struct palette palette = { .theme = THEME_MONO };

	assert_string_not_equal(
		palette_look(&palette, STYLE_HEADING), palette_look(&palette, STYLE_SELECTED));
	assert_string_not_equal(
		palette_look(&palette, STYLE_SORTED), palette_look(&palette, STYLE_HEADING));
	assert_string_not_equal(
		palette_look(&palette, STYLE_ALARM), palette_look(&palette, STYLE_WARNING));
}

static void
a_look_of_the_settings_has_priority(void **state)
{
	struct palette palette = { .theme = THEME_CONTRAST };

	strcpy(palette.looks[STYLE_ANON], "208");
	assert_string_equal(palette_look(&palette, STYLE_ANON), "208");
	assert_string_equal(palette_look(&palette, STYLE_SHARED), "bright cyan");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_look_is_read_as_it_is_written),
		cmocka_unit_test(a_wrong_look_changes_nothing),
		cmocka_unit_test(each_theme_can_be_read_and_uses_bad_colours_for_what_is_bad_only),
		cmocka_unit_test(heading_and_selection_differ_without_colours_too),
		cmocka_unit_test(a_look_of_the_settings_has_priority),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
