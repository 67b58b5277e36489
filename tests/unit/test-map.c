// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/arena.h"
#include "collect/smaps.h"
#include "model/map.h"
#include "model/snapshot.h"
#include "output/output.h"
#include "table/order.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KIB INT64_C(1024)

/* What is parsed, with what its rows borrow. */
struct parsed {
	struct rows rows;
	struct arena texts;
};

static void
parse(struct parsed *parsed, const char *text, bool by_segment)
{
	struct smaps smaps;
	char *copy = strdup(text);

	rows_reset(&parsed->rows);
	smaps_begin(&smaps, &parsed->rows, &parsed->texts, by_segment);
	smaps_parse(&smaps, copy, strlen(copy), true);
	smaps_finish(&smaps);
	free(copy);
}

static void
finish(struct parsed *parsed)
{
	rows_finish(&parsed->rows);
	arena_finish(&parsed->texts);
}

static const char entry[] = "7fd339a64000-7fd339a66000 rw-s 001d3000 fe:1a 332835      /a b\\012c\n"
			    "Size:                  8 kB\nKernelPageSize:        4 kB\n"
			    "MMUPageSize:           4 kB\nRss:                   7 kB\n"
			    "Pss:                   6 kB\nPss_Dirty:             5 kB\n"
			    "Shared_Clean:          4 kB\nShared_Dirty:          3 kB\n"
			    "Private_Clean:         2 kB\nPrivate_Dirty:         1 kB\n"
			    "Referenced:            9 kB\nAnonymous:            10 kB\n"
			    "KSM:                  11 kB\nLazyFree:             12 kB\n"
			    "AnonHugePages:        13 kB\nShmemPmdMapped:       14 kB\n"
			    "FilePmdMapped:        15 kB\nShared_Hugetlb:       16 kB\n"
			    "Private_Hugetlb:      17 kB\nSwap:                 18 kB\n"
			    "SwapPss:              19 kB\nLocked:               20 kB\n"
			    "THPeligible:           0\nVmFlags: rd wr sh mr mw me ms \n";

static void
each_figure_of_an_entry_is_read(void **state)
{
	const struct usage expected = { .size = 8,
		.rss = 7,
		.pss = 6,
		.pss_dirty = 5,
		.shared_clean = 4,
		.shared_dirty = 3,
		.private_clean = 2,
		.private_dirty = 1,
		.referenced = 9,
		.anonymous = 10,
		.ksm = 11,
		.lazyfree = 12,
		.anon_huge = 13,
		.shmem_huge = 14,
		.file_huge = 15,
		.shared_hugetlb = 16,
		.private_hugetlb = 17,
		.swap = 18,
		.swap_pss = 19,
		.locked = 20,
		.uss = 3,
		.huge = 42,
		.hugetlb = 33 };
	const int64_t *numbers = (const int64_t *)&expected, *found;
	struct parsed parsed = { .rows = { .data = NULL } };
	const struct map_row *row;

	parse(&parsed, entry, false);
	assert_int_equal(parsed.rows.count, 1);
	row = map_at(&parsed.rows, 0);
	found = (const int64_t *)&row->usage;
	for (size_t i = 0; i < sizeof(expected) / sizeof(int64_t); i++)
		assert_int_equal(found[i], numbers[i] * KIB);
	assert_int_equal(row->page_size, 4 * KIB);
	assert_int_equal(row->start, 0x7fd339a64000);
	assert_int_equal(row->end, 0x7fd339a66000);
	assert_int_equal(row->offset, 0x1d3000);
	assert_int_equal(row->inode, 332835);
	assert_string_equal(row->device, "fe:1a");
	assert_string_equal(row->permissions, "rw-s");
	assert_string_equal(row->flags, "rd wr sh mr mw me ms");
	assert_string_equal(row->name, "/a b\\012c");
	assert_string_equal(row->segment, "file");
	finish(&parsed);
}

