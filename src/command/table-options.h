// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/command.h"
#include "command/past.h"
#include "output/output.h"
#include "table/filter.h"
#include "table/order.h"

#include <stdbool.h>

/* An option to be parsed when its table is known. */
struct kept_option {
	const struct command_option *option;
	const char *value;
};

/* Options about rows: filter, order, columns, interval. */
struct table_options {
	struct selection columns; /* of the table of the rows */
	struct order order;       /* without a column the rows stay as they are */
	struct filter *filter;
	char *filter_text; /* all options that filter, as one filter; or NULL */
	int64_t interval;  /* nanoseconds */
	int64_t count;     /* blocks; 0: for ever */
	int64_t top;       /* rows of a block; 0: all */
	int64_t width;     /* UNKNOWN: of the terminal, if any */
	enum scale scale;
	const struct output_format *format;
	struct past_options past;
	bool explain;   /* figures instead of rows, in a text */
	unsigned given; /* the kept options: bits 1 << enum kept_kind */
	struct kept_option *kept;
	size_t kept_count, kept_capacity;
};

/* Options of every command that shows rows of a table; they set a struct table_options. */
extern const struct command_option table_option_rows[];

/*
 * An `apply` for shared options that a command describes itself: keeps the option in a struct
 * table_options until table_options_complete(). The `value` of the row is one of these.
 */
enum kept_kind { KEPT_DELAY, KEPT_FIELDS, KEPT_ORDER, KEPT_FILTER, KEPT_USER, KEPT_SCALE };
int table_options_keep(void *options, const struct command_option *option, const char *value);

void table_options_init(struct table_options *options);
void table_options_finish(struct table_options *options);

/*
 * Parses the kept options for this table. `columns` and `order` are defaults; NULL: those in
 * `options` already. Returns 0, or reports an error and returns -EINVAL.
 */
int table_options_complete(struct table_options *options, const struct table *table,
	const char *columns, const char *order);

static inline bool
table_options_has(const struct table_options *options, enum kept_kind kind)
{
	return options->given & 1u << kind;
}

/* Adds an option to `filter_text`: NAME and VALUE are a term of a filter. */
void table_options_note(struct table_options *options, const char *name, const char *value);

/* Passes only rows with these numbers in the column "pid". */
void table_options_filter_pids(struct table_options *options, const int64_t *pids, size_t count);
