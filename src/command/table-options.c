// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/table-options.h"

#include "base/log.h"
#include "base/macros.h"
#include "base/memory.h"
#include "base/nearest.h"
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <pwd.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int
apply_width(void *member, const struct command_option *option, const char *value)
{
	return option_set_number(member, option, value, 1, INT64_MAX, "not a width of at least 1");
}

/* Without a value it is --json. */
static int
apply_format(void *member, const struct command_option *option, const char *value)
{
	const char *name = value ? value : output_json.name;
	struct nearest nearest = { .word = name, .length = strlen(name) };

	for (size_t i = 0; output_formats[i]; i++) {
		if (strcmp(output_formats[i]->name, name) == 0) {
			*(const struct output_format **)member = output_formats[i];
			return 0;
		}
		nearest_offer(&nearest, output_formats[i]->name);
	}
	return option_complain_at(
		option, value, SIZE_MAX, nearest.name, "not one of text, json, csv, prometheus");
}

/* For options that table_options_complete() parses. */

int
table_options_keep(void *into, const struct command_option *option, const char *value)
{
	struct table_options *options = into;

	options->kept = array_reserve(options->kept, &options->kept_capacity,
		options->kept_count + 1, sizeof(options->kept[0]));
	options->kept[options->kept_count++] = (struct kept_option){ option, value };
	options->given |= 1u << option->value;
	return 0;
}

static int
apply_delay(struct table_options *options, const struct command_option *option, const char *value)
{
	return option_set_interval(&options->interval, option, value);
}

static int
apply_order(struct table_options *options, const struct command_option *option, const char *value)
{
	const struct table *table = options->columns.table;
	size_t sign = *value == '+' || *value == '-';

	if (order_parse(table, value, &options->order) == 0)
		return 0;
	return option_complain_at(option, value, sign,
		table_nearest(table, value + sign, strlen(value + sign)),
		"there is no such column");
}

static int
apply_fields(struct table_options *options, const struct command_option *option, const char *value)
{
	struct selection *columns = &options->columns;
	size_t position, place;
	int error;

	columns->count = 0;
	error = selection_parse(columns, value, &position);
	if (error == 0)
		return 0;
	place = text_count(value, position);
	if (error == -EEXIST)
		return option_complain_at(
			option, value, place, NULL, "this column is there already");
	return option_complain_at(option, value, place,
		table_nearest(columns->table, value + position, strcspn(value + position, ",")),
		"there is no such column");
}

/* Appends a term to the text of the filter. */
void
table_options_note(struct table_options *options, const char *name, const char *value)
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
apply_filter(struct table_options *options, const struct command_option *option, const char *value)
{
	struct filter_error error;

	if (filter_add(options->filter, value, &error) < 0)
		return option_complain_at(option, value, error.position, error.near, error.message);
	table_options_note(options, "", value);
	return 0;
}

/* A user by name or number, or with '!' all others: becomes a term about UID. */
static int
apply_user(struct table_options *options, const struct command_option *option, const char *value)
{
	const char *name = value + (*value == '!');
	const struct passwd *user = getpwnam(name);
	struct filter_error error;
	char term[40];
	int64_t uid;

	if (user)
		uid = user->pw_uid;
	else if (text_to_number(name, &uid) < 0 || uid < 0 || uid > UINT32_MAX)
		return option_complain(option, value, "there is no such user");
	table_options_note(options, *value == '!' ? "user!=" : "user=", name);
	snprintf(term, sizeof(term), "uid%s%lld", *value == '!' ? "!=" : "=", (long long)uid);
	return filter_add(options->filter, term, &error);
}

static int
apply_scale(struct table_options *options, const struct command_option *option, const char *value)
{
	static const char letters[] = "bkmgtp";
	const char *letter = strchr(letters, tolower((unsigned char)value[0]));

	if (!value[0] || value[1] || !letter)
		return option_complain(option, value, "not one of b k m g t p");
	options->scale = (enum scale)(SCALE_BYTES + (letter - letters));
	return 0;
}

