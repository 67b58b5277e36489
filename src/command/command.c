// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/command.h"

#include "base/cleanup.h"
#include "base/log.h"
#include "base/memory.h"
#include "command/commands.h"
#include "config.h"
#include "model/snapshot.h"
#include "output/output.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

const struct command *const commands[] = {
	&command_top,
	&command_free,
	&command_batch,
	&command_oom,
	&command_oom_log,
	&command_faults,
	&command_map,
	&command_budget,
	&command_kernel,
	NULL,
};

/* Every command has these two; free uses -h for something else. */
const struct command_option common_options[] = {
	{ .name = "help", .letter = 'h', .help = "display this help and exit" },
	{ .name = "version", .letter = 'V', .help = "output version information and exit" },
	{ .name = NULL },
};

enum { HELP = 0x1000, FIRST_LONG = 0x2000 };

/* How many words a name has if it is what the command line begins with, else 0. */
static int
words_of_name(const char *name, char *const *words, int count)
{
	for (int taken = 0; taken < count;) {
		size_t length = strcspn(name, " ");

		if (strlen(words[taken]) != length || memcmp(words[taken], name, length) != 0)
			return 0;
		taken++;
		if (!name[length])
			return taken;
		name += length + 1;
	}
	return 0;
}

const struct command *
command_find(char *const *words, int count, int *ret_taken)
{
	const struct command *found = NULL;
	int most = 0;

	for (size_t i = 1; commands[i]; i++) {
		int taken = words_of_name(commands[i]->name, words, count);

		if (taken <= most)
			continue;
		most = taken;
		found = commands[i];
	}
	if (found)
		*ret_taken = most;
	return found;
}

static bool
has_letter(const struct command_option *options, char letter)
{
	for (; options->name; options++)
		if (options->letter == letter)
			return true;
	return false;
}

/* The two lists that getopt_long wants. What it returns for a row is the index of that row. */
struct getopt_lists {
	struct option *rows;
	char *letters;
	size_t count, letter_count;
};

static void
add_row(struct getopt_lists *lists, const struct command_option *option, char letter, int value)
{
	lists->rows[lists->count++] = (struct option){ .name = option->name,
		.has_arg = option->argument ? required_argument : no_argument,
		.val = value };
	if (!letter)
		return;
	lists->letters[lists->letter_count++] = letter;
	if (option->argument)
		lists->letters[lists->letter_count++] = ':';
}

static size_t
count_options(const struct command_option *options)
{
	size_t count = 0;

	while (options[count].name)
		count++;
	return count;
}

static void
build_lists(struct getopt_lists *lists, const struct command_option *options)
{
	size_t count = count_options(options) + count_options(common_options) + 1;

	lists->rows = xcalloc(count, sizeof(struct option));
	lists->letters = xcalloc(count, 2);
	for (size_t i = 0; options[i].name; i++)
		add_row(lists, &options[i], options[i].letter, FIRST_LONG + (int)i);
	for (size_t i = 0; common_options[i].name; i++)
		add_row(lists, &common_options[i],
			has_letter(options, common_options[i].letter) ? 0
								      : common_options[i].letter,
			HELP + (int)i);
}

/* getopt returns a letter or a row's value: both name the same option. */
static const struct command_option *
find_option(const struct command_option *options, int value)
{
	if (value >= FIRST_LONG)
		return &options[value - FIRST_LONG];
	if (value >= HELP)
		return &common_options[value - HELP];
	for (; options->name; options++)
		if (options->letter == value)
			return options;
	return common_options[0].letter == value ? &common_options[0] : &common_options[1];
}

static int
usage_error(const struct command *command, int *ret_status)
{
	if (command->usage_error)
		command->usage_error(stderr);
	*ret_status = command->usage_status;
	return -1;
}

static int
common_option(const struct command *command, const struct command_option *option, int *ret_status)
{
	if (option == &common_options[0])
		command_write_help(command, stdout, NULL);
	else
		printf("%s %s\n", log_program(), MEMTOP_VERSION);
	*ret_status = 0;
	return -1;
}

