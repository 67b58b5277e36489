// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/table-input.h"

#include "base/macros.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "tui/app.h"
#include "tui/process-list.h"
#include "tui/table-view.h"

#include <stdio.h>
#include <string.h>

void
table_input_sort(struct app *app, struct order order)
{
	*app_table(app)->order = order;
	app_show(app);
}

static void
sort_beside(struct app *app, long step)
{
	const struct table_view *view = app_table(app);
	const struct column *column =
		grid_column_beside(view->columns, view->order->column, (int)step);

	if (column)
		table_input_sort(app, order_of(column));
}

static void
reverse_order(struct app *app)
{
	const struct order *order = app_table(app)->order;

	table_input_sort(app, (struct order){ order->column, !order->ascending });
}

static void
scroll_columns(struct app *app, long step)
{
	grid_scroll(&app_table(app)->grid, (int)step);
}

static void
fill_columns(struct app *app, struct choose *choose)
{
	const struct table_view *view = app_table(app);
	const struct column *column;

	for (size_t i = 0; (column = table_view_column(view->columns, i)); i++) {
		if (column == view->order->column)
			choose->preset = choose->count;
		choose_add(
			choose, &(struct choice){ UNKNOWN, column->title, column->help, column });
	}
}

static bool
column_chosen(struct app *app, const struct choice *choice)
{
	if (choice->value != app_table(app)->order->column)
		table_input_sort(app, order_of(choice->value));
	return false;
}

static void
choose_order(struct app *app)
{
	static const struct choose_kind kind = {
		.label = "Sort by: ",
		.missing = "no such column",
		.fill = fill_columns,
		.chosen = column_chosen,
	};

	choose_open(&app->choose, &app->prompt, app, &kind);
}

/* Searches from the selected row on, around the end, in the columns of a bare word. */

static bool
is_found(const struct selection *columns, const void *row, const char *word)
{
	for (size_t i = 0; i < columns->count; i++) {
		const struct column *column = columns->columns[i];
		const char *text = column->unit == UNIT_TEXT ? column_text(column, row) : NULL;

		if (text && strcasestr(text, word))
			return true;
	}
	return false;
}

/* Returns the place of the first row that has the word, or the count. */
static size_t
find_row(const struct table_view *view, size_t first, size_t step)
{
	struct selection columns = { .table = view->columns->table };
	size_t count = view->rows.count, at = first, left = count, position;

	if (columns.table->search)
		selection_parse(&columns, columns.table->search, &position);
	while (left > 0 && !is_found(&columns, view->rows.rows[at], view->search)) {
		at = (at + step) % count;
		left--;
	}
	selection_finish(&columns);
	return left > 0 ? at : count;
}

/* Command lines of all processes are read once one is searched for. */
static bool
lacks_command_lines(const struct app *app, const struct table_view *view)
{
	return view == &app->processes->table &&
	       (!app->snapshot || !(app->snapshot->bits & NEED_COMMAND));
}

static void
search(struct app *app, struct table_view *view, size_t first, size_t step)
{
	size_t found;

	view->searches_on = false;
	if (!view->search[0])
		return;
	found = find_row(view, first, step);
	view->searches_on = found == view->rows.count && lacks_command_lines(app, view);
	if (found < view->rows.count)
		view->list.selected = found;
	else if (!view->searches_on)
		app_say(app, "not found: %s", view->search);
}

void
table_input_search_on(struct app *app)
{
	struct table_view *view = app->view->table ? app_table(app) : NULL;

	if (!view || !view->searches_on || lacks_command_lines(app, view))
		return;
	search(app, view, view->list.selected, 1);
	if (view == &app->processes->table)
		process_list_remember(app->processes);
}

static bool
search_changed(struct app *app, struct prompt *prompt, bool done)
{
	struct table_view *view = app_table(app);

	snprintf(view->search, sizeof(view->search), "%s", prompt->text);
	app_say(app, "%s", "");
	search(app, view, view->list.selected, 1);
	return false;
}

static void
open_search(struct app *app)
{
	prompt_open(&app->prompt, "Search: ", "", search_changed, NULL);
}

static void
search_again(struct app *app, long step)
{
	struct table_view *view = app_table(app);
	size_t count = view->rows.count, next = step > 0 ? 1 : count - 1;

	if (count > 0)
		search(app, view, (view->list.selected + next) % count, next);
}

/* The filter works at once; Esc restores the old one. */

