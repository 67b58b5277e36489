// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/map.h"

#include "base/scan.h"

#include <stdbool.h>

const char map_role_bss[] = "bss";
const char map_role_arena[] = "arena";
const char map_role_stack[] = "thread-stack";

/* malloc/arena.c of glibc on 64 bits: HEAP_MAX_SIZE, also the alignment of its heaps. */
#define ARENA_SIZE (UINT64_C(64) << 20)

/* The default guard is one page; a program may ask for more. A stack is never smaller than this. */
#define MOST_GUARD (UINT64_C(1) << 20)
#define LEAST_STACK (UINT64_C(16) << 10)

static uint64_t
start_of(const struct map_row *row)
{
	return (uint64_t)row->start;
}

static uint64_t
end_of(const struct map_row *row)
{
	return (uint64_t)row->end;
}

/* Private memory by mmap without a name, or with a name that glibc gives. */
static bool
is_plain(const struct map_row *row)
{
	return row->kind == SEGMENT_ANON && !(row->bits & MAPPING_SHARED) &&
	       (!row->name || scan_start(row->name, "[anon: glibc:"));
}

static bool
is_reserve(const struct map_row *row)
{
	return is_plain(row) && !(row->bits & (MAPPING_READ | MAPPING_WRITE | MAPPING_EXECUTE));
}

static bool
is_memory(const struct map_row *row)
{
	enum { BOTH = MAPPING_READ | MAPPING_WRITE };

	return is_plain(row) && (row->bits & BOTH) == BOTH;
}

/* The heap of a Go program has arenas of the same size, but at addresses of its own. */
static bool
is_of_go(const struct map_row *row)
{
	return start_of(row) >> 32 == 0xc0;
}

/*
 * glibc reserves 64 MiB at an aligned address and opens as much of its start as it needs. The guard
 * of a stack after the arena is one mapping with the rest. Returns the number of mappings.
 */
static size_t
length_of_arena(const struct map_row *rows, size_t count)
{
	uint64_t end = start_of(rows) + ARENA_SIZE;

	if (!is_memory(rows) || start_of(rows) % ARENA_SIZE != 0 || is_of_go(rows) ||
		end_of(rows) > end)
		return 0;
	if (end_of(rows) == end)
		return 1;
	if (count < 2 || !is_reserve(&rows[1]) || rows[1].start != rows->end)
		return 0;
	return end_of(&rows[1]) >= end && end_of(&rows[1]) - end <= MOST_GUARD ? 2 : 0;
}

static bool
is_stack(const struct map_row *row, const struct map_row *guard)
{
	if (!is_memory(row) || row->role || !is_reserve(guard) || guard->end != row->start ||
		end_of(row) - start_of(row) < LEAST_STACK)
		return false;
	return guard->role == map_role_arena ? end_of(guard) % ARENA_SIZE != 0
					     : end_of(guard) - start_of(guard) <= MOST_GUARD;
}

static void
find_role(struct map_row *rows, size_t count, size_t place)
{
	struct map_row *row = &rows[place];
	struct map_row *before = place > 0 ? row - 1 : NULL;
	size_t arena = row->role ? 0 : length_of_arena(row, count - place);

	for (size_t i = 0; i < arena; i++)
		row[i].role = map_role_arena;
	if (row->kind == SEGMENT_DATA && !row->name && before) {
		row->role = map_role_bss;
		row->owner = before->owner;
	} else if (row->kind == SEGMENT_ANON && row->name && scan_start(row->name, "[stack:")) {
		row->role = map_role_stack;
	} else if (before && is_stack(row, before)) {
		row->role = map_role_stack;
		before->role = before->role ? before->role : map_role_stack;
	}
}

/* The name that divides a segment; NULL for parts of the vdso and for numbered thread stacks. */
static const char *
owner_of(const struct map_row *row)
{
	if (row->kind == SEGMENT_VDSO || (row->name && scan_start(row->name, "[stack:")))
		return NULL;
	return row->name;
}

void
map_find_roles(struct rows *mappings, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++) {
		struct map_row *row = map_at(mappings, i);

		row->owner = owner_of(row);
		find_role(mappings->data, mappings->count, i);
	}
}
