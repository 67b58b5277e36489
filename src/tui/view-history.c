// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/macros.h"
#include "model/history.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "tui/app.h"
#include "tui/bar.h"
#include "tui/past.h"
#include "tui/screen.h"

#include <time.h>

enum { MOST_CELLS = 512, TITLE_LINES = 3, MOST_HEIGHT = 8 };

/* The largest part, or NULL. */
static const struct history_part *
peak_of(const struct rows *history)
{
	const struct history_part *parts = history->data, *peak = NULL;

	for (size_t i = 0; i < history->count; i++)
		if (!peak || parts[i].most > peak->most)
			peak = &parts[i];
	return peak;
}

static void
put_clock(WINDOW *window, int y, int x, const char *before, int64_t time)
{
	time_t seconds = (time_t)(time / NS_PER_SEC);
	struct tm local;

	localtime_r(&seconds, &local);
	screen_printf(
		window, y, x, STYLE_NORMAL, "%s%02d:%02d", before, local.tm_hour, local.tm_min);
}

/* Since when, until when and how large it was on that day. */
static void
draw_figures(const struct app *app, WINDOW *window, const struct history_part *peak)
{
	const struct rows *history = &app->snapshot->history;
	const struct history_part *parts = history->data;
	char most[UNIT_FORMAT_SIZE], first[UNIT_FORMAT_SIZE], last[UNIT_FORMAT_SIZE];
	enum scale scale = app->settings->scale;

	unit_format(most, UNIT_BYTES, peak->most, scale);
	unit_format(first, UNIT_BYTES, parts[0].least, scale);
	unit_format(last, UNIT_BYTES, parts[history->count - 1].last, scale);
	screen_printf(window, 1, 0, STYLE_NORMAL,
		"RES on this day: %s at first, %s at last, at most %s", first, last, most);
	put_clock(window, 1, 64, "about ", peak->end);
}

static void
draw_title(const struct app *app, WINDOW *window)
{
	const struct process *process = app_find(app, &app->process);
	char name[64];

	text_safe(name, sizeof(name),
		!process        ? "not in this sample"
		: process->comm ? process->comm
				: "-",
		app->charset);
	screen_printf(window, 0, 0, STYLE_BOLD, "%s (%lld)", name, (long long)app->process.pid);
}

static void
draw_bars(const struct app *app, WINDOW *window, int64_t most)
{
	const struct past *past = &app->snapshot->past;
	int64_t bars[MOST_CELLS];
	size_t width = (size_t)getmaxx(window) < MOST_CELLS ? (size_t)getmaxx(window) : MOST_CELLS;
	int height = getmaxy(window) - TITLE_LINES - 1;

	height = height > MOST_HEIGHT ? MOST_HEIGHT : height;
	if (height < 1)
		return;
	history_spread(&app->snapshot->history, past->day_begin, past->day_end, bars, width);
	bars_draw(window, TITLE_LINES, 0, height, bars, width, 0, most, STYLE_ANON, app->charset);
	screen_put(window, TITLE_LINES + height, 0, STYLE_DIM, "00:00");
	screen_put_right(window, TITLE_LINES + height, (int)width, STYLE_DIM, "24:00");
}

static void
draw(void *state, struct app *app, WINDOW *window)
{
	const struct snapshot *snapshot = app->snapshot;
	const struct history_part *peak = peak_of(&snapshot->history);
	const struct process_key told = { snapshot->focus, snapshot->focus_start };

	draw_title(app, window);
	if (told.pid != app->process.pid || told.start_time != app->process.start_time) {
		screen_put(window, 1, 0, STYLE_DIM, "reading the recording of this day ...");
	} else if (!peak) {
		screen_put(window, 1, 0, STYLE_DIM, "nothing was recorded of it on this day");
	} else {
		draw_figures(app, window, peak);
		draw_bars(app, window, peak->most);
	}
}

const struct view view_history = {
	.name = "History",
	.hint = "t T sample  [ ] event  b time  Esc back  ? help",
	.key = { .keys = "H",
		.help = "of a recording: how RES of the process was over the day",
		.codes = { 'H' } },
	.is_page = true,
	.has_process = true,
	.is_of_past = true,
	.needs = NEED_HISTORY,
	.draw = draw,
};
