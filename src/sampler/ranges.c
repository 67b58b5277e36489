// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/ranges.h"

#include "base/memory.h"
#include "model/mapping.h"

#include <stdlib.h>
#include <string.h>

/* Most programs map their libraries and little else. */
enum { FIRST_RANGES = 48 };

static struct ranges *
create(size_t capacity)
{
	struct ranges *ranges = xmalloc(sizeof(*ranges) + capacity * sizeof(ranges->rows[0]));

	*ranges = (struct ranges){ .owners = 1, .capacity = capacity };
	return ranges;
}

struct ranges *
ranges_create(void)
{
	return create(FIRST_RANGES);
}

struct ranges *
ranges_share(struct ranges *ranges)
{
	ranges->owners++;
	return ranges;
}

void
ranges_release(struct ranges *ranges)
{
	if (ranges && --ranges->owners == 0)
		free(ranges);
}

/* Makes room for `more` ranges in a copy that has one owner. Returns what memory was taken. */
static size_t
make_own(struct ranges **ranges, size_t more)
{
	struct ranges *old = *ranges, *copy;
	size_t capacity = old->capacity;

	if (old->owners == 1 && old->count + more <= capacity)
		return 0;
	if (old->count + more > capacity)
		capacity = old->count + more + old->count / 2;
	copy = create(capacity);
	copy->count = old->count;
	memcpy(copy->rows, old->rows, old->count * sizeof(old->rows[0]));
	ranges_release(old);
	*ranges = copy;
	return capacity;
}

size_t
ranges_seek(const struct ranges *ranges, uint64_t address)
{
	size_t low = 0, high = ranges->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ranges->rows[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Around a change everything must be looked at anew. */
static void
forget_segments(struct ranges *ranges, size_t place)
{
	size_t first = place > MAPPING_REACH ? place - MAPPING_REACH : 0;

	for (size_t i = first; i < ranges->count && i <= place + 2 + MAPPING_REACH; i++)
		ranges->rows[i].segment = SEGMENT_KINDS;
}

/* Puts `count` rows in the place of `gone` others. There is room. */
static void
replace(struct ranges *ranges, size_t place, size_t gone, const struct range *rows, size_t count)
{
	size_t behind = ranges->count - place - gone;

	memmove(&ranges->rows[place + count], &ranges->rows[place + gone],
		behind * sizeof(rows[0]));
	memcpy(&ranges->rows[place], rows, count * sizeof(rows[0]));
	ranges->count += count;
	ranges->count -= gone;
	forget_segments(ranges, place);
}

static size_t
overwrite(struct ranges **ranges, const struct range *range)
{
	size_t taken = make_own(ranges, 2), first = ranges_seek(*ranges, range->start);
	size_t end = first, count = 0;
	const struct range *rows = (*ranges)->rows;
	struct range pieces[3];

	while (end < (*ranges)->count && rows[end].start < range->end)
		end++;
	if (first < end && rows[first].start < range->start) {
		pieces[count] = rows[first];
		pieces[count++].end = range->start;
	}
	pieces[count++] = *range;
	if (first < end && rows[end - 1].end > range->end) {
		pieces[count] = rows[end - 1];
		pieces[count].offset += range->end - rows[end - 1].start;
		pieces[count++].start = range->end;
	}
	replace(*ranges, first, end - first, pieces, count);
	return taken;
}

/* The first part of a range, from `start` on, where nothing was read; empty if there is none. */
static struct range
first_gap(const struct ranges *ranges, const struct range *range, uint64_t start)
{
	const struct range *rows = ranges->rows;
	struct range gap = *range;
	size_t i = ranges_seek(ranges, start);

	while (i < ranges->count && rows[i].is_read && rows[i].start <= start)
		start = rows[i++].end;
	while (i < ranges->count && !rows[i].is_read)
		i++;
	if (i < ranges->count && rows[i].start < gap.end)
		gap.end = rows[i].start;
	gap.offset += start - gap.start;
	gap.start = start;
	return gap;
}

size_t
ranges_put(struct ranges **ranges, const struct range *range, bool keep_read)
{
	size_t taken = 0;
	uint64_t start = range->start;

	if (!keep_read)
		return overwrite(ranges, range);
	while (start < range->end) {
		const struct range gap = first_gap(*ranges, range, start);

		if (gap.start >= gap.end)
			break;
		taken += overwrite(ranges, &gap);
		start = gap.end;
	}
	return taken;
}

size_t
ranges_drop(struct ranges **ranges, bool unread)
{
	size_t taken = make_own(ranges, 0), count = 0;
	struct range *rows = (*ranges)->rows;

	for (size_t i = 0; i < (*ranges)->count; i++) {
		if (rows[i].is_old || (unread && !rows[i].is_read))
			continue;
		rows[count] = rows[i];
		rows[count++].segment = SEGMENT_KINDS;
	}
	(*ranges)->count = count;
	return taken;
}

int
ranges_segment(struct ranges *ranges, size_t place)
{
	struct mapping window[2 * MAPPING_REACH + 1];
	size_t first = place > MAPPING_REACH ? place - MAPPING_REACH : 0, count = 0;

	if (ranges->rows[place].segment != SEGMENT_KINDS)
		return ranges->rows[place].segment;
	for (size_t i = first; i < ranges->count && i <= place + MAPPING_REACH; i++)
		window[count++] = (struct mapping){ .start = ranges->rows[i].start,
			.end = ranges->rows[i].end,
			.offset = ranges->rows[i].offset,
			.name = ranges->rows[i].name,
			.permissions = ranges->rows[i].permissions };
	mapping_classify(window, count);
	ranges->rows[place].segment = (uint8_t)window[place - first].segment;
	return ranges->rows[place].segment;
}
