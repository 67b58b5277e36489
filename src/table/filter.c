// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/filter.h"

#include "base/memory.h"
#include "base/sort.h"
#include "table/filter-nodes.h"
#include "table/pattern.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct filter *
filter_create(const struct table *table)
{
	struct filter *filter = xcalloc(1, sizeof(*filter));

	filter->table = table;
	return filter;
}

void
filter_destroy(struct filter *filter)
{
	if (!filter)
		return;
	for (size_t i = 0; i < filter->count; i++) {
		pattern_destroy(filter->nodes[i].pattern);
		free(filter->nodes[i].text);
	}
	free(filter->nodes);
	free(filter);
}

size_t
filter_add_node(struct filter *filter, enum node_kind kind)
{
	filter->nodes = array_reserve(
		filter->nodes, &filter->capacity, filter->count + 1, sizeof(filter->nodes[0]));
	filter->nodes[filter->count] =
		(struct node){ .kind = kind, .number = UNKNOWN, .end = filter->count + 1 };
	return filter->count++;
}

void
filter_add_set(
	struct filter *filter, const struct column *column, const int64_t *numbers, size_t count)
{
	size_t number = filter_add_node(filter, NODE_TERM);
	struct node *term = &filter->nodes[number];

	term->columns[0] = column;
	term->column_count = 1;
	term->set = numbers;
	term->set_count = count;
}

/* A match that took too long is false for both ~ and !~. */
static bool
pattern_holds(const struct node *term, const char *text)
{
	int result = pattern_match(term->pattern, text);

	return result >= 0 && result == (term->comparison == LIKE);
}

static bool
text_holds(const struct node *term, const char *text)
{
	if (term->pattern)
		return pattern_holds(term, text);
	if (term->comparison == LIKE)
		return strcasestr(text, term->text) != NULL;
	return (strcmp(text, term->text) == 0) == (term->comparison == EQUAL);
}

static bool
number_holds(const struct node *term, enum unit unit, int64_t number)
{
	if (term->set)
		return bsearch(&number, term->set, term->set_count, sizeof(number), compare_int64);
	number = unit_in_order(unit, number);
	switch (term->comparison) {
	case EQUAL:
		return number == term->number;
	case NOT_EQUAL:
		return number != term->number;
	case LESS:
		return number < term->number;
	case LESS_EQUAL:
		return number <= term->number;
	case GREATER:
		return number > term->number;
	case GREATER_EQUAL:
		return number >= term->number;
	default:
		return false;
	}
}

static bool
column_holds(const struct node *term, const struct column *column, const void *row)
{
	int64_t number;

	if (column->unit == UNIT_TEXT) {
		const char *text = column_text(column, row);

		return text && text_holds(term, text);
	}
	number = column_number(column, row);
	if (term->is_share)
		number = known_share(number, *(const int64_t *)((const char *)row + column->whole));
	return number != UNKNOWN && number_holds(term, column->unit, number);
}

static bool
term_holds(const struct node *term, const void *row)
{
	for (size_t i = 0; i < term->column_count; i++)
		if (column_holds(term, term->columns[i], row))
			return true;
	return false;
}

/* Recursion is at most FILTER_MOST_NESTED deep. */
static bool
node_holds(const struct filter *filter, size_t number, const void *row)
{
	const struct node *node = &filter->nodes[number];
	bool holds = node->kind == NODE_ALL;

	if (node->kind == NODE_TERM)
		return term_holds(node, row) != node->negated;
	for (size_t i = number + 1; i < node->end; i = filter->nodes[i].end)
		if (node_holds(filter, i, row) != holds)
			return holds == node->negated;
	return holds != node->negated;
}

bool
filter_matches(const struct filter *filter, const void *row)
{
	for (size_t i = 0; i < filter->count; i = filter->nodes[i].end)
		if (!node_holds(filter, i, row))
			return false;
	return true;
}

int64_t
filter_given_up(const struct filter *filter)
{
	int64_t count = 0;

	for (size_t i = 0; i < filter->count; i++)
		if (filter->nodes[i].pattern)
			count += pattern_given_up(filter->nodes[i].pattern);
	return count;
}

uint64_t
filter_needs(const struct filter *filter)
{
	uint64_t needs = 0;

	for (size_t i = 0; i < filter->count; i++)
		for (size_t j = 0; j < filter->nodes[i].column_count; j++)
			needs |= filter->nodes[i].columns[j]->need;
	return needs;
}
