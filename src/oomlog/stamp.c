// SPDX-License-Identifier: GPL-3.0-or-later
#include "oomlog/stamp.h"

#include "base/known.h"
#include "base/macros.h"
#include "base/scan.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

enum { MOST_WORDS = 3, LONGEST_WORD = 24 };

/*
 * The months of strftime(3) in English, German, Dutch, French, Spanish, Italian, Portuguese,
 * Polish, Swedish and Russian: the letters that distinguish them. Chinese, Japanese and Korean use
 * numbers.
 */
static const char *const months[12] = {
	"jan jän gen ene sty янв",
	"feb fév fev lut фев",
	"mar mrt mär mars мар",
	"apr avr abr kwi апр",
	"may mai maj mei mag май мая",
	"jun juin giu cze июн",
	"jul juil lug lip июл",
	"aug aoû ago sie авг",
	"sep set wrz сен",
	"oct okt out ott paź окт",
	"nov lis ноя",
	"dec dez déc dic gru дек",
};

/* Whether a text begins with a word of a list; A to Z match small letters. */
static bool
begins_with_one(const char *text, size_t length, const char *words)
{
	while (*words) {
		size_t size = strcspn(words, " "), same = 0;

		while (same < size && same < length &&
			(words[same] == text[same] ||
				words[same] == tolower((unsigned char)text[same])))
			same++;
		if (same == size)
			return true;
		words += size + (words[size] == ' ');
	}
	return false;
}

static int
month_of(const char *word, size_t length)
{
	size_t digits = strspn(word, "0123456789");
	int64_t number = digits > 0 ? scan_number(word) : 0;

	if (digits > 0 && digits < length)
		return number >= 1 && number <= 12 ? (int)number - 1 : -1;
	for (int i = 0; i < 12; i++)
		if (begins_with_one(word, length, months[i]))
			return i;
	return -1;
}

/*
 * Matches a text with a pattern: 0 is a digit, other characters match themselves. Returns the rest
 * of the text, or NULL.
 */
static const char *
match(const char *text, const char *pattern)
{
	for (; *pattern; pattern++, text++)
		if (*pattern == '0' ? !isdigit((unsigned char)*text) : *text != *pattern)
			return NULL;
	return text;
}

static int
two_digits(const char *text)
{
	return (text[0] - '0') * 10 + text[1] - '0';
}

/* ".123456" or ",123456" in nanoseconds. */
static const char *
read_fraction(const char *text, struct log_stamp *stamp)
{
	int64_t place = NS_PER_SEC;

	if ((*text != '.' && *text != ',') || !isdigit((unsigned char)text[1]))
		return text;
	for (text++; isdigit((unsigned char)*text); text++)
		if (place > 1)
			stamp->nanoseconds += (*text - '0') * (place /= 10);
	return text;
}

/* "14:02:31.5", or of dmesg -H "14:02". */
static const char *
read_clock(const char *text, struct log_stamp *stamp)
{
	const char *end = match(text, "00:00:00");
	const char *rest = end ? end : match(text, "00:00");

	if (!rest)
		return NULL;
	stamp->hour = two_digits(text);
	stamp->minute = two_digits(text + 3);
	stamp->second = end ? two_digits(text + 6) : 0;
	return read_fraction(rest, stamp);
}

/* "+01:00", "+0100" or "Z". */
static const char *
read_zone(const char *text, struct log_stamp *stamp)
{
	int sign = *text == '-' ? -1 : 1;
	const char *minutes;

	if (*text == 'Z') {
		stamp->zone = 0;
		return text + 1;
	}
	if ((*text != '+' && *text != '-') || !match(text + 1, "00"))
		return text;
	minutes = text + 3 + (text[3] == ':');
	stamp->zone = sign * two_digits(text + 1) * 3600;
	if (!match(minutes, "00"))
		return text + 3;
	stamp->zone += sign * two_digits(minutes) * 60;
	return minutes + 2;
}

/* "2026-11-22T14:02:31+01:00" or with a blank */
static const char *
read_iso(const char *text, struct log_stamp *stamp)
{
	const char *clock = match(text, "0000-00-00");
	const char *end =
		clock && (*clock == 'T' || *clock == ' ') ? read_clock(clock + 1, stamp) : NULL;

	if (!end)
		return NULL;
	stamp->year = two_digits(text) * 100 + two_digits(text + 2);
	stamp->month = two_digits(text + 5) - 1;
	stamp->day = two_digits(text + 8);
	return read_zone(end, stamp);
}

