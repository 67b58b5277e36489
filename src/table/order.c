// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/order.h"

#include "base/memory.h"
#include "base/sort.h"
#include "table/filter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Sorting moves keys, not rows: a comparison does not read the row. */
struct sort_key {
	int64_t number;
	const char *text;
	const char *row;
};

static int
compare_numbers(const struct sort_key *a, const struct sort_key *b, bool ascending)
{
	if (a->number == b->number)
		return 0;
	if (a->number == UNKNOWN || b->number == UNKNOWN)
		return a->number == UNKNOWN ? 1 : -1;
	return (a->number < b->number) == ascending ? -1 : 1;
}

static int
compare_texts(const struct sort_key *a, const struct sort_key *b, bool ascending)
{
	int difference;

	if (!a->text || !b->text)
		return !a->text == !b->text ? 0 : !a->text ? 1 : -1;
	difference = strcmp(a->text, b->text);
	return difference == 0 ? 0 : (difference < 0) == ascending ? -1 : 1;
}

static int
numbers_ascending(const void *a, const void *b)
{
	return compare_numbers(a, b, true);
}

static int
numbers_descending(const void *a, const void *b)
{
	return compare_numbers(a, b, false);
}

static int
texts_ascending(const void *a, const void *b)
{
	return compare_texts(a, b, true);
}

static int
texts_descending(const void *a, const void *b)
{
	return compare_texts(a, b, false);
}

struct order
order_of(const struct column *column)
{
	return (struct order){
		.column = column,
		.ascending = column->unit == UNIT_TEXT || column->unit == UNIT_ID ||
			     column->unit == UNIT_ADDRESS,
	};
}

int
order_parse(const struct table *table, const char *text, struct order *ret_order)
{
	bool has_sign = *text == '+' || *text == '-';
	const char *name = text + has_sign;
	const struct column *column = table_find(table, name, strlen(name));

	if (!column)
		return -EINVAL;
	*ret_order = order_of(column);
	if (has_sign)
		ret_order->ascending = *text == '-';
	return 0;
}

static void
sort_by(struct sort_key *keys, size_t count, const struct order *order)
{
	const struct column *column = order->column;
	bool is_text = column->unit == UNIT_TEXT;

	for (size_t i = 0; i < count; i++) {
		keys[i].number =
			is_text ? 0
				: unit_in_order(column->unit, column_number(column, keys[i].row));
		keys[i].text = is_text ? column_text(column, keys[i].row) : NULL;
	}
	sort_merge(keys, keys + count, count, sizeof(keys[0]),
		is_text ? (order->ascending ? texts_ascending : texts_descending)
			: (order->ascending ? numbers_ascending : numbers_descending));
}

/* The sort is stable: sorts by the least important column first. */
static void
sort_rows(struct sort_key *keys, size_t count, const struct table *table, const struct order *order)
{
	if (count < 2 || !order->column)
		return;
	if (table->then_by) {
		const struct order least = order_of(table_column(table, table->then_by));

		sort_by(keys, count, &least);
	}
	sort_by(keys, count, order);
}

void
order_build(struct row_list *list, const struct table *table, const void *rows, size_t row_count,
	const struct filter *filter, const struct order *order)
{
	size_t count = 0;

	list->keys =
		array_fit(list->keys, &list->key_capacity, 2 * row_count, sizeof(struct sort_key));
	list->rows = array_fit(list->rows, &list->capacity, row_count, sizeof(list->rows[0]));
	list->depths =
		array_fit(list->depths, &list->depth_capacity, row_count, sizeof(list->depths[0]));
	list->marks =
		array_fit(list->marks, &list->mark_capacity, row_count, sizeof(list->marks[0]));
	list->keys = array_reserve(
		list->keys, &list->key_capacity, 2 * row_count, sizeof(struct sort_key));
	list->rows = array_reserve(list->rows, &list->capacity, row_count, sizeof(list->rows[0]));
	for (size_t i = 0; i < row_count; i++) {
		const char *row = (const char *)rows + i * table->row_size;

		if (!filter || filter_matches(filter, row))
			list->keys[count++].row = row;
	}
	sort_rows(list->keys, count, table, order);
	for (size_t i = 0; i < count; i++)
		list->rows[i] = list->keys[i].row;
	list->count = count;
	list->left_out = 0;
}

void
row_list_keep(struct row_list *list, bool (*is_worth_showing)(const void *row))
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++)
		if (is_worth_showing(list->rows[i]))
			list->rows[count++] = list->rows[i];
	list->count = count;
}

void
row_list_finish(struct row_list *list)
{
	free(list->rows);
	free(list->keys);
	free(list->depths);
	free(list->marks);
	free(list->folded);
	*list = (struct row_list){ .rows = NULL };
}
