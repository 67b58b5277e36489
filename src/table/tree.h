// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/order.h"

/*
 * Puts each row of an ordered list after its parent and sets list->depths. Children keep their
 * order. A row is a root if its parent is not in the list; so is one row of each cycle.
 */
void tree_arrange(struct row_list *list, const struct column *id, const struct column *parent);

/*
 * After tree_arrange(): hides the rows below each row that is_folded() matches. list->folded has
 * the number of hidden rows for each remaining row.
 */
void tree_fold(struct row_list *list, bool (*is_folded)(const void *row, const void *data),
	const void *data);
