// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/process-view.h"

#include "base/macros.h"
#include "tui/app.h"
#include "tui/process-list.h"
#include "tui/table-input.h"

struct table_view *
process_view_table(void *state, struct app *app)
{
	return &app->processes->table;
}

static void
open_detail(struct app *app)
{
	app_open(app, view_of_name("Detail"));
}

static const char *const sort_columns[] = { "res", "cpu", "pid", "cputime" };

static void
sort_by_column(struct app *app, long which)
{
	const char *name = sort_columns[which];

	table_input_sort(app, order_of(table_column(&process_table, name)));
}

enum { COMMAND_LINE, KERNEL_THREADS };

static void
flip(struct app *app, long which)
{
	bool *const settings[] = {
		[COMMAND_LINE] = &app->settings->command_line,
		[KERNEL_THREADS] = &app->settings->kernel_threads,
	};

	*settings[which] = !*settings[which];
	app_show(app);
}

static void
tag_and_go_on(struct app *app)
{
	const struct process *process = process_list_selected(app->processes);

	if (process && process->start_time != UNKNOWN)
		process_keys_toggle(&app->processes->tags, process);
	list_action(&app->processes->table.list, ACTION_DOWN);
}

static void
untag_all(struct app *app)
{
	app->processes->tags.count = 0;
}

static const struct action_handler handlers[] = {
	{ ACTION_SORT_MEMORY, .act_with = sort_by_column, .argument = 0 },
	{ ACTION_SORT_CPU, .act_with = sort_by_column, .argument = 1 },
	{ ACTION_SORT_PID, .act_with = sort_by_column, .argument = 2 },
	{ ACTION_SORT_TIME, .act_with = sort_by_column, .argument = 3 },
	{ ACTION_USER, .act = choose_user },
	{ ACTION_OPEN, .act = open_detail },
	{ ACTION_COMMAND_LINE, .act_with = flip, .argument = COMMAND_LINE },
	{ ACTION_KERNEL_THREADS, .act_with = flip, .argument = KERNEL_THREADS },
	{ ACTION_TAG, .act = tag_and_go_on },
	{ ACTION_UNTAG_ALL, .act = untag_all },
};

bool
process_view_act(void *state, struct app *app, enum action action)
{
	return action_handle(handlers, ARRAY_SIZE(handlers), app, action);
}