/* A word of a date: the day, the month, or the weekday in any language. */
static bool
read_date_word(const char *word, size_t length, struct log_stamp *stamp)
{
	size_t digits = strspn(word, "0123456789");
	int month = month_of(word, length);

	if (digits > 0 && digits <= 2 &&
		(length == digits || (length == digits + 1 && word[digits] == '.'))) {
		if (stamp->day >= 0)
			return false;
		stamp->day = (int)scan_number(word);
		return true;
	}
	if (month >= 0)
		stamp->month = month;
	else if (month_of(word, 3) < 0 && digits == 0 && isdigit((unsigned char)word[length - 1]))
		return false;
	return digits == 0 || month >= 0;
}

/* "Nov22" of dmesg -H */
static const char *
read_short_date(const char *text, struct log_stamp *stamp)
{
	size_t letters = strcspn(text, "0123456789 ]");
	const char *day = text + letters;
	size_t digits = strspn(day, "0123456789");
	const char *end;

	if (letters == 0 || letters > LONGEST_WORD || digits == 0 || digits > 2 ||
		day[digits] != ' ')
		return NULL;
	end = read_clock(day + digits + 1, stamp);
	if (!end)
		return NULL;
	stamp->month = month_of(text, letters);
	stamp->day = (int)scan_number(day);
	return end;
}

/* Whether a time or a date in digits follows within a few words: few texts have one. */
static bool
has_time_near(const char *text)
{
	for (int i = 0; i < MOST_WORDS && *text; i++) {
		text += strcspn(text, " \t");
		text += strspn(text, " ");
		if (match(text, "00:00") || match(text, "0000-00-00"))
			return true;
	}
	return false;
}

/* "Nov 22 14:02:31", "Sun Nov 22 14:02:31 2026", "22. Nov 14:02:31", "Sun 2026-11-22 14:02:31 UTC"
 */
static const char *
read_words(const char *text, struct log_stamp *stamp)
{
	const char *word = text, *end;

	if (!has_time_near(text))
		return NULL;
	for (int i = 0; i <= MOST_WORDS; i++) {
		size_t length = strcspn(word, " \t");

		if (i > 0 && stamp->day >= 0 && match(word, "00:00:00"))
			break;
		if (i == 1 && (end = read_iso(word, stamp))) /* with the name of a zone */
			return *end == ' ' ? end + 1 + strcspn(end + 1, " ") : end;
		if (i == MOST_WORDS || length == 0 || length > LONGEST_WORD ||
			strpbrk(word, "[]<>=;,:") < word + length || !word[length] ||
			!read_date_word(word, length, stamp))
			return NULL;
		word += length + strspn(word + length, " ");
	}
	end = read_clock(word, stamp);
	if (end && match(end, " 0000") && strchr(" ]", end[5])) {
		stamp->year = two_digits(end + 1) * 100 + two_digits(end + 3);
		end += 5;
	}
	return end;
}

const char *
log_stamp_read(const char *text, struct log_stamp *ret_stamp)
{
	static const struct log_stamp none = {
		.year = -1, .month = -1, .day = -1, .zone = UNKNOWN, .epoch = UNKNOWN
	};
	static const char *(*const forms[])(const char *text, struct log_stamp *stamp) = {
		read_iso,
		read_short_date,
		read_words,
	};
	const char *end = match(text, "0000000000.000000");

	if (end) {
		*ret_stamp = none;
		ret_stamp->epoch = known_product(scan_number(text), NS_PER_SEC);
		read_fraction(text + 10, ret_stamp);
		ret_stamp->epoch = known_sum(ret_stamp->epoch, ret_stamp->nanoseconds);
		return end;
	}
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct log_stamp stamp = none;

		end = forms[i](text, &stamp);
		if (!end)
			continue;
		*ret_stamp = stamp;
		return end;
	}
	return NULL;
}

int64_t
log_stamp_time(const struct log_stamp *stamp, int64_t now)
{
	struct tm parts = { .tm_mon = stamp->month,
		.tm_mday = stamp->day,
		.tm_hour = stamp->hour,
		.tm_min = stamp->minute,
		.tm_sec = stamp->second,
		.tm_isdst = -1 };
	struct tm again, local;
	time_t today = (time_t)(now / NS_PER_SEC), time;

	if (stamp->epoch != UNKNOWN || stamp->month < 0 || now == UNKNOWN ||
		!localtime_r(&today, &local))
		return stamp->epoch;
	parts.tm_year = stamp->year < 0 ? local.tm_year : stamp->year - 1900;
	again = parts;
	if (stamp->zone != UNKNOWN)
		time = timegm(&parts) - (time_t)stamp->zone;
	else
		time = mktime(&parts);
	if (stamp->year < 0 && time > today + 86400) { /* the last one not after tomorrow */
		again.tm_year--;
		time = mktime(&again);
	}
	return known_sum(known_product((int64_t)time, NS_PER_SEC), stamp->nanoseconds);
}
