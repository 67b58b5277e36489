// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/space.h"

#include "base/unit.h"
#include "model/mapping.h"

#include <string.h>

const char space_no_name[] = "", space_heap[] = "[heap]", space_stack[] = "[stack]";

/* How far above a program the kernel lets its heap begin (arch_randomize_brk), and how far below
 * its top a stack may grow where it has not grown farther already: the usual limit. */
static const uint64_t heap_distance = UINT64_C(1) << 30, stack_size = UINT64_C(8) << 20;

static void
forget_program(struct space *space)
{
	space->program = NULL;
	space->program_end = 0;
	space->in_program = false;
}

void
space_forget(struct space *space)
{
	ranges_release(space->ranges);
	space->ranges = NULL;
	space->read_time = UNKNOWN;
	space->has_old = false;
	forget_program(space);
}

size_t
space_exec(struct space *space, int64_t time)
{
	forget_program(space);
	if (space->ranges && space->read_time != UNKNOWN && time < space->read_time)
		return ranges_drop(&space->ranges, true);
	space_forget(space);
	space->ranges = ranges_create();
	return space->ranges->capacity;
}

static bool
is_memory(const struct range *range)
{
	return range->name == space_no_name && range->permissions & MAPPING_WRITE &&
	       !(range->permissions & MAPPING_SHARED);
}

/*
 * The first file that is mapped after exec is the program; what the kernel maps before the next,
 * right behind it, is its bss.
 */
static void
follow_program(struct space *space, const struct range *range)
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

/* Whether a mapping begins or ends where the heap is, or lies in it. */
static bool
touches_heap(const struct ranges *ranges, const struct range *range)
{
	size_t i = ranges_seek(ranges, range->start);

	if (i > 0 && ranges->rows[i - 1].name == space_heap &&
		ranges->rows[i - 1].end == range->start)
		return true;
	return i < ranges->count && ranges->rows[i].name == space_heap &&
	       ranges->rows[i].start <= range->end;
}

/* brk() comes without a name, unlike in maps: it grows what is there, or begins above the program.
 */
static bool
is_heap(const struct space *space, const struct range *range)
{
	if (!is_memory(range))
		return false;
	if (touches_heap(space->ranges, range))
		return true;
	return space->program_end > 0 && !space->in_program && range->start >= space->program_end &&
	       range->start - space->program_end <= heap_distance;
}

size_t
space_map(struct space *space, const struct range *range, int64_t time)
{
	bool was_before = space->read_time != UNKNOWN && time < space->read_time;
	struct range row = *range;

	if (!space->ranges)
		return 0;
	follow_program(space, &row);
	if (is_heap(space, &row))
		row.name = space_heap;
	row.is_old = was_before;
	space->has_old |= was_before;
	return ranges_put(&space->ranges, &row, was_before);
}

/* Of what was read the lowest file with code is the program. */
static void
find_program(struct space *space)
{
	struct ranges *ranges = space->ranges;

	forget_program(space);
	for (size_t i = 0; i < ranges->count && !space->program; i++)
		if (ranges->rows[i].name[0] == '/' && ranges_segment(ranges, i) == SEGMENT_TEXT)
			space->program = ranges->rows[i].name;
	for (size_t i = 0; i < ranges->count && space->program; i++) {
		const struct range *row = &ranges->rows[i];
		bool is_bss = is_memory(row) && row->start == space->program_end;

		if (row->name == space->program || is_bss)
			space->program_end = row->end;
	}
}

size_t
space_read(struct space *space, struct ranges *ranges, int64_t time)
{
	struct ranges *before = space->ranges;
	size_t taken = ranges->capacity;

	for (size_t i = 0; before && i < before->count; i++) {
		struct range row = before->rows[i];

		row.is_read = false;
		row.is_old = true;
		taken += ranges_put(&ranges, &row, true);
	}
	space->has_old = before != NULL;
	ranges_release(before);
	space->ranges = ranges;
	space->read_time = time;
	find_program(space);
	return taken;
}

size_t
space_drop_old(struct space *space)
{
	space->has_old = false;
	return ranges_drop(&space->ranges, false);
}

void
space_copy(struct space *space, const struct space *other)
{
	struct ranges *ranges = other->ranges ? ranges_share(other->ranges) : NULL;

	space_forget(space);
	space->ranges = ranges;
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

/* A sample asks for two addresses, of code and data, often the same two as the one before. */
static size_t
seek(struct space *space, uint64_t address)
{
	size_t place;

	for (size_t i = 0; i < 2; i++)
		if (is_in(space->ranges, space->last[i], address))
			return space->last[i];
	place = ranges_seek(space->ranges, address);
	space->last[1] = space->last[0];
	space->last[0] = place;
	return place;
}

/* A stack grows without a word, as far down as its limit and what is mapped there allow. */
static bool
is_grown_stack(const struct ranges *ranges, size_t above, uint64_t address)
{
	const struct range *row = ranges->rows + above;
	uint64_t size;

	if (above >= ranges->count || row->name != space_stack)
		return false;
	size = 2 * (row->end - row->start);
	return row->end - address <= (size > stack_size ? size : stack_size);
}

bool
space_find(struct space *space, uint64_t address, struct place *ret_place)
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
	*ret_place = (struct place){ .segment = (enum segment)ranges_segment(ranges, place),
		.name = row->name,
		.offset = row->name == space_stack ? row->end - address
						   : row->offset + (address - row->start),
		.is_known = true };
	return true;
}
