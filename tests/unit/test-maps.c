// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "collect/maps.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Address spaces as Linux prints them; behind each line stands what it is for. */
static const struct {
	const char *line;
	enum segment segment;
} samples[] = {
	/* clang-format off */
	/* a program at any address, its heap, libraries with and without bss, stacks of threads */
	{ "5620b147e000-5620b1480000 r--p 00000000 fe:00 247498                     /usr/bin/sort", SEGMENT_RODATA },
	{ "5620b1480000-5620b1486000 r-xp 00002000 fe:00 247498                     /usr/bin/sort", SEGMENT_TEXT },
	{ "5620b1486000-5620b1489000 r--p 00008000 fe:00 247498                     /usr/bin/sort", SEGMENT_RODATA },
	{ "5620b1489000-5620b148a000 r--p 0000a000 fe:00 247498                     /usr/bin/sort", SEGMENT_RODATA },
	{ "5620b148a000-5620b148b000 rw-p 0000b000 fe:00 247498                     /usr/bin/sort", SEGMENT_DATA },
	{ "5620b148b000-5620b148d000 rw-p 00000000 00:00 0 ", SEGMENT_DATA },
	{ "5620b2725000-5620b2746000 rw-p 00000000 00:00 0                          [heap]", SEGMENT_HEAP },
	{ "7fd320000000-7fd320021000 rw-p 00000000 00:00 0 ", SEGMENT_ANON },
	{ "7fd320021000-7fd324000000 ---p 00000000 00:00 0 ", SEGMENT_ANON },
	{ "7fd32f7ff000-7fd32f800000 ---p 00000000 00:00 0 ", SEGMENT_ANON },
	{ "7fd32f800000-7fd330000000 rw-p 00000000 00:00 0 ", SEGMENT_ANON },
	{ "7fd339600000-7fd339700000 rw-p 00000000 00:00 0                          [anon: glibc: malloc arena]", SEGMENT_ANON },
	{ "7fd339830000-7fd339887000 r--p 00000000 fe:00 320475                     /usr/lib/locale/C.utf8/LC_CTYPE", SEGMENT_FILE },
	{ "7fd339891000-7fd3398b7000 r--p 00000000 fe:00 332835                     /usr/lib/x86_64-linux-gnu/libc.so.6", SEGMENT_RODATA },
	{ "7fd3398b7000-7fd339a0d000 r-xp 00026000 fe:00 332835                     /usr/lib/x86_64-linux-gnu/libc.so.6", SEGMENT_TEXT },
	{ "7fd339a0d000-7fd339a60000 r--p 0017c000 fe:00 332835                     /usr/lib/x86_64-linux-gnu/libc.so.6", SEGMENT_RODATA },
	{ "7fd339a64000-7fd339a66000 rw-p 001d3000 fe:00 332835                     /usr/lib/x86_64-linux-gnu/libc.so.6", SEGMENT_DATA },
	{ "7fd339a66000-7fd339a73000 rw-p 00000000 00:00 0 ", SEGMENT_DATA },
	{ "7fd339a74000-7fd339a76000 rw-p 00000000 00:00 0 ", SEGMENT_ANON },
	{ "7fd339a76000-7fd339a7d000 r--s 00000000 fe:00 332280                     /usr/lib/x86_64-linux-gnu/gconv/gconv-modules.cache", SEGMENT_FILE },
	{ "7fd339a80000-7fd339a84000 r--p 00000000 00:00 0                          [vvar]", SEGMENT_VDSO },
	{ "7fd339a84000-7fd339a86000 r--p 00000000 00:00 0                          [vvar_vclock]", SEGMENT_VDSO },
	{ "7fd339a86000-7fd339a88000 r-xp 00000000 00:00 0                          [vdso]", SEGMENT_VDSO },
	{ "7fff1c9f0000-7fff1ca11000 rw-p 00000000 00:00 0                          [stack]", SEGMENT_STACK },
	{ "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]", SEGMENT_VDSO },
	/* a static program at its own address, old style: text first, its file replaced */
	{ "00400000-00401000 r-xp 00000000 fe:00 99                                 /opt/my prog (deleted)", SEGMENT_TEXT },
	{ "00600000-00601000 rw-p 00000000 fe:00 99                                 /opt/my prog (deleted)", SEGMENT_DATA },
	{ "00601000-00700000 rw-p 00000000 00:00 0                                  [heap]", SEGMENT_HEAP },
	{ "7ffff7ff0000-7ffff7ff4000 rw-p 00000000 00:00 0                          [stack:4711]", SEGMENT_ANON },
	/* a virtual machine: a class archive without code, code it writes itself, its heap */
	{ "600000000-700000000 rw-p 00000000 00:00 0 ", SEGMENT_ANON },
	{ "7f0000000000-7f0000010000 rw-p 00001000 fe:00 500                        /usr/lib/jvm/lib/server/classes.jsa", SEGMENT_FILE },
	{ "7f0000010000-7f0000020000 rw-p 00000000 00:00 0 ", SEGMENT_ANON },
	{ "7f0010000000-7f0010270000 rwxp 00000000 00:00 0 ", SEGMENT_ANON },
	{ "7f0020000000-7f0028000000 r--s 00000000 fe:00 501                        /usr/lib/jvm/lib/modules", SEGMENT_FILE },
	{ "7f0030000000-7f0030001000 rw-p 00000000 00:00 0                          [anon:jvm: stack]", SEGMENT_ANON },
	/* shared memory of all kinds */
	{ "7f1000000000-7f1000001000 rw-s 00000000 00:01 1024                       /memfd:my pool (deleted)", SEGMENT_SHARED },
	{ "7f1000001000-7f1000002000 r-xs 00000000 00:01 1024                       /memfd:my pool (deleted)", SEGMENT_SHARED },
	{ "7f1000002000-7f1000003000 rw-s 00000000 00:19 7                          /dev/shm/queue", SEGMENT_SHARED },
	{ "7f1000003000-7f1000004000 r--p 00000000 00:19 7                          /dev/shm/queue", SEGMENT_FILE },
	{ "7f1000004000-7f1000005000 rw-s 00000000 00:01 32769                      /SYSV0000002a (deleted)", SEGMENT_SHARED },
	{ "7f1000005000-7f1000006000 rw-s 00000000 00:01 1025                       /dev/zero (deleted)", SEGMENT_SHARED },
	{ "7f1000006000-7f1000007000 rw-p 00000000 00:01 1026                       /dev/zero", SEGMENT_ANON },
	{ "7f1000007000-7f1000008000 rw-s 00000000 00:01 1027                       [anon_shmem:pool]", SEGMENT_SHARED },
	{ "7f1000200000-7f1000400000 rw-p 00000000 00:10 1028                       /anon_hugepage (deleted)", SEGMENT_ANON },
	{ "7f1000400000-7f1000600000 rw-s 00000000 00:10 1029                       /anon_hugepage (deleted)", SEGMENT_SHARED },
	{ "7f1000600000-7f1000601000 rw-s 00000000 00:0f 1030                       anon_inode:[perf_event]", SEGMENT_FILE },
	{ "7f1000700000-7f1000800000 rw-p 00000000 00:00 0                          [anon:.bss]", SEGMENT_DATA },
	/* five levels of page tables */
	{ "fe12345678f000-ff123456790000 rw-p 00000000 00:00 0 ", SEGMENT_ANON },
	/* clang-format on */
};