static int (*const kept_kinds[])(
	struct table_options *options, const struct command_option *option, const char *value) = {
	[KEPT_DELAY] = apply_delay,
	[KEPT_FIELDS] = apply_fields,
	[KEPT_ORDER] = apply_order,
	[KEPT_FILTER] = apply_filter,
	[KEPT_USER] = apply_user,
	[KEPT_SCALE] = apply_scale,
};

#define SETTING(member) offsetof(struct table_options, member)

/* clang-format off */
const struct command_option table_option_rows[] = {
	{ "delay", 'd', "SECONDS", "a block every SECONDS", table_options_keep, 0, KEPT_DELAY },
	{ "count", 'n', "COUNT", "end after COUNT blocks; the default is 1, with --delay none", option_set_count, SETTING(count), 0 },
	{ "fields", 'F', "FIELD,...", "columns to show", table_options_keep, 0, KEPT_FIELDS },
	{ "order", 'o', "FIELD", "column to sort by; + before it: largest first, -: smallest first", table_options_keep, 0, KEPT_ORDER },
	{ "filter", 0, "EXPR", "only rows for which EXPR holds", table_options_keep, 0, KEPT_FILTER },
	{ "top", 0, "COUNT", "only the first COUNT rows of a block", option_set_count, SETTING(top), 0 },
	{ "format", 0, "FORMAT", "text, json (one object a line), csv, or prometheus for rows with names", apply_format, SETTING(format), 0 },
	{ "scale", 'e', "UNIT", "show sizes in b, k, m, g, t or p instead of the unit that fits", table_options_keep, 0, KEPT_SCALE },
	{ "width", 'w', "WIDTH", "cut lines of text at WIDTH columns", apply_width, SETTING(width), 0 },
	{ "json", 0, NULL, "the same as --format json", apply_format, SETTING(format), 0, .hidden = true },
	{ .name = NULL },
};
/* clang-format on */

void
table_options_init(struct table_options *options)
{
	*options = (struct table_options){
		.interval = 1500 * NS_PER_MS,
		.width = UNKNOWN,
		.scale = SCALE_HUMAN,
		.format = &output_text,
	};
	past_options_init(&options->past);
}

void
table_options_finish(struct table_options *options)
{
	selection_finish(&options->columns);
	filter_destroy(options->filter);
	free(options->filter_text);
	free(options->kept);
}

/* A metric of a PID would be another one with each process, and a second block the same metrics. */
static int
refuse_metrics(const struct table_options *options, const struct table *table)
{
	if (options->format != &output_prometheus)
		return 0;
	if (!table->labels)
		return command_complain(NULL,
			"--format prometheus is for rows whose names stay, as those of groups, "
			"budget and kernel");
	if (table_options_has(options, KEPT_DELAY) || options->count > 1 ||
		options->past.to != INT64_MAX)
		return command_complain(NULL,
			"--format prometheus is one block: memtop export writes it again and "
			"again");
	return 0;
}

int
table_options_complete(struct table_options *options, const struct table *table,
	const char *columns, const char *order)
{
	size_t position;
	int error = 0;

	options->filter = filter_create(table);
	options->columns.table = table;
	if (columns) {
		options->columns.count = 0;
		selection_parse(&options->columns, columns, &position);
		options->order.column = NULL;
	}
	if (order)
		order_parse(table, order, &options->order);
	for (size_t i = 0; i < options->kept_count && error == 0; i++) {
		const struct kept_option *kept = &options->kept[i];

		error = kept_kinds[kept->option->value](options, kept->option, kept->value);
	}
	return error < 0 ? error : refuse_metrics(options, table);
}

void
table_options_filter_pids(struct table_options *options, const int64_t *pids, size_t count)
{
	if (count > 0)
		filter_add_set(
			options->filter, table_column(options->columns.table, "pid"), pids, count);
}
