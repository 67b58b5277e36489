// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/clock.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/text.h"
#include "collect/system.h"
#include "command/command.h"
#include "command/free-cgroup.h"
#include "command/loop.h"
#include "model/hint.h"
#include "model/needs.h"
#include "model/system.h"
#include "output/explain.h"
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

enum { VALUE_SIZE = 48 };

/*
 * This command repeats free of procps-ng 4: options, messages, exit status. The usage text after an
 * error is free's, too: it ends before the options that free 4.0.2 does not have.
 */
struct free_settings {
	int power; /* 0: KiB, or kB with si; 1: bytes; 2 to 6: kilo to peta */
	bool si, human, low_high, total, committed, wide, line;
	bool has_unit, repeats, json, explain;
	int count; /* 0: for ever */
	double seconds;
	const char *cgroup; /* "": memtop's own; NULL: the machine */
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
	free->power = abs(option->value);
	if (option->value < 0)
		free->si = true;
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

static int
apply_cgroup(void *settings, const struct command_option *option, const char *value)
{
	((struct free_settings *)settings)->cgroup = value ? value : "";
	return 0;
}

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
	{ "human", 'h', NULL, "show human-readable output", option_set_flag, SETTING(human), 0 },
	{ "si", 0, NULL, "use powers of 1000 not 1024", option_set_flag, SETTING(si), 0 },
	{ "lohi", 'l', NULL, "show detailed low and high memory statistics", option_set_flag, SETTING(low_high), 0 },
	{ "total", 't', NULL, "show total for RAM + swap", option_set_flag, SETTING(total), 0 },
	{ "committed", 'v', NULL, "show committed memory and commit limit", option_set_flag, SETTING(committed), 0 },
	{ "seconds", 's', "N", "repeat printing every N seconds", apply_seconds, 0, 0 },
	{ "count", 'c', "N", "repeat printing N times, then exit", apply_count, 0, 0 },
	{ "wide", 'w', NULL, "wide output", option_set_flag, SETTING(wide), 0 },
	/* Since procps-ng 4.0.4. */
	{ "line", 'L', NULL, "show output on a single line", option_set_flag, SETTING(line), 0 },
	/* Only in memtop. */
	{ "delay", 0, "SECONDS", "the same as --seconds", apply_seconds, 0, 0 },
	{ "format", 0, "STYLE", "text, or json (one object a line: bytes as integers, unknown as null)", apply_format, 0, 0 },
	{ "json", 0, NULL, "the same as --format json", option_set_flag, SETTING(json), 0 },
	{ "cgroup", 0, "[=PATH]", "the figures of a memory cgroup; without a path of memtop's own", apply_cgroup, 0, 0 },
	{ "explain", 0, NULL, "explain each figure, in live numbers", option_set_flag, SETTING(explain), 0 },
	{ .name = NULL },
};
/* clang-format on */

static double
power_of(double base, int exponent)
{
	double product = 1;

	while (exponent-- > 0)
		product *= base;
	return product;
}

/* The first short enough form: 5 characters with "Ki", 4 with "K" or "B" (free's rule). */
static void
format_human(char text[static VALUE_SIZE], int64_t bytes, bool si)
{
	static const char letters[] = "BKMGTP";
	const char *binary = si ? "" : "i";
	int room = si ? 4 : 5;

	if (snprintf(text, VALUE_SIZE, "%lldB", (long long)bytes) <= 4)
		return;
	for (int i = 1; letters[i]; i++) {
		double scaled = (double)bytes / power_of(si ? 1000 : 1024, i);

		if (snprintf(text, VALUE_SIZE, "%.1f%c%s", (double)(float)scaled, letters[i],
			    binary) <= room)
			return;
		if (snprintf(text, VALUE_SIZE, "%ld%c%s", (long)scaled, letters[i], binary) <= room)
			return;
	}
}

static void
format_value(char text[static VALUE_SIZE], int64_t bytes, const struct free_settings *settings)
{
	int base = settings->si ? 1000 : 1024;

	if (settings->human)
		format_human(text, bytes, settings->si);
	else if (settings->power == 0)
		snprintf(text, VALUE_SIZE, "%lld", (long long)(bytes / base));
	else if (settings->power == 1)
		snprintf(text, VALUE_SIZE, "%lld", (long long)bytes);
	else
		snprintf(text, VALUE_SIZE, "%ld",
			(long)((double)bytes / power_of(base, settings->power - 1)));
}

static void
write_line(FILE *file, const struct free_settings *settings, const char *label,
	const int64_t *values, size_t count)
{
	fprintf(file, "%-8s", label);
	for (size_t i = 0; i < count; i++) {
		char text[VALUE_SIZE];

		if (settings->cgroup && values[i] == UNKNOWN)
			snprintf(text, sizeof(text), "-");
		else
			format_value(text, values[i], settings);
		fprintf(file, " %11s", text);
	}
	fputc('\n', file);
}

#define WRITE_LINE(file, settings, label, ...)                                                     \
	write_line(file, settings, label, (const int64_t[]){ __VA_ARGS__ },                        \
		sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t))

static void
write_titles(FILE *file, bool wide)
{
	static const char *const narrow_titles[] = { "total", "used", "free", "shared",
		"buff/cache", "available", NULL };
	static const char *const wide_titles[] = { "total", "used", "free", "shared", "buffers",
		"cache", "available", NULL };

	fprintf(file, "%-8s", "");
	for (const char *const *title = wide ? wide_titles : narrow_titles; *title; title++)
		fprintf(file, " %11s", *title);
	fputc('\n', file);
}

