// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/view-kernel.h"

#include "tui/context.h"

#include <stdio.h>

enum { NOTES = 2, TEXT_SIZE = 256 };

void
kernel_view_init(struct kernel_view *view)
{
	for (size_t i = 0; i < KERNEL_PAGES; i++) {
		const struct kernel_part_description *part = &kernel_parts[kernel_pages[i].part];

		table_page_init(&view->pages[i], part->table, kernel_pages[i].columns,
			kernel_pages[i].order);
		view->pages[i].is_worth_showing = part->is_worth_showing;
	}
}

void
kernel_view_finish(struct kernel_view *view)
{
	for (size_t i = 0; i < KERNEL_PAGES; i++)
		table_page_finish(&view->pages[i]);
}

unsigned
kernel_view_needs(const struct tui *tui)
{
	return kernel_parts[kernel_pages[tui->kernel.page].part].need;
}

static void
show(struct tui *tui)
{
	struct kernel_view *view = &tui->kernel;
	const struct rows *rows;

	if (!tui->snapshot)
		return;
	rows = &tui->snapshot->kernel[kernel_pages[view->page].part];
	table_page_show(&view->pages[view->page], rows->data, rows->count);
}

/* All pages, the one that is open in brackets. */
static void
draw_pages(const struct tui *tui, WINDOW *window)
{
	int x = 0;

	for (size_t i = 0; i < KERNEL_PAGES; i++) {
		bool is_open = i == tui->kernel.page;
		char text[64];

		snprintf(text, sizeof(text), is_open ? "[%s] " : " %s  ", kernel_pages[i].name);
		x += screen_put(window, 0, x, getmaxx(window) - x, is_open ? STYLE_BOLD : STYLE_DIM,
			false, text);
	}
}

/* What slabtop has in its head. */
static void
slab_text(const struct tui *tui, char text[static TEXT_SIZE])
{
	const struct rows *rows = &tui->snapshot->kernel[KERNEL_SLABS];
	const struct slab *slabs = rows->data;
	int64_t objects = 0, active = 0, bytes = 0;
	char size[UNIT_FORMAT_SIZE];

	for (size_t i = 0; i < rows->count; i++) {
		objects += slabs[i].objects;
		active += slabs[i].active_objects;
		bytes += slabs[i].bytes;
	}
	unit_format(size, UNIT_BYTES, bytes, tui->settings->scale);
	snprintf(text, TEXT_SIZE, "%zu caches, %lld objects, %lld in use, %s", rows->count,
		(long long)objects, (long long)active, size);
}

/* What there is, or why there is nothing. */
static void
draw_note(const struct tui *tui, WINDOW *window)
{
	const struct kernel_page *page = &kernel_pages[tui->kernel.page];
	unsigned need = kernel_parts[page->part].need;
	const struct hint *hint = snapshot_find_hint(tui->snapshot, need);
	size_t count = tui->snapshot->kernel[page->part].count;
	char text[HINT_TEXT_SIZE];

	if (hint)
		hint_text(hint, text);
	else if (!(tui->snapshot->bits & need))
		snprintf(text, sizeof(text), "reading ...");
	else if (count > 0 && page->part == KERNEL_SLABS)
		slab_text(tui, text);
	else
		snprintf(text, sizeof(text), "%s%s", page->help, count ? "" : ": there are none");
	screen_put(window, 1, 0, getmaxx(window), hint ? STYLE_WARNING : STYLE_DIM, false, text);
}

static void
draw(struct tui *tui, WINDOW *window)
{
	if (!tui_draw_page(tui, &tui->kernel.pages[tui->kernel.page], window, NOTES))
		return;
	draw_pages(tui, window);
	draw_note(tui, window);
}

static bool
request(struct tui *tui, enum request request)
{
	struct kernel_view *view = &tui->kernel;

	if (request == REQUEST_GROUPING) {
		view->page = (view->page + 1) % KERNEL_PAGES;
		tui->wants_refresh = true;
	} else if (!table_page_request(&view->pages[view->page], request)) {
		return false;
	}
	show(tui);
	return true;
}

static struct table_page *
page(struct tui *tui)
{
	return &tui->kernel.pages[tui->kernel.page];
}

const struct view view_kernel = {
	.name = "Kernel",
	.tab = "6 Kernel",
	.hint = "b next page  < > R sort  x explain  e unit  Esc back  ? help",
	.draw = draw,
	.request = request,
	.show = show,
	.page = page,
};
