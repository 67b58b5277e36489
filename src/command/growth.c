// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/cleanup.h"
#include "base/log.h"
#include "base/text.h"
#include "command/series.h"
#include "command/table-command.h"
#include "model/growth-list.h"
#include "model/growth-row.h"
#include "model/needs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct growth_run {
	struct table_options table;
	const char *path; /* of the series; "-": standard input; NULL: what lives is followed */
	int64_t limit;
	struct growth_row row;
	unsigned kind; /* of group, or GROWTH_OF_PROCESSES */
	bool has_kind;
	struct growth_list list;
};

#define LIVE_INTERVAL (10 * NS_PER_SEC)
enum { LIVE_TOP = 20 };
static const char live_columns[] =
	"grown,slope_10m,slope_1h,last,exhaustion,verdict,span,of,pid,name";

#define SETTING(member) offsetof(struct growth_run, member)

static int
set_limit(void *member, const struct command_option *option, const char *value)
{
	int64_t *limit = member;

	if (unit_parse(UNIT_BYTES, value, limit) < 0 || *limit < 0)
		return option_complain(option, value, "not a size such as 512M or 2G");
	return 0;
}

static int
set_kind(void *settings, const struct command_option *option, const char *value)
{
	struct growth_run *own = settings;
	char kinds[GROUP_KINDS_SIZE], complaint[GROUP_KINDS_SIZE + 32];

	own->has_kind = true;
	own->kind = 0;
	while (own->kind < GROUP_KINDS && strcmp(value, group_kinds[own->kind].name) != 0)
		own->kind++;
	if (own->kind < GROUP_KINDS || strcmp(value, "process") == 0)
		return 0; /* GROUP_KINDS stands for processes */
	group_kinds_list(kinds);
	snprintf(complaint, sizeof(complaint), "not one of process, %s", kinds);
	return option_complain(option, value, complaint);
}

/* clang-format off */
static const struct command_option options_table[] = {
	{ "by", 'b', "KIND", "process (default) or a kind of groups instead of processes, see memtop groups --help", set_kind, 0, 0 },
	{ "series", 0, "FILE", "of these values instead: lines SECONDS,BYTES; - is standard input", option_set_text, SETTING(path), 0 },
	{ "limit", 0, "BYTES", "with --series, estimate when the values reach BYTES, such as 2G", set_limit, SETTING(limit), 0 },
	{ .name = NULL },
};
/* clang-format on */

/* What lives is followed until the end, with a block each 10 seconds. */
static int
prepare_live(struct table_run *run)
{
	const struct growth_run *own = run->own;
	struct table_options *options = run->options;

	if (own->limit != UNKNOWN)
		return command_complain(NULL, "--limit needs --series");
	if (!table_options_has(options, KEPT_DELAY) && !options->past.is_asked) {
		options->interval = LIVE_INTERVAL;
		options->given |= 1u << KEPT_DELAY;
	}
	if (options->top == 0 && options->format == &output_text)
		options->top = LIVE_TOP;
	return table_options_complete(options, &growth_table, live_columns, "grown");
}

static int
prepare(struct table_run *run)
{
	const struct growth_run *own = run->own;

	if (!own->path)
		return prepare_live(run);
	if (run->options->past.is_asked)
		return command_complain(NULL, "a series is no recording: --series or --from");
	if (own->has_kind)
		return command_complain(NULL, "a series has no --by");
	if (table_options_has(run->options, KEPT_DELAY) || run->options->count > 1)
		return command_complain(NULL, "--series is read once, without --delay and --count");
	return table_options_complete(run->options, &growth_table, growth_default_columns, NULL);
}

static const char *
name_of(const struct growth_run *own)
{
	return strcmp(own->path, "-") == 0 ? "standard input" : own->path;
}

static int
complain(const struct growth_run *own, const char *what)
{
	char safe[COMMAND_WORD_SIZE];

	log_error("%s: %s", command_safe_word(name_of(own), safe), what);
	return EXIT_FAILURE;
}

