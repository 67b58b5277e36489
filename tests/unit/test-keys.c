// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "tui/editor.h"
#include "tui/past.h"
#include "tui/view.h"

#include <string.h>

static void
check_keys(const struct key_list *list, bool has_key[static ACTION_COUNT])
{
	for (size_t i = 0; i < list->count; i++) {
		const struct key_binding *binding = &list->bindings[i];

		assert_true(binding->codes[0] != 0);
		assert_true(*binding->help && *binding->keys);
		assert_false(has_key[binding->action]);
		has_key[binding->action] = true;
		for (size_t j = 0; j < MOST_KEYS && binding->codes[j]; j++)
			assert_int_equal(action_of_key(list, binding->codes[j]), binding->action);
	}
}

static void
every_request_has_a_key_and_no_key_two(void **state)
{
	bool has_key[ACTION_COUNT] = { false };

	check_keys(&screen_keys, has_key);
	check_keys(&past_keys, has_key);
	check_keys(&prompt_keys, has_key);
	check_keys(&editor_keys, has_key);
	for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++)
		assert_true(has_key[action]);
	for (int key = 1; key <= KEY_MAX; key++)
		assert_true(!view_of_key(key) || action_of_key(&screen_keys, key) == ACTION_NONE);
}

static void
a_key_has_the_name_that_people_know(void **state)
{
	static const struct {
		int code;
		const char *name;
	} cases[] = {
		{ 'G', "G" },
		{ ' ', "Space" },
		{ 27, "Esc" },
		{ '\t', "Tab" },
		{ 18, "Ctrl-R" },
		{ 127, "Backspace" },
		{ KEY_F(6), "F6" },
		{ KEY_F(63), "F63" },
		{ KEY_PPAGE, "PgUp" },
		{ 0xe4, "that one" },
		{ KEY_SRIGHT, "that one" },
		{ -1, "that one" },
	};
	char name[KEY_NAME_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		name_of_key(name, cases[i].code);
		assert_string_equal(name, cases[i].name);
	}
}

/* Calls `check` with the first word of each part of a text, between which there are two blanks. */
static void
each_part(const char *text, const struct key_list *list,
	void (*check)(const struct key_list *, const char *, size_t))
{
	while (*text) {
		const char *end = strstr(text, "  ");

		check(list, text, strcspn(text, " "));
		if (!end)
			return;
		text = end + 2;
	}
}

static void
is_key(const struct key_list *list, const char *name, size_t length)
{
	bool is_known =
		key_of_name(list, name, length) != 0 || key_of_name(&past_keys, name, length) != 0;

	for (size_t i = 0; i < view_count && !is_known; i++)
		is_known = key_binding_named(&views[i]->key, name, length) != 0;
	assert_true(is_known);
}

/* So that it can be clicked. */
static void
U13_every_hint_begins_with_a_key(void **state)
{
	for (size_t i = 0; i < view_count; i++)
		each_part(views[i]->hint, &screen_keys, is_key);
	each_part(editor_hint, &editor_keys, is_key);
	each_part(past_hint, &screen_keys, is_key);
}

static void
check_names(const struct key_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct key_binding *binding = &list->bindings[i];

		if (binding->action == ACTION_ADJ_NUMBER) /* "- 0 to 9" */
			continue;
		for (const char *word = binding->keys; *word; word += strspn(word, " ")) {
			size_t length = strcspn(word, " ");
			int code = key_of_name(list, word, length);

			assert_int_equal(action_of_key(list, code), binding->action);
			word += length;
		}
	}
}

static void
every_name_in_the_help_is_that_of_its_key(void **state)
{
	check_names(&screen_keys);
	check_names(&past_keys);
	check_names(&prompt_keys);
	check_names(&editor_keys);
}

/* What people who know top and htop type. */
static void
U13_keys_of_top_and_htop_mean_the_same(void **state)
{
	static const struct {
		int code;
		enum action action;
	} cases[] = {
		{ KEY_F(3), ACTION_SEARCH },
		{ 'L', ACTION_SEARCH },
		{ KEY_F(4), ACTION_FILTER },
		{ 'o', ACTION_FILTER },
		{ KEY_F(5), ACTION_TREE },
		{ 't', ACTION_TREE },
		{ KEY_F(6), ACTION_SORT_LIST },
		{ '.', ACTION_SORT_LIST },
		{ KEY_F(7), ACTION_ADJUST_DOWN },
		{ KEY_F(8), ACTION_ADJUST_UP },
		{ KEY_F(9), ACTION_SIGNAL },
		{ 'k', ACTION_SIGNAL },
		{ KEY_F(10), ACTION_QUIT },
		{ 'M', ACTION_SORT_MEMORY },
		{ 'P', ACTION_SORT_CPU },
		{ 'N', ACTION_SORT_PID },
		{ 'T', ACTION_SORT_TIME },
		{ 'R', ACTION_SORT_REVERSE },
		{ 'I', ACTION_SORT_REVERSE },
		{ 'u', ACTION_USER },
		{ '-', ACTION_FOLD },
		{ '+', ACTION_UNFOLD },
		{ 'U', ACTION_UNTAG_ALL },
		{ 'K', ACTION_KERNEL_THREADS },
		{ 'W', ACTION_SAVE },
		{ 12, ACTION_REDRAW },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(action_of_key(&screen_keys, cases[i].code), cases[i].action);
	assert_string_equal(view_of_key(KEY_F(1))->name, "Help");
	assert_string_equal(view_of_key('h')->name, "Help");
	assert_string_equal(view_of_key(KEY_F(2))->name, "Fields");
	assert_string_equal(view_of_key('f')->name, "Fields");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_request_has_a_key_and_no_key_two),
		cmocka_unit_test(a_key_has_the_name_that_people_know),
		cmocka_unit_test(U13_every_hint_begins_with_a_key),
		cmocka_unit_test(every_name_in_the_help_is_that_of_its_key),
		cmocka_unit_test(U13_keys_of_top_and_htop_mean_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
