// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/header.h"

#include "base/macros.h"
#include "model/snapshot.h"
#include "model/verdict.h"
#include "tui/app.h"
#include "tui/past.h"
#include "tui/screen.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
	LEAST_ROWS = 6,
	TEXT_SIZE = 256,
	STATE_COLUMNS = 9,
	TABS_FROM = 5,
	HIGH_WINDOW = 24,
	TITLE_FROM = 6 + LEAST_ROWS + 2
};

/* The texts at the right end of the title; the later ones only if there is space. */

static void
put_count(const struct app *app, char text[static TEXT_SIZE])
{
	snprintf(text, TEXT_SIZE, "%zu processes", app->snapshot->process_count);
}

static void
put_load(const struct app *app, char text[static TEXT_SIZE])
{
	int64_t load = app->snapshot->system.load;

	if (load != UNKNOWN)
		snprintf(text, TEXT_SIZE, "  load %.2f", (double)load / 1000);
}

static void
put_interval(const struct app *app, char text[static TEXT_SIZE])
{
	double interval = (double)app->settings->interval / 1e9;
	int length = snprintf(text, TEXT_SIZE, "  every %.10gs", interval * app->stretch);

	if (app->stretch > 1) /* reads take too long for the wanted interval */
		snprintf(text + length, (size_t)(TEXT_SIZE - length), " (%.10gs asked)", interval);
}

static void
put_self(const struct app *app, char text[static TEXT_SIZE])
{
	char cpu[UNIT_FORMAT_SIZE], memory[UNIT_FORMAT_SIZE];

	unit_format(cpu, UNIT_PERCENT, app->snapshot->system.self_cpu_share, SCALE_HUMAN);
	unit_format(memory, UNIT_BYTES, app->snapshot->system.self_resident, SCALE_HUMAN);
	snprintf(text, TEXT_SIZE, "  self %s%% %s", cpu, memory);
}

static void
draw_title(struct app *app, WINDOW *window, int y)
{
	static void (*const putters[])(
		const struct app *, char *) = { put_count, put_load, put_interval, put_self };
	const struct system *system = &app->snapshot->system;
	char host[64], up[UNIT_FORMAT_SIZE], right[TEXT_SIZE] = "";
	time_t seconds = (time_t)(app->snapshot->time / NS_PER_SEC);
	struct tm local = { .tm_hour = 0 };
	int used;

	localtime_r(&seconds, &local);
	text_safe(host, sizeof(host), system->host ? system->host : "-", app->charset);
	unit_format(up, UNIT_SPAN, system->uptime, SCALE_HUMAN);
	used = screen_put(window, y, 0, STYLE_BOLD, "memtop");
	if (app->past.is_open) {
		used += screen_printf(window, y, used, STYLE_NORMAL, "  %s", host);
		past_draw(app, window, y, used);
		return;
	}
	used += screen_printf(window, y, used, STYLE_NORMAL, "  %s  up %-7s  %02d:%02d:%02d", host,
		up, local.tm_hour, local.tm_min, local.tm_sec);
	if (app->is_frozen)
		used += screen_put(window, y, used, STYLE_WARNING, "  FROZEN");
	for (size_t i = 0; i < ARRAY_SIZE(putters); i++) {
		char text[TEXT_SIZE] = "";

		putters[i](app, text);
		if (used + 2 + (int)(text_width(right) + text_width(text)) > getmaxx(window))
			break;
		strcat(right, text);
	}
	screen_put_right(window, y, getmaxx(window), STYLE_NORMAL, right);
}

/* A kill that the user has seen (Esc) is no state any more. */
static enum verdict_state
state_of(const struct app *app)
{
	const struct system *system = &app->snapshot->system;
	enum verdict_state state = verdict_state_named(system->verdict.state);

	return state == VERDICT_KILLED && system->verdict.since <= app->seen_kill
		       ? verdict_state_named(system->verdict.state_now)
		       : state;
}

bool
header_shows_kill(const struct app *app)
{
	return state_of(app) == VERDICT_KILLED;
}

static void
draw_verdict(struct app *app, WINDOW *window, int y)
{
	static const enum style styles[] = { STYLE_BOLD, STYLE_WARNING, STYLE_ALARM,
		STYLE_WARNING };
	static const char *const labels[] = { "oom kills since boot", "oom kills" };
	const struct system *system = &app->snapshot->system;
	enum verdict_state state = state_of(app);
	char text[VERDICT_TEXT_SIZE], kills[SYSTEM_TEXT_SIZE], right[SYSTEM_TEXT_SIZE + 32];
	int x;

	verdict_text(text, system, state, app->snapshot->time, app->charset);
	x = screen_put(
		window, y, 0, styles[verdict_states[state].severity], verdict_states[state].name);
	x = x < STATE_COLUMNS ? STATE_COLUMNS : x;
	x += screen_put(window, y, x, STYLE_NORMAL, text);
	if (system->oom_kills == UNKNOWN || state == VERDICT_KILLED)
		return;
	system_kills_text(kills, system, app->snapshot->time, app->charset);
	for (size_t i = 0; i < ARRAY_SIZE(labels); i++) {
		snprintf(right, sizeof(right), "%s %s", labels[i], kills);
		if (x + 2 + (int)text_width(right) > getmaxx(window))
			continue;
		screen_put_right(window, y, getmaxx(window), STYLE_NORMAL, right);
		return;
	}
}

