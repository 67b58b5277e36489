// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "output/output.h"

struct hint;
struct json_t;
struct table;

/*
 * Writes one JSON object and a newline: "kind" (the table's name), "time", then the selected
 * columns under their names. Bytes are integers, unknown is null; all is ASCII.
 */
void json_write_row(
	struct output *output, const struct selection *selection, int64_t time, const void *row);

/* Writes a hint as an object: "kind", "time", "count" of rows, "text". */
void json_write_hint(FILE *file, int64_t time, const struct hint *hint);

/*
 * json_begin() creates an object with "kind" and "time" (null for UNKNOWN); json_end() writes it as
 * one line and frees it. json_columns() adds the columns whose needs are all in `bits`: others are
 * left out, so that null always means unknown. Returns whether there was any.
 */
struct json_t *json_begin(const char *kind, int64_t time);
bool json_columns(struct json_t *object, const struct table *table, uint64_t bits, const void *row);
struct json_t *json_text(const char *text);
void json_end(FILE *file, struct json_t *object);
