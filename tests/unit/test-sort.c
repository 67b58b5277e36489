// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/sort.h"

#include <string.h>

enum { MOST = 300 };

struct element {
	unsigned key, place;
};

static int
compare(const void *a, const void *b)
{
	const struct element *left = a, *right = b;

	return (left->key > right->key) - (left->key < right->key);
}

/* Keys of which many are equal, another sequence for each seed. */
static unsigned
next_key(unsigned *seed)
{
	*seed = *seed * 1103515245 + 12345;
	return *seed >> 16 & 31;
}

static void
any_number_of_elements_is_sorted_and_equal_ones_keep_their_order(void **state)
{
	struct element elements[MOST + 1], scratch[MOST];

	for (size_t count = 0; count < MOST; count++) {
		unsigned seed = (unsigned)count, sum = 0;

		for (size_t i = 0; i < count; i++) {
			elements[i] = (struct element){ next_key(&seed), (unsigned)i };
			sum += elements[i].key;
		}
		elements[count] = (struct element){ 77, 78 };
		sort_merge(elements, scratch, count, sizeof(elements[0]), compare);
		for (size_t i = 1; i < count; i++)
			assert_true(elements[i - 1].key < elements[i].key ||
				    (elements[i - 1].key == elements[i].key &&
					    elements[i - 1].place < elements[i].place));
		for (size_t i = 0; i < count; i++)
			sum -= elements[i].key;
		assert_int_equal(sum, 0);
		assert_int_equal(elements[count].key, 77);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_number_of_elements_is_sorted_and_equal_ones_keep_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
