// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/order.h"

/*
 * Puts each row of an ordered list after its parent and sets list->depths. Children keep their
 * order. A row is a root if its parent is not in the list; so is one row of each cycle.
 */
void tree_arrange(struct row_list *list, const struct row_tree *tree);

/* Rows whose children are hidden. A zeroed set is empty. */
struct folded_rows {
	uint64_t *rows;
	size_t count, capacity;
};

bool tree_is_folded(const struct folded_rows *folded, const struct row_tree *tree, const void *row);

/* Adds a row, or removes it if it is in the set. */
void tree_toggle(struct folded_rows *folded, const struct row_tree *tree, const void *row);

/*
 * After tree_arrange(): hides the rows below each folded one. list->folded has the number of hidden
 * rows for each remaining row.
 */
void tree_fold(
	struct row_list *list, const struct row_tree *tree, const struct folded_rows *folded);