static void
write_single_line(FILE *file, const struct system *system, const struct free_settings *settings)
{
	const struct {
		const char *label;
		int64_t bytes;
	} items[] = {
		{ "SwapUse", system->swap_used },
		{ "CachUse", system->buff_cache },
		{ " MemUse", system->used },
		{ "MemFree", system->free },
	};

	for (size_t i = 0; i < ARRAY_SIZE(items); i++) {
		char text[VALUE_SIZE];

		format_value(text, items[i].bytes, settings);
		fprintf(file, "%s %11s ", items[i].label, text);
	}
	fputc('\n', file);
}

/* Prints impossible figures too: sums wrap as in free, without undefined overflow. */
static int64_t
sum(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

static int64_t
difference(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a - (uint64_t)b);
}

/*
 * The output of free of procps-ng 4 for the same figures (system_read_raw_meminfo), byte for byte;
 * `line` as in 4.0.4 and later.
 */
static void
write_figures(FILE *file, const struct system *s, const struct free_settings *settings)
{
	if (settings->line) {
		write_single_line(file, s, settings);
		return;
	}
	write_titles(file, settings->wide);
	if (settings->wide)
		WRITE_LINE(file, settings, "Mem:", s->total, s->used, s->free, s->shared,
			s->buffers, s->cache, s->available);
	else
		WRITE_LINE(file, settings, "Mem:", s->total, s->used, s->free, s->shared,
			s->buff_cache, s->available);
	if (settings->low_high) {
		WRITE_LINE(file, settings, "Low:", s->low_total, s->low_used, s->low_free);
		WRITE_LINE(file, settings, "High:", s->high_total, s->high_used, s->high_free);
	}
	WRITE_LINE(file, settings, "Swap:", s->swap_total, s->swap_used, s->swap_free);
	if (settings->total)
		WRITE_LINE(file, settings, "Total:", sum(s->total, s->swap_total),
			sum(s->used, s->swap_used), sum(s->free, s->swap_free));
	if (settings->committed)
		WRITE_LINE(file, settings, "Comm:", s->commit_limit, s->committed,
			difference(s->commit_limit, s->committed));
}

static void
write_value(
	char *text, size_t size, const struct column *column, const void *row, const void *settings)
{
	int64_t bytes = column_number(column, row);
	char value[VALUE_SIZE] = "-";

	if (bytes != UNKNOWN)
		format_value(value, bytes, settings);
	snprintf(text, size, "%s", value);
}

/*
 * Explains each figure, in live numbers and the same unit. Figures may be UNKNOWN
 * (system_read_meminfo).
 */
static void
explain_figures(FILE *file, const struct system *system, const struct free_settings *settings)
{
	const struct figure row = { .table = &system_table, .row = system, .system = system };
	const struct explain_style numbers = { .write = write_value, .data = settings };

	explain_write_columns(file,
		"total,used,free,shared,buffers,cache,buff_cache,available,swap_total,swap_used,"
		"swap_free,commit_limit,committed",
		&row, &numbers);
}

/* For system_read_meminfo() returning 1 (L12). */
static const struct hint available_is_replaced = { .need = NEED_MEMINFO, .error = ERANGE };

/* With the columns of these needs. Returns the time of the row. */
static int64_t
write_json_row(const struct system *system, uint64_t needs)
{
	struct output output = { .file = stdout };
	struct selection figures = { .table = &system_table };
	int64_t time = clock_ns(CLOCK_REALTIME);

	for (size_t i = 0; i < system_table.column_count; i++)
		if (system_table.columns[i].need && !(system_table.columns[i].need & ~needs))
			selection_add(&figures, &system_table.columns[i]);
	json_write_row(&output, &figures, time, system);
	selection_finish(&figures);
	return time;
}

static int
write_json(struct system_reader *reader)
{
	struct system system;
	int64_t time;
	int error;

	table_reset_row(&system_table, &system);
	error = system_read_meminfo(reader, &system);
	if (error < 0)
		return error;
	time = write_json_row(&system, NEED_MEMINFO);
	if (error > 0)
		json_write_hint(stdout, time, &available_is_replaced);
	return 0;
}

/* The same lines with the figures of a cgroup, behind one that says which and its limit. */
static int
write_cgroup(const struct free_settings *settings)
{
	struct system system;
	char limit[SYSTEM_TEXT_SIZE], name[SYSTEM_TEXT_SIZE];

	if (free_cgroup_read(settings->cgroup, &system) < 0)
		return -EREMOTE;
	if (settings->json) {
		write_json_row(&system, NEED_MEMINFO | NEED_OWN_LIMIT);
		return 0;
	}
	text_safe(name, sizeof(name), system.own_cgroup, charset_of_locale());
	system_limit_text(limit, &system.own, charset_of_locale());
	printf("Memory cgroup %s, %s\n", name, *limit ? limit : "without a visible limit");
	write_figures(stdout, &system, settings);
	return 0;
}

static int
write_once(struct system_reader *reader, const struct free_settings *settings)
{
	struct system system;
	int error;

	if (settings->cgroup)
		return write_cgroup(settings);
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
		explain_figures(stdout, &system, settings);
	else
		write_figures(stdout, &system, settings);
	return 0;
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
	if (error == -EREMOTE) /* the user has been told */
		return EXIT_FAILURE;
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
	bool has_gaps = !settings->json && !settings->line;
	int error;

	for (int left = settings->count; (error = write_once(reader, settings)) == 0; left--) {
		bool ends = !repeats || left == 1;

		if (!ends && has_gaps)
			putchar('\n');
		error = command_flush();
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
	if (settings.cgroup && settings.explain) {
		log_error("--cgroup has no --explain: on the screen x explains the figures of "
			  "cgroups (view 2)");
		return EXIT_FAILURE;
	}
	setlocale(LC_NUMERIC, ""); /* free prints 1,5Gi in some locales */
	reader = system_reader_create();
	status = repeat(reader, &settings);
	free_cgroup_end();
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
