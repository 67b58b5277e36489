// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/header.h"

#include "base/known.h"
#include "base/macros.h"
#include "model/snapshot.h"
#include "tui/app.h"
#include "tui/process-list.h"
#include "tui/screen.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define NEWS (600 * NS_PER_SEC)

enum {
	LEAST_ROWS = 6,
	TEXT_SIZE = 256,
	BAR_START = 13,
	LEAST_BAR = 10,
};

/* Writes a text at the right end of a line if there is space after the `left` columns in use. */
static bool
put_right(WINDOW *window, int y, int left, enum style style, const char *text)
{
	int width = getmaxx(window);

	if (left + 2 + (int)text_width(text) > width)
		return false;
	screen_put_right(window, y, width, style, text);
	return true;
}

/* A part of the memory bar. Those of system_split() add up to MemTotal and do not overlap. */
struct part {
	const char *name;
	char fill; /* without colours */
	enum style style;
	int64_t bytes;
};

static const char *
size_text(char text[static UNIT_FORMAT_SIZE], int64_t bytes)
{
	unit_format(text, UNIT_BYTES, bytes, SCALE_HUMAN);
	return text;
}

static void
draw_title(struct app *app, WINDOW *window, int y)
{
	const struct system *system = &app->snapshot->system;
	char left[TEXT_SIZE], right[TEXT_SIZE], host[64], up[UNIT_FORMAT_SIZE];
	char cpu[UNIT_FORMAT_SIZE], memory[UNIT_FORMAT_SIZE], asked[32] = "";
	double interval = (double)app->settings->interval / 1e9;
	time_t seconds = (time_t)(app->snapshot->time / NS_PER_SEC);
	struct tm local = { .tm_hour = 0 };
	int counts, used;

	localtime_r(&seconds, &local);
	text_safe(host, sizeof(host), system->host ? system->host : "-", app->charset);
	unit_format(up, UNIT_SPAN, system->uptime, SCALE_HUMAN);
	if (app->stretch > 1) /* reads take too long for the wanted interval */
		snprintf(asked, sizeof(asked), " (%.10gs asked)", interval);
	unit_format(cpu, UNIT_PERCENT, system->self_cpu_share, SCALE_HUMAN);
	snprintf(left, sizeof(left), "memtop  %s  up %-7s  %02d:%02d:%02d  every %.10gs%s%s", host,
		up, local.tm_hour, local.tm_min, local.tm_sec, interval * app->stretch, asked,
		app->is_frozen ? "  FROZEN" : "");
	used = screen_put(window, y, 0, app->is_frozen ? STYLE_WARNING : STYLE_BOLD, left);
	counts = snprintf(right, sizeof(right), "%zu processes, %zu shown",
		app->snapshot->process_count, app->processes->table.rows.count);
	snprintf(right + counts, sizeof(right) - (size_t)counts, "  self %s%% %s", cpu,
		size_text(memory, system->self_resident));
	if (put_right(window, y, used, STYLE_NORMAL, right))
		return;
	right[counts] = '\0';
	put_right(window, y, used, STYLE_NORMAL, right);
}

/* Writes the parts side by side, with names and sizes where there is space. */
static void
draw_parts(WINDOW *window, int y, int x, int width, const struct part *parts, size_t count,
	int64_t total)
{
	int64_t sum = 0;
	int start = 0;

	for (size_t i = 0; i < count; i++) {
		char size[UNIT_FORMAT_SIZE], label[64];
		int end, label_width;

		sum += parts[i].bytes;
		end = total > 0 ? (int)((double)sum / (double)total * width + 0.5) : 0;
		end = end > width ? width : end;
		if (end > start)
			mvwhline(window, y, x + start,
				(chtype)parts[i].fill | screen_style(parts[i].style), end - start);
		label_width = snprintf(label, sizeof(label), "%s %s", parts[i].name,
			size_text(size, parts[i].bytes));
		if (label_width < end - start)
			screen_put_right(window, y, x + end, parts[i].style, label);
		start = end;
	}
}

