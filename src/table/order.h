// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/table.h"

#include <stdbool.h>

struct filter;

struct order {
	const struct column *column;
	bool ascending;
};

/* The rows to show, in order. Borrows them; each refresh reuses its memory. */
struct row_list {
	const void **rows;
	size_t count, capacity;
	struct sort_key *keys; /* twice as many as rows, for sorting */
	size_t key_capacity;
	unsigned short *depths; /* the number of ancestors of each row, after tree_arrange() */
	size_t depth_capacity;
	bool *marks; /* for processes: their memory is already counted; footprint_of() */
	size_t mark_capacity;
	size_t *folded; /* the number of hidden rows below each row, after tree_fold() */
	size_t folded_capacity;
	size_t left_out; /* the sum of `folded` */
};

/* The default direction: numbers descend, texts and IDs ascend. */
struct order order_of(const struct column *column);

/*
 * Reads a column name; + before it sorts from the largest, - from the smallest. Returns 0, or
 * -EINVAL for an unknown column.
 */
int order_parse(const struct table *table, const char *text, struct order *ret_order);

/*
 * Selects the rows that match the filter (NULL: all) and sorts them, unless the order has no
 * column. Equal rows are in the order of the table's `then_by`, then in their original order. Rows
 * with an unknown value come last in both directions.
 */
void order_build(struct row_list *list, const struct table *table, const void *rows,
	size_t row_count, const struct filter *filter, const struct order *order);

/* Keeps only the rows worth showing. */
void row_list_keep(struct row_list *list, bool (*is_worth_showing)(const void *row));
void row_list_finish(struct row_list *list);
