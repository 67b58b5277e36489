// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/text.h"
#include "table/table.h"

#include <stdbool.h>

struct system;

struct figure {
	const struct table *table;
	const struct column *column;
	const void *row;
	const struct system *system; /* of the same refresh */
};

enum explain_part {
	EXPLAIN_WHAT,    /* what it is */
	EXPLAIN_FORMULA, /* its arithmetic, in live numbers */
	EXPLAIN_SOURCE,  /* the file and the field */
	EXPLAIN_MISREAD, /* a common misunderstanding */
	EXPLAIN_PARTS,
};

/* How an explanation writes numbers. */
struct explain_style {
	enum charset charset;
	enum scale scale;
	/* replaces cell_format(); or NULL */
	void (*write)(char *text, size_t size, const struct column *column, const void *row,
		const void *data);
	const void *data;
};

/* The size of any part of an explanation. */
enum { EXPLAIN_SIZE = 2048 };

/* The text before a part: "= ", "from " and so on. */
extern const char *const explain_labels[EXPLAIN_PARTS];

/* Writes the value itself. */
void explain_value(
	char *text, size_t size, const struct figure *figure, const struct explain_style *style);

/* Writes a part with its label, safe for any terminal. Returns false if there is none. */
bool explain(char text[static EXPLAIN_SIZE], enum explain_part part, const struct figure *figure,
	const struct explain_style *style);

/*
 * The value of "name + name - name", with or without {} around names. UNKNOWN if a value is unknown
 * or it is not a sum.
 */
int64_t explain_sum(const struct figure *figure, const char *sum, size_t length);
