// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/table.h"

#include <stdbool.h>

/*
 * The filter language: terms separated by blanks, all of which must hold.
 *
 *   rss>500M  user!=root  comm~java  !cmd~agent  oom>=800  firefox
 *
 * A term is COLUMN OPERATOR VALUE without blanks; a value with blanks stands in ' or ". The
 * operators are = != < <= > >= and, for texts, ~ (extended regular expression, in any case) and
 * !~. A bare word is looked for in the table's search columns. ! before a term turns it round.
 * A term about a value that is unknown does not hold, so with ! before it it does.
 */
struct filter;

struct filter_error {
	size_t position; /* of the character that is wrong, from 0 */
	char message[160];
};

/* A filter for rows of a table that lets all of them through; the caller destroys it. */
struct filter *filter_create(const struct table *table);
void filter_destroy(struct filter *filter);

/*
 * Adds the terms of a text, which may be none. Returns 0, or -EINVAL with *ret_error filled; the
 * filter is then only good for being destroyed.
 */
int filter_add(struct filter *filter, const char *text, struct filter_error *ret_error);

/*
 * Adds the term that the number of a column is one of these, which ascend and are borrowed.
 */
void filter_add_set(
	struct filter *filter, const struct column *column, const int64_t *numbers, size_t count);

bool filter_matches(const struct filter *filter, const void *row);

/* What must be read for the columns it looks at. */
unsigned filter_needs(const struct filter *filter);
