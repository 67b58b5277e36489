// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/command.h"

#include "base/cleanup.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/nearest.h"
#include "collect/procfs.h"
#include "config.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/*
 * Values of getopt_long: the letter, or FIRST_LONG and the row number for a long option, WORD for a
 * word that is no option, MISSING for an option without its value.
 */
enum { WORD = 1, FIRST_LONG = 0x1000, UNKNOWN_OPTION = '?', MISSING = ':' };

struct parser {
	const struct command *command;
	struct option_list list;
	struct option names[66];
	char letters[2 * 64 + 4];
	char **words; /* words for the caller */
	size_t word_count;
};

static int
has_argument(const struct command_option *option)
{
	if (command_option_is_optional(option))
		return optional_argument;
	return option->argument ? required_argument : no_argument;
}

/* All commands except free take words in their order ('-') and write their own errors (':'). */
static void
build(struct parser *parser)
{
	struct option_list *list = &parser->list;
	char *letters = parser->letters;
	size_t names = 0;

	command_list_options(parser->command, list);
	if (!parser->command->usage_end)
		letters = stpcpy(letters, "-:");
	for (size_t i = 0; i < list->count; i++) {
		const struct command_option *option = list->rows[i].option;

		if (list->rows[i].letter) {
			*letters++ = list->rows[i].letter;
			if (option->argument)
				*letters++ = ':';
		}
		if (option->hidden && option->letter)
			continue;
		parser->names[names++] = (struct option){ .name = option->name,
			.has_arg = has_argument(option),
			.val = FIRST_LONG + (int)i };
	}
}

/* The row that getopt has found, or the number of rows. */
static size_t
row_of(const struct parser *parser, int value)
{
	size_t i = 0;

	if (value >= FIRST_LONG)
		return (size_t)(value - FIRST_LONG);
	while (i < parser->list.count && parser->list.rows[i].letter != value)
		i++;
	return i;
}

/* Lists the options that begin with the typed text, as "--fields, --filter". */
static void
list_beginning_with(
	const struct parser *parser, const char *typed, size_t length, char *names, size_t size)
{
	size_t used = 0;

	*names = '\0';
	for (const struct option *row = parser->names; row->name && used < size; row++)
		if (strncmp(row->name, typed, length) == 0)
			used += (size_t)snprintf(names + used, size - used, "%s--%s",
				used > 0 ? ", " : "", row->name);
}

static void
refuse_name(const struct parser *parser, const char *word)
{
	size_t length = strcspn(word, "=") - 2;
	struct nearest nearest = { .word = word + 2, .length = length };
	char safe[COMMAND_WORD_SIZE], names[256], near[64];

	command_safe_word(word, safe);
	list_beginning_with(parser, word + 2, length, names, sizeof(names));
	if (*names) {
		command_complain(NULL, "%s is the beginning of %s", safe, names);
		return;
	}
	for (const struct option *row = parser->names; row->name; row++)
		nearest_offer(&nearest, row->name);
	if (nearest.name)
		snprintf(near, sizeof(near), "--%s", nearest.name);
	command_complain(nearest.name ? near : NULL, "there is no option %s", safe);
}

/* Reports getopt's errors: optopt is 0 for an unknown name. */
static void
refuse(const struct parser *parser, int value, const char *word)
{
	size_t row = row_of(parser, optopt);
	const struct command_option *option =
		row < parser->list.count ? parser->list.rows[row].option : NULL;
	char letter[2] = { (char)optopt, '\0' }, safe[COMMAND_WORD_SIZE];

	if (value == MISSING && option)
		command_complain(NULL, "--%s needs a value: %s", option->name, option->argument);
	else if (optopt == 0)
		refuse_name(parser, word);
	else if (option)
		command_complain(NULL, "--%s takes no value", option->name);
	else
		command_complain(NULL, "there is no option -%s", command_safe_word(letter, safe));
}

static bool
is_own(const struct command *command, const struct command_option *option)
{
	const struct command_option *own = command->options;

	while (own->name && own != option)
		own++;
	return own->name;
}

/* Returns -1 if the program is done. */
static int
apply(const struct parser *parser, const struct listed_option *row, void *settings, int *ret_status)
{
	const struct command *command = parser->command;
	const struct command_option *option = row->option;

	*ret_status = EXIT_SUCCESS;
	if (option->apply) {
		if (option->apply((char *)settings + row->offset, option, optarg) == 0)
			return 0;
		*ret_status = is_own(command, option) ? command->usage_status : USAGE_STATUS;
	} else if (strcmp(option->name, "help") == 0) {
		command_write_help(command, stdout, NULL);
	} else {
		printf("%s %s\n", log_program(), MEMTOP_VERSION);
	}
	return -1;
}

/* Gives a word to the command. Returns -1 if it is wrong. */
static int
take(struct parser *parser, char *word, void *settings, int *ret_status)
{
	const struct command *command = parser->command;
	int taken = command->take_word
			    ? command->take_word((char *)settings + command->word_offset, word)
			    : 1;

	if (taken > 0)
		parser->words[parser->word_count++] = word;
	*ret_status = command->usage_status;
	return taken < 0 ? -1 : 0;
}

static int
take_value(struct parser *parser, int value, char **argv, void *settings, int *ret_status)
{
	if (value == WORD)
		return take(parser, optarg, settings, ret_status);
	if (value == UNKNOWN_OPTION || value == MISSING) {
		if (parser->command->usage_end)
			command_write_help(parser->command, stderr, parser->command->usage_end);
		else
			refuse(parser, value, argv[optind - 1]);
		*ret_status = parser->command->usage_status;
		return -1;
	}
	return apply(parser, &parser->list.rows[row_of(parser, value)], settings, ret_status);
}

int
command_parse(const struct command *command, int argc, char **argv, void *settings, int *ret_status)
{
	struct parser parser = { .command = command };
	_cleanup_free_ char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	int value, first;

	parser.words = words;
	build(&parser);
	argv[0] = (char *)log_program(); /* the start of getopt_long's messages */
	opterr = command->usage_end != NULL;
	while ((value = getopt_long(argc, argv, parser.letters, parser.names, NULL)) != -1)
		if (take_value(&parser, value, argv, settings, ret_status) < 0)
			return -1;
	for (; optind < argc; optind++) /* after -- */
		if (command->runs_command)
			words[parser.word_count++] = argv[optind];
		else if (take(&parser, argv[optind], settings, ret_status) < 0)
			return -1;
	if (!command->works_without_proc && !procfs_is_mounted()) {
		log_error("/proc is not mounted");
		*ret_status = EXIT_FAILURE;
		return -1;
	}
	first = argc - (int)parser.word_count;
	for (size_t i = 0; i < parser.word_count; i++)
		argv[first + (int)i] = words[i];
	return first;
}
