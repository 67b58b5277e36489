// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/arena.h"
#include "table/table.h"

#include <stdbool.h>
#include <stddef.h>

struct bytes;
struct byte_reader;

/*
 * What this program records and can show of one kind of rows. A further kind is one more of these.
 */
struct recorded_table {
	const struct table *table;
	const char *columns;       /* names, for selection_parse(); NULL: all */
	const struct column *more; /* fields of a row that are no columns; NULL: none */
	size_t more_count;
	const char *key; /* fields that tell rows apart; NULL: rows are known by their place */
	size_t kept;     /* offset of a flag: the row is that of before, but for its parts; or 0 */
	const char *summary; /* fields whose range in each chunk is told, comma between; or NULL */
	bool is_event;       /* its rows happened since the sample before */
	bool any_number;     /* also those that no machine could have: unit_is_sensible() */
};

struct recorded {
	const struct recorded_table *tables;
	size_t count;
};

/* A note about the whole chunk, such as the machine. */
struct note {
	const char *name, *text;
};

/* One field of the rows of a recording. */
struct field {
	const char *name, *unit;
	const struct column *column; /* NULL: this program does not know it, and leaves it out */
	const struct row_part *part;
	size_t offset;
	bool is_text;
};

struct schema_table {
	const char *name;
	const struct recorded_table *recorded; /* NULL: this program does not know it */
	size_t number;                         /* of it in struct recorded */
	struct field *fields;
	size_t field_count, known_count;
};

/* What a chunk contains, and what this program knows of it. A zeroed one is empty. */
struct schema {
	struct schema_table *tables;
	size_t table_count;
	struct note *notes;
	size_t note_count;
	struct arena texts;
};

/*
 * Writes the schema of what is recorded:
 *
 *	version | notes: number, then name, text | tables: number, then
 *	name, fields: number, then name, unit
 */
void schema_write(struct bytes *bytes, const struct recorded *recorded, const struct note *notes,
	size_t note_count);

/*
 * Reads a schema of any version, of which this program takes the fields that have a name and unit
 * that it knows. False if it is damaged, above the limits, or of a format that came later; then the
 * schema is empty.
 */
bool schema_read(
	struct schema *schema, struct byte_reader *reader, const struct recorded *recorded);
void schema_finish(struct schema *schema);

/* The text of a note, or NULL. */
const char *schema_note(const struct schema *schema, const char *name);

/* The number of the field of that name; `field_count` if there is none. */
size_t schema_field(const struct schema_table *table, const char *name, size_t length);