/* A bar with name, total, parts and a text after it; without space the text `instead`. */
struct bar {
	const char *name, *behind, *instead;
	int64_t total;
	const struct part *parts;
	size_t count;
};

static void
draw_bar(WINDOW *window, int y, const struct bar *bar)
{
	char total[UNIT_FORMAT_SIZE];
	int behind = (int)text_width(bar->behind), width = getmaxx(window) - BAR_START - 3 - behind;

	screen_printf(
		window, y, 0, STYLE_NORMAL, "%-4s %6s [", bar->name, size_text(total, bar->total));
	if (width < LEAST_BAR) {
		screen_printf(window, y, BAR_START - 1, STYLE_NORMAL, " %s", bar->instead);
		return;
	}
	if (bar->total > 0)
		draw_parts(window, y, BAR_START, width, bar->parts, bar->count, bar->total);
	screen_printf(window, y, BAR_START + width, STYLE_NORMAL, "]  %s", bar->behind);
}

static void
draw_memory(struct app *app, WINDOW *window, int y)
{
	const struct system *s = &app->snapshot->system;
	char size[UNIT_FORMAT_SIZE], share[32] = "", available[TEXT_SIZE];
	int64_t part = known_share(s->available, s->total);
	const struct part parts[] = {
		{ "anon", '#', STYLE_ANON, known_or_zero(s->anon) },
		{ "cache", '+', STYLE_CACHE, known_or_zero(s->file_cache) },
		{ "shm", '=', STYLE_SHMEM, known_or_zero(s->shared) },
		{ "kernel", '-', STYLE_KERNEL, known_or_zero(s->kernel_memory) },
		{ "huge", '*', STYLE_HUGE, known_or_zero(s->hugetlb) },
		{ "other", '?', STYLE_OTHER, known_or_zero(s->other) },
		{ "free", ' ', STYLE_NORMAL, known_or_zero(s->free) },
	};

	if (part != UNKNOWN)
		snprintf(share, sizeof(share), " %3lld%%", (long long)(part + 5) / 10);
	snprintf(available, sizeof(available), "available %5s%s", size_text(size, s->available),
		share);
	draw_bar(window, y,
		&(struct bar){ "Mem", available, available, s->total, parts, ARRAY_SIZE(parts) });
}

static void
draw_swap(struct app *app, WINDOW *window, int y)
{
	const struct system *s = &app->snapshot->system;
	char in[UNIT_FORMAT_SIZE], out[UNIT_FORMAT_SIZE], size[UNIT_FORMAT_SIZE];
	char rates[TEXT_SIZE], instead[TEXT_SIZE];
	const struct part used = { "used", '#', STYLE_ANON, known_or_zero(s->swap_used) };

	unit_format(in, UNIT_BYTES_PER_SECOND, s->swap_in_bytes_rate, SCALE_HUMAN);
	unit_format(out, UNIT_BYTES_PER_SECOND, s->swap_out_bytes_rate, SCALE_HUMAN);
	snprintf(rates, sizeof(rates), "in %5s/s out %5s/s", in, out);
	snprintf(instead, sizeof(instead), "used %s", size_text(size, s->swap_used));
	draw_bar(window, y, &(struct bar){ "Swap", rates, instead, s->swap_total, &used, 1 });
}

/* A figure of the load line, for lines of at least this width. Its place is fixed. */
struct figure {
	const char *label, *behind;
	enum unit unit;
	size_t offset;
	int least_width;
};