int
command_parse(const struct command *command, int argc, char **argv, void *settings, int *ret_status)
{
	_cleanup_free_ struct option *rows = NULL;
	_cleanup_free_ char *letters = NULL;
	struct getopt_lists lists = { .count = 0 };
	int value;

	build_lists(&lists, command->options);
	rows = lists.rows;
	letters = lists.letters;
	argv[0] = (char *)log_program(); /* getopt_long begins its messages with it */
	while ((value = getopt_long(argc, argv, letters, rows, NULL)) != -1) {
		const struct command_option *option;

		if (value == '?')
			return usage_error(command, ret_status);
		option = find_option(command->options, value);
		if (!option->apply)
			return common_option(command, option, ret_status);
		if (option->apply(settings, option, optarg) < 0) {
			*ret_status = command->usage_status;
			return -1;
		}
	}
	return optind;
}

/* " -n, --count COUNT"; an argument of one letter stands behind -n as well. */
static void
write_form(const struct command_option *option, bool has_letter_too, char *form, size_t size)
{
	const char *argument = option->argument ? option->argument : "";
	const char *again = strlen(argument) == 1 ? argument : "";
	char letter[8] = "";

	if (has_letter_too)
		snprintf(letter, sizeof(letter), "-%c%s%s,", option->letter, *again ? " " : "",
			again);
	snprintf(
		form, size, " %-3s --%s%s%s", letter, option->name, *argument ? " " : "", argument);
}

static void
write_options(const struct command_option *options, const struct command_option *taken_letters,
	const char *end, FILE *file)
{
	size_t width = taken_letters ? 15 : 20;
	char form[64];

	for (const struct command_option *option = options; option->name; option++) {
		write_form(option, false, form, sizeof(form));
		width = strlen(form) > width ? strlen(form) : width;
	}
	for (; options->name && (!end || strcmp(options->name, end) != 0); options++) {
		bool has = options->letter &&
			   !(taken_letters && has_letter(taken_letters, options->letter));

		write_form(options, has, form, sizeof(form));
		fprintf(file, "%-*s %s\n", (int)width, form, options->help);
	}
}

void
command_write_help(const struct command *command, FILE *file, const char *end)
{
	fprintf(file, "\nUsage:\n %s %s\n\nOptions:\n", log_program(), command->arguments);
	write_options(command->options, NULL, end, file);
	fputc('\n', file);
	write_options(common_options, command->options, NULL, file);
	if (command->describe)
		command->describe(file);
	fprintf(file, "\nFor more details see memtop%s", *command->name ? "-" : "");
	for (const char *letter = command->name; *letter; letter++)
		fputc(*letter == ' ' ? '-' : *letter, file);
	fputs("(1).\n", file);
}

int
option_set_flag(void *settings, const struct command_option *option, const char *value)
{
	(void)value;
	*(bool *)((char *)settings + option->offset) = true;
	return 0;
}

int
option_set_text(void *settings, const struct command_option *option, const char *value)
{
	*(const char **)((char *)settings + option->offset) = value;
	return 0;
}

int
option_complain(const struct command_option *option, const char *value, size_t position,
	const char *message)
{
	if (position == SIZE_MAX)
		log_error("--%s '%s': %s", option->name, value, message);
	else
		log_error("--%s '%s': %s, at character %zu", option->name, value, message,
			position + 1);
	return -EINVAL;
}

int
command_failure_status(const char *action, int error)
{
	if (error == -EPIPE)
		return EXIT_SUCCESS;
	log_error("%s: %s", action, strerror(-error));
	return EXIT_FAILURE;
}

void
command_tell_hints(const struct output *output, const struct snapshot *snapshot,
	const struct row_list *processes)
{
	struct hint hints[SNAPSHOT_HINTS];
	size_t count = snapshot_hints(snapshot, processes, hints);

	for (size_t i = 0; i < count && !output->format->has_hints; i++) {
		char text[HINT_TEXT_SIZE];

		hint_text(&hints[i], text);
		log_error("%s", text);
	}
}
