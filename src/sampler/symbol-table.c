// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/symbol-table.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* No function is larger: what is farther above the last one is something else. */
enum { MOST_SIZE = 64 * 1024 * 1024, MOST_NAME = 4096 };

void
symbol_table_add(struct symbol_table *table, uint64_t start, uint64_t size, const char *name)
{
	size_t length = strnlen(name, MOST_NAME);

	if (table->count >= MOST_SYMBOLS || table->text_size + length >= UINT32_MAX)
		return;
	table->rows = array_reserve(
		table->rows, &table->capacity, table->count + 1, sizeof(table->rows[0]));
	table->rows[table->count++] = (struct symbol){ .start = start,
		.size = size > MOST_SIZE ? MOST_SIZE : (uint32_t)size,
		.name = (uint32_t)table->text_size };
	table->texts = array_reserve(
		table->texts, &table->text_capacity, table->text_size + length + 1, 1);
	memcpy(table->texts + table->text_size, name, length);
	table->texts[table->text_size + length] = '\0';
	table->text_size += length + 1;
}

/* Of malloc and __libc_malloc the first is what people know. */
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
compare_symbols(const void *a, const void *b, void *texts)
{
	const struct symbol *left = a, *right = b;

	if (left->start != right->start)
		return left->start < right->start ? -1 : 1;
	if (left->size != right->size)
		return left->size > right->size ? -1 : 1;
	return compare_names((const char *)texts + left->name, (const char *)texts + right->name);
}

void
symbol_table_sort(struct symbol_table *table)
{
	size_t count = 0;

	if (table->count == 0)
		return;
	qsort_r(table->rows, table->count, sizeof(table->rows[0]), compare_symbols, table->texts);
	for (size_t i = 0; i < table->count; i++)
		if (count == 0 || table->rows[count - 1].start != table->rows[i].start)
			table->rows[count++] = table->rows[i];
	table->count = table->capacity = count;
	table->text_capacity = table->text_size;
	table->rows = xreallocarray(table->rows, count, sizeof(table->rows[0]));
	table->texts = xreallocarray(table->texts, table->text_size, 1);
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
