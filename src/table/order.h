// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/table.h"

#include <stdbool.h>

struct filter;

struct order {
	const struct column *column;
	bool ascending;
};

/* The rows to show, in order. Borrows them; its memory is reused from refresh to refresh. */
struct row_list {
	const void **rows;
	size_t count, capacity;
	struct sort_key *keys; /* with room to sort them */
	size_t key_capacity;
	unsigned short *depths; /* below how many ancestors a row stands, after tree_arrange() */
	size_t depth_capacity;
	bool *marks; /* of a snapshot's processes: their memory has been counted; footprint_of() */
	size_t mark_capacity;
	size_t *folded; /* how many rows below it are left out, after tree_fold() */
	size_t folded_capacity;
	size_t left_out; /* in all; the sum of that */
};

/* The direction people expect of a column: numbers from the largest, texts and identities from the
 * first.
 */
struct order order_of(const struct column *column);

/*
 * Reads an order as people write it: a column, with + before it from the largest, with - from the
 * smallest. Returns 0, or -EINVAL where there is no such column.
 */
int order_parse(const struct table *table, const char *text, struct order *ret_order);

/*
 * Selects the rows that the filter (NULL: all) lets through and sorts them; an order without a
 * column leaves them as they are. Equal rows are in the order of the table's `then_by`, and then in
 * theirs; rows whose value is unknown come last in both directions.
 */
void order_build(struct row_list *list, const struct table *table, const void *rows,
	size_t row_count, const struct filter *filter, const struct order *order);

/* Leaves out what is not worth showing. */
void row_list_keep(struct row_list *list, bool (*is_worth_showing)(const void *row));
void row_list_finish(struct row_list *list);
