// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/unit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One field of a row, described once. Whatever shows, sorts, filters or explains rows works from
 * this and knows no column by name.
 */
struct column {
	const char *name;  /* for machines: lower case, JSON key, CSV heading; never changes */
	const char *title; /* for people: the heading */
	const char *alias; /* a further name that is understood, or NULL */
	const char *help;  /* one sentence: what it is and where it comes from */
	enum unit unit;
	int width;     /* columns of a terminal it usually takes */
	uint64_t need; /* what must be read to fill it: NEED_ bits */
	size_t offset; /* of an int64_t, or of a const char * where unit is UNIT_TEXT */
	size_t stale;  /* of an int64_t that is 1 where the value is of an earlier refresh; or 0 */
	const struct row_part *part; /* that holds both; NULL: the row itself */
	/*
	 * How model/explain.c explains it: what it is, NULL: as in `help`; the file and its field;
	 * the arithmetic; what it is often taken for; "" or NULL: there is none. In each of them
	 * {name} is another column of the row, {system.name} one of the totals, {=name-name} a sum
	 * ({=sum,sum} where one below 0 is replaced by another).
	 */
	const char *about, *source, *formula, *misread;
};

/* A part of a row that has its own place in memory: few rows have one. */
struct row_part {
	size_t offset;       /* in the row, of the pointer to it */
	const void *nothing; /* what rows without one point to: all is UNKNOWN */
};

/* A kind of row. */
struct table {
	const char *name;      /* "kind" of its JSON objects */
	const char *search;    /* columns in which a bare word of a filter is looked for, or NULL */
	const char *then_by;   /* column that orders rows equal in the chosen one, or NULL */
	const char *constants; /* columns whose texts are static in all rows, or NULL */
	const struct column *columns;
	size_t column_count, row_size;
};

/* Some columns of a table, in the order in which they are shown. */
struct selection {
	const struct table *table;
	const struct column **columns;
	size_t count, capacity;
};

/* Makes every number of a row UNKNOWN and every text NULL. It has no parts then. */
void table_reset_row(const struct table *table, void *row);

/* Finds a column by name, title or alias, in any case; `length` bytes. NULL if there is none. */
const struct column *table_find(const struct table *table, const char *name, size_t length);

/* The column of that name, which must exist. */
const struct column *table_column(const struct table *table, const char *name);

/* The name of the column that a mistyped name is nearest to; NULL where none is near. */
const char *table_nearest(const struct table *table, const char *name, size_t length);

static inline const char *
column_base(const struct column *column, const void *row)
{
	return column->part ? *(const char *const *)((const char *)row + column->part->offset)
			    : row;
}

/* The value of a column in a row: a number, or where its unit is UNIT_TEXT a text. */
static inline int64_t
column_number(const struct column *column, const void *row)
{
	return *(const int64_t *)(column_base(column, row) + column->offset);
}

/* Whether the value was true some refreshes ago, and may be so no more. */
static inline bool
column_is_stale(const struct column *column, const void *row)
{
	return column->stale && *(const int64_t *)(column_base(column, row) + column->stale) == 1 &&
	       column_number(column, row) != UNKNOWN;
}

static inline const char *
column_text(const struct column *column, const void *row)
{
	return *(const char *const *)(column_base(column, row) + column->offset);
}

/* Whether the value of a column in a row is known. */
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
 * Selects the columns named in a list like "pid,res,command". On an unknown name returns -EINVAL,
 * on one that is selected already -EEXIST; the selection is then as it was and *ret_position the
 * place of that name in the list.
 */
int selection_parse(struct selection *selection, const char *list, size_t *ret_position);
