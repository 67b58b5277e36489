// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/context.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
	LEAST_ROWS = 6,
	TEXT_SIZE = 256,
	BAR_START = 13,
	LEAST_BAR = 10,
	MEMORY_PARTS = 7,
	INTERVAL_SIZE = 64
};

/* Writes a text at the right end of a line where it fits behind the `left` columns in use. */
static bool
put_right(WINDOW *window, int y, int left, enum style style, const char *text)
{
	int width = getmaxx(window), columns = (int)text_width(text);

	if (left + 2 + columns > width)
		return false;
	screen_put(window, y, width - columns, columns, style, false, text);
	return true;
}

/* A part of the memory bar. The parts add up to MemTotal: none counts what another one does. */
struct part {
	const char *name;
	char fill; /* what it is drawn with where there are no colours */
	enum style style;
	int64_t bytes;
};

static const char *
size_text(char text[static UNIT_FORMAT_SIZE], int64_t bytes)
{
	unit_format(text, UNIT_BYTES, bytes, SCALE_HUMAN);
	return text;
}

/* How often is read, and how often it should be where that would take too much time. */
static void
interval_text(char text[static INTERVAL_SIZE], const struct tui *tui)
{
	double seconds = (double)tui->settings->interval / 1e9;

	if (tui->stretch > 1)
		snprintf(text, INTERVAL_SIZE, "%.10gs (%.10gs asked)", seconds * tui->stretch,
			seconds);
	else
		snprintf(text, INTERVAL_SIZE, "%.10gs", seconds);
}

static void
draw_title(const struct tui *tui, WINDOW *window, int y)
{
	const struct system *system = &tui->snapshot->system;
	char left[TEXT_SIZE], right[TEXT_SIZE], host[64], up[UNIT_FORMAT_SIZE];
	char cpu[UNIT_FORMAT_SIZE], memory[UNIT_FORMAT_SIZE], interval[INTERVAL_SIZE];
	time_t seconds = (time_t)(tui->snapshot->time / 1000000000);
	struct tm local = { .tm_hour = 0 };
	int counts, used;

	localtime_r(&seconds, &local);
	text_safe(host, sizeof(host), system->host ? system->host : "-", tui->charset);
	unit_format(up, UNIT_DURATION, system->uptime, SCALE_HUMAN);
	interval_text(interval, tui);
	unit_format(cpu, UNIT_PERCENT, system->self_cpu_share, SCALE_HUMAN);
	snprintf(left, sizeof(left), "memtop  %s  up %s  %02d:%02d:%02d  every %s%s", host, up,
		local.tm_hour, local.tm_min, local.tm_sec, interval, tui->frozen ? "  FROZEN" : "");
	used = screen_put(window, y, 0, getmaxx(window), tui->frozen ? STYLE_WARNING : STYLE_BOLD,
		false, left);
	counts = snprintf(right, sizeof(right), "%zu processes, %zu shown",
		tui->snapshot->process_count, tui->rows.count);
	snprintf(right + counts, sizeof(right) - (size_t)counts, "  self %s%% %s", cpu,
		size_text(memory, system->self_resident));
	if (put_right(window, y, used, STYLE_NORMAL, right))
		return;
	right[counts] = '\0';
	put_right(window, y, used, STYLE_NORMAL, right);
}

/* Writes the parts side by side, each with its name and size where there is room for them. */
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
		for (int at = start; at < end; at++) {
			wattrset(window, screen_style(parts[i].style));
			mvwaddch(window, y, x + at, (chtype)parts[i].fill);
		}
		wattrset(window, A_NORMAL);
		label_width = snprintf(label, sizeof(label), "%s %s", parts[i].name,
			size_text(size, parts[i].bytes));
		if (label_width < end - start)
			screen_put(window, y, x + end - label_width, label_width, parts[i].style,
				false, label);
		start = end;
	}
}

/* The parts of MemTotal as system_split() makes them. */
static void
memory_parts(const struct system *s, struct part parts[static MEMORY_PARTS])
{
	parts[0] = (struct part){ "anon", '#', STYLE_ANON, known_or_zero(s->anon) };
	parts[1] = (struct part){ "cache", '+', STYLE_CACHE, known_or_zero(s->file_cache) };
	parts[2] = (struct part){ "shm", '=', STYLE_SHMEM, known_or_zero(s->shared) };
	parts[3] = (struct part){ "kernel", '-', STYLE_KERNEL, known_or_zero(s->kernel_memory) };
	parts[4] = (struct part){ "huge", '*', STYLE_HUGE, known_or_zero(s->hugetlb) };
	parts[5] = (struct part){ "other", '?', STYLE_OTHER, known_or_zero(s->other) };
	parts[6] = (struct part){ "free", ' ', STYLE_NORMAL, known_or_zero(s->free) };
}

/* A name, a total, a bar of parts and a text behind it; where there is no room, `instead`. */
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
draw_memory(const struct tui *tui, WINDOW *window, int y)
{
	const struct system *s = &tui->snapshot->system;
	char size[UNIT_FORMAT_SIZE], share[16] = "", available[TEXT_SIZE];
	struct part parts[MEMORY_PARTS];

	memory_parts(s, parts);
	if (s->available != UNKNOWN && s->total > 0)
		snprintf(share, sizeof(share), " %lld%%",
			(long long)(s->available * 100 / s->total));
	snprintf(available, sizeof(available), "available %s%s", size_text(size, s->available),
		share);
	draw_bar(window, y,
		&(struct bar){ "Mem", available, available, s->total, parts, MEMORY_PARTS });
}

