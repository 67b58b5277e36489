// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/processes-input.h"

#include "base/macros.h"
#include "tui/action.h"
#include "tui/choosers.h"
#include "tui/context.h"
#include "tui/processes-prompts.h"

#include <string.h>

static void
sort_beside(struct tui *tui, long step)
{
	const struct listing *listing = tui->listing;
	const struct column *column =
		grid_column_beside(&listing->columns, listing->order.column, (int)step);

	if (column)
		tui_sort(tui, order_of(column));
}

static void
open_detail(struct tui *tui)
{
	if (!tui_subject(tui, &tui->focus))
		return;
	tui->wants_refresh = true;
	tui_open_page(tui, &view_detail);
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

	tui_sort(tui, order_of(table_column(&process_table, names[which])));
}

static void
reverse_order(struct tui *tui)
{
	flip(tui, &tui->listing->order.ascending);
}

static void
flip_tree(struct tui *tui)
{
	flip(tui, &tui->listing->tree);
}

static void
flip_setting(struct tui *tui, long offset)
{
	flip(tui, (bool *)((char *)tui->settings + offset));
}

static void
tag_and_go_on(struct tui *tui)
{
	const struct process *process = processes_selected(tui);

	if (process)
		process_keys_toggle(&tui->tags, process);
	list_request(&tui->list, REQUEST_DOWN);
}

static void
untag_all(struct tui *tui)
{
	tui->tags.count = 0;
}

/* The tree. */

static void
fold(struct tui *tui, long folds)
{
	const struct process *process = processes_selected(tui);

	if (!tui->listing->tree) {
		tui_say(tui, "only a tree is folded (V shows it)");
	} else if (process && process_keys_have(&tui->folded, process) != (folds > 0)) {
		process_keys_toggle(&tui->folded, process);
		processes_rebuild(tui);
	}
}

#define SETTING(name) (long)offsetof(struct tui_settings, name)

static const struct action actions[] = {
	{ REQUEST_SORT_MEMORY, .act_with = sort_by_column, .argument = 0 },
	{ REQUEST_SORT_CPU, .act_with = sort_by_column, .argument = 1 },
	{ REQUEST_SORT_PID, .act_with = sort_by_column, .argument = 2 },
	{ REQUEST_SORT_TIME, .act_with = sort_by_column, .argument = 3 },
	{ REQUEST_SORT_PREVIOUS, .act_with = sort_beside, .argument = -1 },
	{ REQUEST_SORT_NEXT, .act_with = sort_beside, .argument = 1 },
	{ REQUEST_SORT_REVERSE, .act = reverse_order },
	{ REQUEST_SEARCH, .act = prompts_search },
	{ REQUEST_SEARCH_NEXT, .act_with = prompts_search_again, .argument = 1 },
	{ REQUEST_SEARCH_PREVIOUS, .act_with = prompts_search_again, .argument = -1 },
	{ REQUEST_FILTER, .act = prompts_filter },
	{ REQUEST_USER, .act = choosers_user },
	{ REQUEST_OPEN, .act = open_detail },
	{ REQUEST_LEFT, .act_with = scroll_columns, .argument = -1 },
	{ REQUEST_RIGHT, .act_with = scroll_columns, .argument = 1 },
	{ REQUEST_TREE, .act = flip_tree },
	{ REQUEST_FOLD, .act_with = fold, .argument = 1 },
	{ REQUEST_UNFOLD, .act_with = fold, .argument = 0 },
	{ REQUEST_COMMAND_LINE, .act_with = flip_setting, .argument = SETTING(command_line) },
	{ REQUEST_KERNEL_THREADS, .act_with = flip_setting, .argument = SETTING(kernel_threads) },
	{ REQUEST_TAG, .act = tag_and_go_on },
	{ REQUEST_UNTAG_ALL, .act = untag_all },
};

bool
processes_request(struct tui *tui, enum request request)
{
	if (request == REQUEST_BACK)
		return prompts_end_filter(tui);
	return list_request(&tui->list, request) ||
	       actions_take(actions, ARRAY_SIZE(actions), tui, request);
}
