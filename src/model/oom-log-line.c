// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/oom-log-line.h"

#include "model/scan.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

#define SECOND INT64_C(1000000000)

static const char *
skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

/*
 * Whether a text has the form of a pattern: 0 a digit, _ a digit or blank, a a letter, all else
 * itself. Returns what follows, or NULL.
 */
static const char *
match(const char *text, const char *pattern)
{
	for (; *pattern; pattern++, text++) {
		unsigned char c = (unsigned char)*text;

		if (*pattern == '0'       ? !isdigit(c)
			: *pattern == '_' ? !isdigit(c) && c != ' '
			: *pattern == 'a' ? !isalpha(c)
					  : c != (unsigned char)*pattern)
			return NULL;
	}
	return text;
}

/* "815.295603" in nanoseconds. */
static int64_t
seconds(const char *text)
{
	int64_t whole = scan_next_number(&text), part = 0, place = SECOND;

	if (*text == '.' || *text == ',')
		for (text++; isdigit((unsigned char)*text) && place > 1; text++)
			part += (*text - '0') * (place /= 10);
	return known_sum(known_product(whole, SECOND), part);
}

/* "[  815.295603]", "[  815.295603 <    0.000012>]": the kernel's clock. */
static const char *
take_uptime(const char *text, struct log_line *line)
{
	const char *number = *text == '[' ? skip_blanks(text + 1) : "";
	size_t digits = strspn(number, "0123456789");
	const char *end = strchr(number, ']');

	if (digits == 0 || number[digits] != '.' || !end)
		return NULL;
	line->uptime = seconds(number);
	return end + 1;
}

/* "[Sun Nov 22 14:02:31 2026]" in any language, "[Nov22 14:02]", "[  +0.000012]", "[< 0.000012>]".
 */
static const char *
take_bracketed_time(const char *text, struct log_line *line)
{
	const char *end = *text == '[' ? strchr(text, ']') : NULL, *clock;

	if (!end)
		return NULL;
	clock = scan_last(text, ":", end);
	if (clock && clock - text > 5 && match(clock - 5, "00:00:00 0000]")) {
		line->stamp_form = STAMP_CTIME;
		line->stamp = text + 1;
		return end + 1;
	}
	if (match(text, "[aaa_0 00:00]") || scan_start(skip_blanks(text + 1), "+") ||
		scan_start(text, "[<"))
		return end + 1;
	return NULL;
}

/* "[ T1234]" or "[    C1]": with CONFIG_PRINTK_CALLER who printed. */
static const char *
skip_caller(const char *text)
{
	const char *caller = *text == '[' ? skip_blanks(text + 1) : text;
	size_t digits = strchr("TC", *caller) && *caller ? strspn(caller + 1, "0123456789") : 0;

	return *text == '[' && digits > 0 && caller[1 + digits] == ']' ? caller + digits + 2 : text;
}

/* "6,1234,815295603,-;" and "6,1234,815295603,-,caller=T1;" */
static const char *
take_record(const char *text, struct log_line *line)
{
	const char *end = strchr(text, ';'), *at = text;
	int64_t microseconds;

	if (!isdigit((unsigned char)*text) || !end)
		return NULL;
	for (int i = 0; i < 2; i++) {
		at += strspn(at, "0123456789");
		if (*at++ != ',')
			return NULL;
	}
	microseconds = scan_next_number(&at);
	if (microseconds == UNKNOWN || (*at != ',' && *at != ';'))
		return NULL;
	line->uptime = known_product(microseconds, 1000);
	line->is_record = 1;
	return end + 1;
}

static const char *
behind_zone(const char *text)
{
	text += strspn(text, ".,0123456789");
	if (*text == 'Z')
		return text + 1;
	if (*text == '+' || *text == '-')
		text += 1 + strspn(text + 1, "0123456789:");
	return text;
}

