// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/explain.h"

#include <stdio.h>

/* Writes a value and its explanations, a line each; `name` NULL: the column's title. */
void explain_write(FILE *file, const char *name, const struct figure *figure,
	const struct explain_style *style);

/* The same for several columns of a row, in a list for selection_parse(). */
void explain_write_columns(FILE *file, const char *columns, const struct figure *row,
	const struct explain_style *style);
