// SPDX-License-Identifier: GPL-3.0-or-later
#include "output/free.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "collect/system.h"
#include "command/command.h"
#include "command/loop.h"
#include "model/hint.h"
#include "model/needs.h"
#include "output/json.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * This command repeats free of procps-ng 4: options, messages, exit status. The usage text after an
 * error is free's, too: it ends before the options that free 4.0.2 does not have.
 */
struct free_settings {
	struct free_style style;
	bool has_unit, repeats, json, explain;
	int count; /* 0: for ever */
	double seconds;
};

static int
apply_unit(void *settings, const struct command_option *option, const char *value)
{
	struct free_settings *free = settings;

	if (free->has_unit) {
		log_error("Multiple unit options don't make sense.");
		return -EINVAL;
	}
	free->has_unit = true;
	free->style.power = abs(option->value);
	if (option->value < 0)
		free->style.si = true;
	return 0;
}

/*
 * Parses a number with '.' or ','. Like free, returns -EINVAL only for a wrong character before the
 * point.
 */
static int
parse_seconds(const char *text, double *ret_seconds)
{
	const char *at = text + strspn(text, " \t\n\v\f\r");
	bool negative = *at == '-';
	double seconds = 0, place = 1;

	if (!*text)
		return -ENODATA;
	at += *at == '-' || *at == '+';
	for (; isdigit((unsigned char)*at); at++)
		seconds = seconds * 10 + (*at - '0');
	if (*at && *at != '.' && *at != ',')
		return -EINVAL;
	if (*at)
		for (at++; isdigit((unsigned char)*at); at++)
			seconds += (*at - '0') * (place /= 10);
	if (*at)
		return -ENODATA;
	*ret_seconds = negative ? -seconds : seconds;
	return 0;
}

static int
apply_seconds(void *settings, const struct command_option *option, const char *value)
{
	struct free_settings *free = settings;
	int error = parse_seconds(value, &free->seconds);

	if (error == -EINVAL)
		log_error("seconds argument failed: '%s': %s", value, strerror(EINVAL));
	else if (error < 0)
		log_error("seconds argument failed: '%s'", value);
	else if (free->seconds * 1000000 < 1)
		log_error("seconds argument `%s' is not positive number", value);
	else
		free->repeats = true;
	return free->repeats ? 0 : -EINVAL;
}

static int
apply_format(void *settings, const struct command_option *option, const char *value)
{
	struct free_settings *free = settings;

	free->json = strcmp(value, "json") == 0;
	if (free->json || strcmp(value, "text") == 0)
		return 0;
	log_error("--%s '%s': not one of text, json", option->name, value);
	return -EINVAL;
}

static int
apply_count(void *settings, const struct command_option *option, const char *value)
{
	struct free_settings *free = settings;
	char *end;
	long count;

	errno = 0;
	count = strtol(value, &end, 10);
	if (end == value || *end)
		log_error("failed to parse count argument: '%s'", value);
	else if (errno || count < 1 || count > INT_MAX)
		log_error("failed to parse count argument: '%s': %s", value, strerror(ERANGE));
	else {
		free->count = (int)count;
		return 0;
	}
	return -EINVAL;
}

#define STYLE(member) offsetof(struct free_settings, style.member)
#define SETTING(member) offsetof(struct free_settings, member)

/* clang-format off */
static const struct command_option options[] = {
	{ "bytes", 'b', NULL, "show output in bytes", apply_unit, 0, 1 },
	{ "kilo", 0, NULL, "show output in kilobytes", apply_unit, 0, -2 },
	{ "mega", 0, NULL, "show output in megabytes", apply_unit, 0, -3 },
	{ "giga", 0, NULL, "show output in gigabytes", apply_unit, 0, -4 },
	{ "tera", 0, NULL, "show output in terabytes", apply_unit, 0, -5 },
	{ "peta", 0, NULL, "show output in petabytes", apply_unit, 0, -6 },
	{ "kibi", 'k', NULL, "show output in kibibytes", apply_unit, 0, 2 },
	{ "mebi", 'm', NULL, "show output in mebibytes", apply_unit, 0, 3 },
	{ "gibi", 'g', NULL, "show output in gibibytes", apply_unit, 0, 4 },
	{ "tebi", 0, NULL, "show output in tebibytes", apply_unit, 0, 5 },
	{ "pebi", 0, NULL, "show output in pebibytes", apply_unit, 0, 6 },
	{ "human", 'h', NULL, "show human-readable output", option_set_flag, STYLE(human), 0 },
	{ "si", 0, NULL, "use powers of 1000 not 1024", option_set_flag, STYLE(si), 0 },
	{ "lohi", 'l', NULL, "show detailed low and high memory statistics", option_set_flag, STYLE(low_high), 0 },
	{ "total", 't', NULL, "show total for RAM + swap", option_set_flag, STYLE(total), 0 },
	{ "committed", 'v', NULL, "show committed memory and commit limit", option_set_flag, STYLE(committed), 0 },
	{ "seconds", 's', "N", "repeat printing every N seconds", apply_seconds, 0, 0 },
	{ "count", 'c', "N", "repeat printing N times, then exit", apply_count, 0, 0 },
	{ "wide", 'w', NULL, "wide output", option_set_flag, STYLE(wide), 0 },
	/* Since procps-ng 4.0.4. */
	{ "line", 'L', NULL, "show output on a single line", option_set_flag, STYLE(line), 0 },
	/* Only in memtop. */
	{ "delay", 0, "SECONDS", "the same as --seconds", apply_seconds, 0, 0 },
	{ "format", 0, "STYLE", "text, or json (one object a line: bytes as integers, unknown as null)", apply_format, 0, 0 },
	{ "json", 0, NULL, "the same as --format json", option_set_flag, SETTING(json), 0 },
	{ "explain", 0, NULL, "explain each figure, in live numbers", option_set_flag, SETTING(explain), 0 },
	{ .name = NULL },
};
/* clang-format on */

