// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/table.h"

#include <stdbool.h>

/*
 * The filter language: terms separated by blanks; all must match.
 *
 *   rss>500M  user!=root  comm~java  !cmd~agent  (oom>=800 or swap>0)  firefox
 *
 * A term is COLUMN OPERATOR VALUE without blanks; a value with blanks needs ' or ". The operators
 * are = != < <= > >= (for a size that is a part of another also in per cent: available<10%) and,
 * for texts, ~ (regular expression, see pattern.h) and !~. A bare word matches if one of the
 * table's search columns contains it. `and` is the same as a blank; `or` binds less; brackets
 * group. ! negates a term or a bracket. A term about an unknown value does not match; with ! it
 * does.
 */
struct filter;

struct filter_error {
	size_t position; /* of the wrong character, from 0; in characters, not bytes */
	char message[160];
	const char *near; /* the name that was perhaps meant, or NULL */
};

enum { FILTER_MOST_BYTES = 4096, FILTER_MOST_NESTED = 32 };

/* Creates an empty filter, which matches all rows; the caller destroys it. */
struct filter *filter_create(const struct table *table);
void filter_destroy(struct filter *filter);

/*
 * Adds the terms of a text, perhaps none; at most FILTER_MOST_BYTES, with brackets at most
 * FILTER_MOST_NESTED deep. Returns 0, or -EINVAL with *ret_error filled; then only destroy the
 * filter.
 */
int filter_add(struct filter *filter, const char *text, struct filter_error *ret_error);

/* Adds a term: the number of the column is in `numbers`, which are sorted and borrowed. */
void filter_add_set(
	struct filter *filter, const struct column *column, const int64_t *numbers, size_t count);

/* Allocates only for the first match of a regular expression. */
bool filter_matches(const struct filter *filter, const void *row);

/* The NEED_ bits of the columns in the filter. */
uint64_t filter_needs(const struct filter *filter);

/* How many matches of a regular expression took too long: false for both ~ and !~. */
int64_t filter_given_up(const struct filter *filter);
