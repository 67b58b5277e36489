// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/command.h"
#include "output/output.h"
#include "table/filter.h"
#include "table/order.h"

#include <stdbool.h>

/* An option that is understood when the table that it is about is known. */
struct kept_option {
	const struct command_option *option;
	const char *value;
};

/* What the options about rows ask for: which, in what order, with which columns, how often. */
struct table_options {
	struct selection columns; /* of the table that the rows are of */
	struct order order;       /* without a column the rows stay as they are */
	struct filter *filter;
	char *filter_text; /* how --filter and other options choose rows, as one filter; or NULL */
	int64_t interval;  /* nanoseconds */
	int64_t count;     /* blocks; 0: for ever */
	int64_t top;       /* rows of a block; 0: all */
	int64_t width;     /* UNKNOWN: that of the terminal, if it is one */
	enum scale scale;
	const struct output_format *format;
	bool explain;   /* figures instead of rows, in a text */
	unsigned given; /* which of the kept options are: bits 1 << enum kept_kind */
	struct kept_option *kept;
	size_t kept_count, kept_capacity;
};

/*
 * The options of every command that shows rows of a table, the same in each; they set a struct
 * table_options.
 */
extern const struct command_option table_option_rows[];

/*
 * A value of `apply` for rows of commands that say more of a shared option: keeps it in a struct
 * table_options until table_options_complete(). The `value` of the row is one of these.
 */
enum kept_kind { KEPT_DELAY, KEPT_FIELDS, KEPT_ORDER, KEPT_FILTER, KEPT_USER, KEPT_SCALE };
int table_options_keep(void *options, const struct command_option *option, const char *value);

void table_options_init(struct table_options *options);
void table_options_finish(struct table_options *options);

/*
 * Understands the options, which are about rows of this table. `columns` and `order` count where
 * the options name none; NULL: those that are in the options already. Returns 0, or tells what is
 * wrong and returns -EINVAL.
 */
int table_options_complete(struct table_options *options, const struct table *table,
	const char *columns, const char *order);

static inline bool
table_options_has(const struct table_options *options, enum kept_kind kind)
{
	return options->given & 1u << kind;
}

/* One block, where neither --count nor --delay is given. */
void table_options_default_to_one(struct table_options *options);

/* Adds what an option asks for to `filter_text`: NAME and VALUE are a term of a filter. */
void table_options_note(struct table_options *options, const char *name, const char *value);

/* Lets through only rows with these numbers in the column "pid". */
void table_options_filter_pids(struct table_options *options, const int64_t *pids, size_t count);

/* What must be read for the columns, the order and the filter. */
uint64_t table_options_needs(const struct table_options *options);

/*
 * Puts the rows that are asked for into a list, in order, without those that are not worth showing
 * (NULL: all are); --top does not count here. Tells once where a regular expression of the filter
 * took too long.
 */
void table_options_choose(const struct table_options *options, const void *rows, size_t count,
	bool (*is_worth_showing)(const void *row), struct row_list *list);

/*
 * At which column lines are cut: at the edge of the terminal, or where asked for; 0 where the
 * output is no terminal, as nothing is cut in a pipe.
 */
size_t table_options_width(const struct table_options *options);

/* Standard output as asked for: format, unit of sizes, width. The caller finishes it. */
struct output table_options_output(const struct table_options *options);
