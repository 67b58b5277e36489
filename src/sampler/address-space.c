// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/address-space.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/unit.h"
#include "model/mapping.h"

#include <stdlib.h>
#include <string.h>

/* Most programs map their libraries and little else. */
enum { FIRST_RANGES = 48 };

static size_t
size_of(size_t capacity)
{
	return sizeof(struct ranges) + capacity * sizeof(struct range);
}

static struct ranges *
create(size_t capacity)
{
	struct ranges *ranges = xmalloc(size_of(capacity));

	*ranges = (struct ranges){ .owners = 1, .capacity = capacity };
	return ranges;
}

struct ranges *
ranges_create(void)
{
	return create(FIRST_RANGES);
}

void
ranges_release(struct ranges *ranges)
{
	if (ranges && --ranges->owners == 0)
		free(ranges);
}

/* Makes a copy for one owner, with space for `more` ranges. Returns the number allocated. */
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
	copy->steps = old->steps + old->count;
	memcpy(copy->rows, old->rows, old->count * sizeof(old->rows[0]));
	ranges_release(old);
	*ranges = copy;
	return capacity;
}

/* The index of the first range that ends above an address, or the count if there is none. */
static size_t
seek_range(const struct ranges *ranges, uint64_t address)
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

/* Segments depend on the neighbours: forgets those of `count` ranges and around them. */
static void
forget_segments(struct ranges *ranges, size_t place, size_t count)
{
	size_t first = place > MAPPING_REACH ? place - MAPPING_REACH : 0;

	for (size_t i = first; i < ranges->count && i < place + count + MAPPING_REACH; i++)
		ranges->rows[i].segment = SEGMENT_KINDS;
}

/* Replaces `gone` rows by `count` others. There is space. */
static void
replace(struct ranges *ranges, size_t place, size_t gone, const struct range *rows, size_t count)
{
	size_t behind = count == gone ? 0 : ranges->count - place - gone;

	memmove(&ranges->rows[place + count], &ranges->rows[place + gone],
		behind * sizeof(rows[0]));
	memcpy(&ranges->rows[place], rows, count * sizeof(rows[0]));
	ranges->count += count;
	ranges->count -= gone;
	ranges->steps += gone + count + behind;
	forget_segments(ranges, place, count);
}

/* Ascending ranges, put between those of `kept` that were read from maps. */
struct weave {
	const struct range *kept;
	size_t kept_count, next;
	uint64_t end; /* of the last one taken from there */
	struct range *rows;
	size_t count;
};

/* Adds what of a range is behind the last one kept, up to `end`. */
static void
add_part(struct weave *weave, const struct range *range, uint64_t end)
{
	struct range part = *range;

	if (part.start < weave->end)
		part.start = weave->end;
	part.end = end;
	part.offset += part.start - range->start;
	if (part.start < part.end)
		weave->rows[weave->count++] = part;
}

/* Adds a range, and before its parts those kept that begin below its end. */
static void
weave_in(struct weave *weave, const struct range *range)
{
	while (weave->next < weave->kept_count && weave->kept[weave->next].start < range->end) {
		const struct range *kept = &weave->kept[weave->next++];

		if (!kept->is_read)
			continue;
		add_part(weave, range, kept->start);
		weave->rows[weave->count++] = *kept;
		weave->end = kept->end;
	}
	add_part(weave, range, range->end);
}

/* The number of ranges from `first` on that begin below an address. */
static size_t
count_below(const struct ranges *ranges, size_t first, uint64_t address)
{
	size_t end = first;

	while (end < ranges->count && ranges->rows[end].start < address)
		end++;
	return end - first;
}

size_t
ranges_put(struct ranges **ranges, const struct range *range, bool keep_read)
{
	size_t place = seek_range(*ranges, range->start), taken;
	size_t gone = count_below(*ranges, place, range->end);
	const struct range *first = &(*ranges)->rows[place], *last = first + gone - (gone > 0);
	struct weave weave = { .kept = first, .kept_count = keep_read ? gone : 0 };
	_cleanup_free_ struct range *rows = xmalloc((2 * weave.kept_count + 3) * sizeof(rows[0]));

	weave.rows = rows;
	if (gone > 0 && first->start < range->start && !(keep_read && first->is_read)) {
		rows[weave.count] = *first;
		rows[weave.count++].end = range->start;
	}
	weave_in(&weave, range);
	if (gone > 0 && last->end > range->end && !(keep_read && last->is_read)) {
		rows[weave.count] = *last;
		rows[weave.count].offset += range->end - last->start;
		rows[weave.count++].start = range->end;
	}
	taken = make_own(ranges, weave.count > gone ? weave.count - gone : 0);
	replace(*ranges, place, gone, rows, weave.count);
	return taken;
}

