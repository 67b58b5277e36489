// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/macros.h"
#include "base/text.h"
#include "model/growth-row.h"

#include <stdarg.h>
#include <stdio.h>

#define HOUR (3600 * NS_PER_SEC)
#define MOST_END (30 * 24 * HOUR) /* further away than that is no estimate */

/* The unit in which a time is said. */
static const struct span {
	int64_t from, length; /* nanoseconds */
	const char *name;
} spans[] = {
	{ 48 * HOUR, 24 * HOUR, "days" },
	{ 90 * 60 * NS_PER_SEC, HOUR, "h" },
	{ 90 * NS_PER_SEC, 60 * NS_PER_SEC, "min" },
	{ INT64_MIN, NS_PER_SEC, "s" },
};

static const struct span *
span_of(int64_t time)
{
	const struct span *span = spans;

	while (time < span->from)
		span++;
	return span;
}

static long long
rounded(int64_t time, const struct span *span)
{
	return (long long)(time / span->length + (time % span->length >= span->length / 2));
}

void
growth_end_text(char text[static GROWTH_END_SIZE], const struct growth_end *end)
{
	const struct span *span = span_of(end->time);
	long long time = rounded(end->time, span);
	size_t length;

	if (end->time > MOST_END) {
		snprintf(text, GROWTH_END_SIZE, "gone in more than 30 days");
		return;
	}
	length = (size_t)snprintf(text, GROWTH_END_SIZE, "gone in %lld %s", time, span->name);
	if (end->least == UNKNOWN)
		snprintf(text + length, GROWTH_END_SIZE - length, " at the latest");
	else if (end->most != UNKNOWN && rounded(end->least, span) < rounded(end->most, span))
		snprintf(text + length, GROWTH_END_SIZE - length, " (%lld to %lld)",
			rounded(end->least, span), rounded(end->most, span));
}

/* A sentence under construction. */
struct sentence {
	char *text;
	size_t length;
	enum scale scale;
};

__attribute__((format(printf, 2, 3))) static void
add(struct sentence *sentence, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	text_append(sentence->text, GROWTH_TEXT_SIZE, &sentence->length, format, arguments);
	va_end(arguments);
}

static void
add_bytes(struct sentence *sentence, const char *before, int64_t bytes, const char *behind)
{
	char text[UNIT_FORMAT_SIZE];

	unit_format(text, UNIT_BYTES, bytes, sentence->scale);
	add(sentence, "%s%s%s", before, text, behind);
}

static void
add_span(struct sentence *sentence, const char *before, int64_t time)
{
	const struct span *span = span_of(time);

	add(sentence, "%s%lld %s", before, rounded(time, span), span->name);
}

/* With its sign. */
static void
add_growth(struct sentence *sentence, const char *before, int64_t bytes, const char *behind)
{
	add(sentence, "%s", before);
	add_bytes(sentence, bytes < 0 ? "" : "+", bytes, behind);
}

static void
add_slope(struct sentence *sentence, const struct growth_row *row)
{
	add_growth(sentence, ": ", row->slope, "/min");
	if (row->accelerates == 1) {
		add(sentence, ", accelerating");
		return;
	}
	add_growth(sentence, " (", row->slope_low, "");
	add_growth(sentence, " to ", row->slope_high, ")");
}

static void
add_end(struct sentence *sentence, const struct growth_row *row)
{
	char text[GROWTH_END_SIZE];

	if (row->limit != UNKNOWN && row->last >= row->limit) {
		add_bytes(sentence, ", the limit of ", row->limit, " is reached");
	} else if (row->end.time != UNKNOWN) {
		growth_end_text(text, &row->end);
		add(sentence, ", %s", text);
	}
}

/* What stands before the span. */
static const char *const beginnings[] = {
	[GROWTH_YOUNG] = "too short to say",
	[GROWTH_STEADY] = "steady for ",
	[GROWTH_VARYING] = "varying for ",
	[GROWTH_JUMP] = "a jump within ",
	[GROWTH_LEVELLING] = "levelling for ",
	[GROWTH_SLOWING] = "slowing for ",
	[GROWTH_GROWING] = "growing for ",
	[GROWTH_LEAK] = "leak? growing for ",
};

void
growth_row_text(char text[static GROWTH_TEXT_SIZE], const struct growth_row *row, enum scale scale)
{
	struct sentence sentence = { .text = text, .scale = scale };

	text[0] = '\0';
	add(&sentence, "%s", beginnings[row->growth]);
	if (row->span != UNKNOWN)
		add_span(&sentence, "", row->span);
	if (row->slope != UNKNOWN)
		add_slope(&sentence, row);
	else
		add(&sentence, ":");
	add_bytes(&sentence, row->slope != UNKNOWN ? ", " : " ", row->first, " to ");
	add_bytes(&sentence, "", row->last, " in ");
	add_span(&sentence, "", row->seen);
	add_end(&sentence, row);
}
