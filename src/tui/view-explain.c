// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/view-explain.h"

#include "model/explain.h"
#include "tui/context.h"

enum { NAME_COLUMNS = 16, VALUE_COLUMNS = 12, GAP = 2 };
enum { MOST_FIGURES = 256, LEAST_LINES = 3 };

/* The row that is looked at in the other view. */
struct subject {
	const struct table *table;
	const void *row; /* NULL: there is none */
	const struct selection *columns;
	const struct column *sorted;
};

struct figures {
	struct figure figures[MOST_FIGURES];
	size_t count;
};

/* As they are on the screen, which only the thread of curses draws. */
static struct figures drawn;

static struct subject
process_subject(const struct tui *tui, const struct process *process)
{
	return (struct subject){ &process_table, process, &tui->listing->columns,
		tui->listing->order.column };
}

static struct subject
subject_of(struct tui *tui)
{
	const struct view *view = tui->explain.of;
	const struct table_page *page = view->page ? view->page(tui) : NULL;

	if (page)
		return (struct subject){ page->columns.table, table_page_selected(page),
			&page->columns, page->order.column };
	if (view->has_focus)
		return process_subject(tui, tui_find(tui, &tui->focus));
	return process_subject(tui, processes_selected(tui));
}

static void
add(struct figures *figures, const struct subject *subject, const struct column *column,
	const struct system *system)
{
	if (figures->count < MOST_FIGURES)
		figures->figures[figures->count++] =
			(struct figure){ subject->table, column, subject->row, system };
}

/* What is shown, in its order, then what else has been read. */
static void
add_row(struct figures *figures, const struct subject *subject, const struct system *system)
{
	if (!subject->row)
		return;
	for (size_t i = 0; i < subject->columns->count; i++)
		add(figures, subject, subject->columns->columns[i], system);
	for (size_t i = 0; i < subject->table->column_count; i++) {
		const struct column *column = &subject->table->columns[i];

		if (!selection_has(subject->columns, column) &&
			column_is_known(column, subject->row))
			add(figures, subject, column, system);
	}
}

static void
add_totals(struct figures *figures, const struct system *system)
{
	const struct selection none = { .table = &system_table };

	add_row(figures, &(struct subject){ &system_table, system, &none, NULL }, system);
}

static void
gather(struct tui *tui, struct figures *figures)
{
	const struct subject subject = subject_of(tui);
	struct explain_page *page = &tui->explain;

	figures->count = 0;
	add_row(figures, &subject, &tui->snapshot->system);
	add_totals(figures, &tui->snapshot->system);
	for (size_t i = 0; page->selected && i < figures->count; i++)
		if (figures->figures[i].column == page->selected)
			page->list.selected = i;
}

/* Which figure is asked about first: what is sorted by, or the first number. */
static const struct column *
first_of(struct subject subject)
{
	for (size_t i = 0; !subject.sorted && i < subject.columns->count; i++)
		if (subject.columns->columns[i]->unit != UNIT_TEXT)
			subject.sorted = subject.columns->columns[i];
	return subject.sorted;
}

void
explain_open(struct tui *tui)
{
	tui->explain = (struct explain_page){ .of = tui->view };
	tui->explain.selected = first_of(subject_of(tui));
	tui->wants_refresh = true; /* what it is made of may not have been read */
	tui_open_page(tui, &view_explain);
}

static struct explain_style
style_of(const struct tui *tui)
{
	return (struct explain_style){ .charset = tui->charset, .scale = tui->settings->scale };
}

/* Where numbers end: behind the longest one. */
static int
end_of_values(const struct tui *tui, const struct figures *figures)
{
	const struct explain_style style = style_of(tui);
	char value[EXPLAIN_SIZE];
	int longest = VALUE_COLUMNS;

	for (size_t i = 0; i < figures->count; i++) {
		const struct figure *figure = &figures->figures[i];

		if (figure->column->unit == UNIT_TEXT)
			continue;
		explain_value(value, sizeof(value), figure, &style);
		if ((int)text_width(value) > longest)
			longest = (int)text_width(value);
	}
	return NAME_COLUMNS + longest;
}