static void
each_mapping_is_known_for_what_it_is(void **state)
{
	struct mappings mappings = { .rows = NULL };
	char text[16384] = "";

	/* The samples are of several processes: wherever addresses begin anew one ends. */
	for (size_t i = 0; i < ARRAY_SIZE(samples);) {
		size_t first = i;
		uint64_t start = 0, here = 0;

		text[0] = '\0';
		for (; i < ARRAY_SIZE(samples); i++, start = here) {
			here = strtoull(samples[i].line, NULL, 16);
			if (here < start)
				break;
			strcat(strcat(text, samples[i].line), "\n");
		}
		maps_parse(text, strlen(text), &mappings);
		assert_int_equal(mappings.count, i - first);
		for (size_t k = 0; k < mappings.count; k++)
			if (mappings.rows[k].segment != samples[first + k].segment)
				fail_msg("%s: %s", samples[first + k].line,
					segment_descriptions[mappings.rows[k].segment].name);
	}
	mappings_finish(&mappings);
}

static void
fields_of_a_line_are_read(void **state)
{
	struct mapping mapping;

	assert_true(maps_parse_line("7fd339a64000-7fd339a66000 rw-s 001d3000 fe:1a 332835      "
				    "               /usr/lib/a b\\012c  (deleted)",
		&mapping));
	assert_true(mapping.start == 0x7fd339a64000 && mapping.end == 0x7fd339a66000);
	assert_int_equal(mapping.permissions, MAPPING_READ | MAPPING_WRITE | MAPPING_SHARED);
	assert_int_equal(mapping.offset, 0x1d3000);
	assert_int_equal(mapping.major, 0xfe);
	assert_int_equal(mapping.minor, 0x1a);
	assert_int_equal(mapping.inode, 332835);
	assert_string_equal(mapping.name, "/usr/lib/a b\\012c  (deleted)");
	assert_true(maps_parse_line("0-1000 ---p 00000000 00:00 0", &mapping));
	assert_string_equal(mapping.name, "");
	assert_int_equal(mapping.permissions, 0);
	assert_true(maps_parse_line(
		"ffffffffff600000-ffffffffffffffff --xp ffffffffffffffff ffffffff:0 0 [x]",
		&mapping));
	assert_true(mapping.end == UINT64_MAX && mapping.offset == UINT64_MAX);
}

