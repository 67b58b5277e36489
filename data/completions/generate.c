// SPDX-License-Identifier: GPL-3.0-or-later
#include "generate.h"

#include "command/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * What can be completed behind an option, by the argument that --help shows for it. Each shell has
 * a function of its own for it: _memtop_fields and so on, in fish __memtop_fields.
 */
static const struct {
	const char *argument, *function;
} values[] = {
	{ "FIELD,...", "fields" },
	{ "FIELD", "order" },
	{ "FORMAT", "formats" },
	{ "KEY,...", "keys" },
	{ "PID", "pids" },
	{ "PID,...", "pids" },
	{ "STYLE", "styles" },
	{ "UNIT", "units" },
	{ "USER", "users" },
};

const char units[] = "b k m g t p";
const char styles[] = "text json";
const char keys[] = "process segment mapping code symbol";

const char *
function_of(const struct command_option *option)
{
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (strcmp(values[i].argument, option->argument) == 0)
			return values[i].function;
	return NULL;
}

size_t
first_word_length(const struct command *command)
{
	return strcspn(command->name, " ");
}

const char *
second_word(const struct command *command)
{
	const char *blank = strchr(command->name, ' ');

	return blank ? blank + 1 : NULL;
}

bool
has_new_first_word(size_t number)
{
	size_t length = first_word_length(commands[number]);

	for (size_t i = 1; i < number; i++)
		if (first_word_length(commands[i]) == length &&
			memcmp(commands[i]->name, commands[number]->name, length) == 0)
			return false;
	return true;
}

void
each_option(const struct command *command, visit_option *visit)
{
	struct option_list list;

	command_list_options(command, &list);
	for (size_t i = 0; i < list.hidden; i++)
		visit(command, list.rows[i].option, list.rows[i].letter);
}

bool
takes_processes(const struct command *command)
{
	return strstr(command->arguments, "PID");
}

void
write_quoted(const char *text, const char *quote, const char *special)
{
	for (; *text; text++) {
		if (*text == '\'') {
			fputs(quote, stdout);
			continue;
		}
		if (strchr(special, *text))
			putchar('\\');
		putchar(*text);
	}
}

/* clang-format off */
static const struct {
	const char *name;
	void (*write)(void);
} shells[] = {
	{ "bash", write_bash },
	{ "zsh", write_zsh },
	{ "fish", write_fish },
};
/* clang-format on */

int
main(int argc, char **argv)
{
	for (size_t i = 0; argc == 2 && i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (strcmp(shells[i].name, argv[1]) != 0)
			continue;
		shells[i].write();
		return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
	}
	fputs("usage: generate bash|zsh|fish\n", stderr);
	return 2;
}
