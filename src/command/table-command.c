// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/table-command.h"

#include "base/log.h"
#include "base/memory.h"
#include "command/loop.h"
#include "model/needs.h"
#include "model/source.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Once if a regular expression of the filter took too long. */
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

int
table_run_list(struct table_run *run, const void *rows, size_t count,
	bool (*is_worth_showing)(const void *row))
{
	const struct table_options *options = run->options;

	order_build(
		&run->rows, options->columns.table, rows, count, options->filter, &options->order);
	if (is_worth_showing)
		row_list_keep(&run->rows, is_worth_showing);
	tell_given_up(options->filter);
	return EXIT_SUCCESS;
}

void
table_run_head(struct table_run *run, const char *format, ...)
{
	size_t length = strlen(run->head);
	va_list arguments;

	va_start(arguments, format);
	text_append(run->head, TABLE_HEAD_SIZE, &length, format, arguments);
	va_end(arguments);
}

/* Formats without space for hints have them on standard error, each cause once. */
static void
tell_hints(struct table_run *run)
{
	struct hint hints[MOST_HINTS];
	size_t count = snapshot_hints(
		run->now, output_processes(&run->options->columns, &run->rows), hints);

	for (size_t i = 0; i < count && !run->output.format->has_hints; i++) {
		char text[HINT_TEXT_SIZE];

		if (!hint_add(run->told, &run->told_count, &hints[i]))
			continue;
		hint_text(&hints[i], text);
		log_error("%s", text);
	}
}

static int
explain(struct table_run *run)
{
	fputs(run->head, stdout);
	run->command->explain(run);
	return command_flush();
}

int
table_run_write(struct table_run *run)
{
	if (run->options->explain && run->output.format == &output_text)
		return explain(run);
	tell_hints(run);
	return output_write(&run->output, run->now, &run->options->columns, &run->rows);
}

/* The needs of the columns, the order and the filter. */
static uint64_t
needs_of(const struct table_options *options)
{
	return selection_needs(&options->columns) | filter_needs(options->filter) |
	       (options->order.column ? options->order.column->need : 0);
}

/* So many intervals after the moment that was asked for that it is after the sample. */
static int64_t
next_time(const struct table_run *run)
{
	int64_t now = run->now->time, interval = run->options->interval;
	int64_t asked = run->moment.kind == MOMENT_SINCE ? run->moment.time : now;
	int64_t passed = now > asked ? (now - asked) / interval : 0;

	return known_sum(asked, known_product(passed + 1, interval));
}

/* The next moment of a recording: the next sample, or with --delay the next after so long. */
static struct moment
next_moment(const struct table_run *run)
{
	if (!table_options_has(run->options, KEPT_DELAY))
		return (struct moment){ .kind = MOMENT_STEP, .steps = 1 };
	return (struct moment){ .kind = MOMENT_SINCE, .time = next_time(run) };
}

/* Takes the result of reading a recording. Returns TABLE_NO_BLOCK at its end. */
static int
note_past(struct table_run *run, int error)
{
	const struct past_options *past = &run->options->past;
	bool is_first = run->before == NULL;

	if (error < 0 && error != -ENODATA)
		return past_tell_failure(past, error);
	run->ended = error < 0 || run->now->time > past->to;
	if (run->ended)
		return is_first ? past_tell_missing(past) : TABLE_NO_BLOCK;
	run->moment = next_moment(run);
	return EXIT_SUCCESS;
}

int
table_run_read(struct table_run *run)
{
	const struct table_command *command = run->command;
	struct needs needs = { .bits = command->needs | needs_of(run->options),
		.moment = run->moment };
	int error;

	run->before = run->now;
	run->now = &run->snapshots[run->now == &run->snapshots[0]];
	if (command->ask)
		command->ask(run, &needs);
	error = reading_take(&run->reading, run->now, command->has_no_rates ? NULL : run->before,
		command->carries ? run->before : NULL, &needs, run->options->interval);
	if (run->options->past.is_asked)
		return note_past(run, error);
	return error < 0 ? command_failure_status("cannot read /proc", error) : EXIT_SUCCESS;
}

static int
make_rows(struct table_run *run)
{
	int64_t top = run->options->top;
	int status = run->command->rows(run);

	if (top > 0 && (uint64_t)top < run->rows.count)
		run->rows.count = (size_t)top;
	return status;
}

static int
read_rows(struct table_run *run)
{
	int64_t start = loop_now();
	int status = table_run_read(run);

	if (status == EXIT_SUCCESS)
		status = make_rows(run);
	run->took = loop_now() - start;
	return status;
}

