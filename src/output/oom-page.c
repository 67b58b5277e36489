// SPDX-License-Identifier: GPL-3.0-or-later
#include "output/oom-page.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/scan.h"
#include "table/cell.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { INDENT = 3, PAGE_WIDTH = 79, MOST_ORDER = 20 };

/* Writes a value; a cell of a table is never empty, and a name in a sentence is "?" if unknown. */
static void
put_value(const struct page *page, FILE *file, const struct column *column, const void *row,
	int width)
{
	_cleanup_free_ char *text = xmalloc(CELL_SIZE);

	if (column->unit == UNIT_BYTES || (column->unit == UNIT_TEXT && width))
		cell_format(text, CELL_SIZE, column, row, page->charset, SCALE_HUMAN);
	else if (column->unit == UNIT_TEXT)
		text_safe(text, CELL_SIZE,
			column_text(column, row) ? column_text(column, row) : "?", page->charset);
	else /* PIDs too: as the log has it, with its sign */
		unit_format(text, UNIT_NUMBER, column_number(column, row), SCALE_HUMAN);
	fprintf(file, "%*s", width, text);
}

/* Writes what is between braces. */
static void
put_name(const struct page *page, FILE *file, const char *name, size_t length)
{
	const char *of_task = scan_start(name, "task."), *rest, *nouns;
	const struct table *table = of_task ? &oom_task_table : &oom_kill_table;
	const void *row = of_task ? (const void *)page->task : page->kill;
	const struct column *column;
	int64_t order = page->kill->order;

	if (scan_is(name, length, "zone")) {
		char zone[64];

		text_safe(zone, sizeof(zone), page->zone, page->charset);
		fputs(zone, file);
		return;
	}
	if (scan_is(name, length, "pages")) {
		fprintf(file, "%lld", 1LL << (order < MOST_ORDER ? order : MOST_ORDER));
		return;
	}
	name = of_task ? of_task : name;
	rest = name + strcspn(name, ":|}");
	column = table_find(table, name, (size_t)(rest - name));
	assert(column);
	put_value(page, file, column, row, *rest == ':' ? (int)scan_number(rest + 1) : 0);
	if (*rest != '|')
		return;
	nouns = strchr(rest + 1, '|');
	rest = column_number(column, row) == 1 ? rest : nouns;
	fprintf(file, " %.*s", (int)strcspn(rest + 1, "|}"), rest + 1);
}

static void
put(const struct page *page, FILE *file, const char *text)
{
	while (*text) {
		size_t plain = strcspn(text, "{"), name;

		fwrite(text, 1, plain, file);
		text += plain;
		if (!*text)
			return;
		name = strcspn(text, "}");
		put_name(page, file, text + 1, name - 1);
		text += name + 1;
	}
}

void
page_put(const struct page *page, const char *text)
{
	put(page, page->file, text);
}

/* Writes the words of a text; a word that is too long gets its own line. */
static void
write_words(FILE *file, char *text, size_t indent)
{
	size_t column = indent;
	bool is_first = true;
	char *rest;

	for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		size_t width = text_width(word);

		if (!is_first && column + 1 + width > PAGE_WIDTH) {
			fprintf(file, "\n%*s", (int)indent, "");
			column = indent;
		} else if (!is_first) {
			fputc(' ', file);
			column++;
		}
		fputs(word, file);
		column += width;
		is_first = false;
	}
	fputc('\n', file);
}

/* Writes a paragraph with a mark before its first line. */
static void
say(const struct page *page, const char *mark, const char *text)
{
	_cleanup_free_ char *words = NULL;
	size_t size;
	FILE *file = open_memstream(&words, &size);

	if (!file)
		abort();
	put(page, file, text);
	if (fclose(file) != 0)
		abort();
	fprintf(page->file, "%*s%s", INDENT, "", mark);
	write_words(page->file, words, INDENT + strlen(mark));
}

void
page_say_item(const struct page *page, const char *text)
{
	say(page, "- ", text);
}

void
page_say(const struct page *page, const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (length < 0)
		abort();
	say(page, "", text);
}
