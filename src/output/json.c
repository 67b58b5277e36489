// SPDX-License-Identifier: GPL-3.0-or-later
#include "output/json.h"

#include "base/memory.h"
#include "model/order.h"
#include "model/snapshot.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { VALID_SIZE = 3 * 4096 + 1 };

#define FLAGS (JSON_ENSURE_ASCII | JSON_REAL_PRECISION(12))

static json_t *
text_value(const char *text)
{
	char valid[VALID_SIZE];
	size_t length = text_valid(valid, sizeof(valid), text);

	return json_stringn_nocheck(valid, length);
}

static json_t *
number_value(enum unit unit, int64_t number)
{
	int64_t divisor = unit_divisor(unit);

	if (number == UNKNOWN)
		return json_null();
	if (divisor == 1)
		return json_integer(number);
	return json_real((double)number / (double)divisor);
}

static json_t *
column_value(const struct column *column, const void *row)
{
	const char *text;

	if (column->unit != UNIT_TEXT)
		return number_value(column->unit, column_number(column, row));
	text = column_text(column, row);
	return text ? text_value(text) : json_null();
}

/* DEL is the one control character that JSON lets through; inside a string it can be escaped. */
static int
write_escaped(const char *text, size_t size, void *file)
{
	while (size > 0) {
		const char *delete = memchr(text, 0x7f, size);
		size_t length = delete ? (size_t)(delete - text) : size;

		if (fwrite(text, 1, length, file) != length)
			return -1;
		if (delete &&fputs("\\u007f", file) < 0)
			return -1;
		length += delete != NULL;
		text += length;
		size -= length;
	}
	return 0;
}

static void
write_object(struct output *output, json_t *object)
{
	json_dump_callback(object, write_escaped, output->file, FLAGS);
	fputc('\n', output->file);
	json_decref(object);
}

static json_t *
begin_object(const char *kind, int64_t time)
{
	char text[OUTPUT_TIME_SIZE];
	json_t *object;

	json_set_alloc_funcs(xmalloc, free); /* so that nothing below can fail */
	object = json_object();
	output_format_time(text, time);
	json_object_set_new_nocheck(object, "kind", json_string_nocheck(kind));
	json_object_set_new_nocheck(object, "time", json_string_nocheck(text));
	return object;
}

void
json_write_row(
	struct output *output, const struct selection *selection, int64_t time, const void *row)
{
	json_t *object = begin_object(selection->table->name, time);

	for (size_t i = 0; i < selection->count; i++)
		json_object_set_new_nocheck(object, selection->columns[i]->name,
			column_value(selection->columns[i], row));
	write_object(output, object);
}

static void
write_system(struct output *output, const struct snapshot *snapshot)
{
	struct selection all = { .table = &system_table };

	for (size_t i = 0; i < system_table.column_count; i++)
		selection_add(&all, &system_table.columns[i]);
	json_write_row(output, &all, snapshot->time, &snapshot->system);
	selection_finish(&all);
}

static void
write_hint(struct output *output, const struct snapshot *snapshot, const struct hint *hint)
{
	json_t *object = begin_object("hint", snapshot->time);
	char text[HINT_TEXT_SIZE];

	hint_text(hint, text);
	json_object_set_new_nocheck(object, "count", json_integer(hint->count));
	json_object_set_new_nocheck(object, "text", text_value(text));
	write_object(output, object);
}

static void
write_json(struct output *output, const struct snapshot *snapshot,
	const struct selection *selection, const struct row_list *rows)
{
	write_system(output, snapshot);
	for (size_t i = 0; i < snapshot->hint_count; i++)
		write_hint(output, snapshot, &snapshot->hints[i]);
	for (size_t i = 0; i < rows->count; i++)
		json_write_row(output, selection, snapshot->time, rows->rows[i]);
}

const struct output_format output_json = {
	.name = "json",
	.help = "JSON Lines: one object a line, unknown is null",
	.has_hints = true,
	.write = write_json,
};
