// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/process-options.h"

#include "base/compare.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "model/process.h"

#include <ctype.h>
#include <errno.h>
#include <pwd.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define SECOND 1e9

int
process_apply_count(void *settings, const struct command_option *option, const char *value)
{
	struct process_options *options = settings;

	if (text_to_number(value, &options->count) < 0 || options->count < 1)
		return option_complain(
			option, value, SIZE_MAX, "not a count from 1 to 9223372036854775807");
	return 0;
}

int
process_apply_delay(void *settings, const struct command_option *option, const char *value)
{
	struct process_options *options = settings;

	if (unit_parse_interval(value, &options->settings.interval) < 0)
		return option_complain(option, value, SIZE_MAX, "not " INTERVAL_RANGE);
	return 0;
}

int
process_apply_order(void *settings, const struct command_option *option, const char *value)
{
	struct process_options *options = settings;

	if (order_parse(options->settings.processes.columns.table, value,
		    &options->settings.processes.order) < 0)
		return option_complain(
			option, value, *value == '+' || *value == '-', "there is no such column");
	return 0;
}

int
process_apply_fields(void *settings, const struct command_option *option, const char *value)
{
	struct process_options *options = settings;
	size_t position;
	int error;

	options->settings.processes.columns.count = 0;
	error = selection_parse(&options->settings.processes.columns, value, &position);
	if (error == 0)
		return 0;
	return option_complain(option, value, position,
		error == -EEXIST ? "this column is there already" : "there is no such column");
}

/* What has been asked for so far, and another term. */
static void
note_filter(struct process_options *options, const char *name, const char *value)
{
	char *before = options->filter_text, *text;

	if (asprintf(&text, "%s%s%s%s", before ? before : "", before ? " and " : "", name, value) <
		0)
		log_fatal("out of memory");
	free(before);
	options->filter_text = text;
}

static void
sort_pids(struct process_options *options)
{
	size_t count = 0;

	if (options->pid_count == 0)
		return;
	qsort(options->pids, options->pid_count, sizeof(int64_t), compare_int64);
	for (size_t i = 0; i < options->pid_count; i++)
		if (i == 0 || options->pids[i] != options->pids[i - 1])
			options->pids[count++] = options->pids[i];
	options->pid_count = count;
}

int
process_apply_pids(void *settings, const struct command_option *option, const char *value)
{
	struct process_options *options = settings;

	for (const char *at = value;; at++) {
		size_t length = strcspn(at, ",");
		char digits[24] = "";
		int64_t pid;

		if (length < sizeof(digits))
			memcpy(digits, at, length);
		if (text_to_number(digits, &pid) < 0 || pid < 1 || pid > INT32_MAX)
			return option_complain(
				option, value, (size_t)(at - value), "not a process number");
		options->pids = array_reserve(
			options->pids, &options->pid_capacity, options->pid_count + 1, sizeof(pid));
		options->pids[options->pid_count++] = pid;
		at += length;
		if (!*at)
			break;
	}
	sort_pids(options);
	return 0;
}

/* A user by name or number, all others with '!' before it: a term about UID. */
static int
apply_user(void *settings, const struct command_option *option, const char *value)
{
	struct process_options *options = settings;
	const char *name = value + (*value == '!');
	const struct passwd *user = getpwnam(name);
	struct filter_error error;
	char term[40];
	int64_t uid;

	if (user)
		uid = user->pw_uid;
	else if (text_to_number(name, &uid) < 0 || uid < 0 || uid > UINT32_MAX)
		return option_complain(option, value, SIZE_MAX, "there is no such user");
	note_filter(options, *value == '!' ? "user!=" : "user=", name);
	snprintf(term, sizeof(term), "uid%s%lld", *value == '!' ? "!=" : "=", (long long)uid);
	return filter_add(options->filter, term, &error);
}

int
process_apply_filter(void *settings, const struct command_option *option, const char *value)
{
	struct process_options *options = settings;
	struct filter_error error;

	if (filter_add(options->filter, value, &error) < 0)
		return option_complain(option, value, error.position, error.message);
	note_filter(options, "", value);
	return 0;
}

int
process_apply_width(void *settings, const struct command_option *option, const char *value)
{
	struct process_options *options = settings;

	if (text_to_number(value, &options->width) < 0 || options->width < 1)
		return option_complain(option, value, SIZE_MAX, "not a width of at least 1");
	return 0;
}

int
process_apply_scale(void *settings, const struct command_option *option, const char *value)
{
	static const char letters[] = "bkmgtp";
	struct process_options *options = settings;
	const char *letter = strchr(letters, tolower((unsigned char)value[0]));

	if (!value[0] || value[1] || !letter)
		return option_complain(option, value, SIZE_MAX, "not one of b k m g t p");
	options->settings.scale = (enum scale)(SCALE_BYTES + (letter - letters));
	return 0;
}

static int
apply_no_mouse(void *settings, const struct command_option *option, const char *value)
{
	struct process_options *options = settings;

	(void)option;
	(void)value;
	options->settings.mouse = false;
	return 0;
}

static int
apply_pss_budget(void *settings, const struct command_option *option, const char *value)
{
	struct process_options *options = settings;
	int64_t budget;

	if (unit_parse(UNIT_PERCENT, value, &budget) < 0 || budget < 1 || budget > 1000)
		return option_complain(option, value, SIZE_MAX, "not a percentage from 0.1 to 100");
	options->pss_budget = budget;
	return 0;
}

int
process_apply_format(void *settings, const struct command_option *option, const char *value)
{
	struct process_options *options = settings;

	options->format = output_find_format(value);
	if (!options->format)
		return option_complain(option, value, SIZE_MAX, "not one of text, json, csv");
	return 0;
}

