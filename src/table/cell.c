// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/cell.h"

#include <string.h>

enum { STEP = 2, DEEPEST = 32 };

static size_t
indent_of(const struct column *column, const void *row)
{
	int64_t depth = column->depth ? *(const int64_t *)((const char *)row + column->depth) : 0;

	return STEP * (size_t)(depth < 0 ? 0 : depth > DEEPEST ? DEEPEST : depth);
}

size_t
cell_format(char *text, size_t size, const struct column *column, const void *row,
	enum charset charset, enum scale scale)
{
	const char *value;
	size_t indent;

	if (column->unit != UNIT_TEXT) {
		bool stale = column_is_stale(column, row);

		*text = '~';
		return stale +
		       unit_format(text + stale, column->unit, column_number(column, row), scale);
	}
	value = column_text(column, row);
	indent = indent_of(column, row);
	memset(text, ' ', indent);
	return indent + text_safe(text + indent, size - indent, value ? value : "-", charset);
}

static int
width_of(const struct column *column, int64_t number, enum scale scale)
{
	char text[UNIT_FORMAT_SIZE];

	return (int)unit_format(text, column->unit, number, scale) + (column->stale != 0);
}

/* A size for people has at most six characters, and "~" may stand before it. */
static bool
fits_always(const struct column *column, enum scale scale)
{
	return column->unit == UNIT_BYTES && scale == SCALE_HUMAN && column->width > 6;
}

int
cell_width(const struct column *column, const struct row_list *rows, enum scale scale)
{
	int64_t least = 0, most = 0;
	int width = column->width, needed;

	if (fits_always(column, scale))
		return width;
	for (size_t i = 0; i < rows->count; i++) {
		int64_t number = column_number(column, rows->rows[i]);

		if (number == UNKNOWN || unit_is_none(column->unit, number))
			continue;
		least = number < least ? number : least;
		most = number > most ? number : most;
	}
	needed = width_of(column, least, scale);
	width = needed > width ? needed : width;
	needed = width_of(column, most, scale);
	return needed > width ? needed : width;
}
