// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/macros.h"
#include "model/snapshot.h"
#include "tui/app.h"
#include "tui/bar.h"
#include "tui/header.h"
#include "tui/screen.h"

enum { GAP = 2, LEAST_WINDOW = 32, HEIGHT = 4, WHOLE = 1000 };

/* The graphs side by side; each is left out where its whole is 0. */
static const struct {
	const char *name, *behind;
	enum unit unit;
	size_t offset, whole; /* whole: the figure at the top; SIZE_MAX: 100 % */
	enum style style;
} graphs[GRAPHS] = {
	{ "used", "", UNIT_BYTES, offsetof(struct system, used), offsetof(struct system, total),
		STYLE_ANON },
	{ "swap", "", UNIT_BYTES, offsetof(struct system, swap_used),
		offsetof(struct system, swap_total), STYLE_SHARED },
	{ "stalled", "%", UNIT_PERCENT, offsetof(struct system, full_avg10), SIZE_MAX,
		STYLE_ALARM },
};

static int64_t
figure_of(const struct app *app, size_t offset)
{
	return offset == SIZE_MAX ? WHOLE : system_figure(&app->snapshot->system, offset);
}

void
header_note(struct app *app)
{
	if (app->snapshot->only_missing || app->past.is_open)
		return;
	for (size_t i = 0; i < GRAPHS; i++)
		series_add(&app->graphs[i], app->snapshot->monotonic,
			figure_of(app, graphs[i].offset));
}

int
header_graph_height(const struct app *app, int window_height)
{
	return app->settings->graph && !app->past.is_open && window_height >= LEAST_WINDOW ? HEIGHT
											   : 0;
}

static void
draw_graph(struct app *app, WINDOW *window, int y, int x, int width, size_t i)
{
	char text[UNIT_FORMAT_SIZE];
	int64_t now = figure_of(app, graphs[i].offset);

	graph_draw(window, y, x, width, HEIGHT, &app->graphs[i], figure_of(app, graphs[i].whole),
		graphs[i].style, app->charset);
	unit_format(text, graphs[i].unit, now, SCALE_HUMAN);
	screen_printf(window, y, x, STYLE_NORMAL, "%s %s%s ", graphs[i].name, text,
		now == UNKNOWN ? "" : graphs[i].behind);
}

void
header_draw_graph(struct app *app, WINDOW *window, int y)
{
	size_t shown[GRAPHS], count = 0;
	int width;

	for (size_t i = 0; i < GRAPHS; i++)
		if (figure_of(app, graphs[i].whole) > 0)
			shown[count++] = i;
	width = (getmaxx(window) + GAP) / (int)count - GAP;
	for (size_t i = 0; i < count; i++)
		draw_graph(app, window, y, (int)i * (width + GAP), width, shown[i]);
}
