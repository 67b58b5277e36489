// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/filter-line.h"

#include "base/macros.h"
#include "tui/context.h"

#include <stdio.h>
#include <string.h>

/* A heading, a row, this line and the last one. */
enum {
	LEAST_HEIGHT = 4,
	EXPRESSION_SIZE = 16 * PROMPT_SIZE,
	TAIL_SIZE = 160,
	LEAST_TEXT = 8,
	MUCH_TEXT = 20
};

static const char label[] = "filter ", cut[] = "...";

static bool
is_active(const struct tui *tui)
{
	return tui->filter_text[0] || tui->given_filter;
}

int
filter_line_height(const struct tui *tui, int window_height)
{
	return tui->snapshot && tui->view->listing && is_active(tui) &&
	       window_height >= LEAST_HEIGHT;
}

/* Both filters hold: that of the command line and what was typed. */
static void
expression(const struct tui *tui, char text[static EXPRESSION_SIZE])
{
	char plain[EXPRESSION_SIZE / 4];
	const char *given = tui->given_filter ? tui->given_filter : "";

	snprintf(plain, sizeof(plain), "%s%s%s", given,
		*given && tui->filter_text[0] ? " and " : "", tui->filter_text);
	text_safe(text, EXPRESSION_SIZE, plain, tui->charset);
}

/* Writes a text that is cut where it does not fit, with a mark. Returns the columns it took. */
static int
put_cut(WINDOW *window, int y, int x, int width, const char *text)
{
	int marked = (int)strlen(cut);

	if ((int)text_width(text) <= width)
		return screen_put(window, y, x, width, STYLE_BOLD, false, text);
	if (width <= marked)
		return 0;
	x += screen_put(window, y, x, width - marked, STYLE_BOLD, false, text);
	screen_put(window, y, x, marked, STYLE_BOLD, false, cut);
	return width;
}

/* How what stands behind the filter is said, from the longest to the shortest. */
static const struct {
	const char *count, *one, *end;
	int gap; /* before the end */
} forms[] = {
	{ "  %zu processes  %s", "  %zu process  %s", "Esc ends it", 2 },
	{ "  %zu  %s", "  %zu  %s", "Esc ends it", 2 },
	{ "  %zu  %s", "  %zu  %s", "Esc", 1 },
};

/* What stands behind the filter, and how many columns are left for that. */
struct tail {
	char text[TAIL_SIZE];
	const char *end;
	int left, gap;
};

static struct tail
tail_of(const struct tui *tui, size_t form, int width)
{
	struct tail tail = { .end = tui->filter_text[0] ? forms[form].end : "" };
	char sum[FOOTPRINT_TEXT_SIZE];
	size_t count = tui->rows.count + tui->rows.left_out; /* folded rows pass as well */

	footprint_text(&tui->footprint, SCALE_HUMAN, sum);
	snprintf(tail.text, sizeof(tail.text), count == 1 ? forms[form].one : forms[form].count,
		count, sum);
	tail.gap = forms[form].gap;
	tail.left =
		width - (int)(sizeof(label) - 1 + strlen(tail.text) + strlen(tail.end)) - tail.gap;
	return tail;
}

/* The longest one with which all of the filter fits, or much of it. */
static struct tail
best_tail(const struct tui *tui, int width, int wanted)
{
	size_t count = ARRAY_SIZE(forms);
	struct tail tail;

	for (size_t i = 0; i < count; i++) {
		tail = tail_of(tui, i, width);
		if (tail.left >= wanted)
			return tail;
	}
	for (size_t i = 0; i < count; i++) {
		tail = tail_of(tui, i, width);
		if (tail.left >= MUCH_TEXT)
			break;
	}
	return tail;
}

static void
draw_sum(const struct tui *tui, WINDOW *window, int y)
{
	char text[EXPRESSION_SIZE];
	int width = getmaxx(window), used, end;
	struct tail tail;

	expression(tui, text);
	tail = best_tail(tui, width, (int)text_width(text));
	end = (int)strlen(tail.end);
	used = screen_put(window, y, 0, width, STYLE_BOLD, false, label);
	used += put_cut(window, y, used, tail.left > LEAST_TEXT ? tail.left : LEAST_TEXT, text);
	used += screen_put(window, y, used, width - used, STYLE_BOLD, false, tail.text);
	if (used + tail.gap + end <= width)
		screen_put(window, y, width - end, end, STYLE_BOLD, false, tail.end);
}

/* Kernel threads that it lets through may be hidden. */
static void
draw_nothing(const struct tui *tui, WINDOW *window, int y)
{
	static const char nothing[] = "nothing passes the filter ";
	const char *end = tui->hidden_kernel_threads && tui->filter_text[0]
				  ? ", K shows kernel threads, Esc ends it"
			  : tui->hidden_kernel_threads ? ", K shows kernel threads"
			  : tui->filter_text[0]        ? ", Esc ends it"
						       : "";
	char text[EXPRESSION_SIZE];
	int width = getmaxx(window), used, left;

	expression(tui, text);
	used = screen_put(window, y, 0, width, STYLE_BOLD, false, nothing);
	left = width - used - (int)strlen(end);
	used += put_cut(window, y, used, left, text);
	screen_put(window, y, used, width - used, STYLE_BOLD, false, end);
}

void
filter_line_draw(const struct tui *tui, WINDOW *window, int y)
{
	if (tui->rows.count == 0)
		draw_nothing(tui, window, y);
	else
		draw_sum(tui, window, y);
}