static void
what_the_kernel_does_not_have_is_unknown(void **state)
{
	struct parsed parsed = { .rows = { .data = NULL } };
	struct rows segments = { .data = NULL };
	const struct map_row *row;

	parse(&parsed,
		"1000-3000 rw-p 00000000 00:00 0 \n"
		"Size: 8 kB\nRss: 0 kB\nPrivate_Clean: 4 kB\nAnonHugePages: 0 kB\n"
		"5000-6000 rw-p 00000000 00:00 0 \n",
		false);
	assert_int_equal(parsed.rows.count, 2);
	row = map_at(&parsed.rows, 0);
	assert_int_equal(row->usage.rss, 0);
	assert_true(row->usage.pss == UNKNOWN && row->usage.locked == UNKNOWN);
	assert_true(row->usage.uss == UNKNOWN && row->usage.huge == 0 && !row->flags);
	assert_true(row->inode == UNKNOWN && row->offset == UNKNOWN && !row->device && !row->name);
	assert_int_equal(row[1].usage.size, 4 * KIB);
	assert_true(row[1].usage.rss == UNKNOWN);
	map_group(&segments, &parsed.rows);
	assert_int_equal(segments.count, 1);
	assert_int_equal(map_at(&segments, 0)->usage.size, 12 * KIB);
	assert_true(map_at(&segments, 0)->usage.rss == UNKNOWN); /* of a sum with an unknown part */
	rows_finish(&segments);
	finish(&parsed);
}

/* Behind each line its role and what its segment is divided by. */
static const struct {
	const char *line, *role, *owner;
} shapes[] = {
	/* clang-format off */
	{ "00400000-00401000 r-xp 00000000 fe:00 99       /bin/x", NULL, "/bin/x" },
	{ "00600000-00601000 rw-p 00000000 fe:00 99       /bin/x", NULL, "/bin/x" },
	{ "00601000-00700000 rw-p 00000000 00:00 0 ", "bss", "/bin/x" },
	{ "00700000-00800000 rw-p 00000000 00:00 0        [heap]", NULL, "[heap]" },
	/* the heap of Go begins there, in the same shape */
	{ "c000000000-c000400000 rw-p 00000000 00:00 0 ", NULL, NULL },
	{ "c000400000-c004000000 ---p 00000000 00:00 0 ", NULL, NULL },
	/* an arena; one that is full; one whose rest is one mapping with the guard of a stack */
	{ "7f0000000000-7f0000021000 rw-p 00000000 00:00 0 ", "arena", NULL },
	{ "7f0000021000-7f0004000000 ---p 00000000 00:00 0 ", "arena", NULL },
	{ "7f0008000000-7f000c000000 rw-p 00000000 00:00 0 ", "arena", NULL },
	{ "7f0010000000-7f0010021000 rw-p 00000000 00:00 0        [anon: glibc: malloc arena]", "arena", "[anon: glibc: malloc arena]" },
	{ "7f0010021000-7f0014001000 ---p 00000000 00:00 0 ", "arena", NULL },
	{ "7f0014001000-7f0014801000 rw-p 00000000 00:00 0 ", "thread-stack", NULL },
	/* a stack with its guard; by Linux before 4.5 */
	{ "7f001f7ff000-7f001f800000 ---p 00000000 00:00 0 ", "thread-stack", NULL },
	{ "7f001f800000-7f0020000000 rw-p 00000000 00:00 0 ", "thread-stack", NULL },
	{ "7f0021000000-7f0021004000 rw-p 00000000 00:00 0        [stack:4711]", "thread-stack", NULL },
	/* none of these: not aligned, a larger reserve, named, shared, small, far from its guard */
	{ "7f0030001000-7f0030021000 rw-p 00000000 00:00 0 ", NULL, NULL },
	{ "7f0030021000-7f0034001000 ---p 00000000 00:00 0 ", NULL, NULL },
	{ "7f0038000000-7f0038021000 rw-p 00000000 00:00 0 ", NULL, NULL },
	{ "7f0038021000-7f0080000000 ---p 00000000 00:00 0 ", NULL, NULL },
	{ "7f0090000000-7f0090021000 rw-p 00000000 00:00 0        [anon:jvm]", NULL, "[anon:jvm]" },
	{ "7f0090021000-7f0094000000 ---p 00000000 00:00 0 ", NULL, NULL },
	{ "7f00a0000000-7f00a0001000 ---p 00000000 00:00 0 ", NULL, NULL },
	{ "7f00a0001000-7f00a0002000 rw-p 00000000 00:00 0 ", NULL, NULL },
	{ "7f00b0000000-7f00b0001000 ---p 00000000 00:00 0 ", NULL, NULL },
	{ "7f00b0002000-7f00b0802000 rw-p 00000000 00:00 0 ", NULL, NULL },
	{ "7fff1c9f0000-7fff1ca11000 rw-p 00000000 00:00 0        [stack]", NULL, "[stack]" },
	{ "7fff1cb00000-7fff1cb04000 r--p 00000000 00:00 0        [vvar]", NULL, NULL },
	{ "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]", NULL, NULL },
	/* clang-format on */
};

