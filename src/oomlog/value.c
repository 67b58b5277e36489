// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/scan.h"
#include "oomlog/parser.h"

#include <ctype.h>
#include <string.h>

/* The number at *text where its end is seen: something that could not be more of it. */
static int64_t
ended_number(const char *text, const char *unit)
{
	int64_t number = scan_next_number(&text);

	if (*unit)
		return scan_start(text, unit) ? number : UNKNOWN;
	return *text && !isalnum((unsigned char)*text) ? number : UNKNOWN;
}

int64_t
value_at(const char *text)
{
	return ended_number(text, "");
}

int64_t
value_of(const char *text, const char *key, const char *unit)
{
	size_t length = strlen(key);

	for (const char *at = text; (at = strstr(at, key)); at += length)
		if (at == text || strchr(" ,:\t\n", at[-1]))
			return ended_number(at + length, unit);
	return UNKNOWN;
}

const char *
value_line_end(const char *text)
{
	const char *end = text + strlen(text);

	if (end == text || end[-1] != '\n')
		return NULL;
	while (end > text && isspace((unsigned char)end[-1]))
		end--;
	return end;
}

void
value_copy(const char **text, const char *start, const char *end)
{
	size_t length;

	end = end ? end : value_line_end(start);
	if (!end || end < start)
		return;
	length = (size_t)(end - start);
	oom_set_text(text, start, length < OOM_TEXT_LENGTH ? length : OOM_TEXT_LENGTH);
}

void
report_set(struct oom_report *report, int64_t *figure, int64_t value)
{
	if (value == UNKNOWN)
		return;
	report->is_mixed = report->is_mixed || (*figure != UNKNOWN && *figure != value);
	*figure = value;
}
