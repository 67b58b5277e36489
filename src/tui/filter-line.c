// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/header.h"

#include "base/macros.h"
#include "model/snapshot.h"
#include "tui/app.h"
#include "tui/process-list.h"
#include "tui/screen.h"
#include "tui/table-view.h"

#include <stdio.h>
#include <string.h>

/* A heading, a row, this line and the last line. */
enum {
	LEAST_HEIGHT = 4,
	EXPRESSION_SIZE = 16 * PROMPT_SIZE,
	TAIL_SIZE = 160,
	COUNT_SIZE = 48,
	LEAST_TEXT = 8,
	MUCH_TEXT = 20
};

static const char label[] = "filter ", cut[] = "...";

/* The filter of the command line, if the rows are processes. */
static const char *
given_filter(struct app *app)
{
	const char *given = app->processes->given_filter;

	return app_table(app) == &app->processes->table && given ? given : "";
}

int
filter_line_height(struct app *app, int window_height)
{
	return app->snapshot && window_height >= LEAST_HEIGHT && app->view->table &&
	       (app_table(app)->filter_text[0] || *given_filter(app));
}

/* Joins the filter of the command line and the typed one. */
static void
expression(struct app *app, char text[static EXPRESSION_SIZE])
{
	char plain[EXPRESSION_SIZE / 4];
	const char *given = given_filter(app), *typed = app_table(app)->filter_text;

	snprintf(plain, sizeof(plain), "%s%s%s", given, *given && *typed ? " and " : "", typed);
	text_safe(text, EXPRESSION_SIZE, plain, app->charset);
}

/* Writes a text, cut with a mark if it does not fit. Returns the columns used. */
static int
put_cut(WINDOW *window, int y, int x, int width, const char *text)
{
	int marked = (int)strlen(cut);

	if ((int)text_width(text) <= width)
		return screen_put(window, y, x, STYLE_BOLD, text);
	if (width <= marked)
		return 0;
	x += screen_put_within(window, y, x, width - marked, STYLE_BOLD, text);
	screen_put(window, y, x, STYLE_BOLD, cut);
	return width;
}

/* Forms of the text after the filter, from the longest to the shortest. */
static const struct {
	bool has_words;
	const char *end;
	int gap; /* before the end */
} forms[] = { { true, "Esc ends it", 2 }, { false, "Esc ends it", 2 }, { false, "Esc", 1 } };

/* The text after the filter, and the columns left for the filter. */
struct tail {
	char text[TAIL_SIZE];
	const char *end;
	int left, gap;
};

/* "  5 of 80 processes  PSS 1.9G", or of other tables "  5 rows". */
static void
write_count(struct app *app, bool has_words, char text[static TAIL_SIZE])
{
	const struct table_view *view = app_table(app);
	size_t count = view->rows.count + view->rows.left_out; /* folded rows pass too */
	size_t all = app->snapshot->process_count;
	char sum[FOOTPRINT_TEXT_SIZE], words[COUNT_SIZE] = "";

	if (view != &app->processes->table) {
		snprintf(text, TAIL_SIZE, "  %zu%s", count,
			!has_words   ? ""
			: count == 1 ? " row"
				     : " rows");
		return;
	}
	if (has_words)
		snprintf(words, sizeof(words), " of %zu process%s", all, all == 1 ? "" : "es");
	footprint_text(&app->processes->footprint, SCALE_HUMAN, sum);
	snprintf(text, TAIL_SIZE, "  %zu%s  %s", count, words, sum);
}

static struct tail
tail_of(struct app *app, size_t form, int width)
{
	struct tail tail = { .end = app_table(app)->filter_text[0] ? forms[form].end : "" };

	write_count(app, forms[form].has_words, tail.text);
	tail.gap = forms[form].gap;
	tail.left =
		width - (int)(sizeof(label) - 1 + strlen(tail.text) + strlen(tail.end)) - tail.gap;
	return tail;
}

/* The longest form that leaves enough space for all of the filter, or for much of it. */
static struct tail
best_tail(struct app *app, int width, int wanted)
{
	const int enough[] = { wanted, MUCH_TEXT };
	struct tail tail;

	for (size_t i = 0; i < ARRAY_SIZE(enough); i++)
		for (size_t form = 0; form < ARRAY_SIZE(forms); form++) {
			tail = tail_of(app, form, width);
			if (tail.left >= enough[i])
				return tail;
		}
	return tail;
}

static void
draw_sum(struct app *app, WINDOW *window, int y)
{
	char text[EXPRESSION_SIZE];
	int width = getmaxx(window), used, end;
	struct tail tail;

	expression(app, text);
	tail = best_tail(app, width, (int)text_width(text));
	end = (int)strlen(tail.end);
	used = screen_put(window, y, 0, STYLE_BOLD, label);
	used += put_cut(window, y, used, tail.left > LEAST_TEXT ? tail.left : LEAST_TEXT, text);
	used += screen_put(window, y, used, STYLE_BOLD, tail.text);
	if (used + tail.gap + end <= width)
		screen_put_right(window, y, width, STYLE_BOLD, tail.end);
}

/* Matching kernel threads may be hidden. */
static void
draw_nothing(struct app *app, WINDOW *window, int y)
{
	static const char nothing[] = "nothing passes the filter ";
	const struct table_view *view = app_table(app);
	bool hides = view == &app->processes->table && app->processes->hidden_kernel_threads;
	char text[EXPRESSION_SIZE], end[64];
	int width = getmaxx(window), used, left;

	expression(app, text);
	snprintf(end, sizeof(end), "%s%s", hides ? ", K shows kernel threads" : "",
		view->filter_text[0] ? ", Esc ends it" : "");
	used = screen_put(window, y, 0, STYLE_BOLD, nothing);
	left = width - used - (int)strlen(end);
	used += put_cut(window, y, used, left, text);
	screen_put(window, y, used, STYLE_BOLD, end);
}

void
filter_line_draw(struct app *app, WINDOW *window, int y)
{
	if (app_table(app)->rows.count == 0)
		draw_nothing(app, window, y);
	else
		draw_sum(app, window, y);
}
