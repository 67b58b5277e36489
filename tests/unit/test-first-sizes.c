// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/known.h"
#include "collect/first-sizes.h"
#include "collect/process-cache.h"

#include <stdio.h>
#include <stdlib.h>

enum { COUNT = 1101 };

/* Each third is a kernel thread, each fifth gone. */
static void
each_process_has_its_own_size(void **state)
{
	struct cached_process *list = test_calloc(COUNT, sizeof(*list));
	struct first_size *sizes;
	struct tree tree;

	tree_create(&tree);
	for (int i = 0; i < COUNT; i++) {
		char path[32], text[64];

		list[i].pid = 2 * i + 1;
		snprintf(path, sizeof(path), "%d/statm", 2 * i + 1);
		snprintf(text, sizeof(text), "%d %d 1 1 0 1 0\n", i % 3 ? 2 * i + 10 : 0,
			i % 3 ? i + 5 : 0);
		if (i % 5)
			tree_write(&tree, path, text);
	}
	assert_null(first_sizes_read(tree.fd, list, 999)); /* too few for a second thread */
	sizes = first_sizes_read(tree.fd, list, COUNT);
	assert_non_null(sizes);
	for (int i = 0; i < COUNT; i++) {
		assert_int_equal(sizes[i].is_known, i % 3 && i % 5);
		if (sizes[i].is_known)
			assert_true(sizes[i].statm.resident == known_pages(i + 5));
	}
	free(sizes);
	test_free(list);
	tree_destroy(&tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_process_has_its_own_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
