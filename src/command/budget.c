// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/budget.h"
#include "base/arena.h"
#include "base/log.h"
#include "base/text.h"
#include "collect/collect.h"
#include "command/commands.h"
#include "command/loop.h"
#include "command/process-options.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "model/source.h"
#include "output/explain.h"
#include "table/order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char columns_over_time[] = "item,part,bytes,share,change,rate,what";

enum { NAME_SIZE = 64 };

struct budget_options {
	struct process_options process; /* first: some options are its */
	bool all, explain;
};

#define SETTING(member) offsetof(struct budget_options, member)

/* clang-format off */
static const struct command_option options_table[] = {
	{ "all", 'a', NULL, "show rows of 0 as well", option_set_flag, SETTING(all), 0 },
	{ "explain", 0, NULL, "explain each figure, in live numbers", option_set_flag, SETTING(explain), 0 },
	{ .name = NULL },
};
/* clang-format on */

static const struct command_option *const shared_options[] = { table_options, NULL };

struct run {
	const struct budget_options *options;
	struct source *source;
	struct snapshot now;
	struct rows first; /* the first reading, with the texts: */
	struct arena texts;
	int64_t first_time;
	struct row_list rows;
	struct output output;
};

static int
read_budget(struct run *run, bool is_first)
{
	const struct needs needs = { .bits = NEED_BUDGET };
	int error = run->source->read(run->source, &run->now, NULL, &needs);

	if (error == 0 && run->now.budget.count == 0)
		error = run->now.hint_count > 0 ? -run->now.hints[0].error : -ERANGE;
	if (error < 0)
		return error;
	if (is_first) {
		rows_copy(&run->first, &run->now.budget, &run->texts);
		run->first_time = run->now.monotonic;
	} else {
		budget_compare(&run->now.budget, &run->first, run->now.monotonic - run->first_time);
	}
	return 0;
}

static void
write_head(struct run *run, char *head, size_t size)
{
	const struct budget_figures *figures = &run->now.budget_figures;
	char time[UNIT_FORMAT_SIZE], total[UNIT_FORMAT_SIZE], installed[UNIT_FORMAT_SIZE];
	char kept[UNIT_FORMAT_SIZE], back[UNIT_FORMAT_SIZE], balloon[96] = "";
	enum scale scale = run->output.scale;
	int64_t given_back, rest;
	int length;

	unit_format(time, UNIT_TIME, run->now.time, scale);
	unit_format(total, UNIT_BYTES, figures->total, scale);
	length = snprintf(head, size, "Budget of MemTotal %s  %s\n", total, time);
	budget_beyond(&run->now.budget, figures, &given_back, &rest);
	if (given_back > 0) {
		unit_format(back, UNIT_BYTES, given_back, scale);
		snprintf(balloon, sizeof(balloon), "the host has %s back (balloon); ", back);
	}
	if (rest == UNKNOWN) {
		if (given_back > 0)
			snprintf(head + length, size - (size_t)length,
				"not in MemTotal: %s back with the host (balloon)\n", back);
		return;
	}
	unit_format(installed, UNIT_BYTES, figures->installed, scale);
	unit_format(kept, UNIT_BYTES, rest, scale);
	snprintf(head + length, size - (size_t)length,
		"of %s installed; %sfirmware, the kernel's image and its page descriptors keep "
		"%s\n",
		installed, balloon, kept);
}

static int
explain_rows(struct run *run)
{
	struct figure figure = { .table = &budget_table,
		.column = table_column(&budget_table, "bytes"),
		.system = &run->now.system };
	const struct explain_style style = { .charset = run->output.charset,
		.scale = run->output.scale };

	fputs(run->output.head, stdout);
	for (size_t i = 0; i < run->rows.count; i++) {
		const struct budget_row *row = run->rows.rows[i];
		char name[NAME_SIZE], part[NAME_SIZE - 2];

		text_safe(part, sizeof(part), row->part ? row->part : row->item, style.charset);
		snprintf(name, sizeof(name), "%s%s", row->part ? "  " : "", part);
		figure.row = row;
		explain_write(stdout, name, &figure, &style);
	}
	return fflush(stdout) == 0 ? 0 : -errno;
}

static int
write_budget(struct run *run, bool is_first)
{
	char head[256];

	process_options_choose(&run->options->process, run->now.budget.data, run->now.budget.count,
		run->options->all ? NULL : budget_is_worth_showing, &run->rows);
	write_head(run, head, sizeof(head));
	run->output.head = head;
	run->output.width = process_options_width(&run->options->process);
	if (is_first)
		command_tell_hints(&run->output, &run->now, NULL);
	if (run->options->explain && run->output.format == &output_text)
		return explain_rows(run);
	return output_write(&run->output, &run->now,
		&run->options->process.settings.processes.columns, &run->rows);
}

static int
write_block(void *context, int64_t number)
{
	struct run *run = context;
	int error = read_budget(run, number == 1);

	if (error == -ENODATA) {
		log_error("cannot read /proc/meminfo: it has no MemTotal above 0");
		return EXIT_FAILURE;
	}
	if (error < 0)
		return command_failure_status("cannot read /proc/meminfo", error);
	error = write_budget(run, number == 1);
	return error < 0 ? command_failure_status("write error", error) : EXIT_SUCCESS;
}

static int
show(const struct budget_options *options)
{
	const struct process_options *process = &options->process;
	struct run run = { .options = options, .output = process_options_output(process) };
	int status, error = collect_create(NULL, &run.source);

	if (error < 0)
		return command_failure_status("cannot read /proc", error);
	status = loop_blocks(process->settings.interval, process->count, write_block, &run);
	snapshot_finish(&run.now);
	rows_finish(&run.first);
	arena_finish(&run.texts);
	row_list_finish(&run.rows);
	output_finish(&run.output);
	run.source->destroy(run.source);
	return status;
}

/* The rows have a meaningful order: they are sorted only where that is asked for. */
static int
complete(struct budget_options *options)
{
	struct process_options *process = &options->process;

	process_options_default_to_one(process);
	return process_options_complete(process, &budget_table,
		process_options_has(process, KEPT_DELAY) ? columns_over_time
							 : budget_default_columns,
		NULL);
}

static void
describe(FILE *file)
{
	options_describe_columns(file, &budget_table);
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct budget_options options = { .all = false };
	int status;

	process_options_init(&options.process);
	if (command_parse(command, argc, argv, &options, &status) >= 0)
		status = complete(&options) < 0 ? command->usage_status : show(&options);
	process_options_finish(&options.process);
	return status;
}

const struct command command_budget = {
	.name = "budget",
	.summary = "show where all memory of the machine is",
	.arguments = "[options]",
	.options = options_table,
	.shared = shared_options,
	.table = &budget_table,
	.describe = describe,
	.usage_status = USAGE_STATUS,
	.take_word = command_refuse_word,
	.run = run,
};
