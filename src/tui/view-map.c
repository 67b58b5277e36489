// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/view-map.h"

#include "base/macros.h"
#include "model/needs.h"
#include "table/cell.h"
#include "tui/context.h"

#include <stdio.h>
#include <string.h>

enum { NOTES = 2, TEXT_SIZE = 256 };

/* Whoever reads smaps holds up the process meanwhile: beyond 5 ms only when Ctrl-R asks for it. */
#define DEAR_COST (5 * NS_PER_MS)

static const char segment_columns[] =
	"start,segment,size,rss,pss,private_dirty,swap,rss_grown,role,mappings,name";
static const char mapping_columns[] =
	"start,segment,permissions,size,rss,pss,private_dirty,swap,rss_grown,end,role,flags,name";

void
map_page_init(struct map_page *page)
{
	table_page_init(&page->segments, &segment_table, segment_columns, "start");
	table_page_init(&page->mappings, &mapping_table, mapping_columns, "start");
}

static void
forget(struct map_page *page)
{
	rows_reset(&page->rows);
	rows_reset(&page->last);
	rows_reset(&page->first_mappings);
	rows_reset(&page->first_segments);
	arena_reset(&page->texts);
}

void
map_page_finish(struct map_page *page)
{
	table_page_finish(&page->segments);
	table_page_finish(&page->mappings);
	rows_finish(&page->rows);
	rows_finish(&page->last);
	arena_finish(&page->row_texts);
	rows_finish(&page->first_mappings);
	rows_finish(&page->first_segments);
	arena_finish(&page->texts);
}

static struct table_page *
table_of(struct map_page *page)
{
	return page->is_all ? &page->mappings : &page->segments;
}

void
map_open(struct tui *tui, const struct process_key *process)
{
	forget(&tui->map);
	tui->map.process = tui->focus = *process;
	tui->map.wants = true;
	tui->wants_refresh = true;
	tui_open_page(tui, &view_map);
}

bool
map_wants_mappings(const struct tui *tui)
{
	const struct process *process = tui_find(tui, &tui->map.process);

	return tui->map.wants || (process && process->extras->rollup.cost != UNKNOWN &&
					 process->extras->rollup.cost <= DEAR_COST);
}

/* Rows of a snapshot live only as long as that: what is shown between two readings is a copy. */
static void
show(struct tui *tui)
{
	struct map_page *page = &tui->map;
	const struct snapshot *snapshot = tui->snapshot;
	struct table_page *table = table_of(page);

	if (!snapshot)
		return;
	if (snapshot->mappings_of == page->process.pid && snapshot->mappings.count > 0 &&
		tui_find(tui, &page->process)) {
		if (page->first_mappings.count == 0)
			map_copy(&page->first_mappings, &snapshot->mappings, &page->texts);
		if (page->first_segments.count == 0)
			map_group(&page->first_segments, &page->first_mappings);
		arena_reset(&page->row_texts);
		map_copy(&page->last, &snapshot->mappings, &page->row_texts);
		page->wants = false;
	}
	if (page->is_all)
		rows_copy(&page->rows, &page->last, NULL);
	else
		map_group(&page->rows, &page->last);
	map_compare(&page->rows, page->is_all ? &page->first_mappings : &page->first_segments);
	table_page_show(table, page->rows.data, page->rows.count);
}

/* Why there are no rows. */
static void
draw_absence(const struct tui *tui, WINDOW *window, const struct process *process)
{
	const struct hint *hint = snapshot_find_hint(tui->snapshot, NEED_MAPPINGS);
	char text[HINT_TEXT_SIZE] = "reading its mappings ...";

	if (!process)
		snprintf(text, sizeof(text), "process %lld has ended",
			(long long)tui->map.process.pid);
	else if (process->kernel_thread == 1)
		snprintf(text, sizeof(text), "a kernel thread has no mappings");
	else if (process->virtual == 0)
		snprintf(text, sizeof(text),
			"it has ended and holds nothing; its parent has not asked for its end yet");
	else if (hint)
		hint_text(hint, text);
	screen_put(window, 1, 0, getmaxx(window), STYLE_WARNING, false, text);
}

static void
draw_totals(const struct tui *tui, WINDOW *window, const struct process *process)
{
	const struct process_rollup *rollup = &process->extras->rollup;
	const int64_t sizes[] = { process->virtual, process->resident, rollup->pss, rollup->uss,
		process->swap, process->page_tables, process->frees };
	char text[7][UNIT_FORMAT_SIZE];

	for (int i = 0; i < 7; i++)
		unit_format(text[i], UNIT_BYTES, sizes[i], tui->settings->scale);
	screen_printf(window, 1, 0, STYLE_DIM,
		"size %s  RSS %s  PSS %s  USS %s  swap %s  page tables %s  a kill would free "
		"about %s",
		text[0], text[1], text[2], text[3], text[4], text[5], text[6]);
}

static void
draw_notes(struct tui *tui, WINDOW *window)
{
	const struct process *process = tui_find(tui, &tui->map.process);
	char name[TEXT_SIZE], text[TEXT_SIZE + 64];

	text_safe(name, sizeof(name), process && process->command ? process->command : "-",
		tui->charset);
	snprintf(text, sizeof(text), "Map of %lld %s", (long long)tui->map.process.pid, name);
	screen_put(window, 0, 0, getmaxx(window), STYLE_BOLD, false, text);
	if (process && process->virtual != 0 && tui->map.rows.count > 0)
		draw_totals(tui, window, process);
	else
		draw_absence(tui, window, process);
}

static void
draw(struct tui *tui, WINDOW *window)
{
	if (tui_draw_page(tui, table_of(&tui->map), window, NOTES))
		draw_notes(tui, window);
}

static bool
request(struct tui *tui, enum request request)
{
	struct map_page *page = &tui->map;

	switch (request) {
	case REQUEST_GROUPING:
		page->is_all = !page->is_all;
		break;
	case REQUEST_REFRESH:
		page->wants = tui->wants_refresh = true;
		break;
	default:
		if (!table_page_request(table_of(page), request))
			return false;
	}
	show(tui);
	return true;
}

static struct table_page *
page(struct tui *tui)
{
	return table_of(&tui->map);
}

const struct view view_map = {
	.name = "Map",
	.tab = "3 Map",
	.hint = "b segments or mappings  < > R sort  Ctrl-R read again  x explain  q back  ? help",
	.draw = draw,
	.request = request,
	.show = show,
	.has_focus = true,
	.page = page,
};
