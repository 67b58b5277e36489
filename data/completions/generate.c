// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/command.h"
#include "model/process.h"
#include "output/output.h"

#include <stdbool.h>
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
	{ "PID,...", "pids" },
	{ "UNIT", "units" },
	{ "USER", "users" },
};

/* The program must take each of them: tests/e2e/test_documented.py looks. */
static const char units[] = "b k m g t p";

/* NULL where nothing is known about the argument. */
static const char *
function_of(const struct command_option *option)
{
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (strcmp(values[i].argument, option->argument) == 0)
			return values[i].function;
	return NULL;
}

typedef void visit_option(
	const struct command *command, const struct command_option *option, char letter);

/* All options of a command, then the common ones, whose letters it may have taken. */
static void
each_option(const struct command *command, visit_option *visit)
{
	const struct command_option *common = common_options, *own = command->options;

	for (; own->name; own++)
		visit(command, own, own->letter);
	for (; common->name; common++) {
		char letter = common->letter;

		for (own = command->options; own->name; own++)
			if (own->letter == letter)
				letter = 0;
		visit(command, common, letter);
	}
}

/* Text between single quotes; `quote` is how one stands among them, `special` gets a backslash. */
static void
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

static void
write_column_names(void)
{
	for (size_t i = 0; i < process_table.column_count; i++)
		printf("%s%s", i > 0 ? " " : "", process_table.columns[i].name);
}

/* bash */

/* clang-format off */
static const char bash_functions[] =
	"# Words of a list that go on behind a prefix as has been typed.\n"
	"_memtop_words()\n"
	"{\n"
	"\tmapfile -t COMPREPLY < <(compgen -P \"$1\" -W \"$2\" -- \"${cur#\"$1\"}\")\n"
	"}\n"
	"\n"
	"_memtop_comma_words()\n"
	"{\n"
	"\t_memtop_words \"${cur%\"${cur##*,}\"}\" \"$1\"\n"
	"\tcompopt -o nospace 2>/dev/null\n"
	"}\n"
	"\n"
	"_memtop_fields()\n"
	"{\n"
	"\t_memtop_comma_words \"$(_memtop_columns)\"\n"
	"}\n"
	"\n"
	"_memtop_order()\n"
	"{\n"
	"\t_memtop_words \"${cur%\"${cur#[+-]}\"}\" \"$(_memtop_columns)\"\n"
	"}\n"
	"\n"
	"_memtop_pids()\n"
	"{\n"
	"\t_memtop_comma_words \"$(cd /proc && echo [0-9]*)\"\n"
	"}\n"
	"\n"
	"_memtop_users()\n"
	"{\n"
	"\tmapfile -t COMPREPLY < <(compgen -P \"${cur%\"${cur#!}\"}\" -u -- \"${cur#!}\")\n"
	"}\n"
	"\n";

static const char bash_start[] =
	"_memtop()\n"
	"{\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
	"\tlocal command='' options=''\n"
	"\n"
	"\tCOMPREPLY=()\n"
	"\tif [[ $cur == = ]]; then # --name=value is three words\n"
	"\t\tcur=''\n"
	"\telif [[ $prev == = ]]; then\n"
	"\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}\n"
	"\tfi\n"
	"\t[[ $COMP_CWORD -gt 1 && \" $(_memtop_commands) \" == *\" ${COMP_WORDS[1]} \"* ]] &&\n"
	"\t\tcommand=${COMP_WORDS[1]}\n"
	"\tcase $command in\n";

static const char bash_end[] =
	"\tesac\n"
	"\t[[ $COMP_CWORD -eq 1 && $cur != -* ]] && options=$(_memtop_commands)\n"
	"\t_memtop_words '' \"$options\"\n"
	"}\n"
	"\n"
	"complete -F _memtop memtop\n";
/* clang-format on */

static void
bash_word(const struct command *command, const struct command_option *option, char letter)
{
	(void)command;
	if (letter)
		printf(" -%c", letter);
	printf(" --%s", option->name);
}

static void
bash_value(const struct command *command, const struct command_option *option, char letter)
{
	const char *function;

	(void)command;
	if (!option->argument)
		return;
	function = function_of(option);
	fputs("\t\t", stdout);
	if (letter)
		printf("-%c | ", letter);
	printf("--%s)\n", option->name);
	if (function)
		printf("\t\t\t_memtop_%s\n", function);
	fputs("\t\t\treturn\n\t\t\t;;\n", stdout);
}

/* A function that prints words. */
static void
bash_begin_list(const char *name)
{
	printf("_memtop_%s()\n{\n\techo '", name);
}

static void
bash_end_list(void)
{
	fputs("'\n}\n\n", stdout);
}