/* For system_read_meminfo() returning 1 (L12). */
static const struct hint available_is_replaced = { .need = NEED_MEMINFO, .error = ERANGE };

static int
write_json(struct system_reader *reader)
{
	struct output output = { .file = stdout };
	struct selection figures = { .table = &system_table };
	struct system system;
	int64_t time;
	int error;

	table_reset_row(&system_table, &system);
	error = system_read_meminfo(reader, &system);
	if (error < 0)
		return error;
	time = clock_ns(CLOCK_REALTIME);
	for (size_t i = 0; i < system_table.column_count; i++)
		if (system_table.columns[i].need == NEED_MEMINFO)
			selection_add(&figures, &system_table.columns[i]);
	json_write_row(&output, &figures, time, &system);
	if (error > 0)
		json_write_hint(stdout, time, &available_is_replaced);
	selection_finish(&figures);
	return 0;
}

static int
write_once(struct system_reader *reader, const struct free_settings *settings)
{
	struct system system;
	int error;

	if (settings->json)
		return write_json(reader);
	error = settings->explain ? system_read_meminfo(reader, &system)
				  : system_read_raw_meminfo(reader, &system);
	if (error < 0)
		return error;
	if (settings->explain && error > 0) {
		char text[HINT_TEXT_SIZE];

		hint_text(&available_is_replaced, text);
		log_error("%s", text);
	}
	if (settings->explain)
		free_explain(stdout, &system, &settings->style);
	else
		free_write(stdout, &system, &settings->style);
	return 0;
}

static int
flush_output(void)
{
	if (fflush(stdout) != 0)
		return -errno;
	return ferror(stdout) ? -EIO : 0;
}

/* A closed pipe is no error; others get free's message. */
static int
write_status(int error)
{
	if (error == 0 || error == -EPIPE)
		return EXIT_SUCCESS;
	log_error("write error");
	return EXIT_FAILURE;
}

static int
read_status(int error)
{
	log_error("%s", error == -ENOENT ? "Memory information file /proc/meminfo does not exist"
					 : "Unable to create meminfo structure");
	return EXIT_FAILURE;
}

/* Ends early if the pipe is closed: then the next write ends the program, like free. */
static void
wait_seconds(double seconds)
{
	double longest = 1e9; /* practically for ever */

	loop_wait(loop_now() + (int64_t)((seconds < longest ? seconds : longest) * 1e9),
		STDOUT_FILENO);
}

static int
repeat(struct system_reader *reader, const struct free_settings *settings)
{
	bool repeats = settings->repeats || settings->count > 0;
	bool has_gaps = !settings->json && !settings->style.line;
	int error;

	for (int left = settings->count; (error = write_once(reader, settings)) == 0; left--) {
		bool ends = !repeats || left == 1;

		if (!ends && has_gaps)
			putchar('\n');
		error = flush_output();
		if (error < 0 || ends)
			return write_status(error);
		wait_seconds(settings->repeats ? settings->seconds : 1);
	}
	return read_status(error);
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct free_settings settings = { .count = 0 };
	struct system_reader *reader;
	int status, first = command_parse(command, argc, argv, &settings, &status);

	if (first < 0)
		return status;
	if (first < argc) {
		command_write_help(command, stderr, command->usage_end);
		return EXIT_FAILURE;
	}
	setlocale(LC_NUMERIC, ""); /* free prints 1,5Gi in some locales */
	reader = system_reader_create();
	status = repeat(reader, &settings);
	system_reader_destroy(reader);
	return status;
}

const struct command command_free = {
	.name = "free",
	.summary = "show totals of memory and swap, as free prints them",
	.arguments = "[options]",
	.options = options,
	.usage_end = "line",
	.usage_status = EXIT_FAILURE,
	.works_without_proc = true, /* it prints free's message */
	.run = run,
};
