// SPDX-License-Identifier: GPL-3.0-or-later
//
// What one process can do to the reading of its mappings: let it wait, or have far too many.
#include "unit.h"

#include "sampler/address-spaces.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PID = 7 };

static const char old_maps[] = "00400000-00401000 r-xp 00000000 fe:00 99    /bin/old\n";

struct test {
	struct tree tree;
	struct address_spaces *spaces;
};

static int
set_up(void **state)
{
	struct test *test = test_calloc(1, sizeof(*test));

	tree_create(&test->tree);
	test->spaces = address_spaces_create(test->tree.fd, ADDRESS_SPACES_WAIT);
	*state = test;
	return 0;
}

static int
tear_down(void **state)
{
	struct test *test = *state;

	address_spaces_destroy(test->spaces);
	tree_destroy(&test->tree);
	test_free(test);
	return 0;
}

static void
assert_place(struct address_spaces *spaces, int64_t pid, uint64_t address, enum segment segment,
	const char *name)
{
	struct place place;

	address_spaces_find(spaces, pid, address, &place);
	assert_int_equal(place.segment, segment);
	assert_string_equal(place.name, name);
}

/* A busy machine may need more than the time that one drain waits. */
static void
wait_for_place(struct address_spaces *spaces, uint64_t address)
{
	struct place place = { .segment = SEGMENT_UNKNOWN };

	for (int i = 0; i < 1000 && place.segment == SEGMENT_UNKNOWN; i++) {
		usleep(10000);
		address_spaces_begin(spaces);
		address_spaces_find(spaces, PID, address, &place);
	}
}

/* T17 */
static void
mappings_that_cannot_be_read_are_not_waited_for(void **state)
{
	struct test *test = *state;
	int writer;

	tree_write(&test->tree, "7/x", "");
	assert_int_equal(mkfifoat(test->tree.fd, "7/maps", 0600), 0);
	tree_write(&test->tree, "9/maps", old_maps);
	assert_place(test->spaces, PID, 0x400010, SEGMENT_UNKNOWN, "");
	assert_string_equal(address_spaces_trouble(test->spaces),
		"mappings of process 7 are unknown: they could not be read in time");
	assert_place(test->spaces, 9, 0x400010, SEGMENT_TEXT, "/bin/old");
	address_spaces_begin(test->spaces);
	assert_place(test->spaces, PID, 0x400010, SEGMENT_UNKNOWN, "");
	assert_int_equal(
		address_spaces_size(test->spaces).readings, 2); /* it is still being read */
	writer = openat(test->tree.fd, "7/maps", O_WRONLY);
	assert_true(writer >= 0);
	unlinkat(test->tree.fd, "7/maps", 0);
	tree_write(&test->tree, "7/maps", old_maps);
	close(writer);
	wait_for_place(test->spaces, 0x400010);
	assert_place(test->spaces, PID, 0x400010, SEGMENT_TEXT, "/bin/old");
}

static void
a_reading_without_a_descriptor_is_told_and_done_later(void **state)
{
	struct test *test = *state;
	struct rlimit limit, none;

	tree_write(&test->tree, "7/maps", old_maps);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = (struct rlimit){ 1, limit.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_place(test->spaces, PID, 0x400010, SEGMENT_UNKNOWN, "");
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	wait_for_place(test->spaces, 0x400010);
	assert_place(test->spaces, PID, 0x400010, SEGMENT_TEXT, "/bin/old");
	assert_string_equal(address_spaces_trouble(test->spaces),
		"mappings of process 7 are unknown: Too many open files");
}

/* S1 */
static void
too_many_mappings_are_read_in_part(void **state)
{
	enum { MAPPINGS = 140000 };
	struct test *test = *state;
	struct address_spaces *patient = address_spaces_create(test->tree.fd, 60 * NS_PER_SEC);
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	for (int64_t i = 0; i < MAPPINGS; i++)
		fprintf(file, "%lx-%lx rw-s 00000000 00:00 0 \n",
			(unsigned long)(0x7f0000000000 + i * 8192),
			(unsigned long)(0x7f0000000000 + i * 8192 + 4096));
	fclose(file);
	tree_write(&test->tree, "7/maps", text);
	free(text);
	assert_place(patient, PID, 0x7f0000000000 + 131071 * 8192L, SEGMENT_SHARED, "");
	assert_place(patient, PID, 0x7f0000000000 + 131072 * 8192L, SEGMENT_UNKNOWN, "");
	assert_string_equal(address_spaces_trouble(patient),
		"mappings of process 7 are unknown: there are too many of them, "
		"or their names too long");
	address_spaces_destroy(patient);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(mappings_that_cannot_be_read_are_not_waited_for),
		TEST(a_reading_without_a_descriptor_is_told_and_done_later),
		TEST(too_many_mappings_are_read_in_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