static bool
is_same(const char *a, const char *b)
{
	return !a == !b && (!a || strcmp(a, b) == 0);
}

static void
shapes_tell_arenas_and_stacks(void **state)
{
	struct parsed parsed = { .rows = { .data = NULL } };
	char text[8192] = "";

	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++)
		strcat(strcat(text, shapes[i].line), "\n");
	parse(&parsed, text, false);
	assert_int_equal(parsed.rows.count, ARRAY_SIZE(shapes));
	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++)
		if (!is_same(map_at(&parsed.rows, i)->role, shapes[i].role) ||
			!is_same(map_at(&parsed.rows, i)->owner, shapes[i].owner))
			fail_msg("%s: %s, %s", shapes[i].line, map_at(&parsed.rows, i)->role,
				map_at(&parsed.rows, i)->owner);
	finish(&parsed);
}

static void
mappings_are_put_together_by_what_they_are(void **state)
{
	static const struct {
		const char *segment, *role, *name;
		int64_t count, size;
	} expected[] = {
		{ "text", NULL, "/bin/x", 1, 4 },
		{ "data", NULL, "/bin/x", 2, 1024 }, /* with bss */
		{ "anon", NULL, NULL, 1, 4 },
		{ "anon", "thread-stack", NULL, 2, 8196 },
		{ "vdso", NULL, NULL, 2, 20 },
	};
	struct parsed parsed = { .rows = { .data = NULL } };
	struct rows segments = { .data = NULL };

	parse(&parsed,
		"00400000-00401000 r-xp 00000000 fe:00 99       /bin/x\n"
		"00600000-00601000 rw-p 00000000 fe:00 99       /bin/x\n"
		"00601000-00700000 rw-p 00000000 00:00 0 \n"
		"7f0000001000-7f0000002000 rw-p 00000000 00:00 0 \n"
		"7f001f7ff000-7f001f800000 ---p 00000000 00:00 0 \n"
		"7f001f800000-7f0020000000 rw-p 00000000 00:00 0 \n"
		"7fff1cb00000-7fff1cb04000 r--p 00000000 00:00 0        [vvar]\n"
		"7fff1cb04000-7fff1cb05000 r-xp 00000000 00:00 0        [vdso]\n",
		false);
	map_group(&segments, &parsed.rows);
	assert_int_equal(segments.count, ARRAY_SIZE(expected));
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		const struct map_row *row = map_at(&segments, i);

		assert_string_equal(row->segment, expected[i].segment);
		assert_true(is_same(row->role, expected[i].role));
		assert_true(is_same(row->name, expected[i].name));
		assert_int_equal(row->count, expected[i].count);
		assert_int_equal(row->usage.size, expected[i].size * KIB);
	}
	rows_finish(&segments);
	finish(&parsed);
}

static int64_t
grown_in_all(const struct rows *rows)
{
	int64_t sum = 0;

	for (size_t i = 0; i < rows->count; i++)
		sum += map_at(rows, i)->size_grown;
	return sum;
}

static const char before_text[] = "1000-2000 rw-p 00000000 00:00 0 [heap]\n"
				  "5000-6000 rw-p 00000000 00:00 0 \n"
				  "7000-8000 rw-p 00000000 00:00 0 [anon:gone]\n"
				  "a000-b000 rw-p 00000000 00:00 0 [stack]\n";
static const char after_text[] = "1000-4000 rw-p 00000000 00:00 0 [heap]\n"
				 "5000-6000 rw-p 00000000 00:00 0 [anon:named]\n"
				 "9000-b000 rw-p 00000000 00:00 0 [stack]\n";

static void
growth_is_of_the_same_mapping(void **state)
{
	static const int64_t expected[] = { 8, 4, 4, -4, -4 };
	struct parsed before = { .rows = { .data = NULL } }, now = { .rows = { .data = NULL } };

	parse(&before, before_text, false);
	parse(&now, after_text, false);
	map_compare(&now.rows, &before.rows);
	assert_int_equal(now.rows.count, 5); /* two have gone: one of them has got a name */
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_int_equal(map_at(&now.rows, i)->size_grown, expected[i] * KIB);
	assert_int_equal(map_at(&now.rows, 4)->usage.size, 0);
	assert_string_equal(map_at(&now.rows, 4)->name, "[anon:gone]");
	assert_true(map_at(&now.rows, 0)->rss_grown == UNKNOWN);
	assert_int_equal(grown_in_all(&now.rows), 8 * KIB);
	finish(&before);
	finish(&now);
}

