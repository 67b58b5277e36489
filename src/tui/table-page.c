// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/table-page.h"

#include <assert.h>
#include <stddef.h>

void
table_page_init(
	struct table_page *page, const struct table *table, const char *columns, const char *order)
{
	size_t position;
	int error;

	*page = (struct table_page){ .columns = { .table = table } };
	error = selection_parse(&page->columns, columns, &position);
	if (error == 0 && order)
		error = order_parse(table, order, &page->order);
	assert(error == 0);
	(void)error;
}

void
table_page_finish(struct table_page *page)
{
	selection_finish(&page->columns);
	row_list_finish(&page->rows);
}

void
table_page_show(struct table_page *page, const void *rows, size_t count)
{
	order_build(&page->rows, page->columns.table, rows, count, NULL, &page->order);
	if (page->is_worth_showing)
		row_list_keep(&page->rows, page->is_worth_showing);
	list_fit(&page->list, page->rows.count, page->list.height);
}

const void *
table_page_selected(const struct table_page *page)
{
	return page->rows.count ? page->rows.rows[page->list.selected] : NULL;
}

static void
sort_by(struct table_page *page, const struct column *column)
{
	if (column)
		page->order = order_of(column);
}

bool
table_page_request(struct table_page *page, enum request request)
{
	if (list_request(&page->list, request))
		return true;
	switch (request) {
	case REQUEST_LEFT:
		grid_scroll(&page->grid, -1);
		return true;
	case REQUEST_RIGHT:
		grid_scroll(&page->grid, 1);
		return true;
	case REQUEST_SORT_PREVIOUS:
		sort_by(page, grid_column_beside(&page->columns, page->order.column, -1));
		return true;
	case REQUEST_SORT_NEXT:
		sort_by(page, grid_column_beside(&page->columns, page->order.column, 1));
		return true;
	case REQUEST_SORT_REVERSE:
		page->order.ascending = !page->order.ascending;
		return true;
	default:
		return false;
	}
}

void
table_page_draw(struct table_page *page, WINDOW *window, enum charset charset, enum scale scale)
{
	const struct grid_content content = { &page->columns, &page->order, &page->rows, scale,
		charset };
	int heading = getmaxy(window) > 1 ? 1 : 0;

	list_fit(&page->list, page->rows.count, (size_t)(getmaxy(window) - heading));
	grid_place(&page->grid, &content, getmaxx(window));
	if (heading)
		grid_draw_headings(&page->grid, &content, window, 0);
	for (size_t i = 0; i < page->list.height && page->list.top + i < page->rows.count; i++) {
		size_t row = page->list.top + i;
		enum style style = row == page->list.selected ? STYLE_SELECTED : STYLE_NORMAL;
		int y = heading + (int)i;

		if (style == STYLE_SELECTED)
			screen_put(window, y, 0, getmaxx(window), style, true, "");
		for (size_t j = 0; j < page->grid.heading_count; j++)
			grid_draw_cell(&page->grid.headings[j], page->grid.headings[j].column,
				page->rows.rows[row], window, y, 0, style, charset, scale);
	}
}