/*
 * The column at which lines are cut: the edge of the terminal, or --width; 0 if the output is no
 * terminal, because nothing is cut in a pipe.
 */
static size_t
width_of(const struct table_run *run)
{
	struct winsize size;

	if (run->options->width != UNKNOWN)
		return (size_t)run->options->width;
	if (run->output.file != stdout || !isatty(STDOUT_FILENO) ||
		ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
		return 0;
	return size.ws_col;
}

static int
write_block(struct table_run *run)
{
	const struct table_command *command = run->command;
	struct output *output = &run->output;
	int error;

	output->width = width_of(run);
	*run->head = '\0';
	if (command->head)
		command->head(run);
	output->head = *run->head ? run->head : NULL;
	error = command->write ? command->write(run) : table_run_write(run);
	run->ended = error == -EPIPE;
	return error < 0 ? command_failure_status("write error", error) : EXIT_SUCCESS;
}

static int
block_status(struct table_run *run, int status)
{
	if (status == EXIT_SUCCESS)
		return write_block(run);
	return status == TABLE_NO_BLOCK ? EXIT_SUCCESS : status;
}

int
table_run_block(struct table_run *run)
{
	return block_status(run, read_rows(run));
}

int
table_run_last_block(struct table_run *run)
{
	return block_status(run, make_rows(run));
}

/* Nanoseconds to the next block: one interval, or several if reading takes too long. */
static int64_t
next_interval(struct table_run *run)
{
	int64_t interval = run->options->interval;
	int stretch =
		run->command->is_throttled ? throttle_next(&run->throttle, run->took, interval) : 1;

	if (stretch > 1 && !run->throttle_is_told) {
		log_error("reading takes %.2g s: a block every %.10g s instead of %.10g",
			(double)run->took / 1e9, (double)interval * stretch / 1e9,
			(double)interval / 1e9);
		run->throttle_is_told = true;
	}
	return stretch * interval;
}

/* Shows a block now and in each interval, until the count is reached or the pipe is closed. */
int
table_run_blocks(struct table_run *run)
{
	int64_t next = loop_now();

	for (run->number = 1;; run->number++) {
		int status = table_run_block(run);

		if (status != EXIT_SUCCESS || run->ended || run->number == run->options->count)
			return status;
		if (run->options->past.is_asked)
			continue;
		next += next_interval(run);
		if (run->command->is_throttled && next < loop_now())
			next = loop_now(); /* after a delay, do not catch up */
		if (!loop_wait(next, STDOUT_FILENO))
			return EXIT_SUCCESS;
	}
}

static int
show(struct table_run *run)
{
	struct source *source;
	int status =
		past_or_live_source_create(&run->options->past, run->command->patience, &source);

	if (status != EXIT_SUCCESS)
		return status;
	reading_init(&run->reading, source);
	run->moment = run->options->past.from;
	run->output = (struct output){ .format = run->options->format,
		.file = stdout,
		.charset = charset_of_locale(),
		.scale = run->options->scale };
	status = run->command->show ? run->command->show(run) : table_run_blocks(run);
	for (size_t i = 0; i < 2; i++)
		snapshot_finish(&run->snapshots[i]);
	row_list_finish(&run->rows);
	output_finish(&run->output);
	reading_finish(&run->reading);
	return status == EXIT_SUCCESS ? run->status : status;
}

static struct table_run *
create(const struct table_command *lists, void *own, struct table_options *options)
{
	struct table_run *run = xcalloc(1, sizeof(*run));

	run->command = lists;
	run->own = own;
	run->options = options;
	return run;
}

int
table_command_show(const struct table_command *lists, void *own, struct table_options *options)
{
	struct table_run *run = create(lists, own, options);
	int status = show(run);

	free(run);
	return status;
}

static int
prepare(struct table_run *run, const struct table *table)
{
	const struct table_command *lists = run->command;

	if (lists->prepare)
		return lists->prepare(run);
	return table_options_complete(run->options, table, lists->columns, lists->order);
}

int
table_command_run(const struct command *command, const struct table_command *lists, void *own,
	struct table_options *options, int argc, char **argv)
{
	struct table_run *run = create(lists, own, options);
	int status, first;

	table_options_init(options);
	first = command_parse(command, argc, argv, own, &status);
	if (first >= 0) {
		run->words = argv + first;
		status = prepare(run, command->table);
		if (options->count == 0 && !table_options_has(options, KEPT_DELAY) &&
			options->past.to == INT64_MAX)
			options->count = 1;
		if (status == 0)
			status = show(run);
		else if (status < 0)
			status = command->usage_status;
	}
	table_options_finish(options);
	free(run);
	return status;
}
