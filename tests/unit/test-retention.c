// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "record/retention.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file of so many bytes that was changed at this time. */
static void
write_file(const struct tree *tree, const char *name, size_t size, int64_t seconds)
{
	static char bytes[64 * 1024];
	const struct timespec times[2] = { { .tv_sec = seconds }, { .tv_sec = seconds } };
	int fd = openat(tree->fd, name, O_WRONLY | O_CREAT, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), (ssize_t)size);
	assert_int_equal(futimens(fd, times), 0);
	close(fd);
}

static bool
is_there(const struct tree *tree, const char *name)
{
	return faccessat(tree->fd, name, F_OK, 0) == 0;
}

enum { DAY = 86400, NOW = 1795863600, SIZE = 64 * 1024 };

static void
write_days(const struct tree *tree)
{
	write_file(tree, "c.mtr", SIZE, NOW);
	write_file(tree, "a.mtr", SIZE, NOW - 3 * DAY);
	write_file(tree, "b.mtr", SIZE, NOW - 2 * DAY);
	write_file(tree, "a.txt", SIZE, NOW - 9 * DAY);
}

static void
the_oldest_files_go_if_all_are_too_large(void **state)
{
	const struct retention keep = { .bytes = 2 * SIZE + SIZE / 2, .days = 100 };
	struct retention_space space;
	struct tree tree;

	tree_create(&tree);
	write_days(&tree);
	assert_int_equal(retention_apply(&keep, tree.fd, &(struct retention_current){ "c.mtr", 0 },
				 NOW, &space),
		1);
	assert_false(is_there(&tree, "a.mtr"));
	assert_true(is_there(&tree, "b.mtr") && is_there(&tree, "c.mtr"));
	assert_true(is_there(&tree, "a.txt"));
	assert_int_equal(space.used, 2 * SIZE);
	assert_int_equal(retention_apply(&keep, tree.fd, &(struct retention_current){ "c.mtr", 0 },
				 NOW, &space),
		0);
	tree_destroy(&tree);
}

static void
files_that_are_too_old_go(void **state)
{
	const struct retention keep = { .bytes = INT64_MAX, .days = 1 };
	struct retention_space space;
	struct tree tree;

	tree_create(&tree);
	write_days(&tree);
	assert_int_equal(retention_apply(&keep, tree.fd, &(struct retention_current){ "b.mtr", 0 },
				 NOW, &space),
		1);
	assert_true(is_there(&tree, "b.mtr")); /* the one that is written stays */
	assert_true(is_there(&tree, "c.mtr"));
	tree_destroy(&tree);
}

static void
a_clock_in_the_far_future_deletes_nothing_at_once(void **state)
{
	const struct retention keep = { .bytes = INT64_MAX, .days = 14 };
	struct retention_space space;
	struct tree tree;

	tree_create(&tree);
	write_days(&tree);
	write_file(&tree, "future.mtr", SIZE, NOW + 3650 * (int64_t)DAY);
	assert_int_equal(
		retention_apply(&keep, tree.fd, &(struct retention_current){ "future.mtr", 0 },
			NOW + 3650 * (int64_t)DAY, &space),
		0);
	assert_true(is_there(&tree, "a.mtr") && is_there(&tree, "c.mtr"));
	tree_destroy(&tree);
}

/* A clock without a battery: the first file of this boot, and that of the boot before. */
static void
a_file_is_no_older_than_the_boot_it_is_of(void **state)
{
	static const struct {
		int64_t boot; /* days ago */
		bool is_kept;
	} cases[] = { { 1, true }, { 13, true }, { 15, false }, { 10000, false } };
	struct retention keep = { .bytes = INT64_MAX, .days = 14 };
	struct retention_current current = { "20261128-here-2.mtr", 0 };
	struct retention_space space;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct tree tree;

		current.boot = NOW - cases[i].boot * DAY;
		tree_create(&tree);
		write_file(&tree, "19700101-gone-1.mtr", SIZE, 60);
		write_file(&tree, "19700101-here-1.mtr", SIZE, 60);
		write_file(&tree, "20261127-gone-1.mtr", SIZE, NOW - DAY / 2);
		write_file(&tree, current.name, SIZE, NOW);
		assert_true(retention_apply(&keep, tree.fd, &current, NOW, &space) > 0);
		assert_false(is_there(&tree, "19700101-gone-1.mtr"));
		assert_int_equal(is_there(&tree, "19700101-here-1.mtr"), cases[i].is_kept);
		assert_true(is_there(&tree, "20261127-gone-1.mtr"));
		tree_destroy(&tree);
	}
}

static void
files_of_this_boot_go_after_those_of_others(void **state)
{
	const struct retention_current current = { "20261128-here-3.mtr", NOW - DAY / 4 };
	struct tree tree;

	tree_create(&tree);
	write_file(&tree, "19700101-here-1.mtr", SIZE, 60);
	write_file(&tree, "19700101-here-2.mtr", SIZE, 90);
	write_file(&tree, "20261127-gone-1.mtr", SIZE, NOW - DAY / 2);
	write_file(&tree, current.name, SIZE, NOW);
	assert_true(retention_remove_oldest(tree.fd, &current));
	assert_false(is_there(&tree, "20261127-gone-1.mtr"));
	assert_true(retention_remove_oldest(tree.fd, &current));
	assert_false(is_there(&tree, "19700101-here-1.mtr"));
	assert_true(retention_remove_oldest(tree.fd, &current));
	assert_false(retention_remove_oldest(tree.fd, &current));
	assert_true(is_there(&tree, current.name));
	tree_destroy(&tree);
}

static void
all_but_the_current_file_may_go_for_free_space(void **state)
{
	const struct retention keep = { .bytes = INT64_MAX, .days = 100, .free = 1000 };
	struct retention_space space;
	struct tree tree;

	tree_create(&tree);
	write_days(&tree);
	assert_int_equal(retention_apply(&keep, tree.fd, &(struct retention_current){ "a.mtr", 0 },
				 NOW, &space),
		2);
	assert_true(is_there(&tree, "a.mtr"));
	assert_false(retention_remove_oldest(tree.fd, &(struct retention_current){ "a.mtr", 0 }));
	assert_true(retention_remove_oldest(tree.fd, &(struct retention_current){ "", 0 }));
	assert_false(is_there(&tree, "a.mtr"));
	tree_destroy(&tree);
}

static void
a_file_is_an_eighth_of_the_space(void **state)
{
	const struct retention keep = { .bytes = 800 * SIZE, .free = 100 };

	assert_int_equal(retention_file_size(
				 &keep, &(struct retention_space){ 0, 10000 * SIZE, 20000 * SIZE }),
		100 * SIZE);
	assert_int_equal(retention_file_size(&keep,
				 &(struct retention_space){ 80 * SIZE, 100 * SIZE, 1000 * SIZE }),
		10 * SIZE);
	assert_int_equal(
		retention_file_size(&keep, &(struct retention_space){ 0, 0, 1000 * SIZE }), SIZE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_oldest_files_go_if_all_are_too_large),
		cmocka_unit_test(files_that_are_too_old_go),
		cmocka_unit_test(a_clock_in_the_far_future_deletes_nothing_at_once),
		cmocka_unit_test(a_file_is_no_older_than_the_boot_it_is_of),
		cmocka_unit_test(files_of_this_boot_go_after_those_of_others),
		cmocka_unit_test(all_but_the_current_file_may_go_for_free_space),
		cmocka_unit_test(a_file_is_an_eighth_of_the_space),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
