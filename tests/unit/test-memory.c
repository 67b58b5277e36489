// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/arena.h"
#include "base/index.h"
#include "base/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT = 64 * 1024 };

static void
F17_an_array_that_is_far_too_large_shrinks(void **state)
{
	static const struct {
		size_t capacity, count;
		bool shrinks;
	} cases[] = {
		{ 1000000, 1000000, false },
		{ 1000000, 250000, false },
		{ 1000000, 200000, true },
		{ 1000000, 0, true },
		{ KEPT / 8, 0, false }, /* it is not worth it */
		{ 0, 0, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t capacity = 0, before;
		int64_t *array =
			array_reserve(NULL, &capacity, cases[i].capacity, sizeof(array[0]));

		for (size_t j = 0; j < cases[i].count; j++)
			array[j] = (int64_t)j;
		before = capacity;
		array = array_fit(array, &capacity, cases[i].count, sizeof(array[0]));
		assert_int_equal(capacity < before, cases[i].shrinks);
		assert_true(capacity >= cases[i].count);
		assert_true(!cases[i].shrinks || capacity <= 2 * cases[i].count + KEPT);
		for (size_t j = 0; j < cases[i].count; j += 1000)
			assert_int_equal(array[j], j);
		before = capacity;
		array = array_fit(array, &capacity, cases[i].count, sizeof(array[0]));
		assert_int_equal(capacity, before); /* once is enough */
		free(array);
	}
}

/* How many chunks an arena has: each text fills one. */
static size_t
chunks_after(struct arena *arena, size_t count)
{
	static char text[60 * 1024];
	size_t chunks = 0;

	memset(text, 'x', sizeof(text));
	arena_reset(arena);
	for (size_t i = 0; i < count; i++)
		arena_copy(arena, text, sizeof(text));
	arena_reset(arena);
	for (struct arena_chunk *const *link = &arena->first; *link; chunks++)
		link = (struct arena_chunk *const *)*link;
	return chunks;
}

static void
F17_an_arena_that_is_far_too_large_gives_most_of_it_back(void **state)
{
	struct arena arena = { .first = NULL };

	assert_int_equal(chunks_after(&arena, 100), 100);
	assert_int_equal(chunks_after(&arena, 60), 100);
	assert_int_equal(chunks_after(&arena, 10), 21);
	assert_int_equal(chunks_after(&arena, 10), 21);
	assert_int_equal(chunks_after(&arena, 0), 21); /* it was not in use */
	assert_int_equal(chunks_after(&arena, 30), 30);
	arena_finish(&arena);
	assert_null(arena.first);
}

static void
F17_an_index_finds_its_rows_after_it_has_shrunk(void **state)
{
	struct index index = { .heads = NULL };
	size_t heads;

	for (uint64_t i = 0; i < 100000; i++)
		index_add(&index, index_mix(0, i));
	heads = index.head_count;
	for (int round = 0; round < 3; round++) {
		index_reset(&index);
		for (uint64_t i = 0; i < 100; i++)
			index_add(&index, index_mix(0, 7 * i));
		for (uint64_t i = 0; i < 100; i++)
			assert_int_equal(index_first(&index, index_mix(0, 7 * i)), i);
		assert_int_equal(index_first(&index, index_mix(0, 8)), INDEX_END);
	}
	assert_true(index.head_count < heads && index.capacity < heads);
	index_finish(&index);
}

static void
what_is_trimmed_can_be_used_as_before(void **state)
{
	for (int i = 0; i < 3; i++) {
		size_t capacity = 0;
		char *array = array_reserve(NULL, &capacity, 4 << 20, 1);

		memset(array, 'x', capacity);
		array = array_fit(array, &capacity, 10, 1);
		memory_trim();
		assert_memory_equal(array, "xxxxxxxxxx", 10);
		free(array);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(F17_an_array_that_is_far_too_large_shrinks),
		cmocka_unit_test(F17_an_arena_that_is_far_too_large_gives_most_of_it_back),
		cmocka_unit_test(F17_an_index_finds_its_rows_after_it_has_shrunk),
		cmocka_unit_test(what_is_trimmed_can_be_used_as_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
