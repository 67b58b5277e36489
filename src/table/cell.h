// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/text.h"
#include "table/order.h"
#include "table/table.h"

/* The size of any value: a text of 4095 bytes, all escaped. */
enum { CELL_SIZE = 4 * 4096 + 1 };

/*
 * Writes the value of a column for people: one line, safe for any terminal, "-" if it is unknown,
 * "~" before a stale value, indented by its depth. Cuts the text to `size`, which is more than
 * UNIT_FORMAT_SIZE. Returns the length.
 */
size_t cell_format(char *text, size_t size, const struct column *column, const void *row,
	enum charset charset, enum scale scale);

/*
 * The terminal columns for the numbers of a column: the default width, or more if the smallest or
 * largest of these rows needs more at that scale. Not for UNIT_TEXT.
 */
int cell_width(const struct column *column, const struct row_list *rows, enum scale scale);