static void
growth_of_segments_adds_up(void **state)
{
	struct parsed before = { .rows = { .data = NULL } }, now = { .rows = { .data = NULL } };
	struct rows old = { .data = NULL }, new = { .data = NULL };
	size_t gone;

	parse(&before, before_text, false);
	parse(&now, after_text, false);
	map_group(&old, &before.rows);
	map_group(&new, &now.rows);
	map_compare(&new, &old);
	assert_int_equal(new.count, 5);
	assert_string_equal(map_at(&new, 0)->name, "[heap]");
	assert_int_equal(map_at(&new, 0)->size_grown, 8 * KIB);
	assert_int_equal(map_at(&new, 2)->size_grown, 4 * KIB);
	assert_int_equal(grown_in_all(&new), 8 * KIB);
	gone = new.count;
	map_group(&old, &now.rows);
	gone -= old.count;
	map_compare(&old, &new); /* what has gone is told once */
	assert_true(gone > 0 && old.count + gone == new.count);
	assert_int_equal(grown_in_all(&old), 0);
	rows_finish(&old);
	rows_finish(&new);
	finish(&before);
	finish(&now);
}

static void
without_smaps_there_is_maps(void **state)
{
	struct rows rows = { .data = NULL };
	struct arena texts = { .first = NULL };
	struct tree tree;

	tree_create(&tree);
	tree_write(&tree, "7/maps",
		"1000-3000 rw-p 00000000 00:00 0 \n3000-4000 r--p 0 0:0 0 [vvar]\n");
	tree_write(&tree, "8/smaps", "");
	tree_write(&tree, "8/maps", "1000-3000 rw-p 00000000 00:00 0 \n");
	assert_int_equal(smaps_read(tree.fd, "7", &rows, &texts, false), -ENODATA);
	assert_int_equal(rows.count, 2);
	assert_int_equal(map_at(&rows, 0)->usage.size, 8 * KIB);
	assert_true(map_at(&rows, 0)->usage.rss == UNKNOWN);
	rows_reset(&rows);
	assert_int_equal(smaps_read(tree.fd, "8", &rows, &texts, false), 0);
	assert_int_equal(rows.count, 0);
	assert_int_equal(smaps_read(tree.fd, "9", &rows, &texts, false), -ENOENT);
	rows_finish(&rows);
	arena_finish(&texts);
	tree_destroy(&tree);
}

static void
a_file_larger_than_the_buffer_is_read_whole(void **state)
{
	enum { ENTRIES = 5000 };
	struct rows rows = { .data = NULL };
	struct arena texts = { .first = NULL };
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);
	struct tree tree;

	for (int64_t i = 0; i < ENTRIES; i++)
		fprintf(file,
			"%lx-%lx rw-p 00000000 00:00 0      [anon:%ld]\nSize: 4 kB\nRss: %ld kB\n"
			"Locked: %ld kB\nVmFlags: rd wr\n",
			(unsigned long)(0x7f0000000000 + i * 8192),
			(unsigned long)(0x7f0000000000 + i * 8192 + 4096), (long)i, (long)i,
			(long)i);
	fclose(file);
	tree_create(&tree);
	tree_write(&tree, "7/smaps", text);
	assert_int_equal(smaps_read(tree.fd, "7", &rows, &texts, false), 0);
	assert_int_equal(rows.count, ENTRIES);
	for (int64_t i = 0; i < ENTRIES; i++) {
		assert_int_equal(map_at(&rows, i)->usage.rss, i * KIB);
		assert_int_equal(map_at(&rows, i)->usage.locked, i * KIB);
		assert_string_equal(map_at(&rows, i)->flags, "rd wr");
	}
	assert_string_equal(map_at(&rows, ENTRIES - 1)->name, "[anon:4999]");
	free(text);
	rows_finish(&rows);
	arena_finish(&texts);
	tree_destroy(&tree);
}

static void
write_mapping(FILE *text, uint64_t *at, uint64_t size, const char *rest)
{
	fprintf(text, "%" PRIx64 "-%" PRIx64 " %s\nRss: 4 kB\n", *at, *at + size, rest);
	*at += size;
}

