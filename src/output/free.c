// SPDX-License-Identifier: GPL-3.0-or-later
#include "output/free.h"

#include "base/macros.h"
#include "model/system.h"
#include "output/explain.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { VALUE_SIZE = 48, NO_FIELD = -1 };

static double
power_of(double base, int exponent)
{
	double product = 1;

	while (exponent-- > 0)
		product *= base;
	return product;
}

/* The first short enough form: 5 characters with "Ki", 4 with "K" or "B" (free's rule). */
static void
format_human(char text[static VALUE_SIZE], int64_t bytes, bool si)
{
	static const char letters[] = "BKMGTP";
	const char *binary = si ? "" : "i";
	int room = si ? 4 : 5;

	if (snprintf(text, VALUE_SIZE, "%lldB", (long long)bytes) <= 4)
		return;
	for (int i = 1; letters[i]; i++) {
		double scaled = (double)bytes / power_of(si ? 1000 : 1024, i);

		if (snprintf(text, VALUE_SIZE, "%.1f%c%s", (double)(float)scaled, letters[i],
			    binary) <= room)
			return;
		if (snprintf(text, VALUE_SIZE, "%ld%c%s", (long)scaled, letters[i], binary) <= room)
			return;
	}
}

static void
format_value(char text[static VALUE_SIZE], int64_t bytes, const struct free_style *style)
{
	int base = style->si ? 1000 : 1024;

	if (style->human)
		format_human(text, bytes, style->si);
	else if (style->power == 0)
		snprintf(text, VALUE_SIZE, "%lld", (long long)(bytes / base));
	else if (style->power == 1)
		snprintf(text, VALUE_SIZE, "%lld", (long long)bytes);
	else
		snprintf(text, VALUE_SIZE, "%ld",
			(long)((double)bytes / power_of(base, style->power - 1)));
}

static void
write_line(FILE *file, const struct free_style *style, const char *label, const int64_t *values,
	size_t count)
{
	fprintf(file, "%-8s", label);
	for (size_t i = 0; i < count; i++) {
		char text[VALUE_SIZE];

		format_value(text, values[i], style);
		fprintf(file, " %11s", text);
	}
	fputc('\n', file);
}

#define WRITE_LINE(file, style, label, ...)                                                        \
	write_line(file, style, label, (const int64_t[]){ __VA_ARGS__ },                           \
		sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t))

static void
write_titles(FILE *file, bool wide)
{
	static const char *const narrow_titles[] = { "total", "used", "free", "shared",
		"buff/cache", "available", NULL };
	static const char *const wide_titles[] = { "total", "used", "free", "shared", "buffers",
		"cache", "available", NULL };

	fprintf(file, "%-8s", "");
	for (const char *const *title = wide ? wide_titles : narrow_titles; *title; title++)
		fprintf(file, " %11s", *title);
	fputc('\n', file);
}

static void
write_single_line(FILE *file, const struct system *system, const struct free_style *style)
{
	const struct {
		const char *label;
		int64_t bytes;
	} items[] = {
		{ "SwapUse", system->swap_used },
		{ "CachUse", system->buff_cache },
		{ " MemUse", system->used },
		{ "MemFree", system->free },
	};

	for (size_t i = 0; i < ARRAY_SIZE(items); i++) {
		char text[VALUE_SIZE];

		format_value(text, items[i].bytes, style);
		fprintf(file, "%s %11s ", items[i].label, text);
	}
	fputc('\n', file);
}

/* Prints impossible figures too: sums wrap as in free, without undefined overflow. */
static int64_t
sum(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

static int64_t
difference(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a - (uint64_t)b);
}

void
free_write(FILE *file, const struct system *s, const struct free_style *style)
{
	if (style->line) {
		write_single_line(file, s, style);
		return;
	}
	write_titles(file, style->wide);
	if (style->wide)
		WRITE_LINE(file, style, "Mem:", s->total, s->used, s->free, s->shared, s->buffers,
			s->cache, s->available);
	else
		WRITE_LINE(file, style, "Mem:", s->total, s->used, s->free, s->shared,
			s->buff_cache, s->available);
	if (style->low_high) {
		WRITE_LINE(file, style, "Low:", s->low_total, s->low_used, s->low_free);
		WRITE_LINE(file, style, "High:", s->high_total, s->high_used, s->high_free);
	}
	WRITE_LINE(file, style, "Swap:", s->swap_total, s->swap_used, s->swap_free);
	if (style->total)
		WRITE_LINE(file, style, "Total:", sum(s->total, s->swap_total),
			sum(s->used, s->swap_used), sum(s->free, s->swap_free));
	if (style->committed)
		WRITE_LINE(file, style, "Comm:", s->commit_limit, s->committed,
			difference(s->commit_limit, s->committed));
}

static void
format_known(char text[static VALUE_SIZE], int64_t bytes, const struct free_style *style)
{
	if (bytes == UNKNOWN)
		strcpy(text, "-");
	else
		format_value(text, bytes, style);
}

static void
write_value(
	char *text, size_t size, const struct column *column, const void *row, const void *style)
{
	char value[VALUE_SIZE];

	format_known(value, column_number(column, row), style);
	snprintf(text, size, "%s", value);
}

void
free_explain(FILE *file, const struct system *system, const struct free_style *style)
{
	const struct figure row = { .table = &system_table, .row = system, .system = system };
	const struct explain_style numbers = { .write = write_value, .data = style };

	explain_write_columns(file,
		"total,used,free,shared,buffers,cache,buff_cache,available,swap_total,swap_used,"
		"swap_free,commit_limit,committed",
		&row, &numbers);
}
