// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.h"

#include "base/macros.h"

#include <ctype.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

/* The longest form of one character in a safe text: \U000e0001. */
enum { ESCAPE_SIZE = 10 };

static const struct {
	uint32_t first, last;
} unsafe_ranges[] = {
	{ 0x0000, 0x001f },    /* C0 controls */
	{ 0x007f, 0x009f },    /* DEL, C1 controls */
	{ 0x00ad, 0x00ad },    /* soft hyphen */
	{ 0x034f, 0x034f },    /* combining grapheme joiner */
	{ 0x061c, 0x061c },    /* Arabic letter mark */
	{ 0x115f, 0x1160 },    /* Hangul fillers */
	{ 0x17b4, 0x17b5 },    /* Khmer inherent vowels */
	{ 0x180b, 0x180f },    /* Mongolian selectors and vowel separator */
	{ 0x200b, 0x200f },    /* zero width, left-to-right and right-to-left marks */
	{ 0x2028, 0x202e },    /* line and paragraph separators, bidirectional overrides */
	{ 0x2060, 0x206f },    /* invisible operators, bidirectional isolates */
	{ 0x3164, 0x3164 },    /* Hangul filler */
	{ 0xe000, 0xf8ff },    /* private use: look and width are not defined */
	{ 0xfe00, 0xfe0f },    /* variation selectors */
	{ 0xfeff, 0xfeff },    /* byte order mark */
	{ 0xffa0, 0xffa0 },    /* Hangul filler */
	{ 0xfff0, 0xfffb },    /* unassigned, interlinear annotation */
	{ 0xfffe, 0xffff },    /* not characters */
	{ 0x1bca0, 0x1bca3 },  /* shorthand format controls */
	{ 0x1d173, 0x1d17a },  /* musical format controls */
	{ 0xe0000, 0xe0fff },  /* tags, further variation selectors */
	{ 0xf0000, 0x10ffff }, /* private use */
};

enum charset
charset_of_locale(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ? CHARSET_UTF8 : CHARSET_ASCII;
}

size_t
text_decode(const char *text, size_t length, uint32_t *ret_character)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *bytes = (const unsigned char *)text;
	uint32_t character;
	size_t size;

	if (bytes[0] < 0x80) {
		*ret_character = bytes[0];
		return 1;
	}
	size = bytes[0] < 0xc2   ? 0
	       : bytes[0] < 0xe0 ? 2
	       : bytes[0] < 0xf0 ? 3
	       : bytes[0] < 0xf5 ? 4
				 : 0;
	if (size == 0 || size > length)
		return 0;
	character = bytes[0] & (0x7f >> size);
	for (size_t i = 1; i < size; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		character = character << 6 | (bytes[i] & 0x3f);
	}
	if (character < least[size] || character > 0x10ffff ||
		(character >= 0xd800 && character < 0xe000))
		return 0;
	*ret_character = character;
	return size;
}

static locale_t utf8_locale;

static void
open_locale(void)
{
	utf8_locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
}

/*
 * Whether a code point is unknown to the C library, so that its width is unknown. Does not use the
 * user's locale, which may be C.
 */
static bool
is_unassigned(uint32_t character)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, open_locale);
	return utf8_locale && !iswprint_l((wint_t)character, utf8_locale);
}

bool
text_is_unsafe(uint32_t character)
{
	for (size_t i = 0; i < ARRAY_SIZE(unsafe_ranges); i++)
		if (character <= unsafe_ranges[i].last && character >= unsafe_ranges[i].first)
			return true;
	return character >= 0x80 && is_unassigned(character);
}

static size_t
escape(char *copy, uint32_t character)
{
	static const char letters[] = "abtnvfr";

	if (character >= '\a' && character <= '\r')
		return (size_t)sprintf(copy, "\\%c", letters[character - '\a']);
	if (character < 0x80)
		return (size_t)sprintf(copy, "\\x%02x", (unsigned)character);
	return (size_t)sprintf(
		copy, character > 0xffff ? "\\U%08x" : "\\u%04x", (unsigned)character);
}

/* A combining mark at the start would join the text before it on the terminal. */
static bool
joins_what_is_before(uint32_t character)
{
	return character >= 0x80 && wcwidth((wchar_t)character) == 0;
}

/* Writes the safe form of the first character and returns how many bytes of `text` it used. */
static size_t
safe_character(char *copy, size_t *ret_size, const char *text, size_t length, enum charset charset)
{
	uint32_t character;
	size_t taken = text_decode(text, length, &character);

	if (taken == 0) {
		*ret_size = (size_t)sprintf(copy, "\\x%02x", (unsigned char)text[0]);
		return 1;
	}
	if (character == '\\') {
		*ret_size = (size_t)sprintf(copy, "\\\\");
	} else if (text_is_unsafe(character)) {
		*ret_size = escape(copy, character);
	} else if (taken > 1 && charset == CHARSET_ASCII) {
		copy[0] = '?';
		*ret_size = 1;
	} else {
		memcpy(copy, text, taken);
		*ret_size = taken;
	}
	return taken;
}

