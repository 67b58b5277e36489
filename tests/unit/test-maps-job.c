// SPDX-License-Identifier: GPL-3.0-or-later
//
// What one process can do to the reading of its mappings: let it wait, or have far too many.
#include "unit.h"

#include "sampler/address-spaces.h"
#include "sampler/record.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
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

/* Mappings of one page, with a page between two. */
static void
write_maps(const struct test *test, uint64_t start, int64_t count)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	for (int64_t i = 0; i < count; i++)
		fprintf(file, "%lx-%lx rw-s 00000000 00:00 0 \n",
			(unsigned long)start + (unsigned long)i * 8192,
			(unsigned long)start + (unsigned long)i * 8192 + 4096);
	fclose(file);
	tree_write(&test->tree, "7/maps", text);
	free(text);
}

/* S1 */
static void
too_many_mappings_are_read_in_part(void **state)
{
	enum { MAPPINGS = 140000 };
	struct test *test = *state;
	struct address_spaces *patient = address_spaces_create(test->tree.fd, 60 * NS_PER_SEC);

	write_maps(test, 0x7f0000000000, MAPPINGS);
	assert_place(patient, PID, 0x7f0000000000 + 131071 * 8192L, SEGMENT_SHARED, "");
	assert_place(patient, PID, 0x7f0000000000 + 131072 * 8192L, SEGMENT_UNKNOWN, "");
	assert_string_equal(address_spaces_trouble(patient),
		"mappings of process 7 are unknown: there are too many of them, "
		"or their names too long");
	address_spaces_destroy(patient);
}

static void
map(struct address_spaces *spaces, int64_t time, uint64_t start, uint64_t end)
{
	const struct record record = { .kind = RECORD_MAP,
		.pid = PID,
		.tid = PID,
		.time = time,
		.map = { .start = start,
			.length = end - start,
			.protection = PROT_READ | PROT_WRITE,
			.flags = MAP_SHARED },
		.name = "" };

	address_spaces_apply(spaces, &record);
}

static int64_t
steps_of(const struct address_spaces *spaces)
{
	return address_spaces_size(spaces).steps;
}

/* S1: mremap() leaves no record, so that all are others when maps is read again. */
static void
mappings_that_have_moved_are_joined_with_the_old_ones_in_few_steps(void **state)
{
	enum { MAPPINGS = 65000, DRAINS = 20 };
	struct test *test = *state;
	struct address_spaces *patient = address_spaces_create(test->tree.fd, 60 * NS_PER_SEC);
	int64_t before;

	write_maps(test, 0x100000000, MAPPINGS);
	assert_place(patient, PID, 0x100000000, SEGMENT_SHARED, "");
	write_maps(test, 0x7f0000000000, MAPPINGS);
	for (int i = 0; i < DRAINS; i++)
		address_spaces_begin(patient);
	before = steps_of(patient);
	assert_place(patient, PID, 0x7f0000000000, SEGMENT_SHARED, "");
	assert_place(patient, PID, 0x100000000, SEGMENT_SHARED, ""); /* until the next drain */
	assert_in_range(steps_of(patient) - before, MAPPINGS, 10 * MAPPINGS);
	assert_int_equal(address_spaces_size(patient).readings, 2);
	address_spaces_destroy(patient);
}

/* S1: as if all of it had been mapped, and most of that unmapped, before maps was read. */
static void
an_older_record_goes_between_many_mappings_in_few_steps(void **state)
{
	enum { MAPPINGS = 20000 };
	struct test *test = *state;
	struct address_spaces *patient = address_spaces_create(test->tree.fd, 60 * NS_PER_SEC);
	int64_t before;

	write_maps(test, 0x7f0000000000, MAPPINGS);
	assert_place(patient, PID, 0x7f0000000000, SEGMENT_SHARED, "");
	before = steps_of(patient);
	map(patient, 1, 0x7e0000000000, 0x7ff000000000);
	assert_in_range(steps_of(patient) - before, MAPPINGS, 10 * MAPPINGS);
	assert_place(patient, PID, 0x7f0000001000, SEGMENT_SHARED, "");
	address_spaces_destroy(patient);
}

/* S1: each one below all others moves all of them. */
static void
a_process_whose_mappings_change_too_much_is_read_again(void **state)
{
	enum { MAPPINGS = 100000 };
	struct test *test = *state;
	struct address_spaces *patient = address_spaces_create(test->tree.fd, 60 * NS_PER_SEC);
	const uint64_t top = 0x7f0000000000;

	tree_write(&test->tree, "7/maps", "7e0000000000-7f0000000000 rw-s 00000000 00:00 0 \n");
	assert_place(patient, PID, top - 4096, SEGMENT_SHARED, "");
	for (uint64_t i = 0; i < MAPPINGS; i++)
		map(patient, INT64_MAX, top - (2 * i + 1) * 4096, top - 2 * i * 4096);
	assert_in_range(steps_of(patient), 0, 16 * 1024 * 1024);
	assert_string_equal(address_spaces_trouble(patient),
		"mappings of process 7 are unknown: too many of them change");
	assert_place(patient, PID, top - 4096, SEGMENT_UNKNOWN, ""); /* not in this drain */
	assert_int_equal(address_spaces_size(patient).readings, 1);
	wait_for_place(patient, top - 4096);
	assert_place(patient, PID, top - 4096, SEGMENT_SHARED, "");
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
		TEST(mappings_that_have_moved_are_joined_with_the_old_ones_in_few_steps),
		TEST(an_older_record_goes_between_many_mappings_in_few_steps),
		TEST(a_process_whose_mappings_change_too_much_is_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
