// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/batch.h"

#include "act/lock.h"
#include "base/log.h"
#include "command/commands.h"
#include "command/loop.h"
#include "command/process-options.h"
#include "command/source.h"
#include "model/derive.h"
#include "model/footprint.h"
#include "model/needs.h"
#include "model/pace.h"
#include "model/snapshot.h"
#include "model/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is shown above the rows; a format without a place for events has none for totals either. */
static unsigned
needs_of_head(const struct process_options *options)
{
	if (!options->format->has_hints)
		return NEED_OVERVIEW & ~(unsigned)(NEED_VMSTAT | NEED_PRESSURE | NEED_SELF);
	return options->count == 1 ? NEED_OVERVIEW : NEED_OVERVIEW | NEED_EVENTS;
}

/* The first block has everything: it may be the only one. */
static struct needs
needs_of(const struct process_options *options, bool first)
{
	unsigned bits =
		needs_of_head(options) | selection_needs(&options->settings.processes.columns) |
		options->settings.processes.order.column->need | filter_needs(options->filter);

	return (struct needs){ .bits = bits,
		.pids = options->pids,
		.pid_count = options->pid_count,
		.rollup_budget = first ? 0 : process_options_rollup_budget(options),
		.again = options->count != 1,
		.exact = options->exact };
}

struct blocks {
	const struct process_options *options;
	struct source *source;
	struct snapshot snapshots[2];
	struct row_list rows;
	struct output output;
	struct footprint held; /* by the rows, where not all are shown */
	struct pace pace;
	bool told_pace;
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
	struct hint hints[SNAPSHOT_HINTS];
	size_t count = snapshot_hints(snapshot, &run->rows, hints);

	for (size_t i = 0; i < count; i++) {
		char text[HINT_TEXT_SIZE];

		if (is_told(run, &hints[i]) || run->told_count == SNAPSHOT_HINTS)
			continue;
		run->told[run->told_count++] = hints[i];
		hint_text(&hints[i], text);
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
	const struct needs needs = needs_of(options, number == 0);
	int error = run->source->read(run->source, now, before, &needs);

	if (error < 0)
		return error;
	derive(now, before);
	process_options_choose(options, now->processes, now->process_count, NULL, &run->rows);
	if (options->filter_text) {
		run->held = footprint_of(now, &run->rows);
		run->output.held = &run->held;
	}
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

/* Nanoseconds to the next block: the interval, or several where it takes too long to read. */
static int64_t
next_interval(struct blocks *run, int64_t took)
{
	int64_t interval = run->options->settings.interval;
	int stretch = pace_after(&run->pace, took, interval);

	if (stretch > 1 && !run->told_pace) {
		log_error("reading takes %.2g s: a block every %.10g s instead of %.10g",
			(double)took / 1e9, (double)interval * stretch / 1e9,
			(double)interval / 1e9);
		run->told_pace = true;
	}
	return stretch * interval;
}

static int
write_blocks(struct blocks *run)
{
	const struct process_options *options = run->options;
	int64_t next = loop_now();

	for (int64_t number = 0;; number++) {
		int64_t start = loop_now(), took;
		int error = read_block(run, number);

		took = loop_now() - start;
		if (error < 0)
			return command_failure_status("cannot read /proc", error);
		error = write_block(run, number);
		if (error < 0)
			return command_failure_status("write error", error);
		if (number + 1 == options->count)
			return EXIT_SUCCESS;
		next += next_interval(run, took);
		if (next < loop_now()) /* too slow or asleep: no blocks in a rush afterwards */
			next = loop_now();
		if (!loop_wait(next, STDOUT_FILENO))
			return EXIT_SUCCESS;
	}
}

int
batch_run(const struct process_options *options)
{
	static char buffer[64 * 1024]; /* a block of 10,000 rows is 20 of them, not 300 */
	struct blocks run = {
		.options = options,
		.output = process_options_output(options),
	};
	int status, error = source_create(PATIENCE_OF_SCREEN, &run.source);

	if (error < 0) {
		log_error("cannot read /proc: %s", strerror(-error));
		return EXIT_FAILURE;
	}
	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	status = write_blocks(&run);
	for (size_t i = 0; i < 2; i++)
		snapshot_finish(&run.snapshots[i]);
	row_list_finish(&run.rows);
	output_finish(&run.output);
	run.source->destroy(run.source);
	return status;
}

static void
complain(void *context, const char *message)
{
	(void)context;
	log_error("%s", message);
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct process_options options;
	int status;

	process_options_init(&options);
	if (command_parse(command, argc, argv, &options, &status) >= 0) {
		status = process_options_prepare(&options);
		if (status == EXIT_SUCCESS && options.lock)
			lock_self(complain, NULL);
		if (status == EXIT_SUCCESS)
			status = batch_run(&options);
	}
	process_options_finish(&options);
	return status;
}

/* clang-format off */
static const struct command_option options_table[] = {
	{ "batch", 'b', NULL, "it is one", option_set_flag, offsetof(struct process_options, batch), 0, .hidden = true },
	{ .name = NULL },
};
/* clang-format on */

static const struct command_option *const shared_options[] = { process_option_table, table_options,
	NULL };

const struct command command_batch = {
	.name = "batch",
	.summary = "print all processes, block after block, for logs",
	.arguments = "[options] [PID | NAME]...",
	.options = options_table,
	.shared = shared_options,
	.describe = process_options_describe,
	.usage_status = USAGE_STATUS,
	.take_word = process_take_word,
	.run = run,
};
