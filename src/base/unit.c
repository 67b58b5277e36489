// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/unit.h"

#include "base/macros.h"
#include "base/text.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct suffix {
	char letter;
	int64_t factor;
};

static const struct suffix byte_suffixes[] = {
	{ 'B', 1 },
	{ 'K', INT64_C(1) << 10 },
	{ 'M', INT64_C(1) << 20 },
	{ 'G', INT64_C(1) << 30 },
	{ 'T', INT64_C(1) << 40 },
	{ 'P', INT64_C(1) << 50 },
	{ 0, 0 },
};

static const struct suffix count_suffixes[] = {
	{ ' ', 1 },
	{ 'k', 1000 },
	{ 'M', 1000000 },
	{ 'G', 1000000000 },
	{ 'T', INT64_C(1000000000000) },
	{ 0, 0 },
};

static const struct suffix duration_suffixes[] = {
	{ 's', NS_PER_SEC },
	{ 'm', 60 * NS_PER_SEC },
	{ 'h', 3600 * NS_PER_SEC },
	{ 'd', 86400 * NS_PER_SEC },
	{ 0, 0 },
};

/* Batch mode spends most time here: far cheaper than printf. */
static size_t
put_unsigned(char *text, uint64_t number)
{
	char digits[20];
	size_t count = 0;

	do
		digits[count++] = (char)('0' + number % 10);
	while (number /= 10);
	for (size_t i = 0; i < count; i++)
		text[i] = digits[count - 1 - i];
	return count;
}

static size_t
put_tenths(char *text, uint64_t tenths)
{
	size_t length = put_unsigned(text, tenths / 10);

	text[length++] = '.';
	text[length++] = (char)('0' + tenths % 10);
	return length;
}

/* number * 10 / factor, rounded; in two steps, so that nothing overflows. */
static uint64_t
tenths_of(uint64_t number, uint64_t factor)
{
	uint64_t rest = number % factor;

	return number / factor * 10 + (rest * 10 + factor / 2) / factor;
}

/* Three digits and a letter: 1.0K, 13.2M, 388M. */
static size_t
put_scaled(char *text, uint64_t number, const struct suffix *suffixes)
{
	size_t i = 0, length;
	uint64_t tenths;

	while (suffixes[i + 1].letter &&
		number >= (uint64_t)suffixes[i].factor * 1000 - (uint64_t)suffixes[i].factor / 2)
		i++;
	if (i == 0)
		return put_unsigned(text, number);
	tenths = tenths_of(number, (uint64_t)suffixes[i].factor);
	length = tenths < 1000 ? put_tenths(text, tenths) : put_unsigned(text, (tenths + 5) / 10);
	text[length++] = suffixes[i].letter;
	return length;
}

static size_t
format_number(char *text, int64_t number, enum scale scale)
{
	return put_unsigned(text, (uint64_t)number);
}

static size_t
format_bytes(char *text, int64_t number, enum scale scale)
{
	uint64_t size = (uint64_t)number;
	size_t length;

	if (scale == SCALE_HUMAN)
		return put_scaled(text, size, byte_suffixes);
	if (scale == SCALE_BYTES)
		return put_unsigned(text, size);
	size = tenths_of(size, (uint64_t)byte_suffixes[scale - SCALE_BYTES].factor);
	length = scale == SCALE_KIBI ? put_unsigned(text, (size + 5) / 10) : put_tenths(text, size);
	text[length] = byte_suffixes[scale - SCALE_BYTES].letter;
	return length + 1;
}

static size_t
format_limit(char *text, int64_t number, enum scale scale)
{
	return number == UNLIMITED ? (size_t)sprintf(text, "none")
				   : format_bytes(text, number, scale);
}

static size_t
format_rate(char *text, int64_t number, enum scale scale)
{
	uint64_t size = (uint64_t)number;

	if (size >= 1000 * 1000 || size % 1000 == 0)
		return put_scaled(text, (size + 500) / 1000, count_suffixes);
	return put_tenths(text, (size + 50) / 100);
}

static size_t
format_percent(char *text, int64_t number, enum scale scale)
{
	return put_tenths(text, (uint64_t)number);
}

/* As top below an hour (12:34.56), then 23h59m, then 12d03h. */
static size_t
format_duration(char *text, int64_t number, enum scale scale)
{
	int64_t seconds = number / NS_PER_SEC;

	if (seconds >= 86400)
		return (size_t)sprintf(text, "%lldd%02dh", (long long)(seconds / 86400),
			(int)(seconds % 86400 / 3600));
	if (seconds >= 3600)
		return (size_t)sprintf(
			text, "%dh%02dm", (int)(seconds / 3600), (int)(seconds % 3600 / 60));
	return (size_t)sprintf(text, "%d:%02d.%02d", (int)(seconds / 60), (int)(seconds % 60),
		(int)(number % NS_PER_SEC / 10000000));
}

