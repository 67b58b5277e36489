// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/schema.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "record/limits.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { SCHEMA_VERSION = 1 };

static int
compare_places(const void *a, const void *b)
{
	const struct column *left = *(const struct column *const *)a,
			    *right = *(const struct column *const *)b;
	size_t left_part = left->part ? left->part->offset + 1 : 0,
	       right_part = right->part ? right->part->offset + 1 : 0;

	if (left_part != right_part)
		return left_part < right_part ? -1 : 1;
	return (left->offset > right->offset) - (left->offset < right->offset);
}

/*
 * The columns that are recorded, as they follow each other in a row: the encoder compares rows
 * field by field. The caller finishes the selection.
 */
static void
select_columns(struct selection *selection, const struct recorded_table *recorded)
{
	size_t position;

	selection->table = recorded->table;
	if (recorded->columns) {
		int error = selection_parse(selection, recorded->columns, &position);

		assert(error == 0);
		(void)error;
	}
	for (size_t i = 0; !recorded->columns && i < recorded->table->column_count; i++)
		selection_add(selection, &recorded->table->columns[i]);
	for (size_t i = 0; i < recorded->more_count; i++)
		selection_add(selection, &recorded->more[i]);
	qsort(selection->columns, selection->count, sizeof(selection->columns[0]), compare_places);
}

static void
write_table(struct bytes *bytes, const struct recorded_table *recorded)
{
	struct selection columns = { .table = NULL };

	select_columns(&columns, recorded);
	bytes_put_text(bytes, recorded->table->name);
	bytes_put_varint(bytes, columns.count);
	for (size_t i = 0; i < columns.count; i++) {
		bytes_put_text(bytes, columns.columns[i]->name);
		bytes_put_text(bytes, unit_name(columns.columns[i]->unit));
	}
	selection_finish(&columns);
}

void
schema_write(struct bytes *bytes, const struct recorded *recorded, const struct note *notes,
	size_t note_count)
{
	bytes_put_varint(bytes, SCHEMA_VERSION);
	bytes_put_varint(bytes, note_count);
	for (size_t i = 0; i < note_count; i++) {
		bytes_put_text(bytes, notes[i].name);
		bytes_put_text(bytes, notes[i].text);
	}
	bytes_put_varint(bytes, recorded->count);
	for (size_t i = 0; i < recorded->count; i++)
		write_table(bytes, &recorded->tables[i]);
}

static const char *
read_text(struct schema *schema, struct byte_reader *reader, size_t most)
{
	size_t length;
	const char *text = byte_reader_text(reader, most, &length);

	return arena_copy(&schema->texts, text, length);
}

static const struct column *
find_column(const struct selection *columns, const char *name, const char *unit)
{
	for (size_t i = 0; i < columns->count; i++)
		if (strcmp(columns->columns[i]->name, name) == 0 &&
			strcmp(unit_name(columns->columns[i]->unit), unit) == 0)
			return columns->columns[i];
	return NULL;
}

/* A column that is there twice would be written twice into a row. */
static bool
has_column(const struct schema_table *table, const struct column *column)
{
	for (size_t i = 0; i < table->field_count; i++)
		if (table->fields[i].column == column)
			return true;
	return false;
}

static void
read_field(struct schema *schema, struct schema_table *table, struct byte_reader *reader,
	const struct selection *columns)
{
	struct field *field = &table->fields[table->field_count];

	*field = (struct field){ .name = read_text(schema, reader, MOST_NAME) };
	field->unit = read_text(schema, reader, MOST_NAME);
	field->column = find_column(columns, field->name, field->unit);
	if (field->column && has_column(table, field->column))
		field->column = NULL;
	if (field->column) {
		field->part = field->column->part;
		field->offset = field->column->offset;
		field->is_text = field->column->unit == UNIT_TEXT;
		table->known_count++;
	}
	table->field_count++;
}

static bool
has_table(const struct schema *schema, const struct recorded_table *recorded)
{
	for (size_t i = 0; i < schema->table_count; i++)
		if (schema->tables[i].recorded == recorded)
			return true;
	return false;
}

static void
find_table(struct schema *schema, struct schema_table *table, const struct recorded *recorded)
{
	for (size_t i = 0; i < recorded->count; i++) {
		const struct recorded_table *known = &recorded->tables[i];

		if (strcmp(known->table->name, table->name) == 0 && !has_table(schema, known)) {
			table->recorded = known;
			table->number = i;
		}
	}
}

static void
read_table(struct schema *schema, struct byte_reader *reader, const struct recorded *recorded)
{
	struct schema_table *table = &schema->tables[schema->table_count];
	struct selection columns = { .table = NULL };
	size_t count;

	*table = (struct schema_table){ .name = read_text(schema, reader, MOST_NAME) };
	find_table(schema, table, recorded);
	schema->table_count++;
	if (table->recorded)
		select_columns(&columns, table->recorded);
	count = byte_reader_count(reader, MOST_FIELDS);
	table->fields = xcalloc(count, sizeof(table->fields[0]));
	for (size_t i = 0; i < count && !reader->failed; i++)
		read_field(schema, table, reader, &columns);
	selection_finish(&columns);
}

static void
read_notes(struct schema *schema, struct byte_reader *reader)
{
	size_t count = byte_reader_count(reader, MOST_NOTES);

	schema->notes = xcalloc(count, sizeof(schema->notes[0]));
	for (size_t i = 0; i < count; i++) {
		struct note *note = &schema->notes[schema->note_count++];

		note->name = read_text(schema, reader, MOST_NAME);
		note->text = read_text(schema, reader, MOST_NOTE);
	}
}

bool
schema_read(struct schema *schema, struct byte_reader *reader, const struct recorded *recorded)
{
	size_t count;

	schema_finish(schema);
	if (byte_reader_varint(reader) != SCHEMA_VERSION)
		return byte_reader_fail(reader);
	read_notes(schema, reader);
	count = byte_reader_count(reader, MOST_TABLES);
	schema->tables = xcalloc(count, sizeof(schema->tables[0]));
	for (size_t i = 0; i < count && !reader->failed; i++)
		read_table(schema, reader, recorded);
	if (byte_reader_left(reader) > 0)
		byte_reader_fail(reader);
	if (reader->failed)
		schema_finish(schema);
	return !reader->failed;
}

void
schema_finish(struct schema *schema)
{
	for (size_t i = 0; i < schema->table_count; i++)
		free(schema->tables[i].fields);
	free(schema->tables);
	free(schema->notes);
	arena_finish(&schema->texts);
	*schema = (struct schema){ .table_count = 0 };
}

const char *
schema_note(const struct schema *schema, const char *name)
{
	for (size_t i = 0; i < schema->note_count; i++)
		if (strcmp(schema->notes[i].name, name) == 0)
			return schema->notes[i].text;
	return NULL;
}

size_t
schema_field(const struct schema_table *table, const char *name, size_t length)
{
	size_t i = 0;

	while (i < table->field_count && (strlen(table->fields[i].name) != length ||
						 memcmp(table->fields[i].name, name, length) != 0))
		i++;
	return i;
}
