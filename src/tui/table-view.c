// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/table-view.h"

#include "base/index.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LEAST_HEIGHT_FOR_NOTES = 6,
	KEY_COLUMNS = 4,
	TREE_INDENT = 2,
	TREE_DEPTH = 20,
	MARK_SIZE = 32
};

void
table_view_init(
	struct table_view *view, const struct table *table, const char *columns, const char *order)
{
	size_t position;
	int error;

	*view = (struct table_view){ .own_columns = { .table = table }, .heading_line = -1 };
	view->columns = &view->own_columns;
	view->order = &view->own_order;
	error = selection_parse(view->columns, columns, &position);
	if (error == 0 && order)
		error = order_parse(table, order, view->order);
	assert(error == 0);
	(void)error; /* unused without assertions */
}

void
table_view_finish(struct table_view *view)
{
	selection_finish(&view->own_columns);
	row_list_finish(&view->rows);
	filter_destroy(view->filter);
	free(view->folded.rows);
}

/* The columns that tell rows apart. */
struct key_columns {
	const struct column *columns[KEY_COLUMNS];
	size_t count;
};

static struct key_columns
key_columns_of(const struct table *table)
{
	struct key_columns key = { .count = 0 };

	for (const char *name = table->key; name; name = strchr(name, ',')) {
		name += *name == ',';
		assert(key.count < KEY_COLUMNS);
		key.columns[key.count++] = table_find(table, name, strcspn(name, ","));
	}
	return key;
}

static uint64_t
hash_of(const struct key_columns *key, const void *row)
{
	uint64_t hash = 0;

	for (size_t i = 0; i < key->count; i++) {
		const struct column *column = key->columns[i];

		hash = column->unit == UNIT_TEXT
			       ? index_mix_text(hash, column_text(column, row))
			       : index_mix(hash, (uint64_t)column_number(column, row));
	}
	return hash;
}

/* The selection has not been moved since the rows were drawn, but its row may have. */
static void
follow_selected(struct table_view *view)
{
	const struct key_columns key = key_columns_of(view->columns->table);
	const void *const *rows = view->rows.rows;
	struct list *list = &view->list;
	size_t count = view->rows.count, at = 0;

	if (key.count == 0 || list->selected == 0 || list->selected != view->key_index)
		return;
	if (list->selected < count && hash_of(&key, rows[list->selected]) == view->key)
		return; /* in most refreshes it is where it was */
	while (at < count && hash_of(&key, rows[at]) != view->key)
		at++;
	if (at < count)
		list->selected = at;
}

/* For follow_selected(). */
static void
note_selected(struct table_view *view)
{
	const struct key_columns key = key_columns_of(view->columns->table);
	const void *row = table_view_selected(view);

	view->key = row ? hash_of(&key, row) : 0;
	view->key_index = view->list.selected;
}

void
table_view_arrange(struct table_view *view)
{
	const struct row_tree *tree = view->columns->table->tree;

	if (!view->tree || !*view->tree)
		return;
	tree_arrange(&view->rows, tree);
	tree_fold(&view->rows, tree, &view->folded);
}

bool
table_view_fold(struct table_view *view, bool folds)
{
	const struct row_tree *tree = view->columns->table->tree;
	const void *row = table_view_selected(view);

	if (!row || tree_is_folded(&view->folded, tree, row) == folds)
		return false;
	tree_toggle(&view->folded, tree, row);
	return true;
}

void
table_view_show(struct table_view *view, const struct rows *rows)
{
	order_build(&view->rows, view->columns->table, rows->data, rows->count, view->filter,
		view->order);
	if (view->is_worth_showing)
		row_list_keep(&view->rows, view->is_worth_showing);
	table_view_arrange(view);
	follow_selected(view);
	list_fit(&view->list, view->rows.count, view->list.height);
}

const void *
table_view_selected(const struct table_view *view)
{
	return view->rows.count ? view->rows.rows[view->list.selected] : NULL;
}

