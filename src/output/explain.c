// SPDX-License-Identifier: GPL-3.0-or-later
#include "output/explain.h"

#include <string.h>

enum { NAME_COLUMNS = 18, VALUE_COLUMNS = 12, TEXT_START = NAME_COLUMNS + VALUE_COLUMNS + 2 };

void
explain_write(FILE *file, const char *name, const struct figure *figure,
	const struct explain_style *style)
{
	char text[EXPLAIN_SIZE];

	explain_value(text, sizeof(text), figure, style);
	fprintf(file, "%-*s %*s  ", NAME_COLUMNS - 1, name ? name : figure->column->title,
		VALUE_COLUMNS, text);
	for (enum explain_part part = EXPLAIN_WHAT; part < EXPLAIN_PARTS; part++)
		if (explain(text, part, figure, style))
			fprintf(file, "%*s%s\n", part == EXPLAIN_WHAT ? 0 : TEXT_START, "", text);
}

void
explain_write_columns(FILE *file, const char *columns, const struct figure *row,
	const struct explain_style *style)
{
	struct figure figure = *row;

	while (*columns) {
		size_t length = strcspn(columns, ",");

		figure.column = table_find(row->table, columns, length);
		explain_write(file, NULL, &figure, style);
		columns += length + (columns[length] == ',');
	}
}