bool
table_input_filter(struct app *app, const char *text, struct filter_error *ret_error)
{
	if (!table_view_filter(app_table(app), text, ret_error))
		return false;
	app_show(app);
	return true;
}

/* The start of the last word of a text. */
static size_t
last_word(const char *text)
{
	const char *blank = strrchr(text, ' ');

	return blank ? (size_t)(blank + 1 - text) : 0;
}

/* Whether a text ends in the name of a column, which may be the start of a term. */
static bool
ends_in_column(const struct table *table, const char *text)
{
	const char *word = text + last_word(text);

	word += *word == '!';
	return *word && table_find(table, word, strlen(word));
}

/* While the user types a term, the terms before it are active. */
static bool
filter_changed(struct app *app, struct prompt *prompt, bool done)
{
	const struct table *table = app_table(app)->columns->table;
	struct filter_error error = { .message = "" };
	char before[PROMPT_SIZE];

	if ((done || !ends_in_column(table, prompt->text)) &&
		table_input_filter(app, prompt->text, &error)) {
		app_table(app)->is_filtering = !done;
		if (done)
			app_refresh(app); /* for the sums of the rows that pass, with PSS */
		return false;
	}
	if (error.message[0])
		snprintf(prompt->complaint, sizeof(prompt->complaint), "character %zu: %s",
			error.position + 1, error.message);
	snprintf(before, sizeof(before), "%.*s", (int)last_word(prompt->text), prompt->text);
	table_input_filter(app, before, &error);
	return done; /* stays open until it is valid or cancelled */
}

static void
filter_cancelled(struct app *app, struct prompt *prompt)
{
	struct filter_error error;

	app_table(app)->is_filtering = false;
	table_input_filter(app, app_table(app)->filter_before, &error);
}

static void
open_filter(struct app *app)
{
	struct table_view *view = app_table(app);

	view->is_filtering = true; /* command lines are read once, not for each letter */
	memcpy(view->filter_before, view->filter_text, sizeof(view->filter_before));
	prompt_open(&app->prompt, "Filter: ", view->filter_text, filter_changed, filter_cancelled);
}

/* Ends the filter and the search. Returns false if there is none. */
static bool
end_filter(struct app *app)
{
	struct table_view *view = app_table(app);
	struct filter_error error;
	bool has_any = view->search[0] || view->filter_text[0];

	view->search[0] = '\0';
	if (view->filter_text[0])
		table_input_filter(app, "", &error);
	return has_any;
}

static void
flip_tree(struct app *app)
{
	bool *tree = app_table(app)->tree;

	*tree = !*tree;
	app_show(app);
}

static void
fold(struct app *app, long folds)
{
	struct table_view *view = app_table(app);

	if (!*view->tree)
		app_say(app, "only a tree is folded (V shows it)");
	else if (table_view_fold(view, folds > 0))
		app_show(app);
}

static const struct action_handler handlers[] = {
	{ ACTION_LEFT, .act_with = scroll_columns, .argument = -1 },
	{ ACTION_RIGHT, .act_with = scroll_columns, .argument = 1 },
	{ ACTION_SORT_PREVIOUS, .act_with = sort_beside, .argument = -1 },
	{ ACTION_SORT_NEXT, .act_with = sort_beside, .argument = 1 },
	{ ACTION_SORT_REVERSE, .act = reverse_order },
	{ ACTION_SORT_LIST, .act = choose_order },
	{ ACTION_SEARCH, .act = open_search },
	{ ACTION_SEARCH_NEXT, .act_with = search_again, .argument = 1 },
	{ ACTION_SEARCH_PREVIOUS, .act_with = search_again, .argument = -1 },
	{ ACTION_FILTER, .act = open_filter },
};

/* Where rows can stand below others. */
static const struct action_handler tree_handlers[] = {
	{ ACTION_TREE, .act = flip_tree },
	{ ACTION_FOLD, .act_with = fold, .argument = 1 },
	{ ACTION_UNFOLD, .act_with = fold, .argument = 0 },
};

bool
table_input(struct app *app, enum action action)
{
	if (action == ACTION_BACK)
		return end_filter(app);
	return list_action(&app_table(app)->list, action) ||
	       action_handle(handlers, ARRAY_SIZE(handlers), app, action) ||
	       (app_table(app)->tree &&
		       action_handle(tree_handlers, ARRAY_SIZE(tree_handlers), app, action));
}