/* A number stands before the kind of its row, a text behind. */
static void
draw_figure(const struct tui *tui, WINDOW *window, int y, const struct figure *figure, int end)
{
	const struct explain_style style = style_of(tui);
	bool is_selected = (size_t)y + tui->explain.list.top == tui->explain.list.selected;
	enum style look = is_selected ? STYLE_SELECTED : STYLE_NORMAL;
	bool is_text = figure->column->unit == UNIT_TEXT;
	int width = getmaxx(window), columns;
	char value[EXPLAIN_SIZE];

	explain_value(value, sizeof(value), figure, &style);
	screen_put(window, y, 0, width, look, is_selected, figure->column->title);
	columns = (int)text_width(value);
	if (!is_text)
		screen_put(window, y, end - columns, columns, look, false, value);
	screen_put(window, y, end + GAP, width, look, false, is_text ? value : figure->table->name);
}

/* Writes all parts from a line on; returns how many lines they take. */
static int
put_parts(const struct tui *tui, WINDOW *window, int first, const struct figure *figure)
{
	static const enum style styles[EXPLAIN_PARTS] = {
		[EXPLAIN_FORMULA] = STYLE_BOLD, [EXPLAIN_SOURCE] = STYLE_DIM
	};
	const struct explain_style style = style_of(tui);
	char text[EXPLAIN_SIZE];
	int y = first;

	for (enum explain_part part = EXPLAIN_WHAT; part < EXPLAIN_PARTS; part++)
		if (explain(text, part, figure, &style))
			y += screen_put_wrapped(window, y, 0, styles[part], text);
	return y - first;
}

/* Scrolled no further than to its end. */
static void
draw_explanation(struct tui *tui, WINDOW *window, const struct figure *figure)
{
	int height = getmaxy(window), lines = put_parts(tui, window, height, figure);
	int most = lines > height - 1 ? lines - (height - 1) : 0;

	tui->explain.scrolled = tui->explain.scrolled < most ? tui->explain.scrolled : most;
	put_parts(tui, window, 1 - tui->explain.scrolled, figure);
	screen_put(window, 0, 0, getmaxx(window), STYLE_HEADING, true, figure->column->title);
}

/* The figures above, what is said of the selected one below. */
static void
draw(struct tui *tui, WINDOW *window)
{
	struct list *list = &tui->explain.list;
	int height = getmaxy(window), upper = height / 2, end;
	WINDOW *lower;

	tui->rows_line = getbegy(window);
	gather(tui, &drawn);
	end = end_of_values(tui, &drawn);
	if (upper < LEAST_LINES)
		upper = height < LEAST_LINES ? height : 1;
	list_fit(list, drawn.count, (size_t)upper);
	for (size_t i = list->top; i < drawn.count && i < list->top + (size_t)upper; i++)
		draw_figure(tui, window, (int)(i - list->top), &drawn.figures[i], end);
	if (drawn.count == 0)
		return;
	if (!tui->explain.selected) /* one that is not there may yet come */
		tui->explain.selected = drawn.figures[list->selected].column;
	lower = height > upper ? derwin(window, height - upper, getmaxx(window), upper, 0) : NULL;
	if (!lower)
		return;
	draw_explanation(tui, lower, &drawn.figures[list->selected]);
	delwin(lower);
}

static bool
request(struct tui *tui, enum request request)
{
	struct explain_page *page = &tui->explain;

	if (request == REQUEST_EXPLAIN)
		return tui_back(tui);
	if (request == REQUEST_LEFT || request == REQUEST_RIGHT) {
		page->scrolled += request == REQUEST_RIGHT ? 1 : -(page->scrolled > 0);
		return true;
	}
	if (!list_request(&page->list, request))
		return false;
	page->scrolled = 0;
	page->selected = page->list.selected < drawn.count
				 ? drawn.figures[page->list.selected].column
				 : NULL;
	return true;
}

/* The rows of the other view go on. */
static void
show(struct tui *tui)
{
	if (tui->explain.of->show)
		tui->explain.of->show(tui);
}

static const struct list *
list(struct tui *tui)
{
	return &tui->explain.list;
}

const struct view view_explain = {
	.name = "Explain",
	.hint = "Up Down another figure  Left Right scroll the text  q back",
	.draw = draw,
	.request = request,
	.show = show,
	.list = list,
};
