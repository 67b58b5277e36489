// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/scan.h"
#include "oomlog/parser.h"

#include <ctype.h>
#include <string.h>

/* The name before this may be like any other phrase. */
static const char invoked[] = "invoked oom-killer: gfp_mask=";

static unsigned char first_of[256];         /* 1 + the index of the first phrase with that letter */
static unsigned char next_of[MOST_PHRASES]; /* the next phrase with the same letter */

__attribute__((constructor)) static void
index_phrases(void)
{
	for (size_t i = oom_phrase_count; i-- > 0;) {
		unsigned char letter = (unsigned char)oom_phrases[i].words[0];

		next_of[i] = first_of[letter];
		first_of[letter] = (unsigned char)(i + 1);
	}
}

static const struct phrase *
phrase_at(const char *text)
{
	for (unsigned char i = first_of[(unsigned char)*text]; i > 0; i = next_of[i - 1]) {
		const struct phrase *phrase = &oom_phrases[i - 1];
		const char *behind = text[1] == phrase->words[1] || !phrase->words[1]
					     ? scan_start(text, phrase->words)
					     : NULL;

		if (behind && (!phrase->fits || phrase->fits(behind)))
			return phrase;
	}
	return NULL;
}

static const char *
find_invocation(const char *text)
{
	char near[OOM_NAME_LENGTH + sizeof(invoked)];
	size_t length = strnlen(text, sizeof(near) - 1);
	const char *at;

	memcpy(near, text, length);
	near[length] = '\0';
	at = strstr(near, invoked);
	return at ? text + (at - near) : NULL;
}

const struct phrase *
phrase_find(const char *text, const char **ret_at)
{
	const struct phrase *phrase = NULL;
	const char *at, *later;

	for (at = text; *at; at++)
		if (first_of[(unsigned char)*at] &&
			(at == text || !isalnum((unsigned char)at[-1])) && (phrase = phrase_at(at)))
			break;
	if (!phrase)
		return NULL;
	later = *at == 'i' ? NULL : find_invocation(at);
	*ret_at = later ? later : at;
	return later ? phrase_at(later) : phrase;
}

/* The number at *text, if a character that ends it follows. */
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
