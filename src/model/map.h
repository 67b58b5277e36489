// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/mapping.h"
#include "table/rows.h"

struct arena;

/*
 * A part of the address space of a process: one mapping, or all of a segment that have the same
 * name and role. The texts belong to the snapshot, or to the rows they are among.
 */
struct map_row {
	int64_t start, end, offset, inode; /* UNKNOWN where it is none, or several */
	int64_t page_size;                 /* of the kernel there */
	int64_t count;                     /* of mappings */
	struct usage usage;
	int64_t size_grown, rss_grown, pss_grown, dirty_grown, swap_grown; /* by map_compare() */
	const char *permissions, *device, *flags;
	const char *segment; /* as in segment_descriptions */
	const char *role;    /* one of map_roles, where its shape or place tells more */
	const char *name;    /* of the file, or what the kernel calls it; NULL: it has none */
	const char *owner;   /* what a segment is divided by: the name, of bss that of its file */
	unsigned bits;       /* of its permissions: MAPPING_ */
	enum segment kind;
};

/* The same columns for both: what one kind of row does not have is unknown in it. */
extern const struct table mapping_table, segment_table;

/* The columns shown when nobody chose any, as selection_parse() takes them. */
extern const char map_segment_columns[], map_mapping_columns[];
extern const char map_segment_growth_columns[], map_mapping_growth_columns[];

extern const char map_role_bss[];   /* variables of a program or library that are in no file */
extern const char map_role_arena[]; /* of glibc's malloc, beside the heap */
extern const char map_role_stack[]; /* of a thread, with the guard below it */

/* A row of some. */
static inline struct map_row *
map_at(const struct rows *rows, size_t i)
{
	return (struct map_row *)rows->data + i;
}

/* Adds a row of UNKNOWNs. It may move all earlier ones. */
struct map_row *map_add(struct rows *rows);

/* A copy of the rows with texts in the arena. */
void map_copy(struct rows *copy, const struct rows *rows, struct arena *texts);

/*
 * Finds the roles of the mappings of one process, which ascend and know their segments. An arena
 * and the stack of a thread are nameless: they are told by their shape, which other memory may
 * have as well.
 */
void map_find_roles(struct rows *mappings);

/*
 * Puts mappings together by segment, role and name into rows that ascend by their first mapping.
 * Files are not put together with others but with the bss behind them.
 */
void map_group(struct rows *segments, const struct rows *mappings);

/*
 * Fills how much rows of one kind have grown since others of the same process, and adds empty rows
 * for what has gone, so that the growth of all rows is that of the process. Mappings are the same
 * where their name and their start or their end are.
 */
void map_compare(struct rows *now, const struct rows *before);

/* The sum of rows; `kind` SEGMENT_KINDS: of all, `role` NULL: whatever theirs. */
struct map_total {
	struct usage usage;
	int64_t mappings;
};
struct map_total map_sum(const struct rows *rows, enum segment kind, const char *role);

bool map_is_same_text(const char *a, const char *b);

/* A mapping is the same segment as the row that it is put into. */
uint64_t map_hash_segment(const struct map_row *row);
bool map_is_same_segment(const struct map_row *a, const struct map_row *b);
