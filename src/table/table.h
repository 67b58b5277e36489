// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/unit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One field of a row. Code that shows, sorts, filters or explains rows uses only this description
 * and knows no column by name.
 */
struct column {
	const char *name;  /* for machines: lower case, JSON key, CSV heading; never changes */
	const char *title; /* for people: the heading */
	const char *alias; /* another name that is accepted, or NULL */
	const char *help;  /* one sentence: its meaning and source */
	enum unit unit;
	int width;     /* default width in terminal columns */
	uint64_t need; /* NEED_ bits: the data that fills it */
	size_t offset; /* of an int64_t, or a const char * for UNIT_TEXT */
	size_t stale;  /* of an int64_t that is 1 if the value is of an earlier refresh; or 0 */
	const struct row_part *part; /* contains both offsets; NULL: the row itself */
	/*
	 * Texts for model/explain.c: meaning (NULL: `help`), file and field, arithmetic, common
	 * mistake; "" or NULL: none. {name} is another column of the row, {system.name} a total,
	 * {=name-name} a sum; {=sum,sum} takes the second sum if the first is below 0.
	 */
	const char *about, *source, *formula, *misread;
	size_t whole;    /* of an int64_t in the same unit, which contains it; or 0 */
	size_t depth;    /* of an int64_t: for people the text is indented by so many steps; or 0 */
	bool is_counter; /* it counts since the boot or another start, and only grows */
	bool is_constant; /* its texts are static: no copy of a row needs its own */
	bool is_path;     /* the end of a path that is too long says more than its start */
	const char *(*text_of)(const void *row); /* a text that follows from others; or NULL */
};

/* A part of a row with its own memory: few rows have one. */
struct row_part {
	size_t offset;       /* of the pointer to it in the row */
	const void *nothing; /* the default: all UNKNOWN */
	size_t size;
};

/*
 * Rows that stand below others of the table: the offsets of an int64_t that tells which row it is,
 * of that of the row above it, and of one that together with the first tells it from later rows.
 */
struct row_tree {
	size_t id, parent, birth;
};

/* A kind of row. */
struct table {
	const char *name;   /* "kind" in JSON */
	const char *search; /* columns for a bare word of a filter, or NULL */
	const char *key;    /* columns that tell rows apart, such as "item,part"; or NULL */
	const char *labels; /* those that name a row in metrics, or ""; NULL: it makes no metrics */
	const char *then_by;         /* column that orders rows equal in the chosen one, or NULL */
	const struct row_tree *tree; /* NULL: none */
	const struct column *columns;
	size_t column_count, row_size;
};

/* Columns of a table, in the order shown. */
struct selection {
	const struct table *table;
	const struct column **columns;
	size_t count, capacity;
};

/* Sets all numbers to UNKNOWN, all texts to NULL, and all parts to the default. */
void table_reset_row(const struct table *table, void *row);

/* Finds a column by name, title or alias of `length` bytes, in any case. NULL if there is none. */
const struct column *table_find(const struct table *table, const char *name, size_t length);

/* The same for a name that must exist. */
const struct column *table_column(const struct table *table, const char *name);

/* The column name nearest to a mistyped one; NULL if none is near. */
const char *table_nearest(const struct table *table, const char *name, size_t length);

static inline const char *
column_base(const struct column *column, const void *row)
{
	return column->part ? *(const char *const *)((const char *)row + column->part->offset)
			    : row;
}

/* column_number() is for all units except UNIT_TEXT, column_text() for UNIT_TEXT. */
static inline int64_t
column_number(const struct column *column, const void *row)
{
	return *(const int64_t *)(column_base(column, row) + column->offset);
}

/* Whether the value is of an earlier refresh and may have changed. */
static inline bool
column_is_stale(const struct column *column, const void *row)
{
	return column->stale && *(const int64_t *)(column_base(column, row) + column->stale) == 1 &&
	       column_number(column, row) != UNKNOWN;
}

static inline const char *
column_text(const struct column *column, const void *row)
{
	if (column->text_of)
		return column->text_of(row);
	return *(const char *const *)(column_base(column, row) + column->offset);
}

static inline bool
column_is_known(const struct column *column, const void *row)
{
	return column->unit == UNIT_TEXT ? column_text(column, row) != NULL
					 : column_number(column, row) != UNKNOWN;
}

void selection_add(struct selection *selection, const struct column *column);
bool selection_has(const struct selection *selection, const struct column *column);
uint64_t selection_needs(const struct selection *selection);
void selection_finish(struct selection *selection);

/*
 * Selects the columns in a list like "pid,res,command". Returns 0, -EINVAL for an unknown name,
 * -EEXIST for one already selected; then the selection is unchanged and *ret_position is the place
 * of that name in the list.
 */
int selection_parse(struct selection *selection, const char *list, size_t *ret_position);
