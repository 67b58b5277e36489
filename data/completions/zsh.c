// SPDX-License-Identifier: GPL-3.0-or-later
#include "generate.h"

#include "command/command.h"
#include "model/process.h"
#include "output/output.h"
#include "table/table.h"

#include <stdio.h>

/* clang-format off */
static const char zsh_functions[] =
	"_memtop_fields()\n"
	"{\n"
	"\t_sequence _memtop_columns\n"
	"}\n"
	"\n"
	"_memtop_keys()\n"
	"{\n"
	"\t_sequence _memtop_key_words\n"
	"}\n"
	"\n"
	"_memtop_order()\n"
	"{\n"
	"\tcompset -P '[+-]'\n"
	"\t_memtop_columns\n"
	"}\n"
	"\n"
	"_memtop_pids()\n"
	"{\n"
	"\tlocal -a words=(/proc/<->(N:t))\n"
	"\n"
	"\t_sequence compadd - $words\n"
	"}\n"
	"\n"
	"_memtop_users()\n"
	"{\n"
	"\tcompset -P '!'\n"
	"\t_users\n"
	"}\n"
	"\n";

static const char zsh_start[] =
	"_memtop()\n"
	"{\n"
	"\tlocal context state line command=$words[2]\n"
	"\ttypeset -A opt_args\n"
	"\n"
	"\tif (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then\n"
	"\t\t_memtop_commands\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tif (( CURRENT == 3 )) && [[ $PREFIX != -* ]]; then\n"
	"\t\t_memtop_seconds && return\n"
	"\tfi\n"
	"\tif (( CURRENT > 3 )) && _memtop_is_command \"$words[2] $words[3]\"; then\n"
	"\t\tcommand=\"$words[2] $words[3]\"\n"
	"\tfi\n"
	"\tcase $command in\n";

static const char zsh_end[] =
	"\tesac\n"
	"}\n"
	"\n"
	"_memtop \"$@\"\n";
/* clang-format on */

/* '(-n --count)-n+[end after COUNT blocks]:COUNT:_memtop_x', one for each form. */
static void
zsh_form(const struct command_option *option, char letter, bool is_long)
{
	const char *function = option->argument ? function_of(option) : NULL;
	bool is_optional = command_option_is_optional(option);

	fputs(" \\\n\t\t\t'(", stdout);
	if (letter)
		printf("-%c ", letter);
	printf("--%s)", option->name);
	if (is_long)
		printf("--%s%s[", option->name, is_optional ? "=-" : option->argument ? "=" : "");
	else
		printf("-%c%s[", letter, option->argument ? "+" : "");
	write_quoted(option->help, "'\\''", "\\[]:");
	putchar(']');
	if (is_optional)
		fputs("::value: ", stdout);
	else if (option->argument)
		printf(":%s:%s%s", option->argument, function ? "_memtop_" : " ",
			function ? function : "");
	putchar('\'');
}

static void
zsh_option(const struct command *command, const struct command_option *option, char letter)
{
	if (letter)
		zsh_form(option, letter, false);
	zsh_form(option, letter, true);
}

/* A function that offers words with their descriptions. */
static void
zsh_begin_list(const char *name)
{
	printf("_memtop_%s()\n{\n\tlocal -a words=(\n", name);
}

static void
zsh_item(const char *word, const char *description)
{
	printf("\t\t'%s:", word);
	write_quoted(description, "'\\''", "");
	fputs("'\n", stdout);
}

static void
zsh_end_list(const char *name)
{
	printf("\t)\n\n\t_describe -t %s %s words \"$@\"\n}\n\n", name, name);
}

static void
zsh_item_of(const struct command *command, const char *word, size_t length)
{
	char text[64];

	snprintf(text, sizeof(text), "%.*s", (int)length, word);
	zsh_item(text, command->summary);
}

/* The first words of commands, and for those with two the second ones. */
static void
zsh_commands(void)
{
	zsh_begin_list("commands");
	for (size_t i = 1; commands[i]; i++)
		if (has_new_first_word(i))
			zsh_item_of(commands[i], commands[i]->name, first_word_length(commands[i]));
	zsh_end_list("commands");
	fputs("_memtop_seconds()\n{\n\tlocal -a words2=()\n\n\tcase $words[2] in\n", stdout);
	for (size_t i = 1; commands[i]; i++)
		if (second_word(commands[i])) {
			printf("\t%.*s) words2+=('%s:", (int)first_word_length(commands[i]),
				commands[i]->name, second_word(commands[i]));
			write_quoted(commands[i]->summary, "'\\''", "");
			fputs("') ;;\n", stdout);
		}
	fputs("\thelp) _memtop_commands; return ;;\n\tesac\n\t(( $#words2 )) && _describe -t "
	      "commands command words2\n}\n\n"
	      "_memtop_is_command()\n{\n\tlocal -a names=(",
		stdout);
	for (size_t i = 1; commands[i]; i++)
		printf(" '%s'", commands[i]->name);
	fputs(" )\n\n\t(( $names[(Ie)$1] ))\n}\n\n", stdout);
}

static void
zsh_columns_of(const char *command, const struct table *table)
{
	printf("\t%s)\n\t\twords2=(\n", command);
	for (size_t i = 0; i < table->column_count; i++)
		zsh_item(table->columns[i].name, table->columns[i].help);
	fputs("\t\t)\n\t\t;;\n", stdout);
}

static void
zsh_columns(void)
{
	fputs("_memtop_columns()\n{\n\tlocal -a words2=()\n\n\tcase $command in\n", stdout);
	for (size_t i = 0; commands[i]; i++)
		if (commands[i]->table)
			zsh_columns_of(commands[i]->name, commands[i]->table);
	zsh_columns_of("*", &process_table);
	fputs("\tesac\n\t_describe -t columns columns words2 \"$@\"\n}\n\n", stdout);
}

static void
zsh_words(void)
{
	zsh_commands();
	zsh_columns();
	zsh_begin_list("formats");
	for (size_t i = 0; output_formats[i]; i++)
		zsh_item(output_formats[i]->name, output_formats[i]->help);
	zsh_end_list("formats");
	printf("_memtop_units()\n{\n\tcompadd \"$@\" %s\n}\n\n", units);
	printf("_memtop_styles()\n{\n\tcompadd \"$@\" %s\n}\n\n", styles);
	printf("_memtop_key_words()\n{\n\tcompadd \"$@\" %s\n}\n\n", keys);
}

static void
zsh_command(const struct command *command)
{
	if (second_word(command))
		printf("\t'%s')\n\t\tshift 2 words\n\t\t(( CURRENT -= 2 ))\n", command->name);
	else if (*command->name)
		printf("\t%s)\n\t\tshift words\n\t\t(( CURRENT-- ))\n", command->name);
	else
		fputs("\t*)\n", stdout);
	fputs("\t\t_arguments -s", stdout);
	each_option(command, zsh_option);
	if (takes_processes(command))
		fputs(" \\\n\t\t\t'*:PID or NAME:_memtop_pids'", stdout);
	fputs("\n\t\t;;\n", stdout);
}

void
write_zsh(void)
{
	fputs("#compdef memtop\n# zsh completion of memtop, made from its option tables\n\n",
		stdout);
	zsh_words();
	fputs(zsh_functions, stdout);
	fputs(zsh_start, stdout);
	for (size_t i = 1; commands[i]; i++)
		zsh_command(commands[i]);
	zsh_command(commands[0]);
	fputs(zsh_end, stdout);
}