/* A thread stack below its guard, an arena with its reserve, a library with its bss. */
static void
write_shapes(FILE *text, uint64_t *at, int number)
{
	static const char *const parts[] = { "r--p 00000000", "r-xp 00001000", "r--p 00002000",
		"rw-p 00003000" };
	static const char reserve[] = "---p 00000000 00:00 0 ", memory[] = "rw-p 00000000 00:00 0 ";
	char line[64];

	write_mapping(text, at, 4 * KIB, reserve);
	write_mapping(text, at, 8192 * KIB, memory);
	*at = (*at / (65536 * KIB) + 1) * 65536 * KIB;
	write_mapping(text, at, 132 * KIB, memory);
	write_mapping(text, at, (65536 - 132) * KIB, reserve);
	*at += 1024 * KIB;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		snprintf(line, sizeof(line), "%s fe:00 7 /lib/x%d.so", parts[i], number % 50);
		write_mapping(text, at, 4 * KIB, line);
	}
	write_mapping(text, at, 8 * KIB, memory);
	*at += 1024 * KIB;
}

static char *
many_mappings(int shift)
{
	char *text;
	size_t size;
	FILE *file = open_memstream(&text, &size);
	uint64_t at = 0x7f0000000000;

	for (int i = 0; i < shift; i++)
		write_mapping(file, &at, 4 * KIB, "rw-s 00000000 00:01 5 /memfd:x");
	for (int i = 0; i < 400; i++)
		write_shapes(file, &at, i);
	fclose(file);
	return text;
}

/* Wherever a piece ends: between a stack and its guard, within an arena, a library. */
static void
segments_made_piece_by_piece_are_the_same(void **state)
{
	for (int shift = 0; shift < 9; shift++) {
		struct parsed whole = { .rows = { .data = NULL } },
			      pieces = { .rows = { .data = NULL } };
		struct rows segments = { .data = NULL };
		char *text = many_mappings(shift);

		parse(&whole, text, false);
		parse(&pieces, text, true);
		map_group(&segments, &whole.rows);
		assert_true(whole.rows.count > 3000);
		assert_int_equal(pieces.rows.count, segments.count);
		for (size_t i = 0; i < segments.count; i++) {
			const struct map_row *a = map_at(&segments, i),
					     *b = map_at(&pieces.rows, i);

			assert_true(a->kind == b->kind && a->role == b->role);
			assert_true(
				map_is_same_text(a->owner, b->owner) && a->segment == b->segment);
			assert_int_equal(a->count, b->count);
			assert_int_equal(a->start, b->start);
			assert_memory_equal(&a->usage, &b->usage, sizeof(a->usage));
		}
		assert_int_equal(map_sum(&pieces.rows, SEGMENT_ANON, map_role_stack).mappings, 800);
		assert_int_equal(map_sum(&pieces.rows, SEGMENT_ANON, map_role_arena).mappings, 800);
		free(text);
		rows_finish(&segments);
		finish(&whole);
		finish(&pieces);
	}
}

/* S1: what has no row of its own is in the sum of the last; names beyond 8 MiB are left out. */
static void
the_rest_of_too_many_mappings_is_one_row(void **state)
{
	enum { MORE = 1000, COUNT_OF_ALL = SMAPS_MOST_ROWS + MORE };
	struct parsed parsed = { .rows = { .data = NULL } };
	struct smaps smaps;
	const struct map_row *rest;
	struct map_total total;

	smaps_begin(&smaps, &parsed.rows, &parsed.texts, false);

	for (int64_t i = 0; i < COUNT_OF_ALL; i++) {
		char text[128];
		int length = snprintf(text, sizeof(text),
			"%lx-%lx rw-p 00000000 00:00 0 [anon:%ld]\nRss: 3 kB\n",
			(unsigned long)(0x7f0000000000 + i * 8192),
			(unsigned long)(0x7f0000000000 + i * 8192 + 4096), (long)(i % 2));

		smaps_parse(&smaps, text, (size_t)length, true);
	}
	smaps_finish(&smaps);
	assert_int_equal(parsed.rows.count, SMAPS_MOST_ROWS);
	rest = map_at(&parsed.rows, SMAPS_MOST_ROWS - 1);
	assert_string_equal(rest->name, "(further mappings)");
	assert_int_equal(rest->count, MORE + 1);
	assert_int_equal(rest->usage.rss, 3 * KIB * (MORE + 1));
	assert_int_equal(rest->usage.pss, UNKNOWN);
	assert_int_equal(rest->start, rest[-1].start + 8192);
	total = map_sum(&parsed.rows, SEGMENT_KINDS, NULL);
	assert_int_equal(total.mappings, COUNT_OF_ALL);
	assert_int_equal(total.usage.size, 4 * KIB * COUNT_OF_ALL);
	finish(&parsed);
}