/* The times that stand at the start of a line, and what follows them. */
static const char *
take_time(const char *text, struct log_line *line)
{
	const char *iso = match(text, "aaa 0000-00-00") ? text + 4 : text;
	const char *end;

	if ((end = match(text, "aaa _0 00:00:00"))) {
		line->stamp_form = STAMP_SYSLOG;
		line->stamp = text;
		end += strspn(end, ".0123456789");
	} else if ((end = match(iso, "0000-00-00T00:00:00")) ||
		   (end = match(iso, "0000-00-00 00:00:00"))) {
		line->stamp_form = STAMP_ISO;
		line->stamp = iso;
		end = behind_zone(end);
		if (iso != text) /* short-full: the name of the zone follows */
			end += *end == ' ' ? 1 + strcspn(end + 1, " ") : 0;
	} else if ((end = match(text, "0000000000.000000"))) {
		line->stamp_form = STAMP_EPOCH;
		line->stamp = text;
	}
	return end && *end == ' ' ? end + 1 : NULL;
}

static enum log_origin
origin_of(const char *tag, size_t length)
{
	static const struct {
		const char *tag;
		enum log_origin origin;
	} origins[] = {
		{ "kernel", LOG_KERNEL },
		{ "systemd-oomd", LOG_SYSTEMD_OOMD },
		{ "earlyoom", LOG_EARLYOOM },
	};

	for (size_t i = 0; i < sizeof(origins) / sizeof(origins[0]); i++)
		if (strlen(origins[i].tag) == length && memcmp(origins[i].tag, tag, length) == 0)
			return origins[i].origin;
	return LOG_OTHER;
}

/* "host kernel: " or "earlyoom[123]: ": a tag, perhaps with the host before it. */
static const char *
take_tag(const char *text, struct log_line *line)
{
	const char *word = text;

	for (int i = 0; i < 2; i++) {
		size_t length = strcspn(word, " ");

		if (word[length] == ' ' && length > 1 && word[length - 1] == ':') {
			line->origin = origin_of(word, strcspn(word, "[:"));
			return word + length + 1;
		}
		word += length;
		word += *word == ' ';
	}
	return text;
}

/* journalctl -o short-monotonic: "[  815.295603] host kernel: ". Only a known tag counts. */
static const char *
take_known_tag(const char *text, struct log_line *line)
{
	struct log_line tagged = *line;
	const char *rest = take_tag(text, &tagged);

	if (tagged.origin == LOG_ANYONE || tagged.origin == LOG_OTHER)
		return text;
	line->origin = tagged.origin;
	return rest;
}

/* dmesg -x: "kern  :warn  : " */
static const char *
skip_facility(const char *text)
{
	const char *at = text + strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789");

	at += strspn(at, " ");
	if (at == text || *at != ':' || at - text != 6)
		return text;
	at++;
	at += strspn(at, "abcdefghijklmnopqrstuvwxyz");
	at += strspn(at, " ");
	return at[0] == ':' && at[1] == ' ' ? at + 2 : text;
}

static const char *
skip_priority(const char *text)
{
	size_t digits = *text == '<' ? strspn(text + 1, "0123456789") : 0;

	return digits > 0 && text[1 + digits] == '>' ? text + digits + 2 : text;
}

void
log_line_parse(const char *text, struct log_line *ret_line)
{
	struct log_line line = { .origin = LOG_ANYONE, .uptime = UNKNOWN };
	const char *rest;

	text = skip_facility(skip_priority(text));
	if ((rest = take_record(text, &line))) {
		line.origin = LOG_KERNEL;
	} else if ((rest = take_uptime(text, &line))) {
		rest = take_known_tag(skip_blanks(rest), &line);
	} else if ((rest = take_time(text, &line))) {
		if (!memchr(text, ',', (size_t)(rest - text))) /* with a comma it is dmesg's */
			rest = take_tag(rest, &line);
		text = skip_blanks(rest);
		rest = take_uptime(text, &line);
		rest = rest ? rest : text;
	} else {
		rest = take_bracketed_time(text, &line);
		rest = rest ? rest : text;
	}
	line.message = skip_blanks(skip_caller(skip_blanks(rest)));
	*ret_line = line;
}

