// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/symbol-table.h"

#include "base/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* No function is larger: addresses further above the last one are something else. */
enum { MOST_SIZE = 64 * 1024 * 1024 };

void
symbol_table_init(struct symbol_table *table, size_t rows, size_t text_size)
{
	*table = (struct symbol_table){ .rows = xcalloc(rows, sizeof(table->rows[0])),
		.capacity = rows,
		.texts = xcalloc(text_size + 1, 1),
		.text_capacity = text_size + 1 };
}

void
symbol_table_put(struct symbol_table *table, uint64_t start, uint64_t size, uint64_t name)
{
	if (table->count == table->capacity || name > UINT32_MAX)
		return;
	table->rows[table->count++] = (struct symbol){ .start = start,
		.size = size > MOST_SIZE ? MOST_SIZE : (uint32_t)size,
		.name = (uint32_t)name };
}

void
symbol_table_add(struct symbol_table *table, uint64_t start, uint64_t size, const char *name)
{
	size_t length = strnlen(name, MOST_SYMBOL_NAME);

	table->rows = array_reserve(
		table->rows, &table->capacity, table->count + 1, sizeof(table->rows[0]));
	table->texts = array_reserve(
		table->texts, &table->text_capacity, table->text_size + length + 1, 1);
	memcpy(table->texts + table->text_size, name, length);
	table->texts[table->text_size + length] = '\0';
	symbol_table_put(table, start, size, table->text_size);
	table->text_size += length + 1;
}

/* Prefers malloc to __libc_malloc: people know that name. */
static int
compare_names(const char *a, const char *b)
{
	size_t left = strspn(a, "_"), right = strspn(b, "_");

	if (left == right) {
		left = strlen(a);
		right = strlen(b);
	}
	return left == right ? strcmp(a, b) : (left > right) - (left < right);
}

static int
compare_symbols(const void *a, const void *b)
{
	const struct symbol *left = a, *right = b;

	if (left->start != right->start)
		return left->start < right->start ? -1 : 1;
	if (left->size != right->size)
		return left->size > right->size ? -1 : 1;
	return (left->name > right->name) - (left->name < right->name);
}

/* Checks each name once, and not while sorting: names may be long and alike. */
static bool
has_name(const struct symbol_table *table, const struct symbol *row)
{
	size_t most, length;

	if (row->name >= table->text_size)
		return false;
	most = table->text_size - row->name;
	length = strnlen(
		table->texts + row->name, most < MOST_SYMBOL_NAME ? most : MOST_SYMBOL_NAME);
	return length > 0 && length < MOST_SYMBOL_NAME;
}

static bool
is_plainer(const struct symbol_table *table, const struct symbol *row, const struct symbol *kept)
{
	return row->size == kept->size && row->name != kept->name &&
	       compare_names(table->texts + row->name, table->texts + kept->name) < 0;
}

/* Of symbols with the same start the largest come first. */
static void
keep_plainest(struct symbol_table *table)
{
	struct symbol *rows = table->rows;
	size_t count = 0;

	for (size_t i = 0; i < table->count; i++) {
		if (!has_name(table, &rows[i]))
			continue;
		if (count == 0 || rows[count - 1].start != rows[i].start)
			rows[count++] = rows[i];
		else if (is_plainer(table, &rows[i], &rows[count - 1]))
			rows[count - 1].name = rows[i].name;
	}
	table->count = count;
}

void
symbol_table_sort(struct symbol_table *table)
{
	if (table->count > 0)
		qsort(table->rows, table->count, sizeof(table->rows[0]), compare_symbols);
	keep_plainest(table);
	if (table->count == 0)
		return;
	table->capacity = table->count;
	table->text_capacity = table->text_size + 1;
	table->rows = xreallocarray(table->rows, table->count, sizeof(table->rows[0]));
	table->texts = xreallocarray(table->texts, table->text_capacity, 1);
	table->texts[table->text_size] = '\0';
}

const char *
symbol_table_find(const struct symbol_table *table, uint64_t address)
{
	size_t low = 0, high = table->count;
	const struct symbol *row;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table->rows[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return NULL;
	row = &table->rows[low - 1];
	if (address - row->start >= (row->size ? row->size : MOST_SIZE))
		return NULL;
	return table->texts + row->name;
}

size_t
symbol_table_size(const struct symbol_table *table)
{
	return sizeof(*table) + table->capacity * sizeof(table->rows[0]) + table->text_capacity;
}

void
symbol_table_finish(struct symbol_table *table)
{
	free(table->rows);
	free(table->texts);
	*table = (struct symbol_table){ .rows = NULL };
}
