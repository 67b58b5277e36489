// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/command.h"

#include "base/log.h"
#include "table/table.h"

#include <stdlib.h>
#include <string.h>

/* Writes " -n, --count COUNT"; an argument of one letter follows -n too. */
static void
write_form(const struct listed_option *row, char *form, size_t size)
{
	const char *argument = row->option->argument ? row->option->argument : "";
	const char *again = strlen(argument) == 1 ? argument : "";
	char letter[8] = "";

	if (row->letter)
		snprintf(letter, sizeof(letter), "-%c%s%s,", row->letter, *again ? " " : "", again);
	snprintf(form, size, " %-3s --%s%s%s", letter, row->option->name,
		*argument && !command_option_is_optional(row->option) ? " " : "", argument);
}

/* Writes a paragraph of options, before the one called `end`. */
static void
write_options(
	const struct listed_option *rows, size_t count, size_t width, const char *end, FILE *file)
{
	char form[64];

	for (size_t i = 0; i < count; i++) {
		write_form(&rows[i], form, sizeof(form));
		width = strlen(form) > width ? strlen(form) : width;
	}
	for (size_t i = 0; i < count; i++) {
		if (end && strcmp(rows[i].option->name, end) == 0)
			break;
		write_form(&rows[i], form, sizeof(form));
		fprintf(file, "%-*s %s\n", (int)width, form, rows[i].option->help);
	}
}

void
command_describe_columns(const struct table *table, FILE *file)
{
	fputs("\nColumns:\n", file);
	for (size_t i = 0; i < table->column_count; i++) {
		const struct column *column = &table->columns[i];

		fprintf(file, " %-12s %-8s %s\n", column->name, column->title, column->help);
	}
}

void
command_write_help(const struct command *command, FILE *file, const char *end)
{
	struct option_list list;

	command_list_options(command, &list);
	fprintf(file, "\nUsage:\n %s %s\n\nOptions:\n", log_program(), command->arguments);
	write_options(list.rows, list.shared, 20, end, file);
	fputc('\n', file);
	if (list.common > list.shared) {
		write_options(list.rows + list.shared, list.common - list.shared, 20, NULL, file);
		fputc('\n', file);
	}
	write_options(list.rows + list.common, list.hidden - list.common, 15, NULL, file);
	if (command->describe)
		command->describe(file);
	else if (command->table)
		command_describe_columns(command->table, file);
	fprintf(file, "\nFor more details see memtop%s", *command->name ? "-" : "");
	for (const char *letter = command->name; *letter; letter++)
		fputc(*letter == ' ' ? '-' : *letter, file);
	fputs("(1).\n", file);
}

void
command_write_list(FILE *file)
{
	fputs("\nCommands:\n", file);
	for (size_t i = 1; commands[i]; i++)
		fprintf(file, " memtop %-12s %s\n", commands[i]->name, commands[i]->summary);
}

static int
run(const struct command *command, int argc, char **argv)
{
	int status, taken = 0, first = command_parse(command, argc, argv, NULL, &status);
	char program[64];

	if (first < 0)
		return status;
	if (first == argc) {
		fputs("\nUsage:\n memtop [options]\n memtop COMMAND [options]\n", stdout);
		command_write_list(stdout);
		fputs("\n'memtop help COMMAND' describes one, 'memtop --help' the screen.\n",
			stdout);
		return EXIT_SUCCESS;
	}
	command = command_find(argv + first, argc - first, &taken);
	if (!command || taken < argc - first)
		return command_refuse_name(argv[first + taken]);
	snprintf(program, sizeof(program), "memtop %s", command->name);
	log_set_program(program);
	command_write_help(command, stdout, NULL);
	log_set_program("memtop help");
	return EXIT_SUCCESS;
}

static const struct command_option options[] = {
	{ .name = NULL },
};

const struct command command_help = {
	.name = "help",
	.summary = "all commands, or the options of one",
	.arguments = "[COMMAND]",
	.options = options,
	.usage_status = USAGE_STATUS,
	.works_without_proc = true,
	.run = run,
};
