// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/table.h"

#include <stdbool.h>

/*
 * The filter language: terms separated by blanks, all of which must hold.
 *
 *   rss>500M  user!=root  comm~java  !cmd~agent  (oom>=800 or swap>0)  firefox
 *
 * A term is COLUMN OPERATOR VALUE without blanks; a value with blanks stands in ' or ". The
 * operators are = != < <= > >= and, for texts, ~ (regular expression, see pattern.h) and !~. A
 * bare word is looked for in the table's search columns. `or` between terms binds less than the
 * blank, for which `and` may stand; brackets group. ! before a term or a bracket turns it round.
 * A term about a value that is unknown does not hold, so with ! before it it does.
 */
struct filter;

struct filter_error {
	size_t position; /* of the character that is wrong, from 0; not of the byte */
	char message[160];
	const char *near; /* the name that may have been meant, or NULL */
};

enum { FILTER_MOST_BYTES = 4096, FILTER_MOST_NESTED = 32 };

/* A filter for rows of a table that lets all of them through; the caller destroys it. */
struct filter *filter_create(const struct table *table);
void filter_destroy(struct filter *filter);

/*
 * Adds the terms of a text, which may be none; of at most FILTER_MOST_BYTES, and brackets inside
 * each other at most FILTER_MOST_NESTED deep. Returns 0, or -EINVAL with *ret_error filled; the
 * filter is then only good for being destroyed.
 */
int filter_add(struct filter *filter, const char *text, struct filter_error *ret_error);

/*
 * Adds the term that the number of a column is one of these, which ascend and are borrowed.
 */
void filter_add_set(
	struct filter *filter, const struct column *column, const int64_t *numbers, size_t count);

/* Allocates nothing, but for the first match of a regular expression. */
bool filter_matches(const struct filter *filter, const void *row);

/* What must be read for the columns it looks at. */
uint64_t filter_needs(const struct filter *filter);

/*
 * How often a regular expression took too long on a text; such a term did not hold then, neither
 * with ~ nor with !~.
 */
int64_t filter_given_up(const struct filter *filter);
