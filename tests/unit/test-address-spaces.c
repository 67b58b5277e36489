// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/unit.h"
#include "sampler/address-spaces.h"
#include "sampler/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PID = 7, CHILD = 8, RW = PROT_READ | PROT_WRITE, RX = PROT_READ | PROT_EXEC };

/* Records of earlier times than this are from before any reading of maps. */
static const int64_t later = INT64_MAX / 2;

struct test {
	struct tree tree;
	struct address_spaces *spaces;
	int64_t time;
};

static int
set_up(void **state)
{
	struct test *test = test_calloc(1, sizeof(*test));

	tree_create(&test->tree);
	test->spaces = address_spaces_create(test->tree.fd, ADDRESS_SPACES_WAIT);
	test->time = later;
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
apply(struct test *test, struct record record)
{
	record.time = test->time++;
	record.tid = record.tid ? record.tid : record.pid;
	address_spaces_apply(test->spaces, &record);
}

static void
map(struct test *test, int64_t pid, uint64_t start, uint64_t end, uint32_t protection,
	const char *name)
{
	apply(test, (struct record){ .kind = RECORD_MAP,
			    .pid = pid,
			    .map = { .start = start,
				    .length = end - start,
				    .offset = 0x1000,
				    .protection = protection,
				    .flags = MAP_PRIVATE },
			    .name = name });
}

static void
exec(struct test *test, int64_t pid)
{
	apply(test,
		(struct record){ .kind = RECORD_COMM, .pid = pid, .is_exec = true, .name = "x" });
}

static void
spawn(struct test *test, int64_t parent, int64_t pid)
{
	apply(test, (struct record){ .kind = RECORD_FORK, .pid = pid, .parent = parent });
}

static void
leave(struct test *test, int64_t pid)
{
	apply(test, (struct record){ .kind = RECORD_EXIT, .pid = pid });
}

static void
next_drain(struct test *test)
{
	address_spaces_trim(test->spaces);
	address_spaces_begin(test->spaces);
}

#define assert_place(test, pid, address, segment, name)                                            \
	check_place(test, pid, address, segment, name, __FILE__, __LINE__)

static void
check_place(struct test *test, int64_t pid, uint64_t address, enum segment segment,
	const char *name, const char *file, int line)
{
	struct place place;

	address_spaces_find(test->spaces, pid, address, &place);
	if (place.segment != segment || strcmp(place.name, name) != 0) {
		print_error("%#lx is %s %s\n", (unsigned long)address,
			segment_descriptions[place.segment].name, place.name);
		_fail(file, line);
	}
}

#define assert_readings(test, count)                                                               \
	assert_int_equal(address_spaces_size((test)->spaces).readings, count)

/* What Linux 6.18 records of the start of a program; the order and the overlaps are its own. */
static void
start_program(struct test *test, int64_t pid)
{
	static const char program[] = "/usr/bin/cat", loader[] = "/usr/lib/ld.so",
			  library[] = "/usr/lib/libc.so.6";

	exec(test, pid);
	map(test, pid, 0x7fff994c4000, 0x7fff994e5000, RW, "[stack]");
	map(test, pid, 0x560b6d3b0000, 0x560b6d3bc000, PROT_READ, program);
	map(test, pid, 0x560b6d3b2000, 0x560b6d3b7000, RX, program);
	map(test, pid, 0x560b6d3b7000, 0x560b6d3ba000, PROT_READ, program);
	map(test, pid, 0x560b6d3ba000, 0x560b6d3bc000, RW, program);
	map(test, pid, 0x560b6d3bc000, 0x560b6d3be000, RW, "//anon");
	map(test, pid, 0x7f303e1e1000, 0x7f303e216000, PROT_READ, loader);
	map(test, pid, 0x7f303e1e2000, 0x7f303e208000, RX, loader);
	map(test, pid, 0x7f303e208000, 0x7f303e212000, PROT_READ, loader);
	map(test, pid, 0x7f303e212000, 0x7f303e216000, RW, loader);
	map(test, pid, 0x7f303e1df000, 0x7f303e1e1000, RX, "[vdso]");
	map(test, pid, 0x7f303e1d9000, 0x7f303e1dd000, PROT_READ, "[vvar]");
	map(test, pid, 0x7f303e1d7000, 0x7f303e1d9000, RW, "//anon");
	map(test, pid, 0x7f303e1cc000, 0x7f303e1d7000, PROT_READ, "/etc/ld.so.cache");
	map(test, pid, 0x7f303dfea000, 0x7f303e1cc000, PROT_READ, library);
	map(test, pid, 0x7f303e010000, 0x7f303e166000, RX, library);
	map(test, pid, 0x7f303e166000, 0x7f303e1cc000, PROT_READ, library);
	map(test, pid, 0x7f303e1b9000, 0x7f303e1bf000, RW, library);
	map(test, pid, 0x7f303e1bf000, 0x7f303e1cc000, RW, "//anon");
	map(test, pid, 0x7f303dfe7000, 0x7f303dfea000, RW, "//anon");
	map(test, pid, 0x7f303e1b9000, 0x7f303e1bd000, PROT_READ, library);
	map(test, pid, 0x560b6d3ba000, 0x560b6d3bb000, PROT_READ, program);
	map(test, pid, 0x560ba435d000, 0x560ba437e000, RW, "//anon");
	map(test, pid, 0x7f303e1cc000, 0x7f303e1cd000, PROT_READ, "/usr/lib/locale/LC_ADDRESS");
}

static void
a_program_is_known_by_its_records_alone(void **state)
{
	static const struct {
		uint64_t address;
		enum segment segment;
		const char *name;
	} cases[] = {
		{ 0x560b6d3b0000, SEGMENT_RODATA, "/usr/bin/cat" },
		{ 0x560b6d3b2000, SEGMENT_TEXT, "/usr/bin/cat" },
		{ 0x560b6d3ba000, SEGMENT_RODATA, "/usr/bin/cat" },
		{ 0x560b6d3bbfff, SEGMENT_DATA, "/usr/bin/cat" },
		{ 0x560b6d3bc000, SEGMENT_DATA, "" },
		{ 0x560ba435d000, SEGMENT_HEAP, "[heap]" },
		{ 0x7f303dfe7000, SEGMENT_ANON, "" },
		{ 0x7f303dfea000, SEGMENT_RODATA, "/usr/lib/libc.so.6" },
		{ 0x7f303e010000, SEGMENT_TEXT, "/usr/lib/libc.so.6" },
		{ 0x7f303e1be000, SEGMENT_DATA, "/usr/lib/libc.so.6" },
		{ 0x7f303e1bf000, SEGMENT_DATA, "" },
		{ 0x7f303e1cc000, SEGMENT_FILE, "/usr/lib/locale/LC_ADDRESS" },
		{ 0x7f303e1d7000, SEGMENT_ANON, "" },
		{ 0x7f303e1d9000, SEGMENT_VDSO, "[vvar]" },
		{ 0x7f303e1df000, SEGMENT_VDSO, "[vdso]" },
		{ 0x7fff994e4fff, SEGMENT_STACK, "[stack]" },
	};
	struct test *test = *state;
	struct place place;

	start_program(test, PID);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_place(test, PID, cases[i].address, cases[i].segment, cases[i].name);
	address_spaces_find(test->spaces, PID, 0x560b6d3b2010, &place);
	assert_int_equal(place.offset, 0x1010);
	assert_readings(test, 0);
}

static void
trap_8_the_stack_grows_without_a_record(void **state)
{
	struct test *test = *state;
	const uint64_t top = 0x7fff994e5000;

	start_program(test, PID);
	assert_place(test, PID, top - 0x700000, SEGMENT_STACK, "[stack]");
	assert_place(test, PID, top - 0x800000, SEGMENT_STACK, "[stack]");
	assert_readings(test, 0);
	assert_place(test, PID, top - 0x800001, SEGMENT_UNKNOWN, "");
	map(test, PID, top - 0x700000, top - 0x600000, RW, "//anon");
	assert_place(test, PID, top - 0x680000, SEGMENT_ANON, "");
	assert_place(test, PID, top - 0x500000, SEGMENT_STACK, "[stack]");
}

static void
trap_8_the_heap_is_nameless_in_records(void **state)
{
	struct test *test = *state;
	const uint64_t heap = 0x560ba435d000;

	start_program(test, PID);
	map(test, PID, heap, heap + 0x42000, RW, "//anon"); /* grown: the whole of it */
	map(test, PID, heap + 0x42000, heap + 0x63000, RW, "//anon");
	assert_place(test, PID, heap + 0x50000, SEGMENT_HEAP, "[heap]");
	map(test, PID, heap + 0x40000000, heap + 0x40001000, RW, "//anon"); /* far above */
	assert_place(test, PID, heap + 0x40000000, SEGMENT_ANON, "");
	map(test, PID, 0x600000000, 0x600001000, RW, "//anon"); /* below the program */
	assert_place(test, PID, 0x600000000, SEGMENT_ANON, "");
}

static void
without_randomisation_the_heap_follows_bss(void **state)
{
	struct test *test = *state;

	exec(test, PID);
	map(test, PID, 0x400000, 0x401000, RX, "/bin/a");
	map(test, PID, 0x401000, 0x402000, RW, "/bin/a");
	map(test, PID, 0x402000, 0x404000, RW, "//anon");
	map(test, PID, 0x7f0000000000, 0x7f0000001000, RX, "/lib/ld.so");
	map(test, PID, 0x404000, 0x425000, RW, "//anon");
	assert_place(test, PID, 0x402000, SEGMENT_DATA, "");
	assert_place(test, PID, 0x404000, SEGMENT_HEAP, "[heap]");
}

static void
trap_8_reused_addresses_are_what_was_mapped_last(void **state)
{
	struct test *test = *state;
	const uint64_t at = 0x7f3000000000;

	start_program(test, PID);
	map(test, PID, at, at + 0x10000, RW, "//anon");
	assert_place(test, PID, at + 0x8000, SEGMENT_ANON, "");
	map(test, PID, at + 0x4000, at + 0x6000, PROT_READ, "/data/file");
	assert_place(test, PID, at + 0x3fff, SEGMENT_ANON, "");
	assert_place(test, PID, at + 0x4000, SEGMENT_FILE, "/data/file");
	assert_place(test, PID, at + 0x5fff, SEGMENT_FILE, "/data/file");
	assert_place(test, PID, at + 0x6000, SEGMENT_ANON, "");
	map(test, PID, at, at + 0x20000, PROT_READ, "/data/other");
	assert_place(test, PID, at + 0x5000, SEGMENT_FILE, "/data/other");
	assert_place(test, PID, at + 0xffff, SEGMENT_FILE, "/data/other");
	assert_readings(test, 0);
}

static const char old_maps[] = "00400000-00500000 r-xp 00000000 fe:00 99         /bin/old\n"
			       "00500000-00501000 rw-p 00100000 fe:00 99         /bin/old\n"
			       "00600000-00621000 rw-p 00000000 00:00 0          [heap]\n"
			       "7f0000000000-7f0000100000 rw-p 00000000 00:00 0 \n"
			       "7fff00000000-7fff00021000 rw-p 00000000 00:00 0  [stack]\n";

static void
a_process_from_before_is_read_at_its_first_sample(void **state)
{
	struct test *test = *state;

	tree_write(&test->tree, "7/maps", old_maps);
	map(test, PID, 0x7f0000000000, 0x7f0000100000, RW, "/never/looked/at");
	assert_readings(test, 0);
	assert_place(test, PID, 0x400010, SEGMENT_TEXT, "/bin/old");
	assert_place(test, PID, 0x600010, SEGMENT_HEAP, "[heap]");
	assert_place(test, PID, 0x7f0000000000, SEGMENT_ANON, "");
	assert_readings(test, 1);
	map(test, PID, 0x621000, 0x642000, RW, "//anon");
	assert_place(test, PID, 0x641000, SEGMENT_HEAP, "[heap]");
	map(test, PID, 0x7f0000000000, 0x7f0000001000, PROT_READ, "/new");
	assert_place(test, PID, 0x7f0000000000, SEGMENT_FILE, "/new");
	assert_readings(test, 1);
}

static void
a_reading_knows_better_than_records_from_before_it(void **state)
{
	struct test *test = *state;

	tree_write(&test->tree, "7/maps", old_maps);
	assert_place(test, PID, 0x400010, SEGMENT_TEXT, "/bin/old");
	test->time = 1;
	map(test, PID, 0x7f00000ff000, 0x7f0000200000, PROT_READ, "/before");
	assert_place(test, PID, 0x7f00000ff000, SEGMENT_ANON, "");
	/* What it found nothing at has been unmapped since: samples from before are told by it. */
	assert_place(test, PID, 0x7f0000100000, SEGMENT_FILE, "/before");
	exec(test, PID);
	assert_place(test, PID, 0x400010, SEGMENT_TEXT, "/bin/old");
	assert_readings(test, 1);
	next_drain(test);
	assert_place(test, PID, 0x7f0000100000, SEGMENT_UNKNOWN, "");
	assert_readings(test, 2);
	next_drain(test);
	test->time = later;
	exec(test, PID); /* of which no map was recorded */
	assert_place(test, PID, 0x500000, SEGMENT_DATA, "/bin/old");
	assert_readings(test, 3);
}

static void
trap_8_after_mremap_maps_is_read_once(void **state)
{
	struct test *test = *state;
	const uint64_t moved = 0x7e0000000000;

	tree_write(&test->tree, "7/maps", old_maps);
	start_program(test, PID);
	map(test, PID, 0x7f3000000000, 0x7f3000001000, RW, "//anon");
	next_drain(test);
	tree_write(&test->tree, "7/maps",
		"7e0000000000-7e0000100000 rw-p 00000000 00:00 0 \n"
		"7f303e010000-7f303e166000 r-xp 00026000 fe:00 9  /usr/lib/libc.so.6\n");
	assert_place(test, PID, moved, SEGMENT_ANON, "");
	assert_place(test, PID, moved + 0xfffff, SEGMENT_ANON, "");
	assert_readings(test, 1);
	/* Of what the records said this drain's samples may still be about. */
	assert_place(test, PID, 0x7f3000000000, SEGMENT_ANON, "");
	assert_place(test, PID, 0x7f303e010000, SEGMENT_TEXT, "/usr/lib/libc.so.6");
	assert_place(test, PID, 0x1000, SEGMENT_UNKNOWN, "");
	assert_readings(test, 1);
	next_drain(test);
	assert_place(test, PID, 0x7f3000000000, SEGMENT_UNKNOWN, "");
	assert_readings(test, 2);
}

static void
a_process_that_is_gone_stays_unknown_without_a_storm(void **state)
{
	struct test *test = *state;

	for (int i = 0; i < 1000; i++)
		assert_place(test, PID, 0x400000, SEGMENT_UNKNOWN, "");
	assert_readings(test, 1);
	next_drain(test);
	assert_place(test, PID, 0x400000, SEGMENT_UNKNOWN, "");
	assert_readings(test, 2);
	assert_place(test, PID, UINT64_MAX - 4096, SEGMENT_UNKNOWN, "");
	next_drain(test);
	assert_place(test, PID, UINT64_MAX - 4096, SEGMENT_UNKNOWN, "");
	assert_readings(test, 2); /* of the kernel nobody asks maps */
}

/* Reading 40,000 mappings costs what some ten usual drains do. */
static void
a_large_space_is_not_read_in_every_drain(void **state)
{
	struct test *test = *state;
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	for (unsigned long i = 0; i < 40000; i++)
		fprintf(file, "%lx-%lx rw-p 00000000 00:00 0 \n", 0x7f0000000000 + i * 8192,
			0x7f0000000000 + i * 8192 + 4096);
	fclose(file);
	tree_write(&test->tree, "7/maps", text);
	free(text);
	assert_place(test, PID, 0x7f0000000000 + 39999UL * 8192, SEGMENT_ANON, "");
	for (int i = 0; i < 9; i++) {
		next_drain(test);
		assert_place(test, PID, 0x1000, SEGMENT_UNKNOWN, "");
	}
	assert_readings(test, 1);
	for (int i = 0; i < 2; i++) {
		next_drain(test);
		assert_place(test, PID, 0x1000, SEGMENT_UNKNOWN, "");
	}
	assert_readings(test, 2);
	assert_true(address_spaces_size(test->spaces).ranges >= 40000);
}

static void
a_fork_has_what_its_parent_had(void **state)
{
	struct test *test = *state;
	const uint64_t at = 0x7f3000000000;

	start_program(test, PID);
	spawn(test, PID, CHILD);
	map(test, CHILD, at, at + 0x1000, RW, "//anon");
	map(test, PID, at, at + 0x1000, PROT_READ, "/of/parent");
	assert_place(test, CHILD, 0x560b6d3b2000, SEGMENT_TEXT, "/usr/bin/cat");
	assert_place(test, CHILD, 0x560ba435d000, SEGMENT_HEAP, "[heap]");
	assert_place(test, CHILD, at, SEGMENT_ANON, "");
	assert_place(test, PID, at, SEGMENT_FILE, "/of/parent");
	exec(test, CHILD);
	map(test, CHILD, 0x400000, 0x401000, RX, "/bin/b");
	assert_place(test, CHILD, 0x400000, SEGMENT_TEXT, "/bin/b");
	assert_place(test, CHILD, 0x7f303e010000, SEGMENT_UNKNOWN, "");
	assert_place(test, PID, 0x7f303e010000, SEGMENT_TEXT, "/usr/lib/libc.so.6");
}

/* When its sample is looked at the child may be gone, or another program. */
static void
a_fork_of_an_unknown_parent_has_what_is_read_of_that(void **state)
{
	struct test *test = *state;

	tree_write(&test->tree, "7/maps", old_maps);
	spawn(test, PID, CHILD);
	spawn(test, PID, CHILD + 1);
	assert_place(test, CHILD, 0x400010, SEGMENT_TEXT, "/bin/old");
	assert_place(test, CHILD + 1, 0x7fff00000000 - 0x1000, SEGMENT_STACK, "[stack]");
	assert_readings(test, 1);
	spawn(test, 100, 101); /* of a parent that cannot be read */
	assert_place(test, 101, 0x400010, SEGMENT_UNKNOWN, "");
}

static void
a_thread_is_no_new_space(void **state)
{
	struct test *test = *state;

	start_program(test, PID);
	apply(test, (struct record){ .kind = RECORD_FORK, .pid = PID, .tid = 99, .parent = PID });
	assert_place(test, PID, 0x560b6d3b2000, SEGMENT_TEXT, "/usr/bin/cat");
	apply(test, (struct record){ .kind = RECORD_EXIT, .pid = PID, .tid = 99 });
	next_drain(test);
	assert_place(test, PID, 0x560b6d3b2000, SEGMENT_TEXT, "/usr/bin/cat");
	assert_readings(test, 0);
}

static void
a_pid_that_is_used_again_is_another_process(void **state)
{
	struct test *test = *state;

	start_program(test, PID);
	start_program(test, CHILD);
	leave(test, CHILD);
	tree_write(&test->tree, "9/maps", old_maps);
	spawn(test, 9, CHILD);
	assert_place(test, CHILD, 0x560b6d3b2000, SEGMENT_UNKNOWN, "");
	assert_place(test, CHILD, 0x400010, SEGMENT_TEXT, "/bin/old");
	next_drain(test);
	assert_place(test, CHILD, 0x400010, SEGMENT_TEXT, "/bin/old");
}

static void
memory_stays_bounded_over_10000_forks(void **state)
{
	enum { FORKS = 10000 };
	struct test *test = *state;
	struct address_spaces_size size;

	start_program(test, PID);
	for (int64_t i = 0; i < FORKS; i++)
		spawn(test, PID, 100 + i);
	size = address_spaces_size(test->spaces);
	assert_int_equal(size.processes, FORKS + 1);
	assert_true(size.ranges < 200); /* all have the same ones */
	for (int64_t i = 0; i < FORKS; i++) {
		map(test, 100 + i, 0x7f3000000000, 0x7f3000001000, RW, "//anon");
		if (i % 2)
			start_program(test, 100 + i);
		if (i % 64 == 0)
			next_drain(test);
		assert_true(address_spaces_size(test->spaces).ranges < 3 * 65536);
	}
	for (int64_t i = 0; i < FORKS; i++)
		leave(test, 100 + i);
	next_drain(test);
	size = address_spaces_size(test->spaces);
	assert_true(size.processes < 100 && size.ranges < 65536);
}

static void
names_are_forgotten_when_they_are_too_many(void **state)
{
	struct test *test = *state;
	struct place before, after;
	bool forgotten = false;
	int64_t bytes;
	char name[32];

	start_program(test, PID);
	address_spaces_find(test->spaces, PID, 0x560b6d3b2000, &before);
	address_spaces_find(test->spaces, PID, 0x560b6d3b0000, &after);
	assert_ptr_equal(before.name, after.name);
	for (int i = 0; i < 20000; i++) {
		snprintf(name, sizeof(name), "/data/%d", i);
		map(test, PID, 0x7f3000000000, 0x7f3000001000, PROT_READ, name);
		if (i % 1000 == 0) {
			bytes = address_spaces_size(test->spaces).name_bytes;
			address_spaces_trim(test->spaces);
			forgotten |= address_spaces_size(test->spaces).name_bytes < bytes;
			address_spaces_begin(test->spaces);
		}
		assert_true(address_spaces_size(test->spaces).name_bytes <= (512 + 64) * 1024);
	}
	assert_true(forgotten);
	assert_place(test, PID, 0x560b6d3b2000, SEGMENT_TEXT, "/usr/bin/cat");
	assert_place(test, PID, 0x7f3000000000, SEGMENT_FILE, "/data/19999");
}

/* S1: names of 4,000 bytes of 3,000 mappings. */
static void
names_in_use_are_bounded_as_well(void **state)
{
	enum { MAPPINGS = 3000, LENGTH = 4000 };
	struct test *test = *state;
	char name[LENGTH + 1];
	uint64_t start = 0;

	start_program(test, PID);
	for (int i = 0; i < MAPPINGS; i++) {
		snprintf(name, sizeof(name), "/%0*d", LENGTH - 1, i);
		start = 0x7f3000000000 + (uint64_t)i * 0x2000;
		map(test, PID, start, start + 0x1000, PROT_READ, name);
		if (i % 100 == 0)
			next_drain(test);
		assert_true(address_spaces_size(test->spaces).name_bytes <=
			    8 * 1024 * 1024 + LENGTH + 64);
	}
	next_drain(test);
	assert_place(test, PID, start, SEGMENT_FILE, "/(too many names)");
	assert_place(test, PID, 0x560b6d3b2000, SEGMENT_TEXT, "/usr/bin/cat");
	exec(test, PID);
	next_drain(test);
	assert_true(address_spaces_size(test->spaces).name_bytes < 1024);
}

static void
senseless_records_do_no_harm(void **state)
{
	struct test *test = *state;

	start_program(test, PID);
	map(test, PID, UINT64_MAX - 100, UINT64_MAX - 200, RW, "//anon"); /* a length that wraps */
	map(test, PID, 0x1000, 0x1000, RW, "//anon");
	map(test, PID, 0, UINT64_MAX, PROT_READ, "//toolong");
	assert_place(test, PID, 0x560b6d3b2000, SEGMENT_FILE, "//toolong");
	map(test, 12345, 0x1000, 0x2000, RW, "/x");
	leave(test, 12345);
	spawn(test, CHILD, CHILD);
	assert_place(test, CHILD, 0x1000, SEGMENT_UNKNOWN, "");
	leave(test, UNKNOWN);
	spawn(test, UNKNOWN, CHILD);
	exec(test, UNKNOWN);
	assert_place(test, UNKNOWN, 0x1000, SEGMENT_UNKNOWN, "");
	assert_int_equal(address_spaces_size(test->spaces).processes, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_program_is_known_by_its_records_alone),
		TEST(trap_8_the_stack_grows_without_a_record),
		TEST(trap_8_the_heap_is_nameless_in_records),
		TEST(without_randomisation_the_heap_follows_bss),
		TEST(trap_8_reused_addresses_are_what_was_mapped_last),
		TEST(a_process_from_before_is_read_at_its_first_sample),
		TEST(a_reading_knows_better_than_records_from_before_it),
		TEST(trap_8_after_mremap_maps_is_read_once),
		TEST(a_process_that_is_gone_stays_unknown_without_a_storm),
		TEST(a_large_space_is_not_read_in_every_drain),
		TEST(a_fork_has_what_its_parent_had),
		TEST(a_fork_of_an_unknown_parent_has_what_is_read_of_that),
		TEST(a_thread_is_no_new_space),
		TEST(a_pid_that_is_used_again_is_another_process),
		TEST(memory_stays_bounded_over_10000_forks),
		TEST(names_are_forgotten_when_they_are_too_many),
		TEST(names_in_use_are_bounded_as_well),
		TEST(senseless_records_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
