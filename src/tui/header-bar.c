// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/known.h"
#include "base/macros.h"
#include "model/snapshot.h"
#include "model/verdict.h"
#include "tui/app.h"
#include "tui/bar.h"
#include "tui/header.h"
#include "tui/screen.h"

#include <stdio.h>
#include <string.h>

#define FIELD(name) offsetof(struct system, name)

enum { LABEL = 5, LEAST_BAR = 10, SIZE_COLUMNS = 5, TEXT_SIZE = 256, HUGE_WIDTH = 96 };

/*
 * The parts of the memory bar, as system_split() makes them: they add up to MemTotal and do not
 * overlap. What nobody can give back comes first.
 */
enum { ANON, SHARED, KERNEL, HUGE, OTHER, CACHE, FREE, PARTS };

/* clang-format off */
static const struct {
	struct bar_part part;
	size_t offset;
} parts[PARTS] = {
	[ANON]   = { { "anon",   "\u2588", '#', STYLE_ANON,   0 }, FIELD(anon) },
	[SHARED] = { { "shared", "\u2593", '=', STYLE_SHARED, 0 }, FIELD(shared) },
	[KERNEL] = { { "kernel", "\u2592", '-', STYLE_KERNEL, 0 }, FIELD(kernel_memory) },
	[HUGE]   = { { "huge",   "\u259a", '*', STYLE_HUGE,   0 }, FIELD(hugetlb) },
	[OTHER]  = { { "other",  "\u259e", '?', STYLE_OTHER,  0 }, FIELD(other) },
	[CACHE]  = { { "cache",  "\u2591", '+', STYLE_CACHE,  0 }, FIELD(file_cache) },
	[FREE]   = { { "free",   " ",      ' ', STYLE_NORMAL, 0 }, FIELD(free) },
};
/* clang-format on */

/*
 * Fills in the sizes. Where there is no space for a further name, huge pages are among the others.
 * Returns the number of parts.
 */
static size_t
list_parts(const struct system *system, WINDOW *window, struct bar_part ret_parts[static PARTS])
{
	int64_t huge = system_figure(system, parts[HUGE].offset);
	bool has_huge = known_or_zero(huge) > 0 && getmaxx(window) >= HUGE_WIDTH;
	size_t count = 0;

	for (size_t i = 0; i < PARTS; i++) {
		if (i == HUGE && !has_huge)
			continue;
		ret_parts[count] = parts[i].part;
		ret_parts[count].bytes = system_figure(system, parts[i].offset);
		if (i == OTHER && !has_huge && ret_parts[count].bytes != UNKNOWN)
			ret_parts[count].bytes += known_or_zero(huge);
		count++;
	}
	return count;
}

/* A bar with marks at its ends, so that full is seen. */
static void
draw_bar(const struct app *app, WINDOW *window, int y, int width, const struct bar_part *list,
	size_t count, int64_t total)
{
	screen_put(window, y, LABEL - 1, STYLE_DIM, "[");
	bar_draw(window, y, LABEL, width, list, count, total, app->charset);
	screen_put(window, y, LABEL + width, STYLE_DIM, "]");
}

/* Writes a size into its fixed space. */
static const char *
size_text(char text[static UNIT_FORMAT_SIZE], int64_t bytes)
{
	unit_format(text, UNIT_BYTES, bytes, SCALE_HUMAN);
	return text;
}

void
header_draw_memory(struct app *app, WINDOW *window, int y)
{
	const struct system *s = &app->snapshot->system;
	char available[UNIT_FORMAT_SIZE], used[UNIT_FORMAT_SIZE], total[UNIT_FORMAT_SIZE];
	struct bar_part list[PARTS];
	char text[TEXT_SIZE];
	int length = snprintf(text, sizeof(text), "%5s available  %5s used of %5s",
		size_text(available, s->available), size_text(used, s->used),
		size_text(total, s->total));
	int bar = getmaxx(window) - LABEL - 2 - length;

	screen_put(window, y, 0, STYLE_BOLD, "Mem");
	if (bar < LEAST_BAR) {
		screen_put(window, y, LABEL - 1, STYLE_NORMAL, text);
		return;
	}
	draw_bar(app, window, y, bar, list, list_parts(s, window, list), s->total);
	screen_put_right(window, y, getmaxx(window), STYLE_NORMAL, text);
}

