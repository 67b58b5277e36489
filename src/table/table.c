// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/table.h"

#include "base/memory.h"
#include "base/nearest.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void
table_reset_row(const struct table *table, void *row)
{
	for (size_t i = 0; i < table->column_count; i++) {
		const struct column *column = &table->columns[i];
		char *field = (char *)row + column->offset;

		if (column->part)
			*(const void **)((char *)row + column->part->offset) =
				column->part->nothing;
		else if (column->unit == UNIT_TEXT)
			*(const char **)field = NULL;
		else
			*(int64_t *)field = UNKNOWN;
	}
}

static int
is_called(const char *known, const char *name, size_t length)
{
	return known && strlen(known) == length && strncasecmp(known, name, length) == 0;
}

const struct column *
table_find(const struct table *table, const char *name, size_t length)
{
	for (size_t i = 0; i < table->column_count; i++) {
		const struct column *column = &table->columns[i];

		if (is_called(column->name, name, length) ||
			is_called(column->title, name, length) ||
			is_called(column->alias, name, length))
			return column;
	}
	return NULL;
}

const struct column *
table_column(const struct table *table, const char *name)
{
	const struct column *column = table_find(table, name, strlen(name));

	assert(column);
	return column;
}

const char *
table_nearest(const struct table *table, const char *name, size_t length)
{
	struct nearest nearest = { .word = name, .length = length };

	for (size_t i = 0; i < table->column_count; i++) {
		nearest_offer(&nearest, table->columns[i].name);
		nearest_offer(&nearest, table->columns[i].title);
		if (table->columns[i].alias)
			nearest_offer(&nearest, table->columns[i].alias);
	}
	return nearest.name;
}

void
selection_add(struct selection *selection, const struct column *column)
{
	selection->columns = array_reserve(selection->columns, &selection->capacity,
		selection->count + 1, sizeof(selection->columns[0]));
	selection->columns[selection->count++] = column;
}

bool
selection_has(const struct selection *selection, const struct column *column)
{
	for (size_t i = 0; i < selection->count; i++)
		if (selection->columns[i] == column)
			return true;
	return false;
}

uint64_t
selection_needs(const struct selection *selection)
{
	uint64_t needs = 0;

	for (size_t i = 0; i < selection->count; i++)
		needs |= selection->columns[i]->need;
	return needs;
}

void
selection_finish(struct selection *selection)
{
	free(selection->columns);
	*selection = (struct selection){ .table = selection->table };
}

int
selection_parse(struct selection *selection, const char *list, size_t *ret_position)
{
	size_t count = selection->count;

	for (const char *name = list;; name++) {
		size_t length = strcspn(name, ",");
		const struct column *column = table_find(selection->table, name, length);

		if (!column || selection_has(selection, column)) {
			selection->count = count;
			*ret_position = (size_t)(name - list);
			return column ? -EEXIST : -EINVAL;
		}
		selection_add(selection, column);
		name += length;
		if (!*name)
			return 0;
	}
}
