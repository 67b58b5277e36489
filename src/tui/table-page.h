// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/order.h"
#include "tui/grid.h"
#include "tui/keys.h"
#include "tui/list.h"

#include <stdbool.h>

/* Rows of any table on the screen: which columns, in what order, which row is selected. */
struct table_page {
	struct selection columns;
	struct order order;
	struct grid grid;
	struct list list;
	struct row_list rows;
	bool (*is_worth_showing)(const void *row); /* NULL: all are */
};

/* Shows these columns, sorted by `order` (NULL: as the rows come); both must be right. */
void table_page_init(
	struct table_page *page, const struct table *table, const char *columns, const char *order);
void table_page_finish(struct table_page *page);

/* Shows other rows, which are borrowed. Which of them stays selected is the caller's to know. */
void table_page_show(struct table_page *page, const void *rows, size_t count);

/* The selected row, or NULL where there is none. */
const void *table_page_selected(const struct table_page *page);

/*
 * Moves, scrolls or sorts as the request asks. Returns false for what it does not understand.
 * What is sorted anew shows when the rows are given again.
 */
bool table_page_request(struct table_page *page, enum request request);

/* Draws a heading and the rows. */
void table_page_draw(
	struct table_page *page, WINDOW *window, enum charset charset, enum scale scale);