static int
month_of(const char *text)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < 12; i++)
		if (strncmp(text, months + (ptrdiff_t)3 * i, 3) == 0)
			return i;
	return -1;
}

/* "+01:00", "+0100" or "Z" in seconds; UNKNOWN where there is none. */
static int64_t
zone_of(const char *text)
{
	int sign = *text == '-' ? -1 : 1;
	int64_t hours, minutes;

	if (*text == 'Z')
		return 0;
	if (*text != '+' && *text != '-')
		return UNKNOWN;
	text++;
	if (!match(text, "00"))
		return UNKNOWN;
	hours = (text[0] - '0') * 10 + (text[1] - '0');
	text += 2 + (text[2] == ':');
	minutes = match(text, "00") ? (text[0] - '0') * 10 + (text[1] - '0') : 0;
	return sign * (hours * 3600 + minutes * 60);
}

static int64_t
nanoseconds(time_t time, int64_t part)
{
	return known_sum(known_product((int64_t)time, SECOND), part);
}

static void
take_clock(const char *text, struct tm *ret_time)
{
	ret_time->tm_hour = (int)scan_number(text);
	ret_time->tm_min = (int)scan_number(text + 3);
	ret_time->tm_sec = (int)scan_number(text + 6);
}

static int64_t
iso_time(const char *stamp)
{
	struct tm parts = { .tm_year = (int)scan_number(stamp) - 1900,
		.tm_mon = (int)scan_number(stamp + 5) - 1,
		.tm_mday = (int)scan_number(stamp + 8),
		.tm_isdst = -1 };
	const char *fraction = stamp + 19;
	size_t digits =
		*fraction == '.' || *fraction == ',' ? 1 + strspn(fraction + 1, "0123456789") : 0;
	int64_t zone = zone_of(fraction + digits);
	int64_t part = 0, place = SECOND;

	take_clock(stamp + 11, &parts);
	for (size_t i = 1; i < digits && place > 1; i++)
		part += (fraction[i] - '0') * (place /= 10);
	if (zone == UNKNOWN)
		return nanoseconds(mktime(&parts), part);
	return nanoseconds(timegm(&parts) - (time_t)zone, part);
}

/* The latest such day that is not after tomorrow. */
static int64_t
syslog_time(const char *stamp, int64_t now)
{
	struct tm parts = {
		.tm_mon = month_of(stamp), .tm_mday = (int)scan_number(stamp + 4), .tm_isdst = -1
	};
	time_t today = (time_t)(now / SECOND);
	struct tm local, again;
	time_t time;

	if (parts.tm_mon < 0 || now == UNKNOWN || !localtime_r(&today, &local))
		return UNKNOWN;
	take_clock(stamp + 7, &parts);
	parts.tm_year = local.tm_year;
	again = parts;
	time = mktime(&parts);
	if (time > today + 86400) {
		again.tm_year--;
		time = mktime(&again);
	}
	return nanoseconds(time, 0);
}

/* The month may be in another language: then the time is not known. */
static int64_t
ctime_time(const char *stamp)
{
	struct tm parts = { .tm_mon = month_of(stamp + 4), .tm_isdst = -1 };
	const char *clock = stamp + 11;

	if (!match(stamp, "aaa aaa _0 00:00:00 0000") || parts.tm_mon < 0)
		return UNKNOWN;
	parts.tm_mday = (int)scan_number(stamp + 8);
	parts.tm_year = (int)scan_number(clock + 9) - 1900;
	take_clock(clock, &parts);
	return nanoseconds(mktime(&parts), 0);
}

int64_t
log_line_time(const struct log_line *line, int64_t now)
{
	switch (line->stamp_form) {
	case STAMP_SYSLOG:
		return syslog_time(line->stamp, now);
	case STAMP_CTIME:
		return ctime_time(line->stamp);
	case STAMP_ISO:
		return iso_time(line->stamp);
	case STAMP_EPOCH:
		return seconds(line->stamp);
	case STAMP_NONE:
		break;
	}
	return UNKNOWN;
}
