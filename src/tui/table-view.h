// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/filter.h"
#include "table/order.h"
#include "table/rows.h"
#include "table/tree.h"
#include "tui/grid.h"
#include "tui/list.h"
#include "tui/prompt.h"

#include <stdbool.h>

struct table_view;

/* The look of rows that differ. */
struct row_look {
	enum style (*style)(const struct table_view *view, const void *row); /* NULL: normal */
	/* A text shown instead of the value of a row; NULL: the value. */
	const char *(*text)(
		const struct table_view *view, const struct column *column, size_t index);
	/* Draws a cell, unless it is shown as a text. Returns whether it was drawn. NULL: none. */
	bool (*draw)(const struct heading *heading, const void *row, WINDOW *window, int y,
		enum charset charset, enum style style);
};

/* Rows of any table on the screen: columns, order, filter and selection. */
struct table_view {
	struct selection *columns; /* borrowed, or its own: */
	struct order *order;
	struct selection own_columns;
	struct order own_order;
	struct grid grid;
	struct list list;
	struct row_list rows;
	int heading_line;      /* of the screen; -1: not shown */
	struct filter *filter; /* typed; NULL: none */
	char filter_text[PROMPT_SIZE], filter_before[PROMPT_SIZE], search[PROMPT_SIZE];
	uint64_t key;      /* of the row that was selected when it was drawn last, */
	size_t key_index;  /* and its place */
	bool searches_on;  /* it was not found, but not all has been read */
	bool is_filtering; /* a filter is being typed */
	bool (*is_worth_showing)(const void *row); /* NULL: all are */
	const struct row_look *look;               /* NULL: default */
	bool has_commands; /* a last text tells rows apart: it has more space */
	bool *tree;        /* borrowed: rows stand below those they belong to; NULL: they cannot */
	struct folded_rows folded;
};

/* Shows these columns, sorted by `order` (NULL: unsorted); both must be valid. */
void table_view_init(
	struct table_view *view, const struct table *table, const char *columns, const char *order);
void table_view_finish(struct table_view *view);

/*
 * Shows other rows, which are borrowed. The selection follows its row where the table has a key,
 * but stays first if it is; else the caller keeps it.
 */
void table_view_show(struct table_view *view, const struct rows *rows);

/* For rows that are in order: puts them below those they belong to, if they are shown so. */
void table_view_arrange(struct table_view *view);

/* Folds the selected row, or unfolds it. Returns false if it is so already. */
bool table_view_fold(struct table_view *view, bool folds);

/* The selected row, or NULL. */
const void *table_view_selected(const struct table_view *view);

/*
 * Sets the filter for the next table_view_show(). Returns false, without a change, if the text is
 * not valid.
 */
bool table_view_filter(struct table_view *view, const char *text, struct filter_error *ret_error);

/*
 * Draws a heading and the rows, below some lines of notes if there is space. Returns whether there
 * is.
 */
bool table_view_draw(
	struct table_view *view, WINDOW *window, int notes, enum charset charset, enum scale scale);

/* The shown columns, in their order, then all others of the table; NULL after the last. */
const struct column *table_view_column(const struct selection *shown, size_t place);
