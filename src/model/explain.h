// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/text.h"
#include "table/table.h"

#include <stdbool.h>

struct system;

/* A value of a row, to be explained. */
struct figure {
	const struct table *table;
	const struct column *column;
	const void *row;
	const struct system *system; /* of the same moment */
};

enum explain_part {
	EXPLAIN_WHAT,    /* what it is */
	EXPLAIN_FORMULA, /* its arithmetic, in live numbers */
	EXPLAIN_SOURCE,  /* the file and the field */
	EXPLAIN_MISREAD, /* what it is often taken for */
	EXPLAIN_PARTS,
};

/* How numbers are written in it. */
struct explain_style {
	enum charset charset;
	enum scale scale;
	/* As cell_format(), instead of that; or NULL. */
	void (*write)(char *text, size_t size, const struct column *column, const void *row,
		const void *data);
	const void *data;
};

/* Room for any part of an explanation. */
enum { EXPLAIN_SIZE = 2048 };

/* What stands before a part: "= ", "from " and so on. */
extern const char *const explain_labels[EXPLAIN_PARTS];

/* Writes the value itself. */
void explain_value(
	char *text, size_t size, const struct figure *figure, const struct explain_style *style);

/* Writes a part, safe for any terminal, with its label. Returns false where there is none. */
bool explain(char text[static EXPLAIN_SIZE], enum explain_part part, const struct figure *figure,
	const struct explain_style *style);

/*
 * What "name + name - name" comes to, {} round names or not. UNKNOWN where one of them is, or where
 * it is no such sum.
 */
int64_t explain_sum(const struct figure *figure, const char *sum, size_t length);
