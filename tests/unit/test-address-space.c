// SPDX-License-Identifier: GPL-3.0-or-later
//
// Ranges beside a plain model of them: what each page is.
#include "unit.h"

#include "base/unit.h"
#include "sampler/address-space.h"

#include <stdlib.h>
#include <string.h>

enum { PAGES = 40, PAGE = 4096, ROUNDS = 3000, CHANGES = 12 };

static const char *const names[] = { "/a", "/b", "", "/c" };

struct page {
	const char *name; /* NULL: nothing is there */
	uint64_t offset;
	bool is_read, is_old;
};

static struct range
any_range(unsigned *seed, bool is_read)
{
	uint64_t start = (uint64_t)rand_r(seed) % PAGES;
	uint64_t pages = 1 + (uint64_t)rand_r(seed) % (rand_r(seed) % 4 ? 4 : PAGES);
	uint64_t end = start + pages > PAGES ? PAGES : start + pages;

	return (struct range){ .start = start * PAGE,
		.end = end * PAGE,
		.offset = (uint64_t)rand_r(seed) % 100 * PAGE,
		.name = names[(size_t)rand_r(seed) % ARRAY_SIZE(names)],
		.permissions = rand_r(seed) % 4 ? MAPPING_READ : MAPPING_READ | MAPPING_EXECUTE,
		.is_read = is_read };
}

static void
put_pages(struct page *pages, const struct range *range, bool keep_read)
{
	for (uint64_t at = range->start; at < range->end; at += PAGE) {
		struct page *page = &pages[at / PAGE];

		if (!keep_read || !page->name || !page->is_read)
			*page = (struct page){ .name = range->name,
				.offset = range->offset + (at - range->start),
				.is_read = range->is_read,
				.is_old = range->is_old };
	}
}

static void
assert_pages(const struct ranges *ranges, const struct page *pages)
{
	size_t next = 0;

	assert_true(ranges->count <= ranges->capacity);
	for (size_t i = 0; i < ranges->count; i++) {
		const struct range *row = &ranges->rows[i];

		assert_true(row->start < row->end && row->start >= next * PAGE);
		while (next < row->start / PAGE)
			assert_null(pages[next++].name);
		for (; next < row->end / PAGE; next++) {
			assert_ptr_equal(pages[next].name, row->name);
			assert_int_equal(
				pages[next].offset, row->offset + (next * PAGE - row->start));
			assert_int_equal(pages[next].is_read, row->is_read);
			assert_int_equal(pages[next].is_old, row->is_old);
		}
	}
	while (next < PAGES)
		assert_null(pages[next++].name);
}

/* Segments that are known are those of the whole. */
static void
assert_segments(const struct ranges *ranges)
{
	struct mapping mappings[PAGES];

	for (size_t i = 0; i < ranges->count; i++)
		mappings[i] = (struct mapping){ .start = ranges->rows[i].start,
			.end = ranges->rows[i].end,
			.name = ranges->rows[i].name,
			.permissions = ranges->rows[i].permissions };
	mapping_classify(mappings, ranges->count);
	for (size_t i = 0; i < ranges->count; i++)
		if (ranges->rows[i].segment != SEGMENT_KINDS)
			assert_int_equal(ranges->rows[i].segment, mappings[i].segment);
}

static void
read_maps(struct address_space *space, struct page *pages, unsigned *seed)
{
	struct ranges *ranges = ranges_create();
	struct page now[PAGES] = { { .name = NULL } };

	for (int i = rand_r(seed) % CHANGES; i >= 0; i--) {
		struct range range = any_range(seed, true);

		ranges_put(&ranges, &range, false);
		put_pages(now, &range, false);
	}
	for (size_t i = 0; space->ranges && i < PAGES; i++) {
		if (now[i].name || !pages[i].name)
			continue;
		now[i] = pages[i];
		now[i].is_read = false;
		now[i].is_old = true;
	}
	memcpy(pages, now, sizeof(now));
	address_space_read(space, ranges, 1);
}

static void
each_page_is_what_was_put_there_last(void **state)
{
	unsigned seed = 1;

	for (int round = 0; round < ROUNDS; round++) {
		struct address_space space = { .read_time = UNKNOWN };
		struct page pages[PAGES] = { { .name = NULL } };
		struct place place;

		for (int i = 0; i < CHANGES; i++) {
			struct range range = any_range(&seed, rand_r(&seed) % 2 == 0);
			bool keep_read = rand_r(&seed) % 2 == 0;

			if (!space.ranges || rand_r(&seed) % 4 == 0) {
				read_maps(&space, pages, &seed);
			} else {
				ranges_put(&space.ranges, &range, keep_read);
				put_pages(pages, &range, keep_read);
			}
			assert_pages(space.ranges, pages);
			assert_segments(space.ranges);
			address_space_find(&space, (uint64_t)i * PAGE, &place);
		}
		address_space_forget(&space);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_page_is_what_was_put_there_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
