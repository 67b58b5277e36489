// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/app.h"
#include "tui/process-list.h"
#include "tui/process-view.h"

static void
open_list(void *state, struct app *app, const struct process_key *process)
{
	process_list_use(app->processes, &app->settings->processes, 0);
}

const struct view view_processes = {
	.name = "Processes",
	.hint = "Enter open  / find  \\ filter  x explain  k kill  a OOM priority  ? help  q quit",
	.key = { .keys = "1", .help = "the processes", .codes = { '1' } },
	.has_tab = true,
	.open = open_list,
	.act = process_view_act,
	.table = process_view_table,
};
