// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/macros.h"
#include "tui/context.h"

#include "table/cell.h"

#include <stdio.h>
#include <string.h>

/*
 * Everything known of one process, in sections: each column of the table with its value and what
 * it means. All lines are laid out each time; those of the page that is scrolled to are drawn.
 */
enum { TITLE_COLUMNS = 9, VALUE_COLUMNS = 10, GAP = 2, LEAST_HELP = 30, LIMIT_COLUMNS = 12 };

/* Where the next line goes: y is negative above the window and may lie below it. */
struct page {
	const struct tui *tui;
	const struct process *process;
	WINDOW *window;
	int y, values_end; /* the columns of numbers end before that */
};

static void
put_wrapped(struct page *page, int x, enum style style, const char *text)
{
	page->y += screen_put_wrapped(page->window, page->y, x, style, text);
}

static void
put_right(const struct page *page, int end, const char *number)
{
	int columns = (int)text_width(number);

	screen_put(page->window, page->y, end - columns, columns, STYLE_NORMAL, false, number);
}

/* What a figure means, where there is room beside it. */
static void
put_help(struct page *page, int x, const char *help)
{
	if (getmaxx(page->window) - x >= LEAST_HELP)
		put_wrapped(page, x, STYLE_DIM, help);
	else
		page->y++;
}

/* Only the thread of curses draws. */
static char value[CELL_SIZE];

/* Writes the value of a column there. Returns its length. */
static size_t
format(const struct page *page, const struct column *column)
{
	return cell_format(value, CELL_SIZE, column, page->process, page->tui->charset,
		page->tui->settings->scale);
}

/* Where numbers end: behind the longest one. */
static int
end_of_values(const struct page *page)
{
	int longest = VALUE_COLUMNS;

	for (size_t i = 0; i < process_table.column_count; i++) {
		const struct column *column = &process_table.columns[i];
		int length = column->unit == UNIT_TEXT ? 0 : (int)format(page, column);

		longest = length > longest ? length : longest;
	}
	return TITLE_COLUMNS + longest;
}

static void
put_column(struct page *page, const struct column *column)
{
	format(page, column);
	screen_put(page->window, page->y, 0, TITLE_COLUMNS - 1, STYLE_BOLD, false, column->title);
	if (column->unit == UNIT_TEXT) {
		put_wrapped(page, TITLE_COLUMNS, STYLE_NORMAL, value);
	} else {
		put_right(page, page->values_end, value);
		put_help(page, page->values_end + GAP, column->help);
	}
}

static void
put_columns(struct page *page, unsigned units)
{
	for (size_t i = 0; i < process_table.column_count; i++)
		if (units & 1U << process_table.columns[i].unit)
			put_column(page, &process_table.columns[i]);
}

static void
put_identity(struct page *page)
{
	put_columns(page, 1U << UNIT_TEXT);
	put_columns(page, 1U << UNIT_ID);
}

static void
put_memory(struct page *page)
{
	put_columns(page, 1U << UNIT_BYTES | 1U << UNIT_BYTES_PER_MINUTE);
}

static void
put_others(struct page *page)
{
	put_columns(page, 1U << UNIT_NUMBER | 1U << UNIT_RATE | 1U << UNIT_PERCENT |
				  1U << UNIT_DURATION | 1U << UNIT_TIME);
}

/* Three numbers a limit: what is used of it, where it is, how far the process may raise it. */
static void
put_limit(struct page *page, enum limit_kind kind)
{
	const struct limit_description *description = &limit_descriptions[kind];
	const struct limit *limit = &page->tui->snapshot->limits[kind];
	const struct column *column = description->column
					      ? table_find(&process_table, description->column,
							strlen(description->column))
					      : NULL;
	const int64_t numbers[] = {
		column ? column_number(column, page->process) : UNKNOWN,
		limit->soft,
		limit->hard,
	};
	int end = TITLE_COLUMNS - GAP;

	screen_put(
		page->window, page->y, 0, TITLE_COLUMNS - 1, STYLE_BOLD, false, description->title);
	for (int i = 0; i < 3; i++) {
		char text[UNIT_FORMAT_SIZE];

		limit_format(text, kind, numbers[i]);
		put_right(page, end += LIMIT_COLUMNS, text);
	}
	put_help(page, end + GAP, description->help);
}

static void
put_limits(struct page *page)
{
	static const char *const titles[] = { "used", "soft", "hard" };
	int end = TITLE_COLUMNS - GAP;

	for (int i = 0; i < 3; i++)
		put_right(page, end += LIMIT_COLUMNS, titles[i]);
	page->y++;
	for (int kind = 0; kind < LIMIT_KINDS; kind++)
		put_limit(page, (enum limit_kind)kind);
}

static const struct {
	const char *title;
	void (*put)(struct page *page);
} sections[] = {
	{ "Identity", put_identity },
	{ "Memory", put_memory },
	{ "Limits", put_limits },
	{ "Time, faults and OOM", put_others },
};

/* Returns how many lines all of it takes. */
static int
put_sections(struct page *page)
{
	int first = page->y;

	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		screen_put(page->window, page->y++, 0, getmaxx(page->window), STYLE_HEADING, true,
			sections[i].title);
		sections[i].put(page);
	}
	return page->y - first;
}

static void
draw(struct tui *tui, WINDOW *window)
{
	struct page page = { .tui = tui,
		.process = tui_find(tui, &tui->focus),
		.window = window,
		.y = -(int)tui->lines.selected };
	size_t first = tui->lines.selected;

	if (!page.process) {
		screen_printf(window, 0, 0, STYLE_WARNING, "process %lld has ended",
			(long long)tui->focus.pid);
		return;
	}
	page.values_end = end_of_values(&page);
	list_fit_page(&tui->lines, (size_t)put_sections(&page), (size_t)getmaxy(window));
	if (tui->lines.selected == first)
		return;
	werase(window); /* it had been scrolled beyond the end */
	page.y = -(int)tui->lines.selected;
	put_sections(&page);
}

static bool
request(struct tui *tui, enum request request)
{
	return list_request(&tui->lines, request);
}

const struct view view_detail = {
	.name = "Detail",
	.hint = "Up Down scroll  a OOM priority  k signal  3 map  4 faults  x explain  q back",
	.draw = draw,
	.request = request,
	.has_focus = true,
};
