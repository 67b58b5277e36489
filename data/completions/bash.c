// SPDX-License-Identifier: GPL-3.0-or-later
#include "generate.h"

#include "command/command.h"
#include "model/process.h"
#include "output/output.h"
#include "table/table.h"

#include <stdio.h>
#include <string.h>

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
	"_memtop_keys()\n"
	"{\n"
	"\t_memtop_comma_words \"$(_memtop_key_words)\"\n"
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
	"\t[[ $COMP_CWORD -gt 1 ]] && command=$(_memtop_command \"${COMP_WORDS[@]:1:COMP_CWORD-1}\")\n"
	"\tcase $command in\n";

static const char bash_end[] =
	"\tesac\n"
	"\t[[ $COMP_CWORD -eq 1 && $cur != -* ]] && options=$(_memtop_commands)\n"
	"\t[[ $COMP_CWORD -eq 2 && $cur != -* ]] && options+=\" $(_memtop_seconds \"${COMP_WORDS[1]}\")\"\n"
	"\t_memtop_words '' \"$options\"\n"
	"}\n"
	"\n"
	"complete -F _memtop memtop\n";
/* clang-format on */

static void
bash_word(const struct command *command, const struct command_option *option, char letter)
{
	if (letter)
		printf(" -%c", letter);
	printf(" --%s", option->name);
}

static void
bash_value(const struct command *command, const struct command_option *option, char letter)
{
	const char *function;

	if (!option->argument || command_option_is_optional(option))
		return; /* a value that may be left out is no word of its own */
	function = function_of(option);
	fputs("\t\t", stdout);
	if (letter)
		printf("-%c | ", letter);
	printf("--%s)\n", option->name);
	if (function)
		printf("\t\t\t_memtop_%s\n", function);
	fputs("\t\t\treturn\n\t\t\t;;\n", stdout);
}

static void
write_column_names(const char *command, const struct table *table)
{
	printf("\t%s) echo '", command);
	for (size_t i = 0; i < table->column_count; i++)
		printf("%s%s", i > 0 ? " " : "", table->columns[i].name);
	fputs("' ;;\n", stdout);
}

static void
bash_columns(void)
{
	fputs("_memtop_columns()\n{\n\tcase $command in\n", stdout);
	for (size_t i = 0; commands[i]; i++)
		if (commands[i]->table)
			write_column_names(commands[i]->name, commands[i]->table);
	write_column_names("*", &process_table);
	fputs("\tesac\n}\n\n", stdout);
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

/* Functions that tell the command of given words, and what may follow its first word. */
static void
bash_commands(void)
{
	bash_begin_list("commands");
	for (size_t i = 1; commands[i]; i++)
		if (has_new_first_word(i))
			printf("%s%.*s", i > 1 ? " " : "", (int)first_word_length(commands[i]),
				commands[i]->name);
	bash_end_list();
	fputs("_memtop_command()\n{\n\tcase \"$1 $2\" in\n", stdout);
	for (size_t i = 1; commands[i]; i++)
		if (second_word(commands[i]))
			printf("\t'%s') echo '%s' ;;\n", commands[i]->name, commands[i]->name);
	for (size_t i = 1; commands[i]; i++)
		if (!second_word(commands[i]))
			printf("\t'%s '*) echo '%s' ;;\n", commands[i]->name, commands[i]->name);
	fputs("\tesac\n}\n\n_memtop_seconds()\n{\n\tcase $1 in\n", stdout);
	for (size_t i = 1; commands[i]; i++)
		if (second_word(commands[i]))
			printf("\t%.*s) echo '%s' ;;\n", (int)first_word_length(commands[i]),
				commands[i]->name, second_word(commands[i]));
	fputs("\thelp) _memtop_commands ;;\n\tesac\n}\n\n", stdout);
}

static void
bash_words(void)
{
	bash_commands();
	bash_columns();
	bash_begin_list("key_words");
	fputs(keys, stdout);
	bash_end_list();
	printf("_memtop_formats()\n{\n\t_memtop_words '' '");
	for (size_t i = 0; output_formats[i]; i++)
		printf("%s%s", i > 0 ? " " : "", output_formats[i]->name);
	bash_end_list();
	printf("_memtop_units()\n{\n\t_memtop_words '' '%s", units);
	bash_end_list();
	printf("_memtop_styles()\n{\n\t_memtop_words '' '%s", styles);
	bash_end_list();
}

void
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
		fputs("'\n", stdout);
		if (takes_processes(commands[i]))
			fputs("\t\t[[ $cur != -* ]] && options=$(cd /proc && echo [0-9]*)\n",
				stdout);
		fputs("\t\t;;\n", stdout);
	}
	fputs(bash_end, stdout);
}