#define SETTING(member) offsetof(struct process_options, member)

/* clang-format off */
const struct command_option process_option_table[] = {
	{ "batch", 'b', NULL, "print blocks instead of opening the screen", option_set_flag, SETTING(batch), 0 },
	{ "config", 0, "FILE", "read and write the settings of the screen there", option_set_text, SETTING(config), 0 },
	{ "no-config", 0, NULL, "read no settings", option_set_flag, SETTING(no_config), 0 },
	{ "no-mouse", 0, NULL, "leave the mouse to the terminal, as for selecting text", apply_no_mouse, 0, 0 },
	{ "count", 'n', "COUNT", "end after COUNT blocks, or refreshes of the screen", process_apply_count, 0, 0 },
	{ "delay", 'd', "SECONDS", "time between two blocks, 1.5 by itself", process_apply_delay, 0, 0 },
	{ "fields", 'F', "FIELD,...", "columns to show", process_apply_fields, 0, 0 },
	{ "order", 'o', "FIELD", "column to sort by; + before it: largest first, -: smallest first", process_apply_order, 0, 0 },
	{ "filter", 0, "EXPR", "only processes for which EXPR holds", process_apply_filter, 0, 0 },
	{ "pid", 'p', "PID,...", "only these processes", process_apply_pids, 0, 0 },
	{ "user", 'u', "USER", "only processes of USER (name or number); !USER: of all others", apply_user, 0, 0 },
	{ "format", 0, "FORMAT", "text, json (one object a line) or csv", process_apply_format, 0, 0 },
	{ "scale", 'e', "UNIT", "show sizes in b, k, m, g, t or p instead of the unit that fits", process_apply_scale, 0, 0 },
	{ "width", 'w', "WIDTH", "cut lines of text at WIDTH columns", process_apply_width, 0, 0 },
	{ "exact", 0, NULL, "read all of every process in every block", option_set_flag, SETTING(exact), 0 },
	{ "pss-budget", 0, "PERCENT", "CPU time that PSS, USS and SWAPPSS may take, 1 by itself", apply_pss_budget, 0, 0 },
	{ "lock", 0, NULL, "keep memtop itself in memory, and from being killed for lack of it", option_set_flag, SETTING(lock), 0 },
	{ .name = NULL },
};
/* clang-format on */

void
options_describe_columns(FILE *file, const struct table *table)
{
	fputs("\nColumns:\n", file);
	for (size_t i = 0; i < table->column_count; i++) {
		const struct column *column = &table->columns[i];

		fprintf(file, " %-12s %-8s %s\n", column->name, column->title, column->help);
	}
}

void
process_options_describe(FILE *file)
{
	options_describe_columns(file, &process_table);
	fputs("\nFilter:\n"
	      " Terms separated by blanks, all of which must hold: rss>500M user!=root comm~java\n"
	      " !cmd~agent oom>800 firefox. Operators: = != < <= > >= ~ !~.\n",
		file);
}

void
process_options_init(struct process_options *options)
{
	size_t position;

	*options = (struct process_options){
		.settings = { .processes = { .columns = { .table = &process_table },
				      .order = order_of(table_find(&process_table, "res", 3)) },
			.kill_order = { .columns = { .table = &process_table },
				.order = order_of(table_find(&process_table, "rank", 4)) },
			.interval = (int64_t)(1.5 * SECOND),
			.scale = SCALE_HUMAN,
			.command_line = true,
			.mouse = true },
		.filter = filter_create(&process_table),
		.width = UNKNOWN,
		.pss_budget = 10,
		.format = &output_text,
	};
	selection_parse(&options->settings.processes.columns, process_default_columns, &position);
	selection_parse(
		&options->settings.kill_order.columns, process_kill_order_columns, &position);
}

void
process_options_use(struct process_options *options, const struct table *table)
{
	filter_destroy(options->filter);
	options->filter = filter_create(table);
	options->settings.processes.columns.table = table;
	options->settings.processes.columns.count = 0;
	options->settings.processes.order.column = NULL;
}

void
process_options_finish(struct process_options *options)
{
	selection_finish(&options->settings.processes.columns);
	selection_finish(&options->settings.kill_order.columns);
	filter_destroy(options->filter);
	free(options->filter_text);
	free(options->pids);
}

size_t
process_options_width(const struct process_options *options)
{
	struct winsize size;

	if (options->width != UNKNOWN)
		return (size_t)options->width;
	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
		return 0;
	return size.ws_col;
}

struct output
process_options_output(const struct process_options *options)
{
	return (struct output){ .format = options->format,
		.file = stdout,
		.charset = charset_of_locale(),
		.scale = options->settings.scale,
		.width = process_options_width(options) };
}

int64_t
process_options_rollup_budget(const struct process_options *options)
{
	int64_t budget = options->settings.interval / 1000 * options->pss_budget;

	return options->exact ? 0 : budget > 0 ? budget : 1;
}

/* -p may have been given several times: the processes of all of them are shown. */
static void
add_pids(struct process_options *options)
{
	char text[128] = "";
	size_t length = 0;

	for (size_t i = 0; i < options->pid_count && length < sizeof(text) - 24; i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%lld",
			i > 0 ? "," : "", (long long)options->pids[i]);
	note_filter(options, "pid=", text);
	filter_add_set(options->filter, table_find(&process_table, "pid", 3), options->pids,
		options->pid_count);
}

int
process_options_parse(const struct command *command, int argc, char **argv,
	struct process_options *options, int *ret_status)
{
	int first = command_parse(command, argc, argv, options, ret_status);

	if (options->pid_count > 0)
		add_pids(options);
	if (first < 0 || first == argc)
		return first;
	log_error("unexpected word '%s'", argv[first]);
	*ret_status = command->usage_status;
	return -1;
}
