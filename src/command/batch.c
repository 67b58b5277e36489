// SPDX-License-Identifier: GPL-3.0-or-later
#include "act/lock.h"
#include "base/log.h"
#include "command/loop.h"
#include "command/process-options.h"
#include "command/table-command.h"
#include "model/footprint.h"
#include "model/needs.h"

#include <stdlib.h>

/* What the head shows; a format without space for events has no totals either. */
static uint64_t
needs_of_head(const struct table_options *options)
{
	if (!options->format->has_hints)
		return NEED_OVERVIEW & ~(NEED_VMSTAT | NEED_PRESSURE | NEED_SELF);
	return NEED_OVERVIEW | NEED_VERDICT | (options->count == 1 ? 0 : NEED_EVENTS);
}

struct batch {
	struct process_options *options;
	struct footprint held; /* the memory of the rows, if not all are shown */
};

/* The first block reads all PSS values: it may be the only one. */
static void
ask(const struct table_run *run, struct needs *needs)
{
	const struct batch *own = run->own;
	const struct process_options *options = own->options;

	needs->bits |= needs_of_head(run->options) | NEED_STAT; /* an exec is seen at once */
	needs->pids = options->named.pids;
	needs->pid_count = options->named.pid_count;
	needs->pss_budget =
		run->number == 1 ? 0 : process_options_pss_budget(options, run->options->interval);
	needs->exact = options->exact;
}

static int
list_processes(struct table_run *run)
{
	return table_run_list(run, run->now->processes, run->now->process_count, NULL);
}

/* The head has the totals, and the memory of the rows together. */
static void
write_head(struct table_run *run)
{
	struct batch *own = run->own;

	if (!run->options->filter_text)
		return;
	own->held = footprint_of(run->now, &run->rows);
	run->output.held = &own->held;
}

static const struct table_command lists = {
	.patience = PATIENCE_OF_SCREEN,
	.carries = true,
	.is_throttled = true,
	.ask = ask,
	.rows = list_processes,
	.head = write_head,
};

int
batch_run(struct process_options *options)
{
	static char buffer[64 * 1024]; /* 10,000 rows take 20 writes with it, not 300 */
	struct batch own = { .options = options };

	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	return table_command_show(&lists, &own, &options->table);
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct process_options options;
	int status;

	process_options_init(&options);
	if (command_parse(command, argc, argv, &options, &status) >= 0) {
		status = process_options_prepare(&options);
		if (status == EXIT_SUCCESS && options.lock)
			lock_self(command_tell, NULL);
		if (status == EXIT_SUCCESS)
			status = batch_run(&options);
	}
	process_options_finish(&options);
	return status;
}

/* clang-format off */
static const struct command_option options_table[] = {
	{ "batch", 'b', NULL, "it is one", option_set_flag, offsetof(struct process_options, batch), 0, .hidden = true },
	{ .name = NULL },
};
/* clang-format on */

const struct command command_batch = {
	.name = "batch",
	.summary = "print all processes, block after block, for logs",
	.arguments = "[options] [PID | NAME]...",
	.options = options_table,
	.shared = { { process_option_rows, 0 },
		{ table_option_rows, offsetof(struct process_options, table) },
		{ past_option_rows, offsetof(struct process_options, table.past) } },
	.describe = process_options_describe,
	.usage_status = USAGE_STATUS,
	.take_word = process_names_take,
	.word_offset = offsetof(struct process_options, named),
	.run = run,
};