static void
what_is_no_line_of_maps_is_refused(void **state)
{
	static const char *const cases[] = { "", "Rss:  12 kB", "VmFlags: rd wr mr mw me ac sd",
		"1000-2000", "1000-2000 r--p", "1000-2000 r--p 0 00:00", "1000-2000 r--p 0 00:00 x",
		"1000-2000 r--q 0 00:00 0", "1000-2000 rw 0 00:00 0", "2000-1000 r--p 0 00:00 0",
		"1000-1000 r--p 0 00:00 0", "10000000000000000-2 r--p 0 00:00 0",
		"1000-2000 r--p 0 00:00 99999999999999999999", "1000 - 2000 r--p 0 00:00 0",
		"1000-2000 r--p 0 100000000:00 0", "-2000 r--p 0 00:00 0" };
	struct mapping mapping;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (maps_parse_line(cases[i], &mapping))
			fail_msg("%s", cases[i]);
}

/* The file is read in pieces; what the kernel merged meanwhile may come twice. */
static void
mappings_never_overlap(void **state)
{
	char text[] = "1000-3000 rw-p 00000000 00:00 0 \n"
		      "2000-5000 r--p 00000000 fe:00 7 /a\n"
		      "2000-4000 r--p 00000000 fe:00 7 /a\n"
		      "5000-6000 r--p 00003000 fe:00 7 /a\n";
	struct mappings mappings = { .rows = NULL };

	maps_parse(text, strlen(text), &mappings);
	assert_int_equal(mappings.count, 3);
	assert_int_equal(mappings.rows[1].start, 0x3000);
	assert_int_equal(mappings.rows[1].end, 0x5000);
	assert_int_equal(mappings.rows[1].offset, 0x1000);
	assert_int_equal(mappings.rows[2].start, 0x5000);
	mappings_finish(&mappings);
}

static void
a_process_that_is_gone_has_no_mappings(void **state)
{
	struct mappings mappings = { .rows = NULL };
	struct tree tree;

	tree_create(&tree);
	tree_write(&tree, "7/maps", "1000-3000 rw-p 00000000 00:00 0 \n");
	tree_write(&tree, "8/maps", "");
	assert_int_equal(maps_read(tree.fd, 7, &mappings), 0);
	assert_int_equal(mappings.count, 1);
	assert_int_equal(maps_read(tree.fd, 9, &mappings), -ENOENT);
	assert_int_equal(mappings.count, 0);
	assert_int_equal(maps_read(tree.fd, 8, &mappings), 0);
	assert_int_equal(mappings.count, 0);
	mappings_finish(&mappings);
	tree_destroy(&tree);
}

static void
a_file_of_40000_mappings_is_read_whole(void **state)
{
	enum { LINES = 40000 };
	struct mappings mappings = { .rows = NULL };
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);
	struct tree tree;

	for (int64_t i = 0; i < LINES; i++)
		fprintf(file, "%lx-%lx rw-p 00000000 00:00 0                          [anon:%ld]\n",
			(unsigned long)(0x7f0000000000 + i * 8192),
			(unsigned long)(0x7f0000000000 + i * 8192 + 4096), (long)i);
	fclose(file);
	tree_create(&tree);
	tree_write(&tree, "7/maps", text);
	assert_int_equal(maps_read(tree.fd, 7, &mappings), 0);
	assert_int_equal(mappings.count, LINES);
	assert_string_equal(mappings.rows[LINES - 1].name, "[anon:39999]");
	mapping_classify(mappings.rows, mappings.count);
	assert_int_equal(mappings.rows[LINES - 1].segment, SEGMENT_ANON);
	free(text);
	mappings_finish(&mappings);
	tree_destroy(&tree);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_mapping_is_known_for_what_it_is),
		cmocka_unit_test(fields_of_a_line_are_read),
		cmocka_unit_test(what_is_no_line_of_maps_is_refused),
		cmocka_unit_test(mappings_never_overlap),
		cmocka_unit_test(a_process_that_is_gone_has_no_mappings),
		cmocka_unit_test(a_file_of_40000_mappings_is_read_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
