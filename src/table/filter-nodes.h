// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pattern;

/*
 * filter-parse.c makes these nodes and filter.c evaluates them. A node is a term, or a group (all
 * or any of its nodes must match); the nodes of a group follow it. All nodes outside groups must
 * match.
 */
enum { TERM_COLUMNS = 4 };

enum comparison { EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, LIKE, NOT_LIKE };

enum node_kind { NODE_TERM, NODE_ALL, NODE_ANY };

struct node {
	enum node_kind kind;
	bool negated;
	size_t end; /* the index after this node and the nodes of its group */

	/* For a term: */
	const struct column *columns[TERM_COLUMNS]; /* one of these must match */
	size_t column_count;
	enum comparison comparison;
	int64_t number;
	bool is_share;      /* the number is per mille of the column's whole */
	const int64_t *set; /* the number must be one of these; NULL: not used */
	size_t set_count;
	char *text;
	struct pattern *pattern; /* for LIKE and NOT_LIKE; NULL for a bare word */
};

struct filter {
	const struct table *table;
	struct node *nodes;
	size_t count, capacity;
};

/* Adds a node and returns its index. The other nodes may move. */
size_t filter_add_node(struct filter *filter, enum node_kind kind);
