// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/explain.h"
#include "model/snapshot.h"
#include "tui/app.h"
#include "tui/process-list.h"
#include "tui/screen.h"
#include "tui/table-view.h"

enum { NAME_COLUMNS = 16, VALUE_COLUMNS = 12, GAP = 2 };
enum { MOST_FIGURES = 256, LEAST_LINES = 3 };

struct state {
	struct list list;                    /* first: has_list */
	struct figure figures[MOST_FIGURES]; /* as drawn */
	size_t count;
	int scrolled;                  /* lines of the explanation above its window */
	const struct column *selected; /* stays when others come before it; NULL: as in the list */
};

/* The selected row of the view below. */
struct subject {
	const void *row; /* NULL: none */
	const struct selection *columns;
	const struct column *sorted;
};

static struct subject
subject_of(struct app *app)
{
	bool is_one = app_view_below(app)->has_process && !app_table(app);
	const struct table_view *view = is_one ? &app->processes->table : app_table(app);

	return (struct subject){ is_one ? app_find(app, &app->process) : table_view_selected(view),
		view->columns, view->order->column };
}

/* Adds the visible columns of a row, then the others that are known. */
static void
add_row(struct state *state, const struct selection *columns, const void *row,
	const struct system *system)
{
	const struct column *column;

	for (size_t i = 0; (column = table_view_column(columns, i)); i++)
		if (state->count < MOST_FIGURES &&
			(i < columns->count || column_is_known(column, row)))
			state->figures[state->count++] =
				(struct figure){ columns->table, column, row, system };
}

static void
gather(struct state *state, struct app *app)
{
	const struct system *system = &app->snapshot->system;
	const struct selection no_columns = { .table = &system_table };
	const struct subject subject = subject_of(app);

	state->count = 0;
	if (subject.row)
		add_row(state, subject.columns, subject.row, system);
	add_row(state, &no_columns, system, system);
	for (size_t i = 0; state->selected && i < state->count; i++)
		if (state->figures[i].column == state->selected)
			state->list.selected = i;
}

/* The first figure to explain: the sorted one, or the first number. */
static const struct column *
first_of(struct subject subject)
{
	for (size_t i = 0; !subject.sorted && i < subject.columns->count; i++)
		if (subject.columns->columns[i]->unit != UNIT_TEXT)
			subject.sorted = subject.columns->columns[i];
	return subject.sorted;
}

static void
open_explanation(void *data, struct app *app, const struct process_key *process)
{
	struct state *state = data;

	*state = (struct state){ .selected = first_of(subject_of(app)) };
}

static struct explain_style
style_of(const struct app *app)
{
	return (struct explain_style){ .charset = app->charset, .scale = app->settings->scale };
}

/* The right edge of the numbers: after the longest one. */
static int
end_of_values(const struct app *app, const struct state *state)
{
	const struct explain_style style = style_of(app);
	char value[EXPLAIN_SIZE];
	int longest = VALUE_COLUMNS;

	for (size_t i = 0; i < state->count; i++) {
		const struct figure *figure = &state->figures[i];

		if (figure->column->unit == UNIT_TEXT)
			continue;
		explain_value(value, sizeof(value), figure, &style);
		if ((int)text_width(value) > longest)
			longest = (int)text_width(value);
	}
	return NAME_COLUMNS + longest;
}

/* Writes a number before the kind of its row, and a text after it. */
static void
draw_figure(const struct state *state, const struct app *app, WINDOW *window, int y,
	const struct figure *figure, int end)
{
	const struct explain_style style = style_of(app);
	bool is_selected = (size_t)y + state->list.top == state->list.selected;
	enum style look = is_selected ? STYLE_SELECTED : STYLE_NORMAL;
	bool is_text = figure->column->unit == UNIT_TEXT;
	char value[EXPLAIN_SIZE];

	explain_value(value, sizeof(value), figure, &style);
	screen_put_line(window, y, look, figure->column->title);
	if (!is_text)
		screen_put_right(window, y, end, look, value);
	screen_put(window, y, end + GAP, look, is_text ? value : figure->table->name);
}

/* Writes all parts from line `first` on. Returns the number of lines. */
static int
put_parts(const struct app *app, WINDOW *window, int first, const struct figure *figure)
{
	static const enum style styles[EXPLAIN_PARTS] = {
		[EXPLAIN_FORMULA] = STYLE_BOLD, [EXPLAIN_SOURCE] = STYLE_DIM
	};
	const struct explain_style style = style_of(app);
	char text[EXPLAIN_SIZE];
	int y = first;

	for (enum explain_part part = EXPLAIN_WHAT; part < EXPLAIN_PARTS; part++)
		if (explain(text, part, figure, &style))
			y += screen_put_wrapped(window, y, 0, styles[part], text);
	return y - first;
}

/* Draws the text, scrolled at most to its end. */
static void
draw_explanation(
	struct state *state, const struct app *app, WINDOW *window, const struct figure *figure)
{
	int height = getmaxy(window), lines = put_parts(app, window, height, figure);
	int most = lines > height - 1 ? lines - (height - 1) : 0;

	state->scrolled = state->scrolled < most ? state->scrolled : most;
	put_parts(app, window, 1 - state->scrolled, figure);
	screen_put_line(window, 0, STYLE_HEADING, figure->column->title);
}

/* Draws the figures, and the explanation of the selected one below. */
static void
draw(void *data, struct app *app, WINDOW *window)
{
	struct state *state = data;
	struct list *list = &state->list;
	int height = getmaxy(window), upper = height / 2, end;
	WINDOW *lower;

	list->line = getbegy(window);
	gather(state, app);
	end = end_of_values(app, state);
	if (upper < LEAST_LINES)
		upper = height < LEAST_LINES ? height : 1;
	list_fit(list, state->count, (size_t)upper);
	for (size_t i = list->top; i < state->count && i < list->top + (size_t)upper; i++)
		draw_figure(state, app, window, (int)(i - list->top), &state->figures[i], end);
	if (state->count == 0)
		return;
	if (!state->selected) /* a missing column may still come */
		state->selected = state->figures[list->selected].column;
	lower = height > upper ? derwin(window, height - upper, getmaxx(window), upper, 0) : NULL;
	if (!lower)
		return;
	draw_explanation(state, app, lower, &state->figures[list->selected]);
	delwin(lower);
}

static bool
act(void *data, struct app *app, enum action action)
{
	struct state *state = data;

	if (action == ACTION_LEFT || action == ACTION_RIGHT) {
		state->scrolled += action == ACTION_RIGHT ? 1 : -(state->scrolled > 0);
		return true;
	}
	if (!list_action(&state->list, action))
		return false;
	state->scrolled = 0;
	state->selected = state->list.selected < state->count
				  ? state->figures[state->list.selected].column
				  : NULL;
	return true;
}

const struct view view_explain = {
	.name = "Explain",
	.hint = "Up Down another figure  Left Right scroll the text  q back",
	.key = { .keys = "x",
		.help = "explain each figure of the selected row and of the header",
		.codes = { 'x' } },
	.is_page = true,
	.is_over = OVER_FIGURES,
	.state_size = sizeof(struct state),
	.open = open_explanation,
	.draw = draw,
	.act = act,
	.has_list = true,
};
