// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/process-options.h"

#include "base/text.h"
#include "model/process.h"

#include <stdint.h>
#include <stdlib.h>

static int
apply_pss_budget(void *member, const struct command_option *option, const char *value)
{
	int64_t budget;

	if (unit_parse(UNIT_PERCENT, value, &budget) < 0 || budget < 1 || budget > 1000)
		return option_complain(option, value, SIZE_MAX, "not a percentage from 0.1 to 100");
	*(int64_t *)member = budget;
	return 0;
}

#define SETTING(member) offsetof(struct process_options, member)

/* clang-format off */
const struct command_option process_option_rows[] = {
	{ "delay", 'd', "SECONDS", "time between two blocks or refreshes, default 1.5", table_options_keep, SETTING(table), KEPT_DELAY },
	{ "count", 'n', "COUNT", "end after COUNT blocks, or refreshes of the screen", option_set_count, SETTING(table.count), 0 },
	{ "pid", 'p', "PID,...", "only these processes; a NAME stands for all of that name", process_names_apply, SETTING(named), 0 },
	{ "user", 'u', "USER", "only processes of USER (name or number); !USER: of all others", table_options_keep, SETTING(table), KEPT_USER },
	{ "exact", 0, NULL, "read all of every process in every block", option_set_flag, SETTING(exact), 0 },
	{ "pss-budget", 0, "PERCENT", "CPU time that PSS, USS and SWAPPSS may take, default 1", apply_pss_budget, SETTING(pss_budget), 0 },
	{ "lock", 0, NULL, "keep memtop itself in memory, and from being killed for lack of it", option_set_flag, SETTING(lock), 0 },
	{ .name = NULL },
};
/* clang-format on */

void
process_options_init(struct process_options *options)
{
	struct table_options *table = &options->table;
	size_t position;

	*options = (struct process_options){ .pss_budget = 10 };
	table_options_init(table);
	table->columns.table = &process_table;
	selection_parse(&table->columns, process_default_columns, &position);
	table->order = order_of(table_column(&process_table, "res"));
}

/* -p may have been given several times: the processes of all of them are shown. */
static void
filter_pids(struct process_options *options)
{
	const struct process_names *named = &options->named;
	char text[128] = "";
	size_t length = 0;

	for (size_t i = 0; i < named->pid_count && length < sizeof(text) - 24; i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%lld",
			i > 0 ? "," : "", (long long)named->pids[i]);
	table_options_note(&options->table, "pid=", text);
	table_options_filter_pids(&options->table, named->pids, named->pid_count);
}

int
process_options_prepare(struct process_options *options)
{
	int status;

	if (table_options_complete(&options->table, &process_table, NULL, NULL) < 0)
		return USAGE_STATUS;
	status = process_names_find(&options->named, false);
	if (status == EXIT_SUCCESS && options->named.pid_count > 0)
		filter_pids(options);
	return status;
}

void
process_options_finish(struct process_options *options)
{
	table_options_finish(&options->table);
	process_names_finish(&options->named);
}

int64_t
process_options_pss_budget(const struct process_options *options, int64_t interval)
{
	int64_t budget = interval / 1000 * options->pss_budget;

	return options->exact ? 0 : budget > 0 ? budget : 1;
}

void
process_options_describe(FILE *file)
{
	command_describe_columns(&process_table, file);
	fputs("\nFilter:\n"
	      " Terms separated by blanks, all of which must hold: rss>500M user!=root comm~java\n"
	      " !cmd~agent oom>800 firefox. Operators: = != < <= > >= ~ !~.\n",
		file);
}
