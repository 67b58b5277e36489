// SPDX-License-Identifier: GPL-3.0-or-later
#include "generate.h"

#include "command/command.h"
#include "model/process.h"
#include "output/output.h"
#include "table/table.h"

#include <stdio.h>

/* clang-format off */
static const char fish_functions[] =
	"# What of the option's value has been typed, up to the last match of a pattern.\n"
	"function __memtop_typed\n"
	"\tcommandline -ct | string replace -r '^--[a-z]+=' '' | string match -r \"^$argv[1]\"\n"
	"end\n"
	"\n"
	"# Words that go on behind it.\n"
	"function __memtop_behind\n"
	"\tset -l typed (__memtop_typed $argv[1])\n"
	"\tfor word in ($argv[2])\n"
	"\t\techo -- \"$typed$word\"\n"
	"\tend\n"
	"end\n"
	"\n"
	"function __memtop_fields\n"
	"\t__memtop_behind '.*,' __memtop_columns\n"
	"end\n"
	"\n"
	"function __memtop_keys\n"
	"\t__memtop_behind '.*,' __memtop_key_words\n"
	"end\n"
	"\n"
	"function __memtop_order\n"
	"\t__memtop_behind '[+-]' __memtop_columns\n"
	"end\n"
	"\n"
	"function __memtop_pids\n"
	"\t__memtop_behind '.*,' __fish_complete_pids\n"
	"end\n"
	"\n"
	"function __memtop_users\n"
	"\t__memtop_behind '!' __fish_complete_users\n"
	"end\n"
	"\n"
	"# Whether the command line is one of this command; that of memtop itself is ''.\n"
	"function __memtop_runs\n"
	"\tset -l words (commandline -opc)\n"
	"\tset -l command ''\n"
	"\tif contains -- \"$words[2] $words[3]\" (__memtop_commands)\n"
	"\t\tset command \"$words[2] $words[3]\"\n"
	"\telse if contains -- \"$words[2]\" (__memtop_commands)\n"
	"\t\tset command $words[2]\n"
	"\tend\n"
	"\ttest \"$command\" = \"$argv[1]\"\n"
	"end\n"
	"\n"
	"function __memtop_is_first\n"
	"\ttest (count (commandline -opc)) -eq 1\n"
	"end\n"
	"\n"
	"function __memtop_is_behind\n"
	"\tset -l words (commandline -opc)\n"
	"\ttest (count $words) -eq 2 -a \"$words[2]\" = \"$argv[1]\"\n"
	"end\n"
	"\n";
/* clang-format on */

static void
fish_option(const struct command *command, const struct command_option *option, char letter)
{
	const char *function = option->argument ? function_of(option) : NULL;

	printf("complete -c memtop -n '__memtop_runs \"%s\"'", command->name);
	if (letter)
		printf(" -s %c", letter);
	printf(" -l %s -d '", option->name);
	write_quoted(option->help, "\\'", "\\");
	putchar('\'');
	if (option->argument && !command_option_is_optional(option))
		fputs(" -x", stdout);
	if (function)
		printf(" -a '(__memtop_%s)'", function);
	putchar('\n');
}

/* A function that prints words with their descriptions. */
static void
fish_begin_list(const char *name)
{
	printf("function __memtop_%s\n\tprintf '%%s\\t%%s\\n'", name);
}

static void
fish_item(const char *word, const char *description)
{
	printf(" \\\n\t\t%s '", word);
	write_quoted(description, "\\'", "\\");
	putchar('\'');
}

static void
fish_end_list(void)
{
	fputs("\nend\n\n", stdout);
}

static void
fish_columns_of(const struct table *table)
{
	fputs("\tprintf '%s\\t%s\\n'", stdout);
	for (size_t i = 0; i < table->column_count; i++)
		fish_item(table->columns[i].name, table->columns[i].help);
}

static void
fish_columns(void)
{
	fputs("function __memtop_columns\n", stdout);
	for (size_t i = 0; commands[i]; i++)
		if (commands[i]->table) {
			printf("\tif __memtop_runs %s\n", commands[i]->name);
			fish_columns_of(commands[i]->table);
			fputs("\n\t\treturn\n\tend\n", stdout);
		}
	fish_columns_of(&process_table);
	fish_end_list();
}

static void
fish_words(void)
{
	fputs("function __memtop_commands\n\tprintf '%s\\n'", stdout);
	for (size_t i = 1; commands[i]; i++)
		printf(" '%s'", commands[i]->name);
	fish_end_list();
	fish_columns();
	fish_begin_list("formats");
	for (size_t i = 0; output_formats[i]; i++)
		fish_item(output_formats[i]->name, output_formats[i]->help);
	fish_end_list();
	printf("function __memtop_units\n\tprintf '%%s\\n' %s\nend\n\n", units);
	printf("function __memtop_styles\n\tprintf '%%s\\n' %s\nend\n\n", styles);
	printf("function __memtop_key_words\n\tprintf '%%s\\n' %s\nend\n\n", keys);
}

static void
fish_command(size_t number)
{
	const struct command *command = commands[number];
	int length = (int)first_word_length(command);

	if (has_new_first_word(number)) {
		printf("complete -c memtop -n __memtop_is_first -a %.*s -d '", length,
			command->name);
		write_quoted(command->summary, "\\'", "\\");
		fputs("'\n", stdout);
	}
	if (has_new_first_word(number))
		printf("complete -c memtop -n '__memtop_is_behind help' -a %.*s\n", length,
			command->name);
	if (takes_processes(command))
		printf("complete -c memtop -n '__memtop_runs \"%s\"' -a '(__memtop_pids)'\n",
			command->name);
	if (second_word(command)) {
		printf("complete -c memtop -n '__memtop_is_behind %.*s' -a %s -d '", length,
			command->name, second_word(command));
		write_quoted(command->summary, "\\'", "\\");
		fputs("'\n", stdout);
	}
}

void
write_fish(void)
{
	fputs("# fish completion of memtop, made from its option tables\n\n", stdout);
	fish_words();
	fputs(fish_functions, stdout);
	fputs("complete -c memtop -f\n", stdout);
	for (size_t i = 1; commands[i]; i++)
		fish_command(i);
	for (size_t i = 0; commands[i]; i++)
		each_option(commands[i], fish_option);
}
