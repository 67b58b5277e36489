// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/order.h"

/*
 * Puts each row of an ordered list below its parent, as deep as list->depths then says. Children
 * keep their order; a row whose parent is not in the list is a root, and one row of each cycle.
 */
void tree_arrange(struct row_list *list, const struct column *id, const struct column *parent);

/*
 * After that: leaves out what stands below rows for which is_folded() holds. list->folded then says
 * of each row that is left how many that were.
 */
void tree_fold(struct row_list *list, bool (*is_folded)(const void *row, const void *data),
	const void *data);
