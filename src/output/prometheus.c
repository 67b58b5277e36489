// SPDX-License-Identifier: GPL-3.0-or-later
#include "output/prometheus.h"

#include "base/cleanup.h"
#include "base/macros.h"
#include "base/memory.h"
#include "base/text.h"
#include "model/budget.h"
#include "model/group.h"
#include "model/system.h"
#include "output/output.h"
#include "table/order.h"
#include "table/table.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_LABELS = 4, MOST_KINDS = 16 };

/* What is behind the name of a column, and what a number of its unit is divided by. */
static const struct {
	const char *suffix;
	double divisor; /* 0: no metric */
} units[] = {
	[UNIT_NUMBER] = { "", 1 },
	[UNIT_BYTES] = { "_bytes", 1 },
	[UNIT_LIMIT] = { "_bytes", 1 },
	[UNIT_BYTES_PER_MINUTE] = { "_bytes_per_second", 60 },
	[UNIT_BYTES_PER_SECOND] = { "_bytes_per_second", 1 },
	[UNIT_RATE] = { "_per_second", 1000 },
	[UNIT_PERCENT] = { "_ratio", 1000 },
	[UNIT_DURATION] = { "_seconds", NS_PER_SEC },
	[UNIT_SPAN] = { "_seconds", NS_PER_SEC },
	[UNIT_TIME] = { "_timestamp_seconds", NS_PER_SEC },
	[UNIT_ADDRESS] = { NULL, 0 },
};

void
prometheus_begin(FILE *file, const char *name, const char *type, const char *help)
{
	fprintf(file, "# HELP %s ", name);
	for (; *help; help++)
		fputs(*help == '\\' ? "\\\\" : (const char[]){ *help, '\0' }, file);
	fprintf(file, "\n# TYPE %s %s\n", name, type);
}

/*
 * A file with a byte that is not UTF-8 would be refused, and a terminal must not see control
 * characters: both are made visible, in a way that different names stay different.
 */
static void
write_label(FILE *file, const struct prometheus_label *label)
{
	size_t size = 10 * strlen(label->value) + 1; /* "\\U0010ffff" */
	_cleanup_free_ char *safe = xmalloc(size);

	text_safe(safe, size, label->value, CHARSET_UTF8);
	fprintf(file, "%s=\"", label->name);
	for (const char *at = safe; *at; at++) {
		if (*at == '\\' || *at == '"')
			fputc('\\', file);
		fputc(*at, file);
	}
	fputc('"', file);
}

void
prometheus_sample(FILE *file, const char *name, const struct prometheus_label *labels,
	size_t label_count, double value)
{
	char separator = '{';

	fputs(name, file);
	for (size_t i = 0; i < label_count; i++) {
		if (!labels[i].value)
			continue;
		fputc(separator, file);
		write_label(file, &labels[i]);
		separator = ',';
	}
	fprintf(file, "%s %.15g\n", separator == ',' ? "}" : "", value);
}

static bool
ends_in(const char *text, const char *end)
{
	size_t length = strlen(text), size = strlen(end);

	return length >= size && strcmp(text + length - size, end) == 0;
}

void
prometheus_name(
	char name[static PROMETHEUS_NAME_SIZE], const char *kind, const struct column *column)
{
	int length = snprintf(name, PROMETHEUS_NAME_SIZE, "memtop_%s_%s", kind, column->name);
	const char *suffix = units[column->unit].suffix;

	if (!ends_in(name, suffix))
		length += snprintf(
			name + length, PROMETHEUS_NAME_SIZE - (size_t)length, "%s", suffix);
	if (column->is_counter)
		snprintf(name + length, PROMETHEUS_NAME_SIZE - (size_t)length, "_total");
}

static const char *
kind_of_group(const void *row)
{
	return ((const struct group *)row)->by;
}

/* A part of an item is in the item: what has both is not a sum. */
static const char *
kind_of_budget(const void *row)
{
	return ((const struct budget_row *)row)->part ? "budget_part" : "budget";
}

