// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/bar.h"

#include "base/known.h"
#include "base/unit.h"
#include "tui/grid.h"

#include <string.h>

enum { SIZE_COLUMNS = 5, LINE_SIZE = 4 * 1024, LEVELS = 8, MARKS = 4 };

static const char *
fill_of(const struct bar_part *part, enum charset charset, char ascii[static 2])
{
	ascii[0] = part->fill;
	ascii[1] = '\0';
	if (charset != CHARSET_UTF8)
		return ascii;
	if (!screen_has_colors() || part->fill == ' ')
		return part->shade;
	return part->block ? part->block : "\u2588";
}

static void
put_fill(WINDOW *window, int y, int x, int columns, enum style style, const char *fill)
{
	char text[LINE_SIZE];
	size_t length = strlen(fill), used = 0;

	for (int i = 0; i < columns && used + length < sizeof(text); i++) {
		memcpy(text + used, fill, length);
		used += length;
	}
	text[used] = '\0';
	screen_put(window, y, x, style, text);
}

void
bar_draw(WINDOW *window, int y, int x, int width, const struct bar_part *parts, size_t count,
	int64_t total, enum charset charset)
{
	int64_t sum = 0;
	int start = 0;

	for (size_t i = 0; i < count && total > 0; i++) {
		char ascii[2];
		int end;

		sum += known_or_zero(parts[i].bytes);
		end = (int)((double)sum / (double)total * width + 0.5);
		end = end > width ? width : end;
		put_fill(window, y, x + start, end - start, parts[i].style,
			fill_of(&parts[i], charset, ascii));
		start = end;
	}
}

void
bar_legend(WINDOW *window, int y, int x, const struct bar_part *parts, size_t count, bool only_some,
	enum charset charset)
{
	bool has_marks = !screen_has_colors();

	x -= has_marks && x >= MARKS ? MARKS : 0;
	for (size_t i = 0; i < count; i++) {
		char ascii[2], size[UNIT_FORMAT_SIZE];

		if (only_some && known_or_zero(parts[i].bytes) == 0)
			continue;
		if (has_marks && parts[i].fill != ' ')
			x += screen_put(
				window, y, x, parts[i].style, fill_of(&parts[i], charset, ascii));
		x += screen_put(window, y, x, parts[i].style, parts[i].name);
		unit_format(size, UNIT_BYTES, parts[i].bytes, SCALE_HUMAN);
		x += screen_printf(window, y, x, STYLE_NORMAL, " %*s", SIZE_COLUMNS, size);
		x += has_marks ? 1 : 2;
	}
}

bool
trend_draw(const struct heading *heading, const void *row, WINDOW *window, int y,
	enum charset charset, enum style style)
{
	static const char *const marks[2][LEVELS] = {
		{ ".", ":", "-", "=", "+", "*", "#", "@" },
		{ "\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587", "\u2588" },
	};
	const char *levels;

	if (strcmp(heading->column->name, "growth_trend") != 0)
		return false;
	levels = column_text(heading->column, row);
	for (int i = 0; levels && levels[i] && i < heading->room; i++)
		screen_put(window, y, heading->x + i, style,
			levels[i] < '0' || levels[i] >= '0' + LEVELS
				? " "
				: marks[charset == CHARSET_UTF8][levels[i] - '0']);
	return levels != NULL;
}

void
series_add(struct series *series, int64_t time, int64_t value)
{
	if (series->count > 0 && series->last_time == time)
		return;
	if (series->count == 0) {
		series->first = value;
		series->first_time = time;
	}
	if (series->count == SERIES_VALUES)
		memmove(series->values, series->values + 1,
			--series->count * sizeof(series->values[0]));
	series->values[series->count++] = value;
	series->last_time = time;
}

/* The bottom and the top of a graph. */
static void
find_range(const int64_t *values, size_t count, int64_t *ret_least, int64_t *ret_most)
{
	int64_t least = INT64_MAX, most = 0;

	for (size_t i = 0; i < count; i++) {
		if (values[i] == UNKNOWN)
			continue;
		least = values[i] < least ? values[i] : least;
		most = values[i] > most ? values[i] : most;
	}
	*ret_least = most - least > most / 4 || least == INT64_MAX ? 0 : least - (most - least) / 4;
	*ret_most = most;
}

/* The character of a cell that is filled by so many levels. */
const char *
bar_level(int level, enum charset charset)
{
	static const char *const blocks[] = { " ", "\u2581", "\u2582", "\u2583", "\u2584", "\u2585",
		"\u2586", "\u2587", "\u2588" };
	static const char *const marks[] = { " ", ".", ":", "-", "=", "+", "*", "#", "#" };

	level = level < 0 ? 0 : level > LEVELS ? LEVELS : level;
	return charset == CHARSET_UTF8 ? blocks[level] : marks[level];
}

void
bars_draw(WINDOW *window, int y, int x, int height, const int64_t *values, size_t count,
	int64_t least, int64_t top, enum style style, enum charset charset)
{
	for (size_t i = 0; i < count; i++) {
		double part = top > least ? (double)(values[i] - least) / (double)(top - least) : 0;
		int filled = values[i] == UNKNOWN ? 0 : (int)(part * height * LEVELS + 0.5);

		filled += values[i] > 0 && filled == 0; /* little is more than nothing */
		for (int line = 0; line < height; line++)
			screen_put(window, y + height - 1 - line, x + (int)i, style,
				bar_level(filled - line * LEVELS, charset));
	}
}

void
graph_draw(WINDOW *window, int y, int x, int width, int height, const struct series *series,
	int64_t top, enum style style, enum charset charset)
{
	size_t shown = series->count < (size_t)width ? series->count : (size_t)width;
	const int64_t *values = series->values + series->count - shown;
	int64_t least = 0, most = top;

	if (top <= 0)
		find_range(values, shown, &least, &most);
	bars_draw(window, y, x + width - (int)shown, height, values, shown, least, most, style,
		charset);
}
