// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/order.h"

/*
 * Puts each row of an ordered list below its parent, as deep as list->depths then says. Children
 * keep their order; a row whose parent is not in the list is a root, and one row of each cycle.
 */
void tree_arrange(struct row_list *list, const struct column *id, const struct column *parent);
