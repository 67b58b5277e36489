// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/process-options.h"

#include "base/log.h"
#include "base/macros.h"
#include "base/memory.h"
#include "base/nearest.h"
#include "base/text.h"
#include "model/process.h"
#include "table/order.h"

#include <ctype.h>
#include <errno.h>
#include <pwd.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

int
process_apply_count(void *settings, const struct command_option *option, const char *value)
{
	int64_t *count = (int64_t *)((char *)settings + option->offset);

	if (text_to_number(value, count) < 0 || *count < 1)
		return option_complain(
			option, value, SIZE_MAX, "not a count from 1 to 9223372036854775807");
	return 0;
}

static int
apply_width(void *settings, const struct command_option *option, const char *value)
{
	struct process_options *options = settings;

	if (text_to_number(value, &options->width) < 0 || options->width < 1)
		return option_complain(option, value, SIZE_MAX, "not a width of at least 1");
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

static int
apply_format(void *settings, const struct command_option *option, const char *value)
{
	struct process_options *options = settings;
	struct nearest nearest = { .word = value, .length = strlen(value) };

	options->format = output_find_format(value);
	if (options->format)
		return 0;
	for (size_t i = 0; output_formats[i]; i++)
		nearest_offer(&nearest, output_formats[i]->name);
	return option_complain_near(
		option, value, SIZE_MAX, nearest.name, "not one of text, json, csv");
}

static int
apply_json(void *settings, const struct command_option *option, const char *value)
{
	(void)option;
	(void)value;
	((struct process_options *)settings)->format = &output_json;
	return 0;
}

/* Options that are understood by process_options_complete(). */

int
process_keep(void *settings, const struct command_option *option, const char *value)
{
	struct process_options *options = settings;

	options->kept = array_reserve(options->kept, &options->kept_capacity,
		options->kept_count + 1, sizeof(options->kept[0]));
	options->kept[options->kept_count++] = (struct kept_option){ option, value };
	options->given |= 1u << option->value;
	return 0;
}

static int
apply_delay(struct process_options *options, const struct command_option *option, const char *value)
{
	if (unit_parse_interval(value, &options->settings.interval) < 0)
		return option_complain(option, value, SIZE_MAX, "not " INTERVAL_RANGE);
	return 0;
}

static int
apply_order(struct process_options *options, const struct command_option *option, const char *value)
{
	const struct table *table = options->settings.processes.columns.table;
	size_t sign = *value == '+' || *value == '-';

	if (order_parse(table, value, &options->settings.processes.order) == 0)
		return 0;
	return option_complain_near(option, value, sign,
		table_nearest(table, value + sign, strlen(value + sign)),
		"there is no such column");
}

static int
apply_fields(
	struct process_options *options, const struct command_option *option, const char *value)
{
	struct selection *columns = &options->settings.processes.columns;
	size_t position, place;
	int error;

	columns->count = 0;
	error = selection_parse(columns, value, &position);
	if (error == 0)
		return 0;
	place = text_count(value, position);
	if (error == -EEXIST)
		return option_complain(option, value, place, "this column is there already");
	return option_complain_near(option, value, place,
		table_nearest(columns->table, value + position, strcspn(value + position, ",")),
		"there is no such column");
}

/* What has been asked for so far, and another term. */
void
process_options_note(struct process_options *options, const char *name, const char *value)
{
	char *before = options->filter_text, *text;
	bool needs_bracket = strcasestr(value, " or ") != NULL;

	if (asprintf(&text, "%s%s%s%s%s%s", before ? before : "", before ? " and " : "", name,
		    needs_bracket ? "(" : "", value, needs_bracket ? ")" : "") < 0)
		log_fatal("out of memory");
	free(before);
	options->filter_text = text;
}

static int
apply_filter(
	struct process_options *options, const struct command_option *option, const char *value)
{
	struct filter_error error;

	if (filter_add(options->filter, value, &error) < 0)
		return option_complain_near(
			option, value, error.position, error.near, error.message);
	process_options_note(options, "", value);
	return 0;
}

/* A user by name or number, all others with '!' before it: a term about UID. */
static int
apply_user(struct process_options *options, const struct command_option *option, const char *value)
{
	const char *name = value + (*value == '!');
	const struct passwd *user = getpwnam(name);
	struct filter_error error;
	char term[40];
	int64_t uid;

	if (user)
		uid = user->pw_uid;
	else if (text_to_number(name, &uid) < 0 || uid < 0 || uid > UINT32_MAX)
		return option_complain(option, value, SIZE_MAX, "there is no such user");
	process_options_note(options, *value == '!' ? "user!=" : "user=", name);
	snprintf(term, sizeof(term), "uid%s%lld", *value == '!' ? "!=" : "=", (long long)uid);
	return filter_add(options->filter, term, &error);
}

static int
apply_scale(struct process_options *options, const struct command_option *option, const char *value)
{
	static const char letters[] = "bkmgtp";
	const char *letter = strchr(letters, tolower((unsigned char)value[0]));

	if (!value[0] || value[1] || !letter)
		return option_complain(option, value, SIZE_MAX, "not one of b k m g t p");
	options->settings.scale = (enum scale)(SCALE_BYTES + (letter - letters));
	return 0;
}

static int (*const kept_kinds[])(
	struct process_options *options, const struct command_option *option, const char *value) = {
	[KEPT_DELAY] = apply_delay,
	[KEPT_FIELDS] = apply_fields,
	[KEPT_ORDER] = apply_order,
	[KEPT_FILTER] = apply_filter,
	[KEPT_USER] = apply_user,
	[KEPT_SCALE] = apply_scale,
};

#define SETTING(member) offsetof(struct process_options, member)

/* clang-format off */
const struct command_option table_options[] = {
	{ "delay", 'd', "SECONDS", "a block every SECONDS", process_keep, 0, KEPT_DELAY },
	{ "count", 'n', "COUNT", "end after COUNT blocks; the default is 1, with --delay none", process_apply_count, SETTING(count), 0 },
	{ "fields", 'F', "FIELD,...", "columns to show", process_keep, 0, KEPT_FIELDS },
	{ "order", 'o', "FIELD", "column to sort by; + before it: largest first, -: smallest first", process_keep, 0, KEPT_ORDER },
	{ "filter", 0, "EXPR", "only rows for which EXPR holds", process_keep, 0, KEPT_FILTER },
	{ "top", 0, "COUNT", "only the first COUNT rows of a block", process_apply_count, SETTING(top), 0 },
	{ "format", 0, "FORMAT", "text, json (one object a line) or csv", apply_format, 0, 0 },
	{ "scale", 'e', "UNIT", "show sizes in b, k, m, g, t or p instead of the unit that fits", process_keep, 0, KEPT_SCALE },
	{ "width", 'w', "WIDTH", "cut lines of text at WIDTH columns", apply_width, 0, 0 },
	{ "json", 0, NULL, "the same as --format json", apply_json, 0, 0, .hidden = true },
	{ .name = NULL },
};

const struct command_option process_option_table[] = {
	{ "delay", 'd', "SECONDS", "time between two blocks or refreshes, default 1.5", process_keep, 0, KEPT_DELAY },
	{ "count", 'n', "COUNT", "end after COUNT blocks, or refreshes of the screen", process_apply_count, SETTING(count), 0 },
	{ "pid", 'p', "PID,...", "only these processes; a NAME stands for all of that name", process_apply_pids, 0, 0 },
	{ "user", 'u', "USER", "only processes of USER (name or number); !USER: of all others", process_keep, 0, KEPT_USER },
	{ "exact", 0, NULL, "read all of every process in every block", option_set_flag, SETTING(exact), 0 },
	{ "pss-budget", 0, "PERCENT", "CPU time that PSS, USS and SWAPPSS may take, default 1", apply_pss_budget, 0, 0 },
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
				      .order = order_of(table_column(&process_table, "res")) },
			.kill_order = { .columns = { .table = &process_table },
				.order = order_of(table_column(&process_table, "rank")) },
			.interval = (int64_t)(1.5 * NS_PER_SEC),
			.scale = SCALE_HUMAN,
			.command_line = true,
			.mouse = true },
		.width = UNKNOWN,
		.pss_budget = 10,
		.format = &output_text,
	};
	selection_parse(&options->settings.processes.columns, process_default_columns, &position);
	selection_parse(
		&options->settings.kill_order.columns, process_kill_order_columns, &position);
}

