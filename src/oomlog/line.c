// SPDX-License-Identifier: GPL-3.0-or-later
#include "oomlog/line.h"

#include "base/known.h"
#include "base/macros.h"
#include "base/scan.h"

#include <ctype.h>
#include <string.h>

/* The state of FNV-1a, a hash. */
#define HASH_START UINT64_C(14695981039346656037)
#define HASH_PRIME UINT64_C(1099511628211)

static const char *
skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "815.295603" in microseconds. */
static int64_t
microseconds(const char *text)
{
	int64_t whole = scan_next_number(&text), part = 0, place = US_PER_SEC;

	if (*text == '.')
		for (text++; is_digit(*text) && place > 1; text++)
			part += (*text - '0') * (place /= 10);
	return known_sum(known_product(whole, US_PER_SEC), part);
}

/* "[  815.295603]", "[  815.295603 <    0.000012>]", "[  815.295603,5]": the kernel's clock. */
static const char *
take_uptime(const char *text, struct log_line *line)
{
	const char *number = *text == '[' ? skip_blanks(text + 1) : "";
	size_t digits = strspn(number, "0123456789");
	const char *end = strchr(number, ']');

	if (digits == 0 || number[digits] != '.' || !end || !is_digit(number[digits + 1]))
		return NULL;
	line->uptime_us = microseconds(number);
	line->origin = line->origin == LOG_OTHER && !line->is_foreign ? LOG_KERNEL : line->origin;
	return end + 1;
}

/* dmesg -H and -d: "[  +0.000012]", "[<    0.000012>]" */
static const char *
take_difference(const char *text, struct log_line *line)
{
	const char *number = *text == '[' ? skip_blanks(text + 1) : "";
	const char *end = strchr(number, ']');

	if ((*number != '+' && *number != '<') || !end)
		return NULL;
	if (*number == '+')
		line->since_last_us = microseconds(number + 1);
	return end + 1;
}

/* "[Sun Nov 22 14:02:31 2026]", "[Nov22 14:02]", "[2026-11-22 14:02:31]", perhaps with a colon. */
static const char *
take_bracketed_stamp(const char *text, struct log_line *line)
{
	const char *end = *text == '[' ? log_stamp_read(skip_blanks(text + 1), &line->stamp) : NULL;

	if (!end || *end != ']')
		return NULL;
	line->has_stamp = true;
	return end + 1 + (end[1] == ':');
}

static const char *
take_stamp(const char *text, struct log_line *line)
{
	struct log_stamp stamp;
	const char *end = log_stamp_read(text, &stamp);

	if (!end || line->has_stamp || !*end || !strchr(" \t:", *end))
		return NULL;
	line->stamp = stamp;
	line->has_stamp = true;
	return end + (*end == ':');
}

/* "[ T1234]" or "[    C1]": the printing task or CPU (CONFIG_PRINTK_CALLER). */
static const char *
take_caller(const char *text, struct log_line *line)
{
	const char *caller = *text == '[' ? skip_blanks(text + 1) : "";
	size_t digits = *caller == 'T' || *caller == 'C' ? strspn(caller + 1, "0123456789") : 0;

	if (digits == 0 || caller[1 + digits] != ']')
		return NULL;
	line->has_caller = true;
	for (size_t i = 0; i <= digits; i++)
		line->source = (line->source ^ (unsigned char)caller[i]) * HASH_PRIME;
	return caller + digits + 2;
}

/* "6,1234,815295603,-;" and "6,1234,815295603,-,caller=T1;" */
static const char *
take_record(const char *text, struct log_line *line)
{
	const char *end = is_digit(*text) ? strchr(text, ';') : NULL, *at = text, *caller;
	int64_t uptime_us;

	for (int i = 0; end && i < 2; i++) {
		at += strspn(at, "0123456789");
		if (*at++ != ',')
			return NULL;
	}
	uptime_us = end ? scan_next_number(&at) : UNKNOWN;
	if (uptime_us == UNKNOWN || (*at != ',' && *at != ';'))
		return NULL;
	line->uptime_us = uptime_us;
	line->origin = LOG_KERNEL;
	caller = strstr(at, "caller=");
	line->has_caller = caller && caller < end;
	for (; line->has_caller && caller < end; caller++)
		line->source = (line->source ^ (unsigned char)*caller) * HASH_PRIME;
	return end + 1;
}

/* "<4>", followed by the version in RFC 5424. */
static const char *
take_priority(const char *text, struct log_line *line)
{
	size_t digits = *text == '<' ? strspn(text + 1, "0123456789") : 0;

	if (digits == 0 || text[1 + digits] != '>')
		return NULL;
	text += digits + 2;
	line->is_syslog = text[0] == '1' && text[1] == ' ';
	return text + (line->is_syslog ? 2 : 0);
}

static enum log_origin
origin_of(const char *tag, size_t length)
{
	static const struct {
		const char *tag;
		enum log_origin origin;
	} origins[] = {
		{ "kernel", LOG_KERNEL },
		{ "klogd", LOG_KERNEL },
		{ "systemd", LOG_SYSTEMD },
		{ "systemd-oomd", LOG_SYSTEMD_OOMD },
		{ "earlyoom", LOG_EARLYOOM },
	};

	for (size_t i = 0; i < ARRAY_SIZE(origins); i++)
		if (scan_is(tag, length, origins[i].tag))
			return origins[i].origin;
	return LOG_OTHER;
}

