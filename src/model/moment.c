// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/moment.h"

#include "base/macros.h"
#include "base/text.h"
#include "base/unit.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

static const struct {
	const char *name;
	enum moment_kind kind;
} names[] = {
	{ "first", MOMENT_FIRST },
	{ "last", MOMENT_LAST },
	{ "oom", MOMENT_LAST_KILL },
};

static struct moment
at(int64_t time)
{
	return (struct moment){ .kind = MOMENT_AT, .time = time };
}

static struct tm
local_time(int64_t ns)
{
	time_t seconds = ns / NS_PER_SEC;
	struct tm time;

	localtime_r(&seconds, &time);
	return time;
}

static bool
is_same_time(const struct tm *a, const struct tm *b)
{
	return a->tm_mday == b->tm_mday && a->tm_hour == b->tm_hour && a->tm_min == b->tm_min &&
	       a->tm_sec == b->tm_sec;
}

/* Seconds since the epoch; INT64_MIN: no clock shows that time, with or without summer time. */
static int64_t
time_of(const struct tm *wanted, int is_summer)
{
	struct tm trial = *wanted, back;
	time_t seconds;

	trial.tm_isdst = is_summer;
	seconds = mktime(&trial);
	localtime_r(&seconds, &back);
	return is_same_time(&back, wanted) ? seconds : INT64_MIN;
}

/* When summer time ends, an hour is there twice. */
static int64_t
later_of(const struct tm *wanted)
{
	int64_t winter = time_of(wanted, 0), summer = time_of(wanted, 1);

	return winter > summer ? winter : summer;
}

bool
moment_is_twice(int64_t time)
{
	const struct tm local = local_time(time);
	int64_t winter = time_of(&local, 0), summer = time_of(&local, 1);

	return winter != summer && winter != INT64_MIN && summer != INT64_MIN;
}

/* Returns UNKNOWN if it is before 1970 or too far. */
static int64_t
as_ns(int64_t seconds)
{
	return seconds < 0 || seconds > INT64_MAX / NS_PER_SEC - 1 ? UNKNOWN : seconds * NS_PER_SEC;
}

/* A time that summer time leaves out is taken as the hour after it. */
static int64_t
from_local(const struct tm *wanted)
{
	struct tm trial = *wanted;
	int64_t seconds = later_of(wanted);

	trial.tm_isdst = -1;
	if (seconds == INT64_MIN)
		seconds = mktime(&trial);
	return as_ns(seconds);
}

/* Takes two digits, at most `most`. */
static const char *
take_number(const char *text, int most, int *ret_number)
{
	if (!text || !isdigit((unsigned char)text[0]) || !isdigit((unsigned char)text[1]))
		return NULL;
	*ret_number = (text[0] - '0') * 10 + text[1] - '0';
	return *ret_number <= most ? text + 2 : NULL;
}

static const char *
take_character(const char *text, char character)
{
	return text && *text == character ? text + 1 : NULL;
}

/* HH:MM, with :SS and a fraction if they are there. Returns the rest, or NULL. */
static const char *
take_clock(const char *text, struct tm *time)
{
	const char *seconds;

	time->tm_sec = 0;
	text = take_number(text, 23, &time->tm_hour);
	text = take_number(take_character(text, ':'), 59, &time->tm_min);
	seconds = take_number(take_character(text, ':'), 60, &time->tm_sec);
	if (!seconds)
		return text && *text == ':' ? NULL : text;
	if (*seconds == '.')
		seconds += 1 + strspn(seconds + 1, "0123456789");
	return seconds;
}

/* The last time at or before `now` that the clock showed this. */
static int
parse_clock(const char *text, int64_t now, int days_ago, struct moment *ret_moment)
{
	struct tm wanted = local_time(now);
	const char *end;

	wanted.tm_mday -= days_ago;
	end = take_clock(text, &wanted);
	if (!end || *end)
		return -EINVAL;
	for (int day = 0; day < 2; day++) {
		struct tm trial = wanted;

		trial.tm_mday -= day;
		trial.tm_isdst = -1;
		mktime(&trial); /* the day of the calendar */
		trial.tm_hour = wanted.tm_hour;
		trial.tm_min = wanted.tm_min;
		trial.tm_sec = wanted.tm_sec;
		*ret_moment = at(from_local(&trial));
		if (ret_moment->time <= now || days_ago > 0)
			return 0;
	}
	return 0;
}

/* The fraction of a time that was given to the millisecond, as JSON has it. */
static int64_t
fraction_of(const char *text)
{
	const char *point = strchr(text, '.');
	int64_t ns = 0, unit = NS_PER_SEC / 10;

	for (point = point ? point + 1 : ""; isdigit((unsigned char)*point); point++, unit /= 10)
		ns += (*point - '0') * unit;
	return ns;
}

/* Z, or the offset to UTC: +01:00. Returns whether it is one of these. */
static bool
take_zone(const char *text, int64_t *ret_seconds)
{
	int hours = 0, minutes = 0;
	const char *end;

	*ret_seconds = 0;
	if (strcmp(text, "Z") == 0)
		return true;
	if (*text != '+' && *text != '-')
		return false;
	end = take_number(text + 1, 23, &hours);
	if (end && *end == ':')
		end++;
	end = take_number(end, 59, &minutes);
	*ret_seconds = (*text == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
	return end && !*end;
}

/* A date, and a time after a blank or T. Without one it is 00:00. */
static int
parse_date(const char *text, struct moment *ret_moment)
{
	struct tm wanted = { .tm_isdst = -1 };
	const char *end = strptime(text, "%Y-%m-%d", &wanted);
	int64_t offset;

	wanted.tm_hour = wanted.tm_min = wanted.tm_sec = 0;
	if (end && (*end == ' ' || *end == 'T'))
		end = take_clock(end + 1, &wanted);
	if (!end)
		return -EINVAL;
	if (!*end)
		*ret_moment = at(from_local(&wanted));
	else if (take_zone(end, &offset))
		*ret_moment = at(as_ns(timegm(&wanted) - offset));
	else
		return -EINVAL;
	ret_moment->time += fraction_of(text);
	return ret_moment->time < 0 ? -EINVAL : 0;
}

static int
parse_span(const char *text, int64_t now, struct moment *ret_moment)
{
	int64_t span;

	if (unit_parse(UNIT_SPAN, text + 1, &span) < 0 || span < 0 || span > now)
		return -EINVAL;
	*ret_moment = at(*text == '-' ? now - span : now + span);
	return 0;
}

static int
parse_epoch(const char *text, struct moment *ret_moment)
{
	double seconds;

	if (text_to_decimal(text, &seconds) < 0 || seconds > (double)INT64_MAX / NS_PER_SEC / 2)
		return -EINVAL;
	*ret_moment = at((int64_t)(seconds * NS_PER_SEC));
	return 0;
}

int
moment_parse(const char *text, int64_t now, struct moment *ret_moment)
{
	static const char yesterday[] = "yesterday";
	size_t length = sizeof(yesterday) - 1;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(text, names[i].name) == 0) {
			*ret_moment = (struct moment){ .kind = names[i].kind };
			return 0;
		}
	if (*text == '@')
		return parse_epoch(text + 1, ret_moment);
	if (*text == '-' || *text == '+')
		return parse_span(text, now, ret_moment);
	if (strncmp(text, yesterday, length) == 0)
		return parse_clock(text[length] ? text + length + 1 : "00:00", now, 1, ret_moment);
	if (parse_clock(text, now, 0, ret_moment) == 0)
		return 0;
	return parse_date(text, ret_moment);
}
