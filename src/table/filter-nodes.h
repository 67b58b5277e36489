// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pattern;

/*
 * What filter-parse.c makes and filter.c looks at. A filter is a list of nodes, each before those
 * that it consists of: a term, or a group of which all or any must hold. All nodes that stand in
 * no group must hold.
 */
enum { TERM_COLUMNS = 4 };

enum comparison { EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, LIKE, NOT_LIKE };

enum node_kind { NODE_TERM, NODE_ALL, NODE_ANY };

struct node {
	enum node_kind kind;
	bool negated;
	size_t end; /* the index behind it and all that it consists of */

	/* Of a term: */
	const struct column *columns[TERM_COLUMNS]; /* one of them must match */
	size_t column_count;
	enum comparison comparison;
	int64_t number;
	const int64_t *set; /* the number must be one of these; NULL: none are named */
	size_t set_count;
	char *text;
	struct pattern *pattern; /* of LIKE and NOT_LIKE, but NULL for a bare word */
};

struct filter {
	const struct table *table;
	struct node *nodes;
	size_t count, capacity;
};

/* Adds a node, which moves the others. Returns its index. */
size_t filter_add_node(struct filter *filter, enum node_kind kind);