void
header_draw_legend(struct app *app, WINDOW *window, int y)
{
	struct bar_part list[PARTS];
	size_t count = list_parts(&app->snapshot->system, window, list);

	bar_legend(window, y, LABEL - 1, list, count, false, app->charset);
}

static enum style
style_of_stall(int64_t share)
{
	int64_t much = verdict_thresholds[MUCH_STALL].value;

	return share >= much ? STYLE_ALARM : share * 10 >= much ? STYLE_WARNING : STYLE_NORMAL;
}

/* A figure behind the swap bar, for lines of at least this width. Its place is fixed. */
struct figure {
	const char *label, *behind;
	enum unit unit;
	size_t offset;
	int least_width;
	enum style (*style)(int64_t number); /* NULL: always normal */
};

/* clang-format off */
static const struct figure figures[] = {
	{ "  in ", "/s", UNIT_BYTES_PER_SECOND, FIELD(swap_in_bytes_rate), 60, NULL },
	{ " out ", "/s", UNIT_BYTES_PER_SECOND, FIELD(swap_out_bytes_rate), 60, NULL },
	{ "  stalled ", "%", UNIT_PERCENT, FIELD(full_avg10), 0, style_of_stall },
	{ "  major ", "/s", UNIT_RATE, FIELD(major_fault_rate), 96, NULL },
	{ "  faults ", "/s", UNIT_RATE, FIELD(fault_rate), 120, NULL },
	{ "  reclaim ", "/s", UNIT_BYTES_PER_SECOND, FIELD(reclaim_bytes_rate), 140, NULL },
};
/* clang-format on */

static int
width_of(const struct figure *figure, WINDOW *window)
{
	return getmaxx(window) < figure->least_width
		       ? 0
		       : (int)(strlen(figure->label) + strlen(figure->behind)) + SIZE_COLUMNS;
}

static int
draw_figure(const struct figure *figure, const struct system *system, WINDOW *window, int y, int x)
{
	int64_t number = system_figure(system, figure->offset);
	char text[UNIT_FORMAT_SIZE];
	int end = x + width_of(figure, window);

	if (end == x)
		return end;
	unit_format(text, figure->unit, number, SCALE_HUMAN);
	x += screen_put(window, y, x, STYLE_NORMAL, figure->label);
	screen_printf(window, y, x,
		figure->style && number != UNKNOWN ? figure->style(number) : STYLE_NORMAL, "%*s%s",
		SIZE_COLUMNS, text, number == UNKNOWN ? "" : figure->behind);
	return end;
}

void
header_draw_swap(struct app *app, WINDOW *window, int y)
{
	const struct system *s = &app->snapshot->system;
	char used[UNIT_FORMAT_SIZE], total[UNIT_FORMAT_SIZE], text[TEXT_SIZE];
	struct bar_part part = parts[ANON].part;
	bool has_swap = s->swap_total != 0;
	int behind, bar, x;

	snprintf(text, sizeof(text), "%5s of %5s", size_text(used, s->swap_used),
		size_text(total, s->swap_total));
	behind = (int)strlen(text);
	for (size_t i = 0; i < ARRAY_SIZE(figures); i++)
		behind += width_of(&figures[i], window);
	bar = getmaxx(window) - LABEL - 2 - behind;
	screen_put(window, y, 0, STYLE_BOLD, "Swap");
	part.bytes = s->swap_used;
	if (bar >= LEAST_BAR && has_swap)
		draw_bar(app, window, y, bar, &part, 1, known_or_zero(s->swap_total));
	x = bar >= LEAST_BAR ? getmaxx(window) - behind : LABEL;
	screen_put(window, y, has_swap ? x : LABEL, STYLE_NORMAL, has_swap ? text : "none");
	x += (int)strlen(text);
	for (size_t i = 0; i < ARRAY_SIZE(figures); i++)
		x = draw_figure(&figures[i], s, window, y, x);
}
