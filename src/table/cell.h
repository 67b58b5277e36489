// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/text.h"
#include "table/order.h"
#include "table/table.h"

/* Room for any value: a text of 4095 bytes, each escaped. */
enum { CELL_SIZE = 4 * 4096 + 1 };

/*
 * Writes the value of a column as people read it: one line, safe for any terminal, "-" where it
 * is unknown, "~" before one that is of an earlier refresh. Cuts what does not fit into `size`,
 * which is more than UNIT_FORMAT_SIZE. Returns the length.
 */
size_t cell_format(char *text, size_t size, const struct column *column, const void *row,
	enum charset charset, enum scale scale);

/*
 * How many columns of a terminal the numbers of a column take: as many as it usually does, or as
 * many as the smallest and the largest of these rows need in that scale. Not for UNIT_TEXT.
 */
int cell_width(const struct column *column, const struct row_list *rows, enum scale scale);