static const char *
kind_of(const struct table *table, const void *row)
{
	static const struct {
		const struct table *table;
		const char *(*kind)(const void *row);
	} kinds[] = { { &group_table, kind_of_group }, { &budget_table, kind_of_budget } };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].table == table)
			return kinds[i].kind(row);
	return table == &system_table ? "memory" : table->name;
}

/* A row's name is called after its kind: unit="db.service". */
static size_t
labels_of(const struct selection *labels, const char *kind, const void *row,
	struct prometheus_label ret_labels[static MOST_LABELS],
	char numbers[static MOST_LABELS][UNIT_FORMAT_SIZE])
{
	size_t count = labels->count < MOST_LABELS ? labels->count : MOST_LABELS;

	for (size_t i = 0; i < count; i++) {
		const struct column *column = labels->columns[i];

		bool is_name = strcmp(column->name, "name") == 0;

		ret_labels[i].name = is_name ? kind : column->name;
		ret_labels[i].value =
			column->unit == UNIT_TEXT ? column_text(column, row) : numbers[i];
		if (is_name && !ret_labels[i].value)
			ret_labels[i].value = "-"; /* processes in no such group */
		if (column->unit != UNIT_TEXT)
			unit_format(
				numbers[i], column->unit, column_number(column, row), SCALE_BYTES);
	}
	return count;
}

/* Writes one column of the rows of one kind. What is unknown, and no limit, is left out. */
static void
write_metric(FILE *file, const char *kind, const struct column *column,
	const struct selection *labels, const struct row_list *rows)
{
	char name[PROMETHEUS_NAME_SIZE], numbers[MOST_LABELS][UNIT_FORMAT_SIZE];
	struct prometheus_label values[MOST_LABELS];
	bool has_begun = false;

	prometheus_name(name, kind, column);
	for (size_t i = 0; i < rows->count; i++) {
		const void *row = rows->rows[i];
		int64_t number = column_number(column, row);
		size_t count;

		if (number == UNKNOWN || unit_is_none(column->unit, number) ||
			strcmp(kind_of(labels->table, row), kind) != 0)
			continue;
		if (!has_begun)
			prometheus_begin(
				file, name, column->is_counter ? "counter" : "gauge", column->help);
		has_begun = true;
		count = labels_of(labels, kind, row, values, numbers);
		prometheus_sample(
			file, name, values, count, (double)number / units[column->unit].divisor);
	}
}

/* The kinds of these rows. Returns their number. */
static size_t
find_kinds(const struct table *table, const struct row_list *rows,
	const char *ret_kinds[static MOST_KINDS])
{
	size_t count = 0;

	for (size_t i = 0; i < rows->count; i++) {
		const char *kind = kind_of(table, rows->rows[i]);
		size_t known = 0;

		while (known < count && strcmp(ret_kinds[known], kind) != 0)
			known++;
		if (known == count && count < MOST_KINDS)
			ret_kinds[count++] = kind;
	}
	return count;
}

static bool
is_metric(const struct column *column, const struct selection *labels)
{
	for (size_t i = 0; i < labels->count; i++)
		if (labels->columns[i] == column)
			return false;
	return column->unit != UNIT_TEXT && column->unit != UNIT_ID &&
	       units[column->unit].divisor > 0;
}

static void
write_prometheus(struct output *output, const struct snapshot *snapshot,
	const struct selection *selection, const struct row_list *rows)
{
	struct selection labels = { .table = selection->table };
	const char *kinds[MOST_KINDS];
	size_t kind_count = find_kinds(selection->table, rows, kinds), position;

	if (*selection->table->labels)
		selection_parse(&labels, selection->table->labels, &position);
	for (size_t kind = 0; kind < kind_count; kind++)
		for (size_t i = 0; i < selection->count; i++)
			if (is_metric(selection->columns[i], &labels))
				write_metric(output->file, kinds[kind], selection->columns[i],
					&labels, rows);
	selection_finish(&labels);
}

const struct output_format output_prometheus = {
	.name = "prometheus",
	.help = "metrics for Prometheus, of rows that have names; unknown is left out",
	.write = write_prometheus,
};