/* Returns an exit status. */
static int
read_series(const struct growth_run *own, struct series *series)
{
	bool is_input = strcmp(own->path, "-") == 0;
	_cleanup_fclose_ FILE *opened = is_input ? NULL : fopen(own->path, "re");
	FILE *file = is_input ? stdin : opened;
	char wrong[SERIES_ERROR_SIZE], safe[COMMAND_WORD_SIZE];
	int error = file ? series_read(file, series, wrong) : -errno;

	if (error == -EINVAL)
		return complain(own, wrong);
	if (error < 0) {
		log_error("cannot read %s: %s", command_safe_word(name_of(own), safe),
			strerror(-error));
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

/* Times count from the first value. Returns false if none is known. */
static bool
follow(struct growth_run *own, const struct series *series)
{
	struct growth_clock clock;
	struct growth_rings rings;
	float least = GROWTH_NOTHING;
	int64_t start = UNKNOWN, last = UNKNOWN, last_time = 0;

	for (size_t i = 0; i < series->count; i++) {
		const struct series_point *point = &series->points[i];
		bool closes;

		if (start == UNKNOWN && point->bytes == UNKNOWN)
			continue;
		if (start == UNKNOWN) {
			start = point->time;
			growth_clock_init(
				&clock, growth_width(series_interval(series),
						series->points[series->count - 1].time - start));
			growth_rings_begin(&rings, 0, point->bytes);
		}
		closes = growth_clock_take(&clock, point->time - start);
		if (closes)
			growth_rings_close(&rings, &clock, &least);
		growth_note(&least, point->bytes);
		if (point->bytes != UNKNOWN) {
			last = point->bytes;
			last_time = point->time - start;
		}
	}
	if (start != UNKNOWN)
		growth_row_fill(&own->row, &rings, &clock, last_time, last, own->limit);
	return start != UNKNOWN;
}

static void
ask(const struct table_run *run, struct needs *needs)
{
	const struct growth_run *own = run->own;

	if (!own->path)
		needs->bits |= growth_list_needs(own->kind);
}

static int
list_all(struct table_run *run)
{
	const struct growth_run *own = run->own;

	return table_run_list(run, own->list.rows.data, own->list.rows.count, NULL);
}

/* Without cgroups, or in a recording that has none, the machine is the only limit. */
static void
take(struct table_run *run, int64_t interval, int64_t span)
{
	struct growth_run *own = run->own;

	snapshot_drop_hint(run->now, NEED_CHARGE, ENOENT);
	snapshot_drop_hint(run->now, NEED_CHARGE, NOT_RECORDED);
	growth_list_take(&own->list, run->now, own->kind, interval, span);
}

/* All blocks together say how long it lasts, if their number is known. */
static int
list_live(struct table_run *run)
{
	int64_t span = run->options->count > 0
			       ? known_product(run->options->interval, run->options->count)
			       : UNKNOWN;

	take(run, run->options->interval, span);
	return list_all(run);
}

/* Between this and the last sample. */
static int64_t
span_of_past(const struct table_run *run, int64_t start)
{
	const struct past_options *past = &run->options->past;
	int64_t end = run->now->past.end;

	return (past->to < end ? past->to : end) - start;
}

/* How far apart the samples are that are read. A gap is not meant: it would end what is followed.
 */
static int64_t
interval_of(const struct table_run *run)
{
	const struct table_options *options = run->options;
	int64_t usual = run->now->past.usual;

	return table_options_has(options, KEPT_DELAY) && options->interval > usual
		       ? options->interval
		       : usual;
}

/* Follows a recording to its end, and writes what has come of it: since the machine was booted. */
static int
show_past(struct table_run *run)
{
	struct growth_run *own = run->own;
	int64_t start = UNKNOWN;
	int status;

	while ((status = table_run_read(run)) == EXIT_SUCCESS) {
		if (run->now->past.is_other_boot)
			growth_set_finish(&own->list.set);
		if (start == UNKNOWN || run->now->past.is_other_boot)
			start = run->now->time;
		take(run, interval_of(run), span_of_past(run, start));
	}
	if (status != TABLE_NO_BLOCK)
		return status;
	run->now = &run->snapshots[run->now == &run->snapshots[0]]; /* the last good one */
	return table_run_last_block(run);
}

static int
show(struct table_run *run)
{
	return run->options->past.is_asked ? show_past(run) : table_run_blocks(run);
}

static int
list_series(struct table_run *run)
{
	struct growth_run *own = run->own;
	struct series series = { .count = 0 };
	int status = read_series(own, &series);

	if (status == EXIT_SUCCESS && !follow(own, &series))
		status = complain(own, "there is no line with a value");
	series_finish(&series);
	return status == EXIT_SUCCESS ? table_run_list(run, &own->row, 1, NULL) : status;
}

static int
list_growth(struct table_run *run)
{
	const struct growth_run *own = run->own;

	if (run->options->past.is_asked) /* show_past() has followed it */
		return list_all(run);
	return own->path ? list_series(run) : list_live(run);
}

/* Of the series, or of all memory in use, if that is known. */
static void
write_head(struct table_run *run)
{
	const struct growth_run *own = run->own;
	const struct growth_row *row = own->path ? &own->row : growth_list_in_use(&own->list);
	char text[GROWTH_TEXT_SIZE];

	if (!row)
		return;
	growth_row_text(text, row, run->output.scale);
	table_run_head(run, "%s%s\n", own->path ? "" : "Memory in use: ", text);
}

/* A text is only the sentence, unless columns are asked for. */
static int
write_growth(struct table_run *run)
{
	const struct growth_run *own = run->own;

	if (!own->path || run->output.format != &output_text ||
		table_options_has(run->options, KEPT_FIELDS))
		return table_run_write(run);
	if (run->rows.count > 0)
		fputs(run->head, stdout);
	return command_flush();
}

static const struct table_command lists = {
	.has_no_rates = true,
	.prepare = prepare,
	.ask = ask,
	.rows = list_growth,
	.show = show,
	.head = write_head,
	.write = write_growth,
};

static int
run(const struct command *command, int argc, char **argv)
{
	struct growth_run own = { .limit = UNKNOWN, .kind = GROWTH_OF_PROCESSES };
	int status = table_command_run(command, &lists, &own, &own.table, argc, argv);

	growth_list_finish(&own.list);
	return status;
}

const struct command command_growth = {
	.name = "growth",
	.summary = "who grows, how fast, and whether it looks like a leak",
	.arguments = "[options]",
	.options = options_table,
	.shared = { { table_option_rows, SETTING(table) },
		{ past_option_rows, SETTING(table.past) } },
	.table = &growth_table,
	.usage_status = USAGE_STATUS,
	.works_without_proc = true, /* a series is not in /proc */
	.take_word = command_refuse_word,
	.run = run,
};
