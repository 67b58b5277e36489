// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/table.h"

#include <stddef.h>

struct arena;

/* An array of rows of one table. A zeroed one is empty. */
struct rows {
	const struct table *table; /* set by the first rows_add(); NULL: none yet */
	void *data;
	size_t count, capacity;
};

/* Adds a row of UNKNOWNs; fields that are not columns are 0. Earlier rows may move. */
void *rows_add(struct rows *rows, const struct table *table);

/* Removes the rows and keeps the memory, unless it was far too much. */
void rows_reset(struct rows *rows);
void rows_finish(struct rows *rows);

/* Copies the texts of a row into `texts`, except those of constant columns and of its parts. */
void row_keep_texts(const struct table *table, void *row, struct arena *texts);

/* Copies the part of a row into `arena`, if the row has one. */
void row_keep_part(void *row, const struct row_part *part, struct arena *arena);

/* The part of a row, writable: made in `arena` if the row has none yet. */
void *row_own_part(void *row, const struct row_part *part, struct arena *arena);

/*
 * Copies the rows. With an arena it also copies the texts there, except the table's constant
 * columns; with NULL the copy shares the texts.
 */
void rows_copy(struct rows *copy, const struct rows *rows, struct arena *texts);