int
process_options_complete(struct process_options *options, const struct table *table,
	const char *columns, const char *order)
{
	struct listing *listing = &options->settings.processes;
	size_t position;
	int error = 0;

	options->filter = filter_create(table);
	listing->columns.table = table;
	if (columns) {
		listing->columns.count = 0;
		selection_parse(&listing->columns, columns, &position);
		listing->order.column = NULL;
	}
	if (order)
		order_parse(table, order, &listing->order);
	for (size_t i = 0; i < options->kept_count && error == 0; i++) {
		const struct kept_option *kept = &options->kept[i];

		error = kept_kinds[kept->option->value](options, kept->option, kept->value);
	}
	return error;
}

void
process_options_default_to_one(struct process_options *options)
{
	if (options->count == 0 && !process_options_has(options, KEPT_DELAY))
		options->count = 1;
}

void
process_options_finish(struct process_options *options)
{
	selection_finish(&options->settings.processes.columns);
	selection_finish(&options->settings.kill_order.columns);
	filter_destroy(options->filter);
	free(options->filter_text);
	for (size_t i = 0; i < options->name_count; i++)
		free(options->names[i]);
	free(options->names);
	free(options->pids);
	free(options->kept);
}

static void
tell_given_up(const struct filter *filter)
{
	static bool is_told;

	if (!is_told && filter_given_up(filter) > 0) {
		log_error(
			"a regular expression of the filter takes too long on some rows: its term "
			"does not hold there");
		is_told = true;
	}
}

void
process_options_choose(const struct process_options *options, const void *rows, size_t count,
	bool (*is_worth_showing)(const void *row), struct row_list *list)
{
	const struct listing *listing = &options->settings.processes;

	order_build(list, listing->columns.table, rows, count, options->filter, &listing->order);
	if (is_worth_showing)
		row_list_keep(list, is_worth_showing);
	if (options->top > 0 && (uint64_t)options->top < list->count)
		list->count = (size_t)options->top;
	tell_given_up(options->filter);
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
