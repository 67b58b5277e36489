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

void
row_keep_texts(const struct table *table, void *row, struct arena *texts)
{
	for (size_t i = 0; i < table->column_count; i++) {
		const struct column *column = &table->columns[i];
		const char **text = (const char **)((char *)row + column->offset);

		if (column->unit == UNIT_TEXT && !column->part && !column->is_constant)
			*text = arena_text(texts, *text);
	}
}

void
row_keep_part(void *row, const struct row_part *part, struct arena *arena)
{
	const void **place = (const void **)((char *)row + part->offset);

	if (*place != part->nothing)
		*place = arena_store(arena, *place, part->size);
}

void *
row_own_part(void *row, const struct row_part *part, struct arena *arena)
{
	const void **place = (const void **)((char *)row + part->offset);

	if (*place == part->nothing)
		*place = arena_store(arena, part->nothing, part->size);
	return (void *)*place;
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
	for (size_t i = 0; texts && i < rows->count; i++)
		row_keep_texts(table, (char *)copy->data + i * table->row_size, texts);
}