/* clang-format off */
static const struct figure load[] = {
	{ "psi some ", "%", UNIT_PERCENT, offsetof(struct system, some_avg10), 0 },
	{ "", "%", UNIT_PERCENT, offsetof(struct system, some_avg60), 130 },
	{ "", "%", UNIT_PERCENT, offsetof(struct system, some_avg300), 130 },
	{ " full ", "%", UNIT_PERCENT, offsetof(struct system, full_avg10), 67 },
	{ "  faults ", "/s", UNIT_RATE, offsetof(struct system, fault_rate), 115 },
	{ "  major ", "/s", UNIT_RATE, offsetof(struct system, major_fault_rate), 80 },
	{ "  reclaim ", "/s", UNIT_BYTES_PER_SECOND, offsetof(struct system, reclaim_bytes_rate), 115 },
};
/* clang-format on */

static int
draw_figure(const struct figure *figure, const struct system *system, WINDOW *window, int y, int x)
{
	int64_t number = *(const int64_t *)((const char *)system + figure->offset);
	char text[UNIT_FORMAT_SIZE];

	if (getmaxx(window) < figure->least_width)
		return 0;
	unit_format(text, figure->unit, number, SCALE_HUMAN);
	return screen_printf(window, y, x, STYLE_NORMAL, "%s%5s%-*s", figure->label, text,
		(int)strlen(figure->behind), number == UNKNOWN ? "" : figure->behind);
}

/* A kill is news for ten minutes, or until the user types Esc. */
static bool
is_news(struct app *app, int64_t kill)
{
	return kill != UNKNOWN && kill > app->seen_kill && app->snapshot->time - kill < NEWS;
}

static void
draw_load(struct app *app, WINDOW *window, int y)
{
	const struct system *s = &app->snapshot->system;
	char kills[SYSTEM_TEXT_SIZE];
	int x = 0;

	for (size_t i = 0; i < ARRAY_SIZE(load); i++)
		x += draw_figure(&load[i], s, window, y, x);
	x += screen_printf(window, y, x, STYLE_NORMAL, "  oom kills ");
	system_kills_text(kills, s, app->snapshot->time, app->charset);
	screen_put(window, y, x, is_news(app, s->last_kill_time) ? STYLE_WARNING : STYLE_NORMAL,
		kills);
}

static int
draw_tab(struct app *app, WINDOW *window, int y, int x, const struct view *view)
{
	enum style style = app->view == view ? STYLE_BOLD : STYLE_NORMAL;

	if (!view->has_tab)
		return screen_put(window, y, x, style, view->name) + 2;
	return screen_printf(window, y, x, style, "%c %s", view->key.codes[0], view->name) + 2;
}

static void
draw_tabs(struct app *app, WINDOW *window, int y)
{
	int x = 0;

	for (size_t i = 0; i < view_count; i++)
		if (views[i]->has_tab)
			x += draw_tab(app, window, y, x, views[i]);
	if (!app->view->has_tab)
		draw_tab(app, window, y, x, app->view);
}

/* The lines in their order; each is there only in a header of that many lines. */
static const struct {
	void (*draw)(struct app *app, WINDOW *window, int y);
	int least_height;
} lines[] = {
	{ draw_title, 3 },
	{ draw_memory, 1 },
	{ draw_swap, 2 },
	{ draw_load, 4 },
	{ draw_tabs, 5 },
};

/* Without the line of the filter. */
static int
line_count(int window_height)
{
	int count = (int)(ARRAY_SIZE(lines));

	/* Rows are more important: at least LEAST_ROWS, their heading and the last line. */
	while (count > 0 && window_height - count < LEAST_ROWS + 2)
		count--;
	return count;
}

int
header_height(struct app *app, int window_height)
{
	int filter = filter_line_height(app, window_height);

	return filter + line_count(window_height - filter);
}

void
header_draw(struct app *app, WINDOW *window, int height)
{
	int filter, count, y = 0;

	if (!app->snapshot)
		return;
	filter = filter_line_height(app, getmaxy(window));
	count = height - filter;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (count >= lines[i].least_height)
			lines[i].draw(app, window, y++);
	if (filter > 0)
		filter_line_draw(app, window, count);
}
