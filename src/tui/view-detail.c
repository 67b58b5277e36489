// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/macros.h"
#include "model/snapshot.h"
#include "table/cell.h"
#include "tui/app.h"
#include "tui/screen.h"
#include "tui/summary.h"

#include <stdio.h>

/*
 * One process on a page: a summary, then all its figures in sections: each column of the table with
 * its value and meaning. All lines are laid out each time; only the visible ones are drawn.
 */
enum { TITLE_COLUMNS = 9, VALUE_COLUMNS = 10, GAP = 2, LEAST_HELP = 30, LIMIT_COLUMNS = 12 };

struct detail {
	struct list list; /* the first member */
	struct summary summary;
};

/* The place of the next line: y may be above or below the window. */
struct sheet {
	const struct app *app;
	const struct process *process;
	WINDOW *window;
	int y, values_end; /* right edge of the numbers */
	int unknown;       /* figures that were left out */
};

static void
put_wrapped(struct sheet *sheet, int x, enum style style, const char *text)
{
	sheet->y += screen_put_wrapped(sheet->window, sheet->y, x, style, text);
}

/* Writes the meaning of a figure, if there is space. */
static void
put_help(struct sheet *sheet, int x, const char *help)
{
	if (getmaxx(sheet->window) - x >= LEAST_HELP)
		put_wrapped(sheet, x, STYLE_DIM, help);
	else
		sheet->y++;
}

/* Only the curses thread draws. */
static char value[CELL_SIZE];

/* Writes the value of a column into `value`. Returns its length. */
static size_t
format(const struct sheet *sheet, const struct column *column)
{
	return cell_format(value, CELL_SIZE, column, sheet->process, sheet->app->charset,
		sheet->app->settings->scale);
}

/* The right edge of the numbers: after the longest one. */
static int
end_of_values(const struct sheet *sheet)
{
	int longest = VALUE_COLUMNS;

	for (size_t i = 0; i < process_table.column_count; i++) {
		const struct column *column = &process_table.columns[i];
		int length = column->unit == UNIT_TEXT ? 0 : (int)format(sheet, column);

		longest = length > longest ? length : longest;
	}
	return TITLE_COLUMNS + longest;
}

static void
put_column(struct sheet *sheet, const struct column *column)
{
	format(sheet, column);
	screen_put_within(sheet->window, sheet->y, 0, TITLE_COLUMNS - 1, STYLE_BOLD, column->title);
	if (column->unit == UNIT_TEXT) {
		put_wrapped(sheet, TITLE_COLUMNS, STYLE_NORMAL, value);
	} else {
		screen_put_right(sheet->window, sheet->y, sheet->values_end, STYLE_NORMAL, value);
		put_help(sheet, sheet->values_end + GAP, column->help);
	}
}

/* Sets of units, by which the columns stand in the sections. */
enum {
	NAMES = 1 << UNIT_TEXT,
	IDENTITIES = 1 << UNIT_ID,
	SIZES = 1 << UNIT_BYTES | 1 << UNIT_BYTES_PER_MINUTE | 1 << UNIT_BYTES_PER_SECOND,
	OTHERS = ~(NAMES | IDENTITIES | SIZES),
};

/* What follows from another text says nothing beside it. */
static void
put_columns(struct sheet *sheet, int units)
{
	for (size_t i = 0; i < process_table.column_count; i++) {
		const struct column *column = &process_table.columns[i];

		if (!(units & 1 << column->unit) || column->text_of)
			continue;
		if (column_is_known(column, sheet->process))
			put_column(sheet, column);
		else
			sheet->unknown++;
	}
}

/* Three numbers for a limit: use, soft limit, hard limit. */
static void
put_limit(struct sheet *sheet, enum limit_kind kind)
{
	const struct limit_description *description = &limit_descriptions[kind];
	const struct limit *limit = &sheet->app->snapshot->limits[kind];
	const char *used = description->column;
	const int64_t numbers[] = {
		used ? column_number(table_column(&process_table, used), sheet->process) : UNKNOWN,
		limit->soft,
		limit->hard,
	};
	int end = TITLE_COLUMNS - GAP;

	screen_put_within(
		sheet->window, sheet->y, 0, TITLE_COLUMNS - 1, STYLE_BOLD, description->title);
	for (int i = 0; i < 3; i++) {
		char text[UNIT_FORMAT_SIZE];

		limit_format(text, kind, numbers[i]);
		end += LIMIT_COLUMNS;
		screen_put_right(sheet->window, sheet->y, end, STYLE_NORMAL, text);
	}
	put_help(sheet, end + GAP, description->help);
}

static void
put_limits(struct sheet *sheet)
{
	static const char *const titles[] = { "used", "soft", "hard" };
	int end = TITLE_COLUMNS - GAP;

	for (int i = 0; i < 3; i++) {
		end += LIMIT_COLUMNS;
		screen_put_right(sheet->window, sheet->y, end, STYLE_NORMAL, titles[i]);
	}
	sheet->y++;
	for (int kind = 0; kind < LIMIT_KINDS; kind++)
		put_limit(sheet, (enum limit_kind)kind);
}

/* The columns with the first units of a section come before the others. */
static const struct {
	const char *title;
	int first_units, units;
	bool has_limits;
} sections[] = {
	{ "Identity", NAMES, IDENTITIES },
	{ "Memory", SIZES },
	{ "Limits", .has_limits = true },
	{ "Time, faults and OOM", OTHERS },
};

/* Returns the number of lines. */
static int
put_all(struct sheet *sheet, const struct summary *summary)
{
	int first = sheet->y;

	sheet->y += summary_draw(summary, sheet->app, sheet->process, sheet->window, sheet->y);
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		screen_put_line(sheet->window, sheet->y++, STYLE_HEADING, sections[i].title);
		put_columns(sheet, sections[i].first_units);
		put_columns(sheet, sections[i].units);
		if (sections[i].has_limits)
			put_limits(sheet);
	}
	if (sheet->unknown > 0)
		screen_printf(sheet->window, sheet->y++, 0, STYLE_DIM,
			"%d figures are unknown and left out", sheet->unknown);
	return sheet->y - first;
}

/* Follows the process from refresh to refresh. */
static void
show(void *data, struct app *app)
{
	struct detail *detail = data;
	const struct process *process = app_find(app, &app->process);

	if (process)
		summary_note(&detail->summary, app, process);
}

static void
draw(void *data, struct app *app, WINDOW *window)
{
	struct detail *detail = data;
	struct list *list = &detail->list;
	size_t first = list->selected;
	struct sheet sheet = { .app = app,
		.process = app_find(app, &app->process),
		.window = window,
		.y = -(int)first };

	if (!sheet.process) {
		screen_printf(window, 0, 0, STYLE_WARNING, "process %lld has ended",
			(long long)app->process.pid);
		return;
	}
	sheet.values_end = end_of_values(&sheet);
	list_fit_page(list, (size_t)put_all(&sheet, &detail->summary), (size_t)getmaxy(window));
	if (list->selected == first)
		return;
	werase(window); /* it was scrolled beyond the end */
	sheet.y = -(int)list->selected;
	sheet.unknown = 0;
	put_all(&sheet, &detail->summary);
}

const struct view view_detail = {
	.name = "Detail",
	.hint = "Up Down scroll  a OOM priority  k signal  4 map  5 faults  x explain  q back",
	.is_page = true,
	.has_process = true,
	.state_size = sizeof(struct detail),
	.open = list_open_page,
	.show = show,
	.draw = draw,
	.has_list = true,
};
