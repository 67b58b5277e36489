// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/budget.h"
#include "base/arena.h"
#include "base/log.h"
#include "base/text.h"
#include "command/table-command.h"
#include "model/needs.h"
#include "output/explain.h"

#include <errno.h>
#include <stdlib.h>

enum { NAME_SIZE = 64 };

struct budget_run {
	struct table_options table;
	bool all;
	struct rows first; /* the first reading, with its texts: */
	struct arena texts;
	int64_t first_time;
};

#define SETTING(member) offsetof(struct budget_run, member)

/* clang-format off */
static const struct command_option options_table[] = {
	{ "all", 'a', NULL, "show rows of 0 as well", option_set_flag, SETTING(all), 0 },
	{ "explain", 0, NULL, "explain each figure, in live numbers", option_set_flag, SETTING(table.explain), 0 },
	{ .name = NULL },
};
/* clang-format on */

/* Scripts find an item by its name, which never changes, people by words. */
static const char *
default_columns(const struct table_options *options)
{
	bool is_repeated = table_options_has(options, KEPT_DELAY);

	if (options->format == &output_text)
		return is_repeated ? budget_growth_columns : budget_default_columns;
	return is_repeated ? "item,part,bytes,share,change,rate,what"
			   : "item,part,bytes,share,what";
}

/* The rows have a meaningful order: sorts them only if requested. */
static int
prepare(struct table_run *run)
{
	return table_options_complete(
		run->options, &budget_table, default_columns(run->options), NULL);
}

static int
refuse(const struct snapshot *now)
{
	int error = now->hint_count > 0 ? -now->hints[0].error : -ERANGE;

	if (error != -ENODATA)
		return command_failure_status("cannot read /proc/meminfo", error);
	log_error("cannot read /proc/meminfo: it has no MemTotal above 0");
	return EXIT_FAILURE;
}

static int
list_budget(struct table_run *run)
{
	struct budget_run *own = run->own;
	struct rows *budget = &run->now->budget;

	if (budget->count == 0)
		return refuse(run->now);
	if (run->number == 1) {
		rows_copy(&own->first, budget, &own->texts);
		own->first_time = run->now->monotonic;
	} else {
		budget_compare(budget, &own->first, run->now->monotonic - own->first_time);
	}
	return table_run_list(
		run, budget->data, budget->count, own->all ? NULL : budget_is_worth_showing);
}

static void
write_head(struct table_run *run)
{
	const struct budget_figures *figures = &run->now->budget_figures;
	char time[UNIT_FORMAT_SIZE], total[UNIT_FORMAT_SIZE], installed[UNIT_FORMAT_SIZE];
	char kept[UNIT_FORMAT_SIZE], back[UNIT_FORMAT_SIZE];
	enum scale scale = run->output.scale;
	int64_t given_back, rest;

	unit_format(time, UNIT_TIME, run->now->time, scale);
	unit_format(total, UNIT_BYTES, figures->total, scale);
	table_run_head(run, "Budget of MemTotal %s  %s\n", total, time);
	budget_beyond(&run->now->budget, figures, &given_back, &rest);
	unit_format(back, UNIT_BYTES, given_back, scale);
	if (rest == UNKNOWN) {
		if (given_back > 0)
			table_run_head(
				run, "not in MemTotal: %s back with the host (balloon)\n", back);
		return;
	}
	unit_format(installed, UNIT_BYTES, figures->installed, scale);
	unit_format(kept, UNIT_BYTES, rest, scale);
	table_run_head(run, "of %s installed; ", installed);
	if (given_back > 0)
		table_run_head(run, "the host has %s back (balloon); ", back);
	table_run_head(
		run, "firmware, the kernel's image and its page descriptors keep %s\n", kept);
}

static void
explain_rows(const struct table_run *run)
{
	struct figure figure = { .table = &budget_table,
		.column = table_column(&budget_table, "bytes"),
		.system = &run->now->system };
	const struct explain_style style = { .charset = run->output.charset,
		.scale = run->output.scale };

	for (size_t i = 0; i < run->rows.count; i++) {
		const struct budget_row *row = run->rows.rows[i];
		char name[NAME_SIZE], part[NAME_SIZE - 2];

		text_safe(part, sizeof(part), row->name, style.charset);
		snprintf(name, sizeof(name), "%s%s", row->part ? "  " : "", part);
		figure.row = row;
		explain_write(stdout, name, &figure, &style);
	}
}

static const struct table_command lists = {
	.needs = NEED_BUDGET,
	.prepare = prepare,
	.rows = list_budget,
	.head = write_head,
	.explain = explain_rows,
};

static int
run(const struct command *command, int argc, char **argv)
{
	struct budget_run own = { .all = false };
	int status = table_command_run(command, &lists, &own, &own.table, argc, argv);

	rows_finish(&own.first);
	arena_finish(&own.texts);
	return status;
}

const struct command command_budget = {
	.name = "budget",
	.summary = "show where all memory of the machine is",
	.arguments = "[options]",
	.options = options_table,
	.shared = { { table_option_rows, SETTING(table) },
		{ past_option_rows, SETTING(table.past) } },
	.table = &budget_table,
	.usage_status = USAGE_STATUS,
	.take_word = command_refuse_word,
	.run = run,
};
