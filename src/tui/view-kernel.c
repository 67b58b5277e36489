// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/kernel.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "tui/app.h"
#include "tui/table-view.h"

#include <stdio.h>

enum { TEXT_SIZE = 256 };

/* One of several pages, each with its own order. */
struct state {
	struct table_view pages[KERNEL_PAGES];
	size_t page;
};

static void
init(void *data)
{
	struct state *state = data;

	for (size_t i = 0; i < KERNEL_PAGES; i++) {
		const struct kernel_part_description *part = &kernel_parts[kernel_pages[i].part];

		table_view_init(&state->pages[i], part->table, kernel_pages[i].columns,
			kernel_pages[i].order);
		state->pages[i].is_worth_showing = part->is_worth_showing;
	}
}

static void
finish(void *data)
{
	struct state *state = data;

	for (size_t i = 0; i < KERNEL_PAGES; i++)
		table_view_finish(&state->pages[i]);
}

static void
add_needs(const void *data, const struct app *app, struct needs *needs)
{
	const struct state *state = data;

	needs->bits |= kernel_parts[kernel_pages[state->page].part].need;
}

static void
show(void *data, struct app *app)
{
	struct state *state = data;
	const struct rows *rows = &app->snapshot->kernel[kernel_pages[state->page].part];

	table_view_show(&state->pages[state->page], rows);
}

/* Draws the names of all pages, the open one in brackets. */
static void
draw_pages(const struct state *state, WINDOW *window)
{
	int x = 0;

	for (size_t i = 0; i < KERNEL_PAGES; i++) {
		bool is_open = i == state->page;

		x += screen_printf(window, 0, x, is_open ? STYLE_BOLD : STYLE_DIM,
			is_open ? "[%s] " : " %s  ", kernel_pages[i].name);
	}
}

/* The totals, as in slabtop's head. */
static void
slab_text(const struct app *app, char text[static TEXT_SIZE])
{
	const struct rows *rows = &app->snapshot->kernel[KERNEL_SLABS];
	const struct slab *slabs = rows->data;
	int64_t objects = 0, active = 0, bytes = 0;
	char size[UNIT_FORMAT_SIZE];

	for (size_t i = 0; i < rows->count; i++) {
		objects += slabs[i].objects;
		active += slabs[i].active_objects;
		bytes += slabs[i].bytes;
	}
	unit_format(size, UNIT_BYTES, bytes, app->settings->scale);
	snprintf(text, TEXT_SIZE, "%zu caches, %lld objects, %lld in use, %s", rows->count,
		(long long)objects, (long long)active, size);
}

/* Draws the page's text, or why it is empty. */
static void
draw_note(const struct state *state, const struct app *app, WINDOW *window)
{
	const struct kernel_page *page = &kernel_pages[state->page];
	uint64_t need = kernel_parts[page->part].need;
	const struct hint *hint = snapshot_find_hint(app->snapshot, need);
	size_t count = app->snapshot->kernel[page->part].count;
	char text[HINT_TEXT_SIZE];

	if (hint)
		hint_text(hint, text);
	else if (!(app->snapshot->bits & need))
		snprintf(text, sizeof(text), "reading ...");
	else if (count > 0 && page->part == KERNEL_SLABS)
		slab_text(app, text);
	else
		snprintf(text, sizeof(text), "%s%s", page->help, count ? "" : ": there are none");
	screen_put(window, 1, 0, hint ? STYLE_WARNING : STYLE_DIM, text);
}

static void
draw_notes(void *state, struct app *app, WINDOW *window)
{
	draw_pages(state, window);
	draw_note(state, app, window);
}

static bool
act(void *data, struct app *app, enum action action)
{
	struct state *state = data;

	if (action != ACTION_GROUPING)
		return false;
	state->page = (state->page + 1) % KERNEL_PAGES;
	app_show(app);
	return true;
}

static struct table_view *
table(void *data, struct app *app)
{
	struct state *state = data;

	return &state->pages[state->page];
}

const struct view view_kernel = {
	.name = "Kernel",
	.hint = "b next page  < > R sort  x explain  e unit  Esc back  ? help",
	.key = { .keys = "7",
		.help = "memory of the kernel: slab caches, zones, free blocks, reclaim, swap, "
			"nodes",
		.codes = { '7' } },
	.has_tab = true,
	.state_size = sizeof(struct state),
	.init = init,
	.finish = finish,
	.add_needs = add_needs,
	.show = show,
	.note_lines = 2,
	.draw_notes = draw_notes,
	.act = act,
	.table = table,
};