/* Where there is no title a recording still says which moment it is. */
static int
moment_height(const struct app *app, int window_height)
{
	return app->past.is_open && window_height < TITLE_FROM;
}

static void
draw_moment(struct app *app, WINDOW *window, int y)
{
	past_draw(app, window, y, 0);
}

static int
day_height(const struct app *app, int window_height)
{
	return app->past.is_open && window_height >= HIGH_WINDOW;
}

/* The limit of memtop's own cgroup, as in a container: a line where rows have room enough. */
static int
limit_height(const struct app *app, int window_height)
{
	return app->snapshot && app->snapshot->system.own.cgroup && window_height >= HIGH_WINDOW;
}

static void
draw_limit(struct app *app, WINDOW *window, int y)
{
	char text[SYSTEM_TEXT_SIZE];

	system_own_limit_text(text, &app->snapshot->system, app->snapshot->time, app->charset);
	screen_put(window, y, 0, STYLE_BOLD, "Limit");
	screen_put(window, y, STATE_COLUMNS, STYLE_NORMAL, text);
}

static int
draw_tab(struct app *app, WINDOW *window, int y, int x, const struct view *view)
{
	enum style style = app->view == view ? STYLE_BOLD : STYLE_NORMAL;

	if (!view->has_tab)
		return screen_put(window, y, x, style, view->name) + 2;
	return screen_printf(window, y, x, style, "%c %s", view->key.codes[0], view->name) + 2;
}

static int
tab_width(const struct view *view)
{
	return (int)strlen(view->name) + 2;
}

/* A page without a tab stands behind them; the last ones make room for it. */
static void
draw_tabs(struct app *app, WINDOW *window, int y)
{
	bool is_tab = app->view->has_tab;
	int end = getmaxx(window) - (is_tab ? 0 : tab_width(app->view)), x = 0;

	for (size_t i = 0; i < view_count; i++)
		if (views[i]->has_tab && (is_tab || x + tab_width(views[i]) <= end))
			x += draw_tab(app, window, y, x, views[i]);
	if (!is_tab)
		draw_tab(app, window, y, x, app->view);
}

/*
 * The parts in their order. Each is one line, in a header of at least so many of them; the graphs
 * and the limit come in addition.
 */
static const struct {
	void (*draw)(struct app *app, WINDOW *window, int y);
	int least_lines;
	int (*height)(const struct app *app, int window_height); /* NULL: 1 */
} parts[] = {
	{ draw_title, 6 },
	{ draw_moment, 0, moment_height },
	{ header_draw_memory, 1 },
	{ header_draw_legend, 4 },
	{ header_draw_swap, 3 },
	{ draw_limit, 0, limit_height },
	{ draw_verdict, 2 },
	{ header_draw_graph, 0, header_graph_height },
	{ past_draw_day, 0, day_height },
	{ draw_tabs, TABS_FROM },
};

enum { MOST_LINES = ARRAY_SIZE(parts) - 4 };

/* Without the line of the filter. */
static int
line_count(int window_height)
{
	int count = MOST_LINES;

	/* Rows are more important: at least LEAST_ROWS, their heading and the last line. */
	while (count > 0 && window_height - count < LEAST_ROWS + 2)
		count--;
	return count;
}

/* The lines in addition. */
static int
extra_height(const struct app *app, int window_height)
{
	int height = 0;

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (parts[i].height)
			height += parts[i].height(app, window_height);
	return height;
}

int
header_tab_line(struct app *app, int window_height)
{
	int count = line_count(window_height - filter_line_height(app, window_height));

	return count >= TABS_FROM ? count - 1 + extra_height(app, window_height) : -1;
}

int
header_height(struct app *app, int window_height)
{
	int filter = filter_line_height(app, window_height);

	return filter + line_count(window_height - filter) + extra_height(app, window_height);
}

void
header_draw(struct app *app, WINDOW *window, int height)
{
	int window_height = getmaxy(window), filter, count, y = 0;

	if (!app->snapshot)
		return;
	filter = filter_line_height(app, window_height);
	count = height - filter - extra_height(app, window_height);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		int lines = count < parts[i].least_lines ? 0
			    : parts[i].height            ? parts[i].height(app, window_height)
							 : 1;

		if (lines > 0)
			parts[i].draw(app, window, y);
		y += lines;
	}
	if (filter > 0)
		filter_line_draw(app, window, y);
}
