// SPDX-License-Identifier: GPL-3.0-or-later
#include "output/json.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "table/order.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define FLAGS (JSON_ENSURE_ASCII | JSON_REAL_PRECISION(12))

json_t *
json_text(const char *text)
{
	_cleanup_free_ char *valid = NULL;
	size_t size, length;

	if (!text)
		return json_null();
	size = 3 * strlen(text) + 1; /* each byte may become U+FFFD */
	valid = xmalloc(size);
	length = text_valid(valid, size, text);
	return json_stringn_nocheck(valid, length);
}

static json_t *
number_value(enum unit unit, int64_t number)
{
	int64_t divisor = unit_divisor(unit);
	char text[UNIT_FORMAT_SIZE];

	if (number == UNKNOWN)
		return json_null();
	if (unit_is_none(unit, number))
		return json_string_nocheck("none"); /* null is unknown */
	/* An ID, such as an inode, has 64 bits without a sign: more than a JSON integer here. */
	if (unit == UNIT_ADDRESS || (unit == UNIT_ID && number < 0)) {
		unit_format(text, unit, number, SCALE_BYTES);
		return json_string_nocheck(text);
	}
	if (divisor == 1)
		return json_integer(number);
	return json_real((double)number / (double)divisor);
}

static json_t *
column_value(const struct column *column, const void *row)
{
	if (column->unit == UNIT_TEXT)
		return json_text(column_text(column, row));
	return number_value(column->unit, column_number(column, row));
}

/* JSON allows DEL, the only control character; inside a string it can be escaped. */
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

void
json_end(FILE *file, json_t *object)
{
	json_dump_callback(object, write_escaped, file, FLAGS);
	fputc('\n', file);
	json_decref(object);
}

json_t *
json_begin(const char *kind, int64_t time)
{
	char text[OUTPUT_TIME_SIZE];
	json_t *object;

	json_set_alloc_funcs(xmalloc, free); /* so that no allocation below can fail */
	object = json_object();
	if (time != UNKNOWN)
		output_format_time(text, time);
	json_object_set_new_nocheck(object, "kind", json_string_nocheck(kind));
	json_object_set_new_nocheck(
		object, "time", time == UNKNOWN ? json_null() : json_string_nocheck(text));
	return object;
}

bool
json_columns(json_t *object, const struct table *table, uint64_t bits, const void *row)
{
	bool any = false;

	for (size_t i = 0; i < table->column_count; i++) {
		const struct column *column = &table->columns[i];

		if (column->need & ~bits)
			continue;
		json_object_set_new_nocheck(object, column->name, column_value(column, row));
		any = true;
	}
	return any;
}

void
json_write_row(
	struct output *output, const struct selection *selection, int64_t time, const void *row)
{
	json_t *object = json_begin(selection->table->name, time);

	for (size_t i = 0; i < selection->count; i++)
		json_object_set_new_nocheck(object, selection->columns[i]->name,
			column_value(selection->columns[i], row));
	json_end(output->file, object);
}

static void
write_system(struct output *output, const struct snapshot *snapshot)
{
	json_t *object = json_begin(system_table.name, snapshot->time);

	if (json_columns(object, &system_table, snapshot->bits, &snapshot->system))
		json_end(output->file, object);
	else
		json_decref(object);
}

void
json_write_hint(FILE *file, int64_t time, const struct hint *hint)
{
	json_t *object = json_begin("hint", time);
	char text[HINT_TEXT_SIZE];

	hint_text(hint, text);
	json_object_set_new_nocheck(object, "count", json_integer(hint->count));
	json_object_set_new_nocheck(object, "text", json_text(text));
	json_end(file, object);
}

static void
write_all_columns(struct output *output, const struct table *table, uint64_t bits, int64_t time,
	const void *row)
{
	json_t *object = json_begin(table->name, time);

	json_columns(object, table, bits, row);
	json_end(output->file, object);
}

static void
write_json(struct output *output, const struct snapshot *snapshot,
	const struct selection *selection, const struct row_list *rows)
{
	struct hint hints[MOST_HINTS];
	size_t count = snapshot_hints(snapshot, output_processes(selection, rows), hints);

	write_system(output, snapshot);
	for (size_t i = 0; i < count; i++)
		json_write_hint(output->file, snapshot->time, &hints[i]);
	for (size_t i = 0; i < snapshot->events.count; i++) /* its time may be before the block's */
		write_all_columns(output, &event_table, NEED_EVENTS,
			event_at(&snapshot->events, i)->time, event_at(&snapshot->events, i));
	for (size_t i = 0; i < snapshot->exits.count; i++)
		write_all_columns(output, &exit_table, NEED_EXITS, snapshot->time,
			exit_at(&snapshot->exits, i));
	for (size_t i = 0; i < rows->count; i++)
		json_write_row(output, selection, snapshot->time, rows->rows[i]);
}

const struct output_format output_json = {
	.name = "json",
	.help = "JSON Lines: one object a line, unknown is null",
	.has_hints = true,
	.write = write_json,
};
