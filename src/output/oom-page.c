// SPDX-License-Identifier: GPL-3.0-or-later
#include "output/oom-page.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/unit.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { SAFE_SIZE = 4 * 4096 + 1 };

const char *
page_safe(struct page *page, const char *text)
{
	_cleanup_free_ char *safe = xmalloc(SAFE_SIZE);

	return arena_copy(
		&page->texts, safe, text_safe(safe, SAFE_SIZE, text ? text : "?", page->charset));
}

static const char *
formatted(struct page *page, enum unit unit, int64_t number)
{
	char text[UNIT_FORMAT_SIZE];

	return arena_copy(&page->texts, text, unit_format(text, unit, number, SCALE_HUMAN));
}

const char *
page_bytes(struct page *page, int64_t bytes)
{
	return formatted(page, UNIT_BYTES, bytes);
}

const char *
page_number(struct page *page, int64_t number)
{
	return formatted(page, UNIT_NUMBER, number);
}

const char *
page_count(struct page *page, int64_t count, const char *noun, const char *nouns)
{
	char text[64];
	int length = snprintf(
		text, sizeof(text), "%lld %s", (long long)count, count == 1 ? noun : nouns);

	return arena_copy(&page->texts, text, (size_t)length);
}

static void
write_blanks(FILE *file, size_t count)
{
	fprintf(file, "%*s", (int)count, "");
}

/* Writes the words of a text; a word that is too long gets its own line. */
static void
write_words(struct page *page, char *text, size_t indent, size_t column)
{
	char *rest;
	bool is_first = true;

	for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		size_t width = text_width(word);

		if (!is_first && column + 1 + width > PAGE_WIDTH) {
			fputc('\n', page->file);
			write_blanks(page->file, indent);
			column = indent;
		} else if (!is_first) {
			fputc(' ', page->file);
			column++;
		}
		fputs(word, page->file);
		column += width;
		is_first = false;
	}
	fputc('\n', page->file);
}

void
page_say(struct page *page, const char *mark, const char *format, ...)
{
	size_t indent = PAGE_INDENT + (*mark ? 2 : 0);
	va_list arguments;
	char *text;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (length < 0)
		abort();
	write_blanks(page->file, PAGE_INDENT);
	if (*mark)
		fprintf(page->file, "%s ", mark);
	write_words(page, text, indent, indent);
	free(text);
}