static void
bash_words(void)
{
	bash_begin_list("commands");
	for (size_t i = 1; commands[i]; i++)
		printf("%s%s", i > 1 ? " " : "", commands[i]->name);
	bash_end_list();
	bash_begin_list("columns");
	write_column_names();
	bash_end_list();
	printf("_memtop_formats()\n{\n\t_memtop_words '' '");
	for (size_t i = 0; output_formats[i]; i++)
		printf("%s%s", i > 0 ? " " : "", output_formats[i]->name);
	bash_end_list();
	printf("_memtop_units()\n{\n\t_memtop_words '' '%s", units);
	bash_end_list();
}

static void
write_bash(void)
{
	fputs("# bash completion of memtop, made from its option tables\n\n", stdout);
	bash_words();
	fputs(bash_functions, stdout);
	fputs(bash_start, stdout);
	for (size_t i = 0; commands[i]; i++) {
		printf("\t'%s')\n\t\tcase $prev in\n", commands[i]->name);
		each_option(commands[i], bash_value);
		fputs("\t\tesac\n\t\toptions='", stdout);
		each_option(commands[i], bash_word);
		fputs("'\n\t\t;;\n", stdout);
	}
	fputs(bash_end, stdout);
}

/* zsh */

/* clang-format off */
static const char zsh_functions[] =
	"_memtop_fields()\n"
	"{\n"
	"\t_sequence _memtop_columns\n"
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
	"\tlocal context state line\n"
	"\ttypeset -A opt_args\n"
	"\n"
	"\tif (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then\n"
	"\t\t_memtop_commands\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tcase $words[2] in\n";

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

	fputs(" \\\n\t\t\t'(", stdout);
	if (letter)
		printf("-%c ", letter);
	printf("--%s)", option->name);
	if (is_long)
		printf("--%s%s[", option->name, option->argument ? "=" : "");
	else
		printf("-%c%s[", letter, option->argument ? "+" : "");
	write_quoted(option->help, "'\\''", "\\[]:");
	putchar(']');
	if (option->argument)
		printf(":%s:%s%s", option->argument, function ? "_memtop_" : " ",
			function ? function : "");
	putchar('\'');
}

static void
zsh_option(const struct command *command, const struct command_option *option, char letter)
{
	(void)command;
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
zsh_words(void)
{
	zsh_begin_list("commands");
	for (size_t i = 1; commands[i]; i++)
		zsh_item(commands[i]->name, commands[i]->summary);
	zsh_end_list("commands");
	zsh_begin_list("columns");
	for (size_t i = 0; i < process_table.column_count; i++)
		zsh_item(process_table.columns[i].name, process_table.columns[i].help);
	zsh_end_list("columns");
	zsh_begin_list("formats");
	for (size_t i = 0; output_formats[i]; i++)
		zsh_item(output_formats[i]->name, output_formats[i]->help);
	zsh_end_list("formats");
	printf("_memtop_units()\n{\n\tcompadd \"$@\" %s\n}\n\n", units);
}

static void
zsh_command(const struct command *command)
{
	if (*command->name)
		printf("\t%s)\n\t\tshift words\n\t\t(( CURRENT-- ))\n", command->name);
	else
		fputs("\t*)\n", stdout);
	fputs("\t\t_arguments -s", stdout);
	each_option(command, zsh_option);
	fputs("\n\t\t;;\n", stdout);
}

static void
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

/* fish */

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
	"\tcontains -- \"$words[2]\" (__memtop_commands)\n"
	"\tand set command $words[2]\n"
	"\ttest \"$command\" = \"$argv[1]\"\n"
	"end\n"
	"\n"
	"function __memtop_is_first\n"
	"\ttest (count (commandline -opc)) -eq 1\n"
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
	if (option->argument)
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
fish_words(void)
{
	fputs("function __memtop_commands\n\tprintf '%s\\n'", stdout);
	for (size_t i = 1; commands[i]; i++)
		printf(" %s", commands[i]->name);
	fish_end_list();
	fish_begin_list("columns");
	for (size_t i = 0; i < process_table.column_count; i++)
		fish_item(process_table.columns[i].name, process_table.columns[i].help);
	fish_end_list();
	fish_begin_list("formats");
	for (size_t i = 0; output_formats[i]; i++)
		fish_item(output_formats[i]->name, output_formats[i]->help);
	fish_end_list();
	printf("function __memtop_units\n\tprintf '%%s\\n' %s\nend\n\n", units);
}

static void
write_fish(void)
{
	fputs("# fish completion of memtop, made from its option tables\n\n", stdout);
	fish_words();
	fputs(fish_functions, stdout);
	fputs("complete -c memtop -f\n", stdout);
	for (size_t i = 1; commands[i]; i++) {
		printf("complete -c memtop -n __memtop_is_first -a %s -d '", commands[i]->name);
		write_quoted(commands[i]->summary, "\\'", "\\");
		fputs("'\n", stdout);
	}
	for (size_t i = 0; commands[i]; i++)
		each_option(commands[i], fish_option);
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
