// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/processes-input.h"

#include "base/memory.h"
#include "tui/context.h"
#include "tui/processes-prompts.h"

#include <string.h>

/* Sorting. */

static void
sort_by(struct tui *tui, const struct column *column)
{
	tui->listing->order = order_of(column);
	processes_rebuild(tui);
}

static void
sort_beside(struct tui *tui, long step)
{
	const struct listing *listing = tui->listing;
	const struct column *column =
		grid_column_beside(&listing->columns, listing->order.column, (int)step);

	if (column)
		sort_by(tui, column);
}

/* Tags. */

struct process_key *
processes_tag(const struct tui *tui, const struct process *process)
{
	for (size_t i = 0; i < tui->tag_count; i++)
		if (process_key_is(&tui->tags[i], process))
			return &tui->tags[i];
	return NULL;
}

static void
toggle_tag(struct tui *tui)
{
	const struct process *process = processes_selected(tui);
	struct process_key *tag = process ? processes_tag(tui, process) : NULL;

	if (!process)
		return;
	if (tag) {
		*tag = tui->tags[--tui->tag_count];
		return;
	}
	tui->tags = array_reserve(
		tui->tags, &tui->tag_capacity, tui->tag_count + 1, sizeof(tui->tags[0]));
	tui->tags[tui->tag_count++] = (struct process_key){ process->pid, process->start_time };
}

static void
open_editor(struct tui *tui, long unused)
{
	const struct process *process = processes_selected(tui);

	(void)unused;
	if (tui->tag_count)
		editor_open(tui, tui->tags, tui->tag_count);
	else if (process)
		editor_open(tui, &tui->selected, 1);
}

static void
open_detail(struct tui *tui, long unused)
{
	const struct process *process = processes_selected(tui);

	(void)unused;
	if (!process)
		return;
	tui->focus = (struct process_key){ process->pid, process->start_time };
	tui->wants_refresh = true;
	tui_open_view(tui, &view_detail);
}

static void
scroll_columns(struct tui *tui, long step)
{
	grid_scroll(&tui->grid, (int)step);
}

static void
flip(struct tui *tui, bool *setting)
{
	*setting = !*setting;
	tui->wants_refresh = true;
	processes_rebuild(tui);
}

/* What a request does here; the argument tells requests apart that share a function. */

static void
sort_by_column(struct tui *tui, long which)
{
	static const char *const names[] = { "res", "cpu", "pid", "cputime" };

	sort_by(tui, table_find(&process_table, names[which], strlen(names[which])));
}

static void
reverse_order(struct tui *tui, long unused)
{
	(void)unused;
	flip(tui, &tui->listing->order.ascending);
}

static void
flip_tree(struct tui *tui, long unused)
{
	(void)unused;
	flip(tui, &tui->listing->tree);
}

static void
flip_setting(struct tui *tui, long offset)
{
	flip(tui, (bool *)((char *)tui->settings + offset));
}

static void
tag_and_go_on(struct tui *tui, long unused)
{
	(void)unused;
	toggle_tag(tui);
	list_request(&tui->list, REQUEST_DOWN);
}

static void
untag_all(struct tui *tui, long unused)
{
	(void)unused;
	tui->tag_count = 0;
}

#define SETTING(name) (long)offsetof(struct tui_settings, name)

static const struct {
	enum request request;
	void (*act)(struct tui *tui, long argument);
	long argument;
} actions[] = {
	{ REQUEST_SORT_MEMORY, sort_by_column, 0 },
	{ REQUEST_SORT_CPU, sort_by_column, 1 },
	{ REQUEST_SORT_PID, sort_by_column, 2 },
	{ REQUEST_SORT_TIME, sort_by_column, 3 },
	{ REQUEST_SORT_PREVIOUS, sort_beside, -1 },
	{ REQUEST_SORT_NEXT, sort_beside, 1 },
	{ REQUEST_SORT_REVERSE, reverse_order, 0 },
	{ REQUEST_SEARCH, prompts_search, 0 },
	{ REQUEST_SEARCH_NEXT, prompts_search_again, 1 },
	{ REQUEST_SEARCH_PREVIOUS, prompts_search_again, -1 },
	{ REQUEST_FILTER, prompts_filter, 0 },
	{ REQUEST_USER, prompts_user, 0 },
	{ REQUEST_DELAY, prompts_delay, 0 },
	{ REQUEST_SIGNAL, prompts_signal, 0 },
	{ REQUEST_ADJUST, open_editor, 0 },
	{ REQUEST_OPEN, open_detail, 0 },
	{ REQUEST_BACK, prompts_end_filter, 0 },
	{ REQUEST_LEFT, scroll_columns, -1 },
	{ REQUEST_RIGHT, scroll_columns, 1 },
	{ REQUEST_TREE, flip_tree, 0 },
	{ REQUEST_COMMAND_LINE, flip_setting, SETTING(command_line) },
	{ REQUEST_KERNEL_THREADS, flip_setting, SETTING(kernel_threads) },
	{ REQUEST_TAG, tag_and_go_on, 0 },
	{ REQUEST_UNTAG_ALL, untag_all, 0 },
};

bool
processes_request(struct tui *tui, enum request request)
{
	if (list_request(&tui->list, request))
		return true;
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (actions[i].request == request) {
			actions[i].act(tui, actions[i].argument);
			return true;
		}
	return false;
}

void
processes_click_heading(struct tui *tui, int x)
{
	const struct column *column = grid_column_at(&tui->grid, x);

	if (column && column == tui->listing->order.column)
		flip(tui, &tui->listing->order.ascending);
	else if (column)
		sort_by(tui, column);
}
