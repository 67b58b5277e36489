// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/batch.h"
#include "command/commands.h"
#include "command/process-options.h"

static void
describe(FILE *file)
{
	fputs("\nCommands:\n", file);
	for (size_t i = 1; commands[i]; i++)
		fprintf(file, " memtop %-12s %s\n", commands[i]->name, commands[i]->summary);
	process_options_describe(file);
}

static int
run(const struct command *command, int argc, char **argv)
{
	return batch_main(command, argc, argv, true);
}

const struct command command_top = {
	.name = "",
	.summary = "the screen",
	.arguments = "[options]\n memtop COMMAND [options]",
	.options = process_option_table,
	.describe = describe,
	.usage_status = 2,
	.run = run,
};