/* The two largest units: 23s, 57m 23s, 3h 12m, 12d 3h. */
static size_t
format_span(char *text, int64_t number, enum scale scale)
{
	static const int64_t sizes[] = { 86400, 3600, 60, 1 };
	static const char letters[] = "dhms";
	int64_t seconds = number / NS_PER_SEC;
	size_t i = 0;

	while (i < 3 && seconds < sizes[i])
		i++;
	if (i == 3)
		return (size_t)sprintf(text, "%" PRId64 "s", seconds);
	return (size_t)sprintf(text, "%" PRId64 "%c %" PRId64 "%c", seconds / sizes[i], letters[i],
		seconds % sizes[i] / sizes[i + 1], letters[i + 1]);
}

/* ISO 8601 with the offset of the local time zone: 2026-11-22T14:02:31+01:00. */
static size_t
format_time(char *text, int64_t number, enum scale scale)
{
	time_t seconds = (time_t)(number / NS_PER_SEC);
	struct tm local;
	size_t length;

	if (!localtime_r(&seconds, &local))
		return (size_t)sprintf(text, "-");
	length = strftime(text, UNIT_FORMAT_SIZE - 1, "%Y-%m-%dT%H:%M:%S%z", &local);
	memmove(text + length - 1, text + length - 2, 3);
	text[length - 2] = ':';
	return length + 1;
}

static size_t
format_address(char *text, int64_t number, enum scale scale)
{
	return (size_t)sprintf(text, "%" PRIx64, (uint64_t)number);
}

/* clang-format off */
static const struct {
	const char *name;
	size_t (*format)(char *text, int64_t number, enum scale scale);
	bool has_sign;        /* "-" before the format of a positive number */
	int64_t divisor;      /* from the base unit to the unit that people write */
	const struct suffix *suffixes;
} kinds[] = {
	[UNIT_TEXT]             = { "text",              format_number,   true,  1,          count_suffixes },
	[UNIT_ID]               = { "id",                format_number,   false, 1,          count_suffixes },
	[UNIT_NUMBER]           = { "number",            format_number,   true,  1,          count_suffixes },
	[UNIT_BYTES]            = { "bytes",             format_bytes,    true,  1,          byte_suffixes },
	[UNIT_LIMIT]            = { "limit",             format_limit,    true,  1,          byte_suffixes },
	[UNIT_BYTES_PER_MINUTE] = { "bytes_per_minute",  format_bytes,    true,  1,          byte_suffixes },
	[UNIT_BYTES_PER_SECOND] = { "bytes_per_second",  format_bytes,    true,  1,          byte_suffixes },
	[UNIT_RATE]             = { "rate",              format_rate,     true,  1000,       count_suffixes },
	[UNIT_PERCENT]          = { "percent",           format_percent,  true,  10,         count_suffixes },
	[UNIT_DURATION]         = { "duration",          format_duration, false, NS_PER_SEC, duration_suffixes },
	[UNIT_SPAN]             = { "span",              format_span,     false, NS_PER_SEC, duration_suffixes },
	[UNIT_TIME]             = { "time",              format_time,     false, NS_PER_SEC, duration_suffixes },
	[UNIT_ADDRESS]          = { "address",           format_address,  false, 1,          count_suffixes },
};
/* clang-format on */
static_assert(ARRAY_SIZE(kinds) == UNIT_ADDRESS + 1, "a row for each unit");

const char *
unit_name(enum unit unit)
{
	return kinds[unit].name;
}

size_t
unit_format(char text[static UNIT_FORMAT_SIZE], enum unit unit, int64_t number, enum scale scale)
{
	bool is_below = number < 0 && kinds[unit].has_sign;
	size_t length = number == UNKNOWN || is_below;

	text[0] = '-';
	if (number != UNKNOWN)
		length += kinds[unit].format(text + length, is_below ? -number : number, scale);
	text[length] = '\0';
	return length;
}

