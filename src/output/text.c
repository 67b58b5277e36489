// SPDX-License-Identifier: GPL-3.0-or-later
#include "output/output.h"

#include "base/memory.h"
#include "model/footprint.h"
#include "model/snapshot.h"
#include "table/cell.h"
#include "table/order.h"

#include <string.h>

enum { GAP = 1, WIDEST_PADDING = 40 };

static void
add(struct output *output, const char *text, size_t length)
{
	memcpy(output_room(output, length), text, length);
	output->line_length += length;
}

static void
pad(struct output *output, size_t count)
{
	memset(output_room(output, count), ' ', count);
	output->line_length += count;
}

/* Writes the line, at most `width` columns of it; 0: all. */
static void
end_line(struct output *output, size_t width)
{
	size_t length = output->line_length;

	*output_room(output, 0) = '\0';
	if (width > 0 && length > width)
		length = text_fit(output->line, width);
	output->line[length] = '\n';
	fwrite(output->line, 1, length + 1, output->file);
	output->line_length = 0;
}

static void
add_text(struct output *output, const char *text)
{
	add(output, text, strlen(text));
}

static void
add_value(struct output *output, const struct column *column, const void *row)
{
	output->line_length += cell_format(output_room(output, CELL_SIZE), CELL_SIZE, column, row,
		output->charset, output->scale);
}

static void
write_title(struct output *output, const struct snapshot *snapshot, size_t shown)
{
	char text[96];

	add_text(output, "memtop  ");
	add_value(output, table_column(&system_table, "host"), &snapshot->system);
	add_text(output, "  up ");
	add_value(output, table_column(&system_table, "uptime"), &snapshot->system);
	unit_format(text, UNIT_TIME, snapshot->time, output->scale);
	add_text(output, "  ");
	add_text(output, text);
	snprintf(text, sizeof(text), "  %zu of %lld processes", shown,
		(long long)snapshot->system.process_count);
	add_text(output, text);
	if (output->held) {
		footprint_text(output->held, output->scale, text);
		add_text(output, "  ");
		add_text(output, text);
	}
	end_line(output, output->width);
}

/* Adds a label, its value, and the unit if that is known. */
static void
add_figure(struct output *output, const struct system_item *item, const struct snapshot *snapshot)
{
	const struct system *system = &snapshot->system;
	const struct column *column;
	char text[SYSTEM_TEXT_SIZE];

	add_text(output, "  ");
	add_text(output, item->label);
	add_text(output, " ");
	if (item->write) {
		item->write(text, system, snapshot->time, output->charset);
		add_text(output, text);
		return;
	}
	column = table_column(&system_table, item->column);
	add_value(output, column, system);
	if (item->behind && column_is_known(column, system))
		add_text(output, item->behind);
}

static bool
is_known(const struct system_line *line, const struct snapshot *snapshot)
{
	return column_is_known(table_column(&system_table, line->condition), &snapshot->system);
}

static void
write_totals(struct output *output, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < system_line_count; i++) {
		const struct system_line *line = &system_lines[i];

		if (line->need & ~snapshot->bits || (line->condition && !is_known(line, snapshot)))
			continue;
		add_text(output, line->label);
		pad(output, 5 - strlen(line->label));
		for (size_t j = 0; line->items[j].label; j++)
			add_figure(output, &line->items[j], snapshot);
		end_line(output, output->width);
	}
}

static void
write_note(struct output *output, const char *label, const char *text)
{
	add_text(output, label);
	add_text(output, text);
	end_line(output, 0);
}

static void
write_notes(struct output *output, const struct snapshot *snapshot,
	const struct selection *selection, const struct row_list *rows)
{
	struct hint hints[MOST_HINTS];
	size_t count = snapshot_hints(snapshot, output_processes(selection, rows), hints);

	for (size_t i = 0; i < snapshot->events.count; i++) {
		char text[EVENT_TEXT_SIZE];

		event_text(event_at(&snapshot->events, i), text);
		write_note(output, "oom    ", text);
	}
	for (size_t i = 0; i < count; i++) {
		char text[HINT_TEXT_SIZE];

		hint_text(&hints[i], text);
		write_note(output, "hint   ", text);
	}
}