/* Removes old ranges and, with `unread`, those from records. Returns as ranges_put() does. */
static size_t
drop_ranges(struct ranges **ranges, bool unread)
{
	size_t taken = make_own(ranges, 0), count = 0;
	struct range *rows = (*ranges)->rows;

	for (size_t i = 0; i < (*ranges)->count; i++) {
		if (rows[i].is_old || (unread && !rows[i].is_read))
			continue;
		rows[count] = rows[i];
		rows[count++].segment = SEGMENT_KINDS;
	}
	(*ranges)->steps += (*ranges)->count;
	(*ranges)->count = count;
	return taken;
}

/* The segment of a range, from its name and its neighbours. */
static enum segment
segment_of(struct ranges *ranges, size_t place)
{
	struct mapping window[2 * MAPPING_REACH + 1];
	size_t first = place > MAPPING_REACH ? place - MAPPING_REACH : 0, count = 0;

	if (ranges->rows[place].segment != SEGMENT_KINDS)
		return (enum segment)ranges->rows[place].segment;
	for (size_t i = first; i < ranges->count && i <= place + MAPPING_REACH; i++)
		window[count++] = (struct mapping){ .start = ranges->rows[i].start,
			.end = ranges->rows[i].end,
			.offset = ranges->rows[i].offset,
			.name = ranges->rows[i].name,
			.permissions = ranges->rows[i].permissions };
	mapping_classify(window, count);
	ranges->rows[place].segment = (uint8_t)window[place - first].segment;
	return window[place - first].segment;
}

const char address_space_no_name[] = "", address_space_heap[] = "[heap]",
	   address_space_stack[] = "[stack]";

/*
 * The greatest distance of a heap above its program (arch_randomize_brk), and the default limit of
 * a stack, which an older stack may have exceeded.
 */
static const uint64_t heap_distance = UINT64_C(1) << 30, stack_size = UINT64_C(8) << 20;

static void
forget_program(struct address_space *space)
{
	space->program = NULL;
	space->program_end = 0;
	space->in_program = false;
}

void
address_space_forget(struct address_space *space)
{
	ranges_release(space->ranges);
	space->ranges = NULL;
	space->read_time = UNKNOWN;
	space->has_old = false;
	forget_program(space);
}

size_t
address_space_exec(struct address_space *space, int64_t time)
{
	forget_program(space);
	if (space->ranges && space->read_time != UNKNOWN && time < space->read_time)
		return drop_ranges(&space->ranges, true);
	address_space_forget(space);
	space->ranges = ranges_create();
	return space->ranges->capacity;
}

static bool
is_memory(const struct range *range)
{
	return range->name == address_space_no_name && range->permissions & MAPPING_WRITE &&
	       !(range->permissions & MAPPING_SHARED);
}

/*
 * The first file mapped after exec is the program; mappings right behind it, before the next file,
 * are its bss.
 */
static void
follow_program(struct address_space *space, const struct range *range)
{
	bool is_file = range->name[0] == '/';

	if (is_file && !space->program) {
		space->program = range->name;
		space->in_program = true;
	} else if (is_file && range->name != space->program)
		space->in_program = false;
	if (range->end > space->program_end &&
		((is_file && range->name == space->program) ||
			(space->in_program && range->start == space->program_end)))
		space->program_end = range->end;
}

/* Whether a mapping touches the heap or is in it. */
static bool
touches_heap(const struct ranges *ranges, const struct range *range)
{
	size_t i = seek_range(ranges, range->start);

	if (i > 0 && ranges->rows[i - 1].name == address_space_heap &&
		ranges->rows[i - 1].end == range->start)
		return true;
	return i < ranges->count && ranges->rows[i].name == address_space_heap &&
	       ranges->rows[i].start <= range->end;
}

/* brk() has no name in records: it extends the heap, or begins above the program. */
static bool
is_heap(const struct address_space *space, const struct range *range)
{
	if (!is_memory(range))
		return false;
	if (touches_heap(space->ranges, range))
		return true;
	return space->program_end > 0 && !space->in_program && range->start >= space->program_end &&
	       range->start - space->program_end <= heap_distance;
}

