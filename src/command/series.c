// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/series.h"

#include "base/cleanup.h"
#include "base/known.h"
#include "base/macros.h"
#include "base/memory.h"
#include "base/sort.h"
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MOST_SECONDS 9e9

enum { LINE_SIZE = 4096, VALUES_SIZE = 128 };

/* A text without the blanks around it. */
static char *
trimmed(char *text)
{
	size_t length;

	while (isspace((unsigned char)*text))
		text++;
	length = strlen(text);
	while (length > 0 && isspace((unsigned char)text[length - 1]))
		length--;
	text[length] = '\0';
	return text;
}

static bool
parse_time(const char *text, int64_t *ret_time)
{
	double seconds;

	if (text_to_decimal(text, &seconds) < 0 || seconds > MOST_SECONDS)
		return false;
	*ret_time = known_rounded(seconds * (double)NS_PER_SEC);
	return true;
}

static bool
parse_bytes(const char *text, int64_t *ret_bytes)
{
	bool is_unknown = !*text || strcmp(text, "-") == 0;

	*ret_bytes = UNKNOWN;
	return is_unknown || (text_to_number(text, ret_bytes) == 0 && *ret_bytes != UNKNOWN);
}

static bool
is_word(const char *text)
{
	return *text && !isdigit((unsigned char)*text) && *text != '-' && *text != '.';
}

/* Takes a line apart. Returns what is wrong with it, or NULL. */
static const char *
take_line(struct series *series, const char *text, bool *has_heading)
{
	struct series_point point;
	char copy[VALUES_SIZE], *line = copy, *bytes;

	if (!strchr(text, ',') || strlen(text) >= sizeof(copy))
		return "is not SECONDS,BYTES";
	strcpy(copy, text);
	bytes = strchr(copy, ',');
	*bytes = '\0';
	line = trimmed(line);
	bytes = trimmed(bytes + 1);
	if (!*has_heading && series->count == 0 && is_word(line) && is_word(bytes)) {
		*has_heading = true;
		return NULL;
	}
	if (!parse_time(line, &point.time))
		return "has no seconds from 0 to 9000000000";
	if (!parse_bytes(bytes, &point.bytes))
		return "has no whole number of bytes";
	if (series->count > 0 && point.time < series->points[series->count - 1].time)
		return "is earlier than the line before";
	if (series->count == SERIES_MOST)
		return "is one too many: 4194304 values can be read";
	series->points =
		array_reserve(series->points, &series->capacity, series->count + 1, sizeof(point));
	series->points[series->count++] = point;
	return NULL;
}

static void
describe(char error[static SERIES_ERROR_SIZE], size_t number, const char *wrong, const char *line)
{
	char safe[SERIES_ERROR_SIZE / 4];

	text_safe(safe, sizeof(safe), line, charset_of_locale());
	snprintf(error, SERIES_ERROR_SIZE, "line %zu %s: '%s'", number, wrong, safe);
}

int
series_read(FILE *file, struct series *series, char error[static SERIES_ERROR_SIZE])
{
	char line[LINE_SIZE];
	bool has_heading = false;

	errno = 0;
	for (size_t number = 1; fgets(line, sizeof(line), file); number++) {
		bool is_whole = strchr(line, '\n') || feof(file);
		const char *text = trimmed(line), *wrong = NULL;

		if (!is_whole)
			wrong = "is no text of at most 4094 bytes";
		else if (*text && *text != '#')
			wrong = take_line(series, text, &has_heading);
		if (wrong) {
			describe(error, number, wrong, text);
			return -EINVAL;
		}
	}
	return ferror(file) ? (errno ? -errno : -EIO) : 0;
}

void
series_finish(struct series *series)
{
	free(series->points);
}

int64_t
series_interval(const struct series *series)
{
	size_t count = series->count > 1 ? series->count - 1 : 0;
	_cleanup_free_ int64_t *intervals = xcalloc(count + 1, sizeof(*intervals));

	for (size_t i = 0; i < count; i++)
		intervals[i] = series->points[i + 1].time - series->points[i].time;
	qsort(intervals, count, sizeof(*intervals), compare_int64);
	return intervals[count / 2];
}