/*
 * A column of numbers fits all of them. A column of texts fits its widest text up to a limit: a
 * longer text shifts only the rest of its own line.
 */
static size_t
column_width(struct output *output, const struct column *column, const struct row_list *rows)
{
	bool is_text = column->unit == UNIT_TEXT;
	size_t title = strlen(column->title);
	size_t width = (size_t)(is_text ? column->width : cell_width(column, rows, output->scale));

	if (width < title)
		width = title;
	if (!is_text)
		return width;
	for (size_t i = 0; i < rows->count && width < WIDEST_PADDING; i++) {
		char *text = output_room(output, CELL_SIZE);
		size_t needed;

		if (i > 0 && column_text(column, rows->rows[i]) ==
				     column_text(column, rows->rows[i - 1]))
			continue; /* names of users and states are often the same */
		cell_format(text, CELL_SIZE, column, rows->rows[i], output->charset, output->scale);
		needed = text_width(text);
		width = needed > width ? needed : width;
	}
	return width < WIDEST_PADDING ? width : WIDEST_PADDING;
}

/*
 * Aligns the text that was written at the end of the line, a number behind a gap of `width` bytes:
 * numbers to the right, texts to the left; the last text has no padding.
 */
static void
align(struct output *output, size_t length, size_t width, bool is_text)
{
	char *place = output->line + output->line_length, *text = is_text ? place : place + width;
	size_t columns = is_text && width > 0 ? text_width(text) : length;
	size_t padding = columns < width ? width - columns : 0;

	memset(is_text ? text + length : place, ' ', padding);
	if (!is_text)
		memmove(place + padding, text, length);
	output->line_length += padding + length;
}

static void
write_heading(struct output *output, const struct selection *selection)
{
	for (size_t i = 0; i < selection->count; i++) {
		const struct column *column = selection->columns[i];

		bool is_text = column->unit == UNIT_TEXT;
		size_t width = output->widths[i], length = strlen(column->title);

		if (i > 0)
			pad(output, GAP);
		memcpy(output_room(output, width + length) + (is_text ? 0 : width), column->title,
			length + 1);
		align(output, length, width, is_text);
	}
	end_line(output, output->width);
}

static void
write_line(struct output *output, const struct selection *selection, const void *row)
{
	for (size_t i = 0; i < selection->count; i++) {
		const struct column *column = selection->columns[i];
		bool is_text = column->unit == UNIT_TEXT;
		size_t width = output->widths[i], length;

		if (i > 0)
			pad(output, GAP);
		length = cell_format(output_room(output, width + CELL_SIZE) + (is_text ? 0 : width),
			CELL_SIZE, column, row, output->charset, output->scale);
		align(output, length, width, is_text);
	}
	end_line(output, output->width);
}

static void
write_text(struct output *output, const struct snapshot *snapshot,
	const struct selection *selection, const struct row_list *rows)
{
	if (output->block_count > 0)
		end_line(output, output->width);
	if (output->head) {
		fputs(output->head, output->file);
	} else {
		write_title(output, snapshot, rows->count);
		write_totals(output, snapshot);
	}
	write_notes(output, snapshot, selection, rows);
	end_line(output, output->width);
	output->widths = array_reserve(output->widths, &output->width_capacity, selection->count,
		sizeof(output->widths[0]));
	for (size_t i = 0; i < selection->count; i++)
		output->widths[i] =
			i + 1 == selection->count && selection->columns[i]->unit == UNIT_TEXT
				? 0
				: column_width(output, selection->columns[i], rows);
	write_heading(output, selection);
	for (size_t i = 0; i < rows->count; i++)
		write_line(output, selection, rows->rows[i]);
}

const struct output_format output_text = {
	.name = "text",
	.help = "a table for people",
	.has_hints = true,
	.write = write_text,
};
