// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/index.h"
#include "base/unit.h"
#include "model/mapping.h"
#include "table/rows.h"

struct arena;

/*
 * A part of the address space of a process: one mapping, or all of a segment with the same name and
 * role. The snapshot or the rows own the texts.
 */
struct map_row {
	int64_t start, end, offset, inode; /* UNKNOWN if none or several */
	int64_t page_size;                 /* KernelPageSize */
	int64_t count;                     /* number of mappings */
	struct usage usage;
	int64_t size_grown, rss_grown, pss_grown, dirty_grown, swap_grown; /* by map_compare() */
	const char *permissions, *device, *flags;
	const char *segment; /* from segment_descriptions */
	const char *role;    /* one of map_role_*, if shape or place shows it */
	const char *name;    /* the file, or the kernel's name; NULL: none */
	const char *owner;   /* divides a segment: the name; for bss that of its file */
	unsigned bits;       /* permissions: MAPPING_ bits */
	enum segment kind;
};

/* Both have the same columns, UNKNOWN if a kind of row lacks it. */
extern const struct table mapping_table, segment_table;

/* The default columns, for selection_parse(). */
extern const char map_segment_columns[], map_mapping_columns[];
extern const char map_segment_growth_columns[], map_mapping_growth_columns[];

extern const char map_role_bss[];   /* variables without a place in a file */
extern const char map_role_arena[]; /* of glibc's malloc, beside the heap */
extern const char map_role_stack[]; /* of a thread, with the guard below it */

static inline struct map_row *
map_at(const struct rows *rows, size_t i)
{
	return (struct map_row *)rows->data + i;
}

/* Adds a row of UNKNOWNs. Earlier rows may move. */
struct map_row *map_add(struct rows *rows);

/* Copies the rows, with the texts in the arena. */
void map_copy(struct rows *copy, const struct rows *rows, struct arena *texts);

/*
 * Sets the roles of some mappings of one process, from `first` to before `end` of `rows` in
 * ascending order with known segments. Arenas and thread stacks have no name: they are recognised
 * by their shape, which other memory may have too. A mapping may give a role to its two neighbours.
 */
void map_find_roles(struct rows *mappings, size_t first, size_t end);

/*
 * Groups mappings by segment, role and name into rows in order of their first mapping. Each file
 * has its own rows; its bss belongs to them. A zeroed grouping with its rows is empty;
 * index_finish() of its index ends it.
 */
struct map_grouping {
	struct rows *segments;
	struct index index;
};
void map_group_some(struct map_grouping *grouping, const struct map_row *mappings, size_t count);

/* The same at once: `segments` is emptied before. */
void map_group(struct rows *segments, const struct rows *mappings);

/*
 * Fills the growth of rows since earlier rows of the same kind and process, and adds empty rows for
 * those that have gone, so that the sum is the growth of the process. Two mappings are the same if
 * their name and their start or end are equal.
 */
void map_compare(struct rows *now, const struct rows *before);

/* The sum of rows of a kind (SEGMENT_KINDS: all) and a role (NULL: all). */
struct map_total {
	struct usage usage;
	int64_t mappings;
};
struct map_total map_sum(const struct rows *rows, enum segment kind, const char *role);

/* "program code 1.9M, heap 92.0K": the resident memory of each kind, the largest first. */
enum { MAP_KINDS_SIZE = 64 * SEGMENT_KINDS };
void map_kinds_text(char text[static MAP_KINDS_SIZE], const struct rows *rows, enum scale scale);

bool map_is_same_text(const char *a, const char *b);

/* Whether a mapping belongs to a segment row, and a hash for that. */
uint64_t map_hash_segment(const struct map_row *row);
bool map_is_same_segment(const struct map_row *a, const struct map_row *b);