size_t
unit_format_when(char text[static UNIT_FORMAT_SIZE], int64_t time, int64_t now)
{
	time_t seconds = (time_t)(time / NS_PER_SEC), today = (time_t)(now / NS_PER_SEC);
	struct tm then, day;
	bool is_today;

	text[0] = '\0';
	if (time == UNKNOWN || !localtime_r(&seconds, &then) || !localtime_r(&today, &day))
		return 0;
	is_today = then.tm_year == day.tm_year && then.tm_yday == day.tm_yday;
	return strftime(text, UNIT_FORMAT_SIZE, is_today ? "%H:%M" : "%Y-%m-%d", &then);
}

int64_t
unit_in_order(enum unit unit, int64_t number)
{
	if ((unit != UNIT_ID && unit != UNIT_ADDRESS) || number == UNKNOWN)
		return number;
	return (number ^ INT64_MIN) + (number >= 0);
}

bool
unit_is_sensible(enum unit unit, int64_t number)
{
	const int64_t most_bytes = INT64_C(1) << 58, longest = INT64_C(1) << 62;

	switch (unit) {
	case UNIT_ID:
	case UNIT_ADDRESS:
		return true;
	case UNIT_LIMIT:
		return number == UNLIMITED || (number >= 0 && number <= longest);
	case UNIT_DURATION:
	case UNIT_SPAN:
	case UNIT_TIME:
		return number >= -longest && number <= longest;
	default:
		return number >= -most_bytes && number <= most_bytes;
	}
}

int64_t
unit_divisor(enum unit unit)
{
	return kinds[unit].divisor;
}

/* The factor of the suffix in base units; 0 if unknown. Bytes also take Ki, KiB, kB. */
static double
suffix_factor(enum unit unit, const char *text)
{
	double divisor = (double)kinds[unit].divisor;

	if (!*text || (unit == UNIT_PERCENT && strcmp(text, "%") == 0))
		return divisor;
	for (const struct suffix *suffix = kinds[unit].suffixes; suffix->letter; suffix++) {
		const char *rest = text + 1;

		if (toupper((unsigned char)text[0]) != toupper((unsigned char)suffix->letter))
			continue;
		if (kinds[unit].suffixes == byte_suffixes && suffix->letter != 'B') {
			rest += *rest == 'i';
			rest += *rest == 'B';
		}
		if (*rest)
			return 0;
		return kinds[unit].suffixes == duration_suffixes ? (double)suffix->factor
								 : (double)suffix->factor * divisor;
	}
	return 0;
}

static int
parse_address(const char *text, int64_t *ret_number)
{
	size_t prefix = text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? 2 : 0;
	size_t length = strspn(text + prefix, "0123456789abcdefABCDEF");

	if (length == 0 || text[prefix + length])
		return -EINVAL;
	if (length > 16)
		return -ERANGE;
	*ret_number = (int64_t)strtoull(text + prefix, NULL, 16);
	return 0;
}

/* Takes numbers up to 2^64 - 1, which do not fit into a double. */
static int
parse_id(const char *text, int64_t *ret_number)
{
	unsigned long long number;

	errno = 0;
	number = strtoull(text, NULL, 10);
	if (errno)
		return -errno;
	*ret_number = (int64_t)number;
	return 0;
}

int
unit_parse(enum unit unit, const char *text, int64_t *ret_number)
{
	char digits[UNIT_FORMAT_SIZE];
	bool negative = text[0] == '-';
	size_t length = strspn(text + negative, "0123456789.,");
	double decimal, factor;

	if (unit == UNIT_ADDRESS)
		return parse_address(text, ret_number);
	if (unit == UNIT_LIMIT && strcmp(text, "none") == 0) {
		*ret_number = UNLIMITED;
		return 0;
	}
	if (unit == UNIT_ID && length > 0 && !negative && !text[strspn(text, "0123456789")])
		return parse_id(text, ret_number);
	if (length == 0 || length >= sizeof(digits))
		return -EINVAL;
	memcpy(digits, text + negative, length);
	digits[length] = '\0';
	factor = suffix_factor(unit, text + negative + length);
	if (factor == 0 || text_to_decimal(digits, &decimal) < 0)
		return -EINVAL;
	decimal *= factor;
	if (decimal >= 9.2e18)
		return -ERANGE;
	if ((unit == UNIT_NUMBER || unit == UNIT_ID) && decimal != (double)(int64_t)decimal)
		return -EINVAL;
	*ret_number = (int64_t)(decimal + 0.5) * (negative ? -1 : 1);
	return 0;
}

int
unit_parse_interval(const char *text, int64_t *ret_interval)
{
	double seconds;

	if (text_to_decimal(text, &seconds) < 0 || seconds < 0.01 || seconds > 1e9)
		return -EINVAL;
	*ret_interval = (int64_t)(seconds * (double)NS_PER_SEC);
	return 0;
}
