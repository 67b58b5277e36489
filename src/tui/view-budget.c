// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/view-budget.h"

#include "model/needs.h"
#include "tui/context.h"

#include <stdio.h>

enum { NOTES = 1, TEXT_SIZE = 256 };

static const char columns[] = "item,part,bytes,share,change,rate,what";

void
budget_page_init(struct budget_page *page)
{
	table_page_init(&page->table, &budget_table, columns, NULL);
	page->table.is_worth_showing = budget_is_worth_showing;
}

void
budget_page_finish(struct budget_page *page)
{
	table_page_finish(&page->table);
	rows_finish(&page->rows);
	rows_finish(&page->first);
	arena_finish(&page->texts);
}

static void
show(struct tui *tui)
{
	struct budget_page *page = &tui->budget;
	const struct snapshot *snapshot = tui->snapshot;

	if (!snapshot || snapshot->budget.count == 0)
		return;
	if (page->first.count == 0) {
		rows_copy(&page->first, &snapshot->budget, &page->texts);
		page->first_time = snapshot->monotonic;
	}
	rows_copy(&page->rows, &snapshot->budget, NULL);
	budget_compare(&page->rows, &page->first, snapshot->monotonic - page->first_time);
	table_page_show(&page->table, page->rows.data, page->rows.count);
}

static void
draw_note(const struct tui *tui, WINDOW *window)
{
	const struct budget_figures *figures = &tui->snapshot->budget_figures;
	char total[UNIT_FORMAT_SIZE], kept[UNIT_FORMAT_SIZE], text[TEXT_SIZE];
	int64_t balloon, rest;

	if (tui->snapshot->budget.count == 0) {
		screen_put(window, 0, 0, getmaxx(window), STYLE_DIM, false,
			"reading where memory is ...");
		return;
	}
	unit_format(total, UNIT_BYTES, figures->total, tui->settings->scale);
	snprintf(text, sizeof(text), "Budget: the items add up to MemTotal, %s", total);
	budget_beyond(&tui->snapshot->budget, figures, &balloon, &rest);
	if (balloon > 0 || rest > 0) {
		unit_format(kept, UNIT_BYTES, balloon > 0 ? balloon : rest, tui->settings->scale);
		snprintf(text, sizeof(text), "Budget: the items add up to MemTotal, %s; %s %s",
			total,
			balloon > 0 ? "back with the host (balloon):"
				    : "firmware and the kernel keep",
			kept);
	}
	screen_put(window, 0, 0, getmaxx(window), STYLE_DIM, false, text);
}

static void
draw(struct tui *tui, WINDOW *window)
{
	if (tui_draw_page(tui, &tui->budget.table, window, NOTES))
		draw_note(tui, window);
}

static bool
request(struct tui *tui, enum request request)
{
	if (!table_page_request(&tui->budget.table, request))
		return false;
	show(tui);
	return true;
}

static struct table_page *
page(struct tui *tui)
{
	return &tui->budget.table;
}

const struct view view_budget = {
	.name = "Budget",
	.tab = "5 Budget",
	.hint = "Up Down  < > R sort  x explain  e unit  z freeze  ? help",
	.draw = draw,
	.request = request,
	.show = show,
	.needs = NEED_BUDGET,
	.page = page,
};
