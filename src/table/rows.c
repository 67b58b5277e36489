// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/rows.h"

#include "base/arena.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

void *
rows_add(struct rows *rows, const struct table *table)
{
	size_t size = table->row_size;
	void *row;

	rows->table = table;
	rows->data = array_reserve(rows->data, &rows->capacity, rows->count + 1, size);
	row = memset((char *)rows->data + rows->count++ * size, 0, size);
	table_reset_row(table, row);
	return row;
}

void
rows_reset(struct rows *rows)
{
	if (rows->table)
		rows->data =
			array_fit(rows->data, &rows->capacity, rows->count, rows->table->row_size);
	rows->count = 0;
}

void
rows_finish(struct rows *rows)
{
	free(rows->data);
	*rows = (struct rows){ .data = NULL };
}

static void
copy_texts(struct rows *rows, const struct column *column, struct arena *texts)
{
	for (size_t i = 0; i < rows->count; i++) {
		char *row = (char *)rows->data + i * rows->table->row_size;
		const char **text = (const char **)(row + column->offset);

		*text = arena_text(texts, *text);
	}
}

void
rows_copy(struct rows *copy, const struct rows *rows, struct arena *texts)
{
	const struct table *table = rows->table;

	copy->count = rows->count;
	if (rows->count == 0)
		return;
	copy->table = table;
	copy->data = array_reserve(copy->data, &copy->capacity, rows->count, table->row_size);
	memcpy(copy->data, rows->data, rows->count * table->row_size);
	for (size_t i = 0; texts && i < table->column_count; i++)
		if (table->columns[i].unit == UNIT_TEXT && !table->columns[i].is_constant)
			copy_texts(copy, &table->columns[i], texts);
}