static void
draw_swap(const struct tui *tui, WINDOW *window, int y)
{
	const struct system *s = &tui->snapshot->system;
	char in[UNIT_FORMAT_SIZE], out[UNIT_FORMAT_SIZE], size[UNIT_FORMAT_SIZE];
	char rates[TEXT_SIZE], instead[TEXT_SIZE];
	const struct part used = { "used", '#', STYLE_ANON, known_or_zero(s->swap_used) };

	unit_format(in, UNIT_RATE, s->swap_in_rate, SCALE_HUMAN);
	unit_format(out, UNIT_RATE, s->swap_out_rate, SCALE_HUMAN);
	snprintf(rates, sizeof(rates), "in %s/s out %s/s", in, out);
	snprintf(instead, sizeof(instead), "used %s", size_text(size, s->swap_used));
	draw_bar(window, y, &(struct bar){ "Swap", rates, instead, s->swap_total, &used, 1 });
}

/* Stalls, faults, reclaim and kills; where that is too wide only the last stalls of the three. */
static void
draw_load(const struct tui *tui, WINDOW *window, int y)
{
	const struct system *s = &tui->snapshot->system;
	char psi[4][UNIT_FORMAT_SIZE], rate[3][UNIT_FORMAT_SIZE], kills[UNIT_FORMAT_SIZE];
	char rest[TEXT_SIZE], text[2 * TEXT_SIZE];
	const int64_t averages[] = { s->some_avg10, s->some_avg60, s->some_avg300, s->full_avg10 };
	const int64_t rates[] = { s->fault_rate, s->major_fault_rate, s->reclaim_rate };
	int64_t since_start = s->oom_kills == UNKNOWN || tui->first_oom_kills == UNKNOWN
				      ? UNKNOWN
				      : s->oom_kills - tui->first_oom_kills;

	for (int i = 0; i < 4; i++)
		unit_format(psi[i], UNIT_PERCENT, averages[i], SCALE_HUMAN);
	for (int i = 0; i < 3; i++)
		unit_format(rate[i], UNIT_RATE, rates[i], SCALE_HUMAN);
	unit_format(kills, UNIT_NUMBER, since_start, SCALE_HUMAN);
	snprintf(rest, sizeof(rest), "full %s  faults %s/s major %s/s  reclaim %s/s  oom kills %s",
		psi[3], rate[0], rate[1], rate[2], kills);
	snprintf(text, sizeof(text), "psi some %s %s %s %s", psi[0], psi[1], psi[2], rest);
	if ((int)text_width(text) > getmaxx(window))
		snprintf(text, sizeof(text), "psi some %s %s", psi[0], rest);
	screen_put(window, y, 0, getmaxx(window), since_start > 0 ? STYLE_WARNING : STYLE_NORMAL,
		false, text);
}

bool
header_filter_text(const struct tui *tui, char text[static FILTER_TEXT_SIZE])
{
	char size[UNIT_FORMAT_SIZE], plain[PROMPT_SIZE + 64];

	if (!tui->filter_text[0])
		return false;
	snprintf(plain, sizeof(plain), "filter: %s  (%zu, RES %s)", tui->filter_text,
		tui->rows.count, size_text(size, tui->resident_sum));
	text_safe(text, FILTER_TEXT_SIZE, plain, tui->charset);
	return true;
}

static int
draw_tab(const struct tui *tui, WINDOW *window, int y, int x, const struct view *view)
{
	enum style style = tui->view == view ? STYLE_BOLD : STYLE_NORMAL;

	return screen_put(window, y, x, getmaxx(window), style, false,
		       view->tab ? view->tab : view->name) +
	       2;
}

static void
draw_tabs(const struct tui *tui, WINDOW *window, int y)
{
	static const struct view *const views[] = { &view_processes, &view_kill_order, &view_map,
		&view_faults, &view_budget, &view_kernel, &view_help };
	char filter[FILTER_TEXT_SIZE];
	int x = 0;

	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++)
		x += draw_tab(tui, window, y, x, views[i]);
	if (!tui->view->tab)
		x += draw_tab(tui, window, y, x, tui->view);
	if (header_filter_text(tui, filter))
		put_right(window, y, x - 2, STYLE_BOLD, filter);
}

/* The lines from the most wanted to the first that goes. */
static void (*const lines[])(const struct tui *, WINDOW *, int) = {
	draw_memory,
	draw_swap,
	draw_title,
	draw_load,
	draw_tabs,
};

/* In which order they stand where all of them do. */
static const int places[][5] = {
	{ 0, 0, 0, 0, 0 },
	{ 0, 0, 0, 0, 0 },
	{ 0, 1, 0, 0, 0 },
	{ 1, 2, 0, 0, 0 },
	{ 1, 2, 0, 3, 0 },
	{ 1, 2, 0, 3, 4 },
};

int
header_height(const struct tui *tui, int window_height)
{
	int count = (int)(sizeof(lines) / sizeof(lines[0]));

	(void)tui;
	/* Rows come first: at least LEAST_ROWS of them, their heading and the last line. */
	while (count > 0 && window_height - count < LEAST_ROWS + 2)
		count--;
	return count;
}

void
header_draw(const struct tui *tui, WINDOW *window, int height)
{
	if (!tui->snapshot)
		return;
	for (int i = 0; i < height; i++)
		lines[i](tui, window, places[height][i]);
}
