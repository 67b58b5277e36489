// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/scan.h"
#include "oomlog/parser.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The name before this may be like any other phrase. */
static const char invoked[] = "invoked oom-killer: gfp_mask=";

static unsigned char first_of[256];         /* 1 + the index of the first phrase with that letter */
static unsigned char next_of[MOST_PHRASES]; /* the next phrase with the same letter */
static uint64_t seconds_of[256]; /* a bit for the second letters of these phrases, modulo 64 */
static bool is_in_word[256];     /* a letter or digit: no phrase begins behind it */

static uint64_t
bit_of(char letter)
{
	return UINT64_C(1) << ((unsigned char)letter % 64);
}

__attribute__((constructor)) static void
index_phrases(void)
{
	for (size_t i = oom_phrase_count; i-- > 0;) {
		const char *words = oom_phrases[i].words;
		unsigned char letter = (unsigned char)words[0];

		next_of[i] = first_of[letter];
		first_of[letter] = (unsigned char)(i + 1);
		seconds_of[letter] |= words[1] ? bit_of(words[1]) : UINT64_MAX;
	}
	for (int c = 0; c < 256; c++)
		is_in_word[c] = isalnum(c);
}

static const struct phrase *
phrase_at(const char *text)
{
	if (!(seconds_of[(unsigned char)*text] & bit_of(text[1])))
		return NULL;
	for (unsigned char i = first_of[(unsigned char)*text]; i > 0; i = next_of[i - 1]) {
		const struct phrase *phrase = &oom_phrases[i - 1];
		const char *behind = scan_start(text, phrase->words);

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
	const char *at = text, *later;

	while (*at && !(phrase = phrase_at(at))) {
		while (is_in_word[(unsigned char)*at])
			at++;
		at += *at != '\0';
	}
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