static void
names_beyond_the_most_are_left_out(void **state)
{
	enum { MAPPINGS = 3000, LENGTH = 4000 };
	struct parsed parsed = { .rows = { .data = NULL } };
	struct smaps smaps;
	size_t bytes = 0;
	char text[LENGTH + 128];

	smaps_begin(&smaps, &parsed.rows, &parsed.texts, false);

	for (int i = 0; i < MAPPINGS; i++) {
		int length = snprintf(text, sizeof(text),
			"%x000-%x000 r--p 00000000 fe:00 7 /%0*d\n", i + 16, i + 17, LENGTH - 1, i);

		smaps_parse(&smaps, text, (size_t)length, true);
	}
	smaps_finish(&smaps);
	assert_int_equal(parsed.rows.count, MAPPINGS);
	for (size_t i = 0; i < MAPPINGS && map_at(&parsed.rows, i)->name[1] == '0'; i++)
		bytes += LENGTH;
	assert_in_range(bytes, SMAPS_MOST_NAMES - 2 * LENGTH, SMAPS_MOST_NAMES);
	assert_string_equal(map_at(&parsed.rows, MAPPINGS - 1)->name, "/(too many names)");
	assert_string_equal(map_at(&parsed.rows, MAPPINGS - 1)->segment, "file");
	finish(&parsed);
}

/* The text that a format writes of rows of mappings. */
static char *
written(const struct output_format *format, const struct rows *rows, const char *columns)
{
	struct output output = { .format = format };
	struct selection selection = { .table = &mapping_table };
	struct snapshot snapshot = { .time = 0 };
	struct row_list list = { .count = 0 };
	const struct order order = order_of(table_column(&mapping_table, "inode"));
	size_t size, position;
	char *text = NULL;

	snapshot_reset(&snapshot);
	output.file = open_memstream(&text, &size);
	assert_int_equal(selection_parse(&selection, columns, &position), 0);
	order_build(&list, &mapping_table, rows->data, rows->count, NULL, &order);
	assert_int_equal(output_write(&output, &snapshot, &selection, &list), 0);
	fclose(output.file);
	output_finish(&output);
	row_list_finish(&list);
	selection_finish(&selection);
	snapshot_finish(&snapshot);
	return text;
}

static void
L25_inodes_have_64_bits(void **state)
{
	static const char largest[] = "18446744073709551615", second[] = "4294967297";
	struct parsed parsed = { .rows = { .data = NULL } };
	char path[512], text[8192];
	char *json, *csv;
	size_t length;
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/fixtures/smaps/inode-64bit", getenv("SOURCE"));
	file = fopen(path, "r");
	assert_non_null(file);
	length = fread(text, 1, sizeof(text) - 1, file);
	text[length] = '\0';
	fclose(file);
	parse(&parsed, text, false);
	assert_int_equal(parsed.rows.count, 3);
	assert_int_equal(map_at(&parsed.rows, 0)->inode, UINT64_MAX);
	assert_true(map_at(&parsed.rows, 2)->inode == UNKNOWN);
	csv = written(&output_csv, &parsed.rows, "inode");
	assert_true(strstr(csv, second) && strstr(csv, second) < strstr(csv, largest));
	json = written(&output_json, &parsed.rows, "inode");
	assert_non_null(strstr(json, "\"inode\": 4294967297}"));
	assert_non_null(strstr(json, "\"inode\": \"18446744073709551615\"}"));
	assert_non_null(strstr(json, "\"inode\": null}"));
	free(csv);
	free(json);
	finish(&parsed);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(L25_inodes_have_64_bits),
		cmocka_unit_test(each_figure_of_an_entry_is_read),
		cmocka_unit_test(what_the_kernel_does_not_have_is_unknown),
		cmocka_unit_test(shapes_tell_arenas_and_stacks),
		cmocka_unit_test(mappings_are_put_together_by_what_they_are),
		cmocka_unit_test(growth_is_of_the_same_mapping),
		cmocka_unit_test(growth_of_segments_adds_up),
		cmocka_unit_test(without_smaps_there_is_maps),
		cmocka_unit_test(a_file_larger_than_the_buffer_is_read_whole),
		cmocka_unit_test(segments_made_piece_by_piece_are_the_same),
		cmocka_unit_test(the_rest_of_too_many_mappings_is_one_row),
		cmocka_unit_test(names_beyond_the_most_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
