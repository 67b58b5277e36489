// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/table.h"

#include <stddef.h>

struct arena;

/* Rows of one table, `data` is an array of them. Zeroed ones are empty. */
struct rows {
	const struct table *table; /* of the first row that was added; NULL: none yet */
	void *data;
	size_t count, capacity;
};

/*
 * Adds a row of UNKNOWNs; what is in no column of the table is 0. It may move all earlier rows,
 * which are of the same table.
 */
void *rows_add(struct rows *rows, const struct table *table);

/* Empties them and keeps their memory, if that was not far too much. */
void rows_reset(struct rows *rows);
void rows_finish(struct rows *rows);

/*
 * Makes `copy` a copy of the rows. With an arena it has texts of its own there, but for those of
 * columns that are constants of the table; with NULL they stay where they are.
 */
void rows_copy(struct rows *copy, const struct rows *rows, struct arena *texts);
