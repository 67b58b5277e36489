// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which file a look-up opens. The files are anyone's, and memtop may be root.
#include "unit.h"

#include "sampler/look-up.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { PID = 7 };

/* What happens when a look-up asks which file system the file is on, and what it is told. */
static struct {
	const struct tree *swapped; /* NULL: nothing happens */
	bool is_fuse;
	int asked;
} file_system;

/* Instead of the C library's. */
int
fstatfs(int fd, struct statfs *status)
{
	const struct tree *tree = file_system.swapped;

	file_system.asked++;
	*status = (struct statfs){ .f_type = file_system.is_fuse ? FUSE_SUPER_MAGIC : 0 };
	return tree ? renameat(tree->fd, "7/root/lib/other", tree->fd, "7/root/lib/x") : 0;
}

static int
set_up(void **state)
{
	struct tree *tree = test_calloc(1, sizeof(*tree));

	tree_create(tree);
	tree_write(tree, "7/root/lib/x", "looked at");
	tree_write(tree, "7/root/lib/other", "something else");
	memset(&file_system, 0, sizeof(file_system));
	*state = tree;
	return 0;
}

static int
tear_down(void **state)
{
	tree_destroy(*state);
	test_free(*state);
	return 0;
}

/* Takes the first step with a file of the process. Returns its error; the text is what was read. */
static int
open_and_read(const struct tree *tree, const char *name, char text[static 32])
{
	struct look_up *look_up = look_up_create(tree->fd, PID, name);
	int error;

	look_up->job.run(&look_up->job);
	error = look_up->error;
	memset(text, 0, 32);
	if (error == 0)
		assert_true(read(look_up->fd, text, 31) >= 0);
	job_destroy(&look_up->job);
	return error;
}

static void
a_file_is_opened(void **state)
{
	char text[32];

	assert_int_equal(open_and_read(*state, "/lib/x", text), 0);
	assert_string_equal(text, "looked at");
	assert_int_equal(open_and_read(*state, "/lib/none", text), -ENOENT);
}

/* S1: the process may mount something else there at any time, such as a watchdog's device. */
static void
the_file_that_was_looked_at_is_opened(void **state)
{
	char text[32];

	file_system.swapped = *state;
	assert_int_equal(open_and_read(*state, "/lib/x", text), 0);
	assert_int_equal(file_system.asked, 1);
	assert_string_equal(text, "looked at");
	file_system.swapped = NULL;
	assert_int_equal(open_and_read(*state, "/lib/x", text), 0);
	assert_string_equal(text, "something else");
}

/* S1: its mount may be newer than what mountinfo said. */
static void
a_file_that_turns_out_to_be_on_fuse_is_not_opened(void **state)
{
	char text[32];

	file_system.is_fuse = true;
	assert_int_equal(open_and_read(*state, "/lib/x", text), -EREMOTE);
}

static void
what_is_no_file_is_not_opened(void **state)
{
	const struct tree *tree = *state;
	char text[32];

	assert_int_equal(mkfifoat(tree->fd, "7/root/lib/fifo", 0600), 0);
	assert_int_equal(open_and_read(tree, "/lib/fifo", text), -ENODATA);
	assert_int_equal(open_and_read(tree, "/lib", text), -ENODATA);
}

/* S1: /proc/kmsg and trace_pipe lose what was read, and a process may mount them anywhere. */
static void
a_file_without_a_size_is_not_opened(void **state)
{
	char text[32];

	tree_write(*state, "7/root/lib/x", "");
	assert_int_equal(open_and_read(*state, "/lib/x", text), -ENODATA);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_file_is_opened),
		TEST(the_file_that_was_looked_at_is_opened),
		TEST(a_file_that_turns_out_to_be_on_fuse_is_not_opened),
		TEST(what_is_no_file_is_not_opened),
		TEST(a_file_without_a_size_is_not_opened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