size_t
address_space_map(struct address_space *space, const struct range *range, int64_t time)
{
	bool was_before = space->read_time != UNKNOWN && time < space->read_time;
	struct range row = *range;

	if (!space->ranges)
		return 0;
	follow_program(space, &row);
	if (is_heap(space, &row))
		row.name = address_space_heap;
	row.is_old = was_before;
	space->has_old |= was_before;
	return ranges_put(&space->ranges, &row, was_before);
}

/* In maps, the lowest file with code is the program. */
static void
find_program(struct address_space *space)
{
	struct ranges *ranges = space->ranges;

	forget_program(space);
	for (size_t i = 0; i < ranges->count && !space->program; i++)
		if (ranges->rows[i].name[0] == '/' && segment_of(ranges, i) == SEGMENT_TEXT)
			space->program = ranges->rows[i].name;
	for (size_t i = 0; i < ranges->count && space->program; i++) {
		const struct range *row = &ranges->rows[i];
		bool is_bss = is_memory(row) && row->start == space->program_end;

		if (row->name == space->program || is_bss)
			space->program_end = row->end;
	}
}

/* The ranges read from maps, and between them what was known before. */
static struct ranges *
join(const struct ranges *now, const struct ranges *before)
{
	struct ranges *joined = create(2 * now->count + before->count);
	struct weave weave = { .kept = now->rows, .kept_count = now->count, .rows = joined->rows };

	for (size_t i = 0; i < before->count; i++) {
		struct range row = before->rows[i];

		row.is_read = false;
		row.is_old = true;
		weave_in(&weave, &row);
	}
	while (weave.next < now->count)
		joined->rows[weave.count++] = now->rows[weave.next++];
	for (size_t i = 0; i < weave.count; i++)
		joined->rows[i].segment = SEGMENT_KINDS;
	joined = xreallocarray(joined, 1, size_of(weave.count));
	joined->count = joined->capacity = weave.count;
	joined->steps = now->steps + weave.count;
	return joined;
}

size_t
address_space_read(struct address_space *space, struct ranges *ranges, int64_t time)
{
	struct ranges *before = space->ranges;

	space->has_old = before != NULL;
	if (before) {
		space->ranges = join(ranges, before);
		ranges_release(before);
		ranges_release(ranges);
	} else
		space->ranges = ranges;
	space->read_time = time;
	find_program(space);
	return space->ranges->capacity;
}

size_t
address_space_drop_old(struct address_space *space)
{
	space->has_old = false;
	return drop_ranges(&space->ranges, false);
}

void
address_space_copy(struct address_space *space, const struct address_space *other)
{
	if (other->ranges)
		other->ranges->owners++;
	address_space_forget(space);
	space->ranges = other->ranges;
	space->program = other->program;
	space->program_end = other->program_end;
	space->has_old = other->has_old;
	space->read_in = other->read_in;
}

static bool
is_in(const struct ranges *ranges, size_t place, uint64_t address)
{
	return place < ranges->count && ranges->rows[place].start <= address &&
	       address < ranges->rows[place].end;
}

/* A sample needs two addresses, of code and data, often the same two as the sample before. */
static size_t
seek(struct address_space *space, uint64_t address)
{
	size_t place;

	for (size_t i = 0; i < 2; i++)
		if (is_in(space->ranges, space->last[i], address))
			return space->last[i];
	place = seek_range(space->ranges, address);
	space->last[1] = space->last[0];
	space->last[0] = place;
	return place;
}

/* A stack grows without a record, down to its limit or to the next mapping. */
static bool
is_grown_stack(const struct ranges *ranges, size_t above, uint64_t address)
{
	const struct range *row = ranges->rows + above;
	uint64_t size;

	if (above >= ranges->count || row->name != address_space_stack)
		return false;
	size = 2 * (row->end - row->start);
	return row->end - address <= (size > stack_size ? size : stack_size);
}

bool
address_space_find(struct address_space *space, uint64_t address, struct place *ret_place)
{
	struct ranges *ranges = space->ranges;
	const struct range *row;
	size_t place;

	if (!ranges)
		return false;
	place = seek(space, address);
	if (!is_in(ranges, place, address) && !is_grown_stack(ranges, place, address))
		return false;
	row = &ranges->rows[place];
	*ret_place = (struct place){ .segment = segment_of(ranges, place),
		.name = row->name,
		.offset = row->name == address_space_stack ? row->end - address
							   : row->offset + (address - row->start) };
	return true;
}