static bool
is_plain(char byte)
{
	return byte >= ' ' && byte <= '~' && byte != '\\';
}

/* Most characters stay as they are: a fast copy of these. Returns its length. */
static size_t
copy_plain(char *copy, size_t size, const char *text)
{
	size_t length = 0;

	for (; length < size && is_plain(text[length]); length++)
		copy[length] = text[length];
	return length;
}

size_t
text_safe(char *copy, size_t size, const char *text, enum charset charset)
{
	size_t used = copy_plain(copy, size - 1, text), left = strlen(text + used);

	for (text += used; left > 0;) {
		char form[ESCAPE_SIZE + 1];
		size_t form_size, taken = safe_character(form, &form_size, text, left, charset);
		uint32_t character;

		if (used == 0 && text_decode(text, left, &character) > 0 &&
			joins_what_is_before(character))
			form_size = escape(form, character);
		if (used + form_size + 1 > size)
			break;
		memcpy(copy + used, form, form_size);
		used += form_size;
		text += taken;
		left -= taken;
	}
	copy[used] = '\0';
	return used;
}

size_t
text_valid(char *copy, size_t size, const char *text)
{
	static const char replacement[] = "\xef\xbf\xbd";
	size_t left = strlen(text), used = 0;

	while (left > 0) {
		uint32_t character;
		size_t taken = text_decode(text, left, &character);
		const char *form = taken ? text : replacement;
		size_t form_size = taken ? taken : sizeof(replacement) - 1;

		if (used + form_size + 1 > size)
			break;
		memcpy(copy + used, form, form_size);
		used += form_size;
		text += taken ? taken : 1;
		left -= taken ? taken : 1;
	}
	copy[used] = '\0';
	return used;
}

/* Skips one character of a safe text and returns its columns. */
static size_t
step(const char **text)
{
	uint32_t character = 0;
	size_t taken;
	int width;

	if ((unsigned char)**text < 0x80) {
		++*text;
		return 1;
	}
	taken = text_decode(*text, strnlen(*text, 4), &character);
	width = character < 0x80 ? 1 : wcwidth((wchar_t)character);
	*text += taken ? taken : 1;
	return width < 0 ? 1 : (size_t)width;
}

size_t
text_count(const char *text, size_t length)
{
	size_t count = 0;
	uint32_t character;

	for (size_t i = 0, size; i < length; i += size ? size : 1) {
		size = text_decode(text + i, length - i, &character);
		count++;
	}
	return count;
}

size_t
text_width(const char *text)
{
	size_t width = 0;

	while (*text)
		width += step(&text);
	return width;
}

size_t
text_fit(const char *text, size_t width)
{
	const char *end = text;

	while (*end) {
		const char *next = end;
		size_t columns = step(&next);

		if (columns > width)
			break;
		width -= columns;
		end = next;
	}
	return (size_t)(end - text);
}

const char *
text_end(const char *text, size_t width)
{
	for (size_t left = text_width(text); left > width;)
		left -= step(&text);
	return text;
}

size_t
text_wrap(const char *text, size_t width)
{
	size_t fits = text_fit(text, width), length = fits;

	if (!text[fits])
		return fits;
	while (length > 0 && text[length] != ' ')
		length--;
	return length ? length : fits;
}

void
text_append(char *text, size_t size, size_t *length, const char *format, va_list arguments)
{
	size_t left = size - *length;
	int more = vsnprintf(text + *length, left, format, arguments);

	*length += (size_t)more < left ? (size_t)more : left - 1;
}

bool
text_is_below(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	while (length > 0 && folder[length - 1] == '/')
		length--;
	return strncmp(path, folder, length) == 0 && (path[length] == '/' || !path[length]);
}

int
text_to_number(const char *text, int64_t *ret_number)
{
	char *end;
	long long number;

	if (!isdigit((unsigned char)text[text[0] == '-']))
		return -EINVAL;
	errno = 0;
	number = strtoll(text, &end, 10);
	if (*end)
		return -EINVAL;
	if (errno)
		return -errno;
	*ret_number = number;
	return 0;
}

int
text_to_decimal(const char *text, double *ret_decimal)
{
	double decimal = 0, place = 1;
	const char *digits = text;

	for (; isdigit((unsigned char)*text); text++)
		decimal = decimal * 10 + (*text - '0');
	if (*text == '.' || *text == ',')
		for (text++, digits++; isdigit((unsigned char)*text); text++)
			decimal += (*text - '0') * (place /= 10);
	if (*text || text == digits)
		return -EINVAL;
	*ret_decimal = decimal;
	return 0;
}
