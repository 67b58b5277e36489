// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/summary.h"

#include "base/macros.h"
#include "model/snapshot.h"
#include "table/cell.h"
#include "tui/app.h"
#include "tui/bar.h"
#include "tui/screen.h"

#include <stdio.h>
#include <string.h>

enum { LABEL = 8, GRAPH_GAP = 2, LEAST_GRAPH = 10, TEXT_SIZE = 1024, KINDS = 6 };

void
summary_note(struct summary *summary, const struct app *app, const struct process *process)
{
	if (summary->pid != process->pid || summary->start_time != process->start_time)
		*summary = (struct summary){ process->pid, process->start_time, { .count = 0 } };
	series_add(&summary->used, app->snapshot->monotonic, process->used);
}

/* Only the curses thread draws. */
static char value[CELL_SIZE];

/* Writes the value of a column into `value`. Returns whether it is known. */
static bool
format(const struct app *app, const struct process *process, const char *name)
{
	const struct column *column = table_column(&process_table, name);

	if (!column_is_known(column, process))
		return false;
	cell_format(value, CELL_SIZE, column, process, app->charset, app->settings->scale);
	return true;
}

/* A line of figures: words, each before the value of a column; unknown ones are left out. */
struct line {
	const char *label;
	struct item {
		const char *before, *column, *behind;
	} items[6];
};

/* clang-format off */
static const struct line lines[] = {
	{ "Memory", { { "RES ", "res", "" }, { "PSS ", "pss", "" }, { "peak ", "peak", "" },
		{ "of its own ", "uss", "" }, { "", "mem", "% of all" } } },
	{ "Faults", { { "", "minflt_rate", "/s" }, { "from disk ", "majflt_rate", "/s" }, { "CPU ", "cpu", "%" } } },
	{ "Kill", { { "rank ", "rank", "" }, { "badness ", "badness", "" }, { "priority ", "adj", "" },
		{ "skipped: ", "protection", "" }, { "would free about ", "frees", "" } } },
	{ "Unit", { { "", "unit", "" } } },
	{ "In", { { "container ", "container", "" }, { "pod ", "pod", "" } } },
	{ "Group", { { "", "cgroup", "" }, { "killed together with ", "oomgroup", "" } } },
	{ "Blocked", { { "does not answer: ", "blocked", "" } } },
};
/* clang-format on */

static bool
put_line(const struct line *line, const struct app *app, const struct process *process,
	WINDOW *window, int y)
{
	int x = LABEL;
	bool has_any = false;

	for (size_t i = 0; i < ARRAY_SIZE(line->items) && line->items[i].column; i++) {
		const struct item *item = &line->items[i];

		if (!format(app, process, item->column))
			continue;
		x += screen_put(window, y, x, STYLE_DIM, item->before);
		x += screen_put(window, y, x, STYLE_NORMAL, value);
		x += screen_put(window, y, x, STYLE_NORMAL, item->behind) + 2;
		has_any = true;
	}
	if (has_any)
		screen_put(window, y, 0, STYLE_BOLD, line->label);
	return has_any;
}

/* The letters of /proc/PID/stat (fs/proc/array.c, task_state_array). */
static const char *
state_text(const char *letter)
{
	static const struct {
		char letter;
		const char *text;
	} states[] = { { 'R', "running" }, { 'S', "sleeping" },
		{ 'D', "waiting, not to be killed" }, { 'T', "stopped" }, { 't', "traced" },
		{ 'Z', "zombie" }, { 'I', "idle" }, { 'X', "dead" } };

	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (states[i].letter == *letter)
			return states[i].text;
	return letter;
}

static void
put_title(const struct app *app, const struct process *process, WINDOW *window, int y)
{
	int x = screen_printf(window, y, 0, STYLE_BOLD, "%lld ", (long long)process->pid);
	const struct process *parent = snapshot_find_process(app->snapshot, process->parent);

	if (format(app, process, "comm"))
		x += screen_put(window, y, x, STYLE_BOLD, value);
	if (format(app, process, "user"))
		x += screen_printf(window, y, x, STYLE_NORMAL, "  user %s", value);
	if (format(app, process, "state"))
		x += screen_printf(window, y, x, STYLE_NORMAL, "  %s", state_text(value));
	if (format(app, process, "threads"))
		x += screen_printf(window, y, x, STYLE_NORMAL, "  threads %s", value);
	if (process->age != UNKNOWN) {
		unit_format(value, UNIT_SPAN, process->age, SCALE_HUMAN);
		x += screen_printf(window, y, x, STYLE_NORMAL, "  for %s", value);
	}
	if (parent && format(app, parent, "comm"))
		screen_printf(window, y, x, STYLE_NORMAL, "  child of %lld %s",
			(long long)parent->pid, value);
}

