// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/command.h"

#include "base/log.h"
#include "base/macros.h"
#include "base/nearest.h"
#include "base/scan.h"
#include "base/text.h"
#include "base/unit.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MESSAGE_SIZE = 512, EXCERPT_SIZE = 60 };

/* Each command has its own file. */
extern const struct command command_top, command_free, command_batch, command_oom, command_oom_log,
	command_faults, command_map, command_budget, command_check, command_groups, command_kernel,
	command_growth, command_record, command_replay, command_export, command_help;

const struct command *const commands[] = {
	&command_top,
	&command_check,
	&command_free,
	&command_batch,
	&command_groups,
	&command_oom,
	&command_oom_log,
	&command_faults,
	&command_map,
	&command_budget,
	&command_growth,
	&command_kernel,
	&command_record,
	&command_replay,
	&command_export,
	&command_help,
	NULL,
};

/* Options of every command; free uses -h for something else. */
static const struct command_option common_options[] = {
	{ .name = "help", .letter = 'h', .help = "display this help and exit" },
	{ .name = "version", .letter = 'V', .help = "output version information and exit" },
	{ .name = NULL },
};

/* The number of words in a name if the command line begins with it, else 0. */
static int
words_of_name(const char *name, char *const *words, int count)
{
	for (int taken = 0; taken < count;) {
		size_t length = strcspn(name, " ");

		if (!scan_is(name, length, words[taken]))
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

int
command_refuse_name(const char *name)
{
	struct nearest nearest = { .word = name, .length = strlen(name) };
	char safe[COMMAND_WORD_SIZE];

	for (size_t i = 1; commands[i]; i++)
		nearest_offer(&nearest, commands[i]->name);
	command_complain(nearest.name, "there is no command '%s'", command_safe_word(name, safe));
	return commands[0]->usage_status;
}

static bool
has_option(const struct option_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->rows[i].option->name, name) == 0)
			return true;
	return false;
}

static bool
has_letter(const struct option_list *list, char letter)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->rows[i].letter == letter)
			return true;
	return false;
}

/* Earlier options have priority, for names and for letters; hidden ones keep theirs. */
static void
add_options(
	struct option_list *list, const struct command_option *options, size_t offset, bool hidden)
{
	const size_t most = ARRAY_SIZE(list->rows);

	for (; options->name && list->count < most; options++) {
		bool is_taken = !hidden && has_letter(list, options->letter);
		char letter = is_taken ? 0 : options->letter;

		if (options->hidden == hidden && (hidden || !has_option(list, options->name)))
			list->rows[list->count++] =
				(struct listed_option){ options, letter, offset + options->offset };
	}
}

static void
add_shared_options(struct option_list *list, const struct command *command, bool hidden)
{
	for (const struct shared_options *part = command->shared; part->options; part++)
		add_options(list, part->options, part->offset, hidden);
}

void
command_list_options(const struct command *command, struct option_list *ret_list)
{
	ret_list->count = 0;
	add_options(ret_list, command->options, 0, false);
	ret_list->shared = ret_list->count;
	add_shared_options(ret_list, command, false);
	ret_list->common = ret_list->count;
	add_options(ret_list, common_options, 0, false);
	ret_list->hidden = ret_list->count;
	add_options(ret_list, command->options, 0, true);
	add_shared_options(ret_list, command, true);
}

const char *
command_safe_word(const char *word, char safe[static COMMAND_WORD_SIZE])
{
	size_t length = text_safe(safe, COMMAND_WORD_SIZE, word, charset_of_locale());

	if (length > COMMAND_WORD_SIZE - 16)
		strcpy(safe + COMMAND_WORD_SIZE - 16, "...");
	return safe;
}

void
command_tell(void *context, const char *message)
{
	log_error("%s", message);
}

int
command_complain(const char *near, const char *format, ...)
{
	char message[MESSAGE_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	if (near)
		log_error("%s; did you mean %s? try '%s --help'", message, near, log_program());
	else
		log_error("%s; try '%s --help'", message, log_program());
	return -EINVAL;
}

int
option_set_flag(void *member, const struct command_option *option, const char *value)
{
	*(bool *)member = true;
	return 0;
}

int
option_set_text(void *member, const struct command_option *option, const char *value)
{
	*(const char **)member = value;
	return 0;
}

int
option_set_number(int64_t *number, const struct command_option *option, const char *value,
	int64_t least, int64_t most, const char *message)
{
	if (text_to_number(value, number) < 0 || *number < least || *number > most)
		return option_complain(option, value, message);
	return 0;
}

int
option_set_count(void *member, const struct command_option *option, const char *value)
{
	return option_set_number(
		member, option, value, 1, INT64_MAX, "not a count from 1 to 9223372036854775807");
}

int
option_set_interval(void *member, const struct command_option *option, const char *value)
{
	if (unit_parse_interval(value, member) < 0)
		return option_complain(option, value, "not " INTERVAL_RANGE);
	return 0;
}

/* The text around a place in a value, which may be very long. */
static void
excerpt(const char *value, size_t position, char text[static COMMAND_WORD_SIZE])
{
	char part[EXCERPT_SIZE + 1];
	size_t start = 0, length = strlen(value);

	if (length > EXCERPT_SIZE && position != SIZE_MAX && position > EXCERPT_SIZE / 2)
		start = (position < length ? position : length) - EXCERPT_SIZE / 2;
	snprintf(part, sizeof(part), "%s", value + start);
	snprintf(text, COMMAND_WORD_SIZE, "%s%s%s", start > 0 ? "..." : "", part,
		length - start > EXCERPT_SIZE ? "..." : "");
}

int
option_complain_at(const struct command_option *option, const char *value, size_t position,
	const char *near, const char *message)
{
	char text[COMMAND_WORD_SIZE], safe[4 * COMMAND_WORD_SIZE], place[40] = "";

	excerpt(value, position, text);
	text_safe(safe, sizeof(safe), text, charset_of_locale());
	if (position != SIZE_MAX)
		snprintf(place, sizeof(place), ", at character %zu", position + 1);
	return command_complain(near, "--%s '%s': %s%s", option->name, safe, message, place);
}

int
option_complain(const struct command_option *option, const char *value, const char *message)
{
	return option_complain_at(option, value, SIZE_MAX, NULL, message);
}

int
command_refuse_word(void *member, const char *word)
{
	char safe[COMMAND_WORD_SIZE];

	return command_complain(NULL, "unexpected word '%s'", command_safe_word(word, safe));
}

int
command_failure_status(const char *action, int error)
{
	if (error == -EPIPE)
		return EXIT_SUCCESS;
	log_error("%s: %s", action, strerror(-error));
	return EXIT_FAILURE;
}

static bool
has_lost_reader(void)
{
	struct pollfd output = { .fd = STDOUT_FILENO };

	return poll(&output, 1, 0) > 0 && output.revents & (POLLERR | POLLHUP);
}

/* After a write that failed there may be nothing left to write. stdio keeps no cause. */
int
command_flush(void)
{
	if (fflush(stdout) != 0)
		return -errno;
	if (!ferror(stdout))
		return 0;
	return has_lost_reader() ? -EPIPE : -EIO;
}
