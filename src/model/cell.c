// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cell.h"

size_t
cell_format(char *text, size_t size, const struct column *column, const void *row,
	enum charset charset, enum scale scale)
{
	const char *value;

	if (column->unit != UNIT_TEXT) {
		bool stale = column_is_stale(column, row);

		*text = '~';
		return stale +
		       unit_format(text + stale, column->unit, column_number(column, row), scale);
	}
	value = column_text(column, row);
	return text_safe(text, size, value ? value : "-", charset);
}