/* "kernel:", "earlyoom[123]:", "app[7]:"; "MESSAGE=" of the journal's fields. */
static const char *
take_tag(const char *text, struct log_line *line)
{
	size_t length = strcspn(text, " \t"), name = strcspn(text, "[: \t");
	enum log_origin origin = origin_of(text, name);

	if (scan_start(text, "MESSAGE="))
		return text + strlen("MESSAGE=");
	if (length < 2 || text[length - 1] != ':' || name == 0)
		return NULL;
	if (origin == LOG_OTHER && text[name] == '[') {
		line->origin = LOG_OTHER;
		line->is_foreign = true;
		return text + length;
	}
	if (origin == LOG_OTHER)
		return NULL;
	line->origin = origin;
	line->is_foreign = false;
	return text + length;
}

/* dmesg -x: "kern  :warn  :" */
static const char *
take_facility(const char *text, struct log_line *line)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	const char *colon = text + strspn(text, letters), *end;

	colon += strspn(colon, " ");
	if (colon - text != 6 || *colon != ':')
		return NULL;
	end = colon + 1 + strspn(colon + 1, letters);
	end += strspn(end, " ");
	return end[0] == ':' && end[1] == ' ' ? end + 1 : NULL;
}

/* A quotation, as in mail. */
static const char *
take_quote(const char *text, struct log_line *line)
{
	return text[0] == '>' && strchr(" >[", text[1]) ? text + 1 : NULL;
}

static const char *
take_known(const char *text, struct log_line *line)
{
	static const char *(*const things[])(const char *text, struct log_line *line) = {
		take_uptime,
		take_caller,
		take_difference,
		take_bracketed_stamp,
		take_priority,
		take_tag,
		take_facility,
		take_quote,
		take_stamp,
	};
	const char *end = NULL;

	for (size_t i = 0; !end && i < ARRAY_SIZE(things); i++)
		end = things[i](text, line);
	return end;
}

/*
 * An unknown word. In a syslog line the second word after the time is the program; with a colon
 * also the first.
 */
static uint64_t
take_word(const char *word, size_t length, int number, struct log_line *line, uint64_t source)
{
	bool is_tag = length > 1 && word[length - 1] == ':';
	bool has_letter = false;

	for (size_t i = 0; i < length; i++)
		has_letter = has_letter || isalpha((unsigned char)word[i]);
	for (size_t i = 0; has_letter && i < length; i++)
		source = (source ^ (unsigned char)word[i]) * HASH_PRIME;
	if (line->is_syslog && number == 1)
		line->origin = origin_of(word, length);
	else if (is_tag && number >= 0 && number < 2 && line->origin == LOG_ANYONE)
		line->origin = LOG_OTHER;
	return source;
}

void
log_line_parse(const char *text, const char *end, struct log_line *ret_line)
{
	struct log_line line = { .uptime_us = UNKNOWN,
		.since_last_us = UNKNOWN,
		.source = HASH_START,
		.stamp = { .zone = UNKNOWN, .epoch = UNKNOWN } };
	uint64_t source = 0;
	int number = -1; /* words since the time; -1: no time yet, or one of dmesg */
	const char *rest = take_record(text, &line);

	line.message = text = rest ? rest : text;
	for (text = skip_blanks(text); text < end; text = skip_blanks(text)) {
		size_t length;
		bool had_stamp = line.has_stamp;

		rest = take_known(text, &line);
		if (rest && rest <= end) {
			if (line.has_stamp && !had_stamp && *text != '[' &&
				!memchr(text, ',', (size_t)(rest - text)))
				number = 0;
			text = rest;
			line.message = skip_blanks(text);
			line.source ^= source; /* the rest may be a name */
			source = 0;
			continue;
		}
		length = strcspn(text, " \t");
		length = length < (size_t)(end - text) ? length : (size_t)(end - text);
		source = take_word(text, length, number, &line, source);
		number += number >= 0;
		text += length > 0 ? length : 1;
	}
	if (line.message > end)
		line.message = end;
	*ret_line = line;
}

static bool
is_letter(char c)
{
	return isalpha((unsigned char)c) || (unsigned char)c >= 0x80;
}

static const char *
skip_class(const char *text, const char *end, bool (*is_of)(char c))
{
	while (text < end && is_of(*text))
		text++;
	return text;
}

const char *
log_line_like(const char *line, const char *prefix, size_t length)
{
	const char *end = prefix + length;

	while (prefix < end) {
		bool (*class)(char) = is_digit(*prefix)    ? is_digit
				      : is_letter(*prefix) ? is_letter
							   : NULL;

		if (class && class(*line)) {
			prefix = skip_class(prefix, end, class);
			line = skip_class(line, line + strlen(line), class);
		} else if (*prefix == *line) {
			prefix++;
			line++;
		} else if (*prefix == ' ' && (is_digit(*line) || *line == ' ')) {
			prefix++; /* numbers are padded with blanks */
		} else if (*line == ' ' && is_digit(*prefix)) {
			line++;
		} else {
			return NULL;
		}
	}
	return line;
}
