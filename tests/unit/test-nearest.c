// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/nearest.h"

#include <string.h>

static void
the_distance_is_the_number_of_slips(void **state)
{
	static const struct {
		const char *a, *b;
		size_t distance;
	} cases[] = {
		{ "", "", 0 },
		{ "", "abc", 3 },
		{ "batch", "batch", 0 },
		{ "BATCH", "batch", 0 },
		{ "batchh", "batch", 1 },
		{ "batc", "batch", 1 },
		{ "betch", "batch", 1 },
		{ "fliter", "filter", 1 }, /* two neighbours swapped */
		{ "kitten", "sitting", 3 },
		{ "ca", "abc", 3 }, /* nothing is changed twice */
		{ "abcdefghijklmnopqrstuvwxyzabcdef", "bcdefghijklmnopqrstuvwxyzabcdefg", 2 },
		{ "abcdefghijklmnopqrstuvwxyzabcdefg", "a", SIZE_MAX },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *a = cases[i].a, *b = cases[i].b;

		assert_int_equal(nearest_distance(a, strlen(a), b, strlen(b)), cases[i].distance);
		assert_int_equal(nearest_distance(b, strlen(b), a, strlen(a)), cases[i].distance);
	}
}

static void
the_nearest_name_is_found_or_none(void **state)
{
	static const char *const names[] = { "text", "json", "csv", "batch", "budget", "filter",
		"fields", "rss", "res" };
	static const struct {
		const char *word, *name;
	} cases[] = {
		{ "jsn", "json" },
		{ "josn", "json" },
		{ "cvs", "csv" },
		{ "rsss", "rss" },
		{ "fil", "filter" }, /* only its beginning was typed */
		{ "batchh", "batch" },
		{ "bugdet", "budget" },
		{ "x", NULL },
		{ "", NULL },
		{ "xml", NULL },
		{ "postgres", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nearest nearest = { .word = cases[i].word, .length = strlen(cases[i].word) };

		for (size_t j = 0; j < ARRAY_SIZE(names); j++)
			nearest_offer(&nearest, names[j]);
		if (cases[i].name)
			assert_string_equal(nearest.name, cases[i].name);
		else if (nearest.name)
			fail_msg("'%s' is taken for '%s'", cases[i].word, nearest.name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_distance_is_the_number_of_slips),
		cmocka_unit_test(the_nearest_name_is_found_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