/* Returns the number of lines: with the names of its parts two. */
static int
put_bar(const struct app *app, const struct process *process, WINDOW *window, int y)
{
	const struct process_status *status = process->status;
	const struct bar_part parts[KINDS] = {
		{ "anon", "\u2588", '#', STYLE_ANON, process->anon },
		{ "shared", "\u2593", '=', STYLE_SHARED, status->shmem },
		{ "file", "\u2591", '+', STYLE_CACHE, status->file },
		{ "swap", "\u2592", '~', STYLE_OTHER, process->swap },
		{ "page tables", "\u259a", '-', STYLE_KERNEL, process->page_tables },
		{ "huge", "\u259e", '*', STYLE_HUGE, status->hugetlb },
	};
	int64_t total = 0;
	char size[UNIT_FORMAT_SIZE];
	int width;

	for (size_t i = 0; i < KINDS; i++)
		total += known_or_zero(parts[i].bytes);
	if (total <= 0)
		return 0;
	unit_format(size, UNIT_BYTES, total, SCALE_HUMAN);
	width = getmaxx(window) - LABEL - (int)strlen(size) - 1;
	screen_put(window, y, 0, STYLE_BOLD, "Holds");
	bar_draw(window, y, LABEL, width, parts, KINDS, total, app->charset);
	screen_put_right(window, y, getmaxx(window), STYLE_NORMAL, size);
	bar_legend(window, y + 1, LABEL, parts, KINDS, true, app->charset);
	return 2;
}

/* Growth since the page was opened, with a graph. */
static bool
put_growth(const struct summary *summary, const struct app *app, WINDOW *window, int y)
{
	const struct series *used = &summary->used;
	int64_t elapsed = used->last_time - used->first_time, change;
	char text[UNIT_FORMAT_SIZE], span[UNIT_FORMAT_SIZE];
	int x;

	if (used->count < 2 || elapsed <= 0)
		return false;
	change = known_difference(used->values[used->count - 1], used->first);
	if (change == UNKNOWN)
		return false;
	unit_format(text, UNIT_BYTES, change, SCALE_HUMAN);
	unit_format(span, UNIT_SPAN, elapsed, SCALE_HUMAN);
	screen_put(window, y, 0, STYLE_BOLD, "Growth");
	x = LABEL +
	    screen_printf(window, y, LABEL, STYLE_NORMAL, "%s%s in %s", change > 0 ? "+" : "", text,
		    span) +
	    GRAPH_GAP;
	if (getmaxx(window) - x >= LEAST_GRAPH)
		graph_draw(window, y, x, getmaxx(window) - x, 1, used, 0, STYLE_ANON, app->charset);
	return true;
}

/* The limit that its cgroup reaches first. */
static bool
put_limit(const struct app *app, WINDOW *window, int y)
{
	char text[SYSTEM_TEXT_SIZE];

	if (app->snapshot->focus != app->process.pid)
		return false;
	system_limit_text(text, &app->snapshot->focus_limit, app->charset);
	if (!*text)
		return false;
	screen_put(window, y, 0, STYLE_BOLD, "Limit");
	screen_put(window, y, LABEL, STYLE_NORMAL, text);
	return true;
}

int
summary_draw(const struct summary *summary, const struct app *app, const struct process *process,
	WINDOW *window, int y)
{
	int first = y;

	put_title(app, process, window, y++);
	if (format(app, process, "command"))
		y += screen_put_wrapped(window, y, 0, STYLE_NORMAL, value);
	y += put_bar(app, process, window, y);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		y += put_line(&lines[i], app, process, window, y);
		if (i == 0)
			y += put_growth(summary, app, window, y);
	}
	y += put_limit(app, window, y);
	return y - first;
}