bool
table_view_filter(struct table_view *view, const char *text, struct filter_error *ret_error)
{
	struct filter *filter = filter_create(view->columns->table);

	if (filter_add(filter, text, ret_error) < 0) {
		filter_destroy(filter);
		return false;
	}
	filter_destroy(view->filter);
	view->filter = filter;
	snprintf(view->filter_text, sizeof(view->filter_text), "%s", text);
	return true;
}

static enum style
style_of(const struct table_view *view, size_t index)
{
	if (index == view->list.selected)
		return STYLE_SELECTED;
	return view->look && view->look->style ? view->look->style(view, view->rows.rows[index])
					       : STYLE_NORMAL;
}

/* In a tree, indents the last text below its parent's, with the number of folded rows before it. */
static int
draw_branch(const struct table_view *view, WINDOW *window, int y, size_t index, size_t number,
	enum style style)
{
	const struct heading *heading = &view->grid.headings[number];
	char mark[MARK_SIZE];
	int indent;

	if (!view->tree || !*view->tree || number + 1 < view->grid.heading_count ||
		heading->column->unit != UNIT_TEXT)
		return 0;
	indent = view->rows.depths[index];
	indent = TREE_INDENT * (indent < TREE_DEPTH ? indent : TREE_DEPTH);
	if (view->rows.folded[index] == 0)
		return indent;
	snprintf(mark, sizeof(mark), "[+%zu] ", view->rows.folded[index]);
	return indent + screen_put_within(window, y, heading->x + indent, heading->room - indent,
				style, mark);
}

static void
draw_row(const struct table_view *view, WINDOW *window, int y, size_t index,
	const struct grid_content *content)
{
	const void *row = view->rows.rows[index];
	const struct row_look *look = view->look;
	enum style style = style_of(view, index);

	if (style == STYLE_SELECTED)
		screen_put_line(window, y, style, "");
	for (size_t i = 0; i < view->grid.heading_count; i++) {
		const struct heading *heading = &view->grid.headings[i];
		const char *text = look ? look->text(view, heading->column, index) : NULL;

		if (look && look->draw &&
			look->draw(heading, row, window, y, content->charset, style))
			continue;
		grid_draw_cell(heading, content, row, text, window, y,
			draw_branch(view, window, y, index, i, style), style);
	}
}

static void
draw_rows(struct table_view *view, WINDOW *window, enum charset charset, enum scale scale)
{
	const struct grid_content content = { view->columns, view->order, &view->rows, scale,
		charset, view->has_commands };
	int heading = getmaxy(window) > 1 ? 1 : 0;

	view->heading_line = heading ? getbegy(window) : -1;
	view->list.line = getbegy(window) + heading;
	list_fit(&view->list, view->rows.count, (size_t)(getmaxy(window) - heading));
	note_selected(view);
	grid_place(&view->grid, &content, getmaxx(window));
	if (heading)
		grid_draw_headings(&view->grid, &content, window, 0);
	for (size_t i = 0; i < view->list.height && view->list.top + i < view->rows.count; i++)
		draw_row(view, window, heading + (int)i, view->list.top + i, &content);
}

bool
table_view_draw(
	struct table_view *view, WINDOW *window, int notes, enum charset charset, enum scale scale)
{
	int height = getmaxy(window), first = height >= LEAST_HEIGHT_FOR_NOTES ? notes : 0;
	WINDOW *rows = derwin(window, height - first, getmaxx(window), first, 0);

	if (rows) {
		draw_rows(view, rows, charset, scale);
		delwin(rows);
	}
	return first > 0;
}

const struct column *
table_view_column(const struct selection *shown, size_t place)
{
	if (place < shown->count)
		return shown->columns[place];
	place -= shown->count;
	for (size_t i = 0; i < shown->table->column_count; i++) {
		const struct column *column = &shown->table->columns[i];

		if (!selection_has(shown, column) && place-- == 0)
			return column;
	}
	return NULL;
}
