// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/batch.h"

#include "base/log.h"
#include "collect/collect.h"
#include "command/commands.h"
#include "command/loop.h"
#include "command/process-options.h"
#include "model/derive.h"
#include "model/needs.h"
#include "model/snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct needs
needs_of(const struct process_options *options)
{
	unsigned bits = NEED_OVERVIEW | selection_needs(&options->settings.processes.columns) |
			options->settings.processes.order.column->need |
			filter_needs(options->filter);

	if (options->count != 1 && options->format->has_hints)
		bits |= NEED_EVENTS; /* those between two blocks */
	return (struct needs){ .bits = bits,
		.pids = options->pids,
		.pid_count = options->pid_count,
		.exact = options->exact };
}

struct blocks {
	const struct process_options *options;
	struct source *source;
	struct snapshot snapshots[2];
	struct row_list rows;
	struct output output;
	struct hint told[SNAPSHOT_HINTS]; /* on standard error */
	size_t told_count;
};

static bool
is_told(const struct blocks *run, const struct hint *hint)
{
	for (size_t i = 0; i < run->told_count; i++)
		if (run->told[i].need == hint->need && run->told[i].error == hint->error)
			return true;
	return false;
}

/* A format that has no place for hints leaves them to standard error: each cause once. */
static void
tell_hints(struct blocks *run, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->hint_count; i++) {
		char text[HINT_TEXT_SIZE];

		if (is_told(run, &snapshot->hints[i]) || run->told_count == SNAPSHOT_HINTS)
			continue;
		run->told[run->told_count++] = snapshot->hints[i];
		hint_text(&snapshot->hints[i], text);
		log_error("%s", text);
	}
}

/* Reads one refresh and puts its rows in order. Returns 0 or -errno. */
static int
read_block(struct blocks *run, int64_t number)
{
	const struct process_options *options = run->options;
	struct snapshot *now = &run->snapshots[number % 2];
	const struct snapshot *before = number > 0 ? &run->snapshots[(number + 1) % 2] : NULL;
	const struct needs needs = needs_of(options);
	int error = run->source->read(run->source, now, before, &needs);

	if (error < 0)
		return error;
	derive(now, before);
	order_build(&run->rows, &process_table, now->processes, now->process_count, options->filter,
		&options->settings.processes.order);
	return 0;
}

static int
write_block(struct blocks *run, int64_t number)
{
	const struct snapshot *now = &run->snapshots[number % 2];

	run->output.width = process_options_width(run->options);
	if (!run->output.format->has_hints)
		tell_hints(run, now);
	return output_write(
		&run->output, now, &run->options->settings.processes.columns, &run->rows);
}

/* A reader that has gone away ends the program quietly. */
static int
status_of(const char *action, int error)
{
	if (error == -EPIPE)
		return EXIT_SUCCESS;
	log_error("%s: %s", action, strerror(-error));
	return EXIT_FAILURE;
}

static int
write_blocks(struct blocks *run)
{
	const struct process_options *options = run->options;
	int64_t next = loop_now();

	for (int64_t number = 0;; number++) {
		int error = read_block(run, number);

		if (error < 0)
			return status_of("cannot read /proc", error);
		error = write_block(run, number);
		if (error < 0)
			return status_of("write error", error);
		if (number + 1 == options->count)
			return EXIT_SUCCESS;
		next += options->settings.interval;
		if (next < loop_now()) /* too slow or asleep: no blocks in a rush afterwards */
			next = loop_now();
		if (!loop_wait(next, STDOUT_FILENO))
			return EXIT_SUCCESS;
	}
}

int
batch_run(const struct process_options *options)
{
	struct blocks run = {
		.options = options,
		.output = { .format = options->format,
			.file = stdout,
			.charset = charset_of_locale(),
			.scale = options->settings.scale },
	};
	int status, error = collect_create(NULL, &run.source);

	if (error < 0) {
		log_error("cannot read /proc: %s", strerror(-error));
		return EXIT_FAILURE;
	}
	status = write_blocks(&run);
	for (size_t i = 0; i < 2; i++)
		snapshot_finish(&run.snapshots[i]);
	row_list_finish(&run.rows);
	output_finish(&run.output);
	run.source->destroy(run.source);
	return status;
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct process_options options;
	int status, first;

	process_options_init(&options);
	first = process_options_parse(command, argc, argv, &options, &status);
	if (first >= 0)
		status = batch_run(&options);
	process_options_finish(&options);
	return status;
}

const struct command command_batch = {
	.name = "batch",
	.summary = "all processes, one block after the other, for logs",
	.arguments = "[options]",
	.options = process_option_table + PROCESS_SCREEN_OPTIONS,
	.describe = process_options_describe,
	.usage_status = 2,
	.run = run,
};
