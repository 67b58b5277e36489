// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "base/arena.h"
#include "collect/smaps.h"

#include <stdbool.h>

static bool
is_same(const char *a, const char *b)
{
	return !a == !b && (!a || strcmp(a, b) == 0);
}

/* Gives the text in two pieces, as if a read had ended between them. */
static void
parse(const uint8_t *data, size_t size, size_t first, struct rows *rows, struct arena *texts,
	bool by_segment)
{
	struct smaps smaps;
	char *text = text_of(data, size);
	size_t done;

	smaps_begin(&smaps, rows, texts, by_segment);
	done = smaps_parse(&smaps, text, first, false);

	CHECK(done <= first);
	memcpy(text + first, data + first, size - first); /* over the NUL behind the first piece */
	smaps_parse(&smaps, text + done, size - done, true);
	smaps_finish(&smaps);
	free(text);
}

static void
check_row(const struct rows *rows, size_t i)
{
	const struct map_row *row = map_at(rows, i);

	CHECK((uint64_t)row->start < (uint64_t)row->end);
	CHECK(i == 0 || (uint64_t)row[-1].end <= (uint64_t)row->start);
	CHECK((unsigned)row->kind < SEGMENT_UNKNOWN && row->segment && row->permissions);
	CHECK(!row->name || (*row->name && !strchr(row->name, '\n')));
	CHECK(!row->flags || !strchr(row->flags, '\n'));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rows whole = { .data = NULL }, pieces = { .data = NULL };
	struct rows segments = { .data = NULL }, grouped = { .data = NULL };
	struct arena texts = { .first = NULL };
	int64_t count = 0;

	parse(data, size, 0, &whole, &texts, false);
	parse(data, size, size / 2, &pieces, &texts, false);
	CHECK(whole.count == pieces.count);
	for (size_t i = 0; i < whole.count; i++) {
		check_row(&whole, i);
		CHECK(is_same(map_at(&whole, i)->name, map_at(&pieces, i)->name));
		CHECK(is_same(map_at(&whole, i)->flags, map_at(&pieces, i)->flags));
		CHECK(map_at(&whole, i)->usage.locked == map_at(&pieces, i)->usage.locked);
	}
	map_group(&segments, &whole);
	for (size_t i = 0; i < segments.count; i++)
		count += map_at(&segments, i)->count;
	CHECK(count == (int64_t)whole.count);
	parse(data, size, size / 2, &grouped, &texts, true);
	CHECK(grouped.count == segments.count);
	for (size_t i = 0; i < segments.count; i++)
		CHECK(map_at(&grouped, i)->count == map_at(&segments, i)->count);
	map_compare(&pieces, &whole);
	CHECK(pieces.count == whole.count);
	rows_finish(&whole);
	rows_finish(&pieces);
	rows_finish(&segments);
	rows_finish(&grouped);
	arena_finish(&texts);
	return 0;
}
