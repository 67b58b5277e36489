// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/explain.h"

#include "base/known.h"
#include "model/system.h"
#include "table/cell.h"

#include <stdio.h>
#include <string.h>

#define OF_SYSTEM "system."

const char *const explain_labels[EXPLAIN_PARTS] = {
	[EXPLAIN_WHAT] = "",
	[EXPLAIN_FORMULA] = "= ",
	[EXPLAIN_SOURCE] = "from ",
	[EXPLAIN_MISREAD] = "note: ",
};

/* A text under construction; cut if too long. */
struct writer {
	char *at, *end;
	const struct figure *figure;
	const struct explain_style *style;
};

static void
put(struct writer *writer, const char *text, size_t length)
{
	size_t room = (size_t)(writer->end - writer->at) - 1;

	length = length < room ? length : room;
	memcpy(writer->at, text, length);
	writer->at += length;
	*writer->at = '\0';
}

/* The value that a name in a template refers to. */
static struct figure
find(const struct figure *figure, const char *name, size_t length)
{
	struct figure found = { figure->table, NULL, figure->row, figure->system };

	if (length > strlen(OF_SYSTEM) && strncmp(name, OF_SYSTEM, strlen(OF_SYSTEM)) == 0) {
		found.table = &system_table;
		found.row = figure->system;
		name += strlen(OF_SYSTEM);
		length -= strlen(OF_SYSTEM);
	}
	found.column = table_find(found.table, name, length);
	return found;
}

static bool
is_known(const struct figure *figure)
{
	return figure->column && figure->row && column_is_known(figure->column, figure->row);
}

void
explain_value(
	char *text, size_t size, const struct figure *figure, const struct explain_style *style)
{
	if (style->write && figure->column->unit != UNIT_TEXT)
		style->write(text, size, figure->column, figure->row, style->data);
	else
		cell_format(text, size, figure->column, figure->row, style->charset, style->scale);
}

static size_t
name_length(const char *sum, size_t length)
{
	size_t end = 0;

	while (end < length && !strchr(" +-{}", sum[end]))
		end++;
	return end;
}

/* The first name in a sum gives its unit. */
static struct figure
first_of(const struct figure *figure, const char *sum, size_t length)
{
	size_t start = strspn(sum, " {");

	return find(figure, sum + start, name_length(sum + start, length - start));
}

int64_t
explain_sum(const struct figure *figure, const char *sum, size_t length)
{
	int64_t total = 0, sign = 1;

	for (size_t i = 0; i < length; i++) {
		size_t end = name_length(sum + i, length - i);
		const struct figure term = find(figure, sum + i, end);

		if (sum[i] == '+' || sum[i] == '-')
			sign = sum[i] == '+' ? 1 : -1;
		if (end == 0)
			continue;
		if (!is_known(&term) || term.column->unit == UNIT_TEXT)
			return UNKNOWN;
		total = sign > 0 ? known_sum(total, column_number(term.column, term.row))
				 : known_difference(total, column_number(term.column, term.row));
		i += end - 1;
	}
	return total;
}

static void
put_value(struct writer *writer, const struct figure *figure)
{
	char text[EXPLAIN_SIZE];

	explain_value(text, sizeof(text), figure, writer->style);
	put(writer, text, strlen(text));
}

/*
 * A sum in the unit of its first name. If a comma separates sums, takes the first that is not below
 * 0, or the last.
 */
static void
put_sum(struct writer *writer, const char *sum, size_t length)
{
	const struct figure first = first_of(writer->figure, sum, length);
	const char *comma = memchr(sum, ',', length);
	size_t one = comma ? (size_t)(comma - sum) : length;
	int64_t total = explain_sum(writer->figure, sum, one);
	struct column column = { .unit = first.column ? first.column->unit : UNIT_NUMBER };

	if (comma && total != UNKNOWN && total < 0) {
		put_sum(writer, comma + 1, length - one - 1);
		return;
	}

	put_value(writer, &(struct figure){ .column = &column, .row = &total });
}

static void
put_name(struct writer *writer, const char *name, size_t length)
{
	const struct figure figure = find(writer->figure, name, length);

	if (!figure.column || !figure.row) {
		put(writer, "-", 1);
		return;
	}
	if (figure.column->unit != UNIT_TEXT) {
		put(writer, figure.column->title, strlen(figure.column->title));
		put(writer, " ", 1);
	}
	put_value(writer, &figure);
}

/* Writes a text with each name in braces replaced by its value. */
static void
put_template(struct writer *writer, const char *text, size_t length)
{
	const char *end = text + length;

	while (text < end) {
		size_t plain = strcspn(text, "{"), inner;

		plain = plain < (size_t)(end - text) ? plain : (size_t)(end - text);
		put(writer, text, plain);
		text += plain;
		if (text == end)
			return;
		inner = strcspn(text, "}") - 1;
		if (text[1] == '=')
			put_sum(writer, text + 2, inner - 1);
		else
			put_name(writer, text + 1, inner);
		text += inner + 2;
	}
}

/* Counts the unknown values that a text names, and all that it names. */
static size_t
count_unknown(const struct figure *figure, const char *text, size_t length, size_t *ret_named)
{
	const char *end = text + length;
	size_t unknown = 0;

	*ret_named = 0;
	while ((text = memchr(text, '{', (size_t)(end - text)))) {
		size_t inner = strcspn(text, "}") - 1;
		const struct figure named = find(figure, text + 1, inner);

		++*ret_named;
		unknown += !is_known(&named);
		text += inner + 1;
	}
	return unknown;
}

/* Of alternatives separated by |, the first with only known values, or the last. */
static const char *
choose(const struct figure *figure, const char *text, size_t *ret_length)
{
	for (;; text += *ret_length + 1) {
		size_t named;

		*ret_length = strcspn(text, "|");
		if (text[*ret_length] == '\0' ||
			count_unknown(figure, text, *ret_length, &named) == 0)
			return text;
	}
}

static const char *
text_of(const struct column *column, enum explain_part part)
{
	const char *const texts[EXPLAIN_PARTS] = { column->about ? column->about : column->help,
		column->formula, column->source, column->misread };

	return texts[part];
}

bool
explain(char text[static EXPLAIN_SIZE], enum explain_part part, const struct figure *figure,
	const struct explain_style *style)
{
	struct writer writer = { text, text + EXPLAIN_SIZE, figure, style };
	const char *template = text_of(figure->column, part);
	size_t length, named, unknown, label = strlen(explain_labels[part]);

	*text = '\0';
	if (!template || !*template)
		return false;
	template = choose(figure, template, &length);
	unknown = count_unknown(figure, template, length, &named);
	if (part == EXPLAIN_FORMULA && unknown == named)
		return false;
	put(&writer, explain_labels[part], label);
	put_template(&writer, template, length);
	return strcmp(text + label, "-") != 0;
}
