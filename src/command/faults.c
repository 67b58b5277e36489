// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/faults.h"

#include "base/log.h"
#include "base/macros.h"
#include "command/commands.h"
#include "command/loop.h"
#include "command/source.h"
#include "model/derive.h"
#include "model/fault-group.h"
#include "model/fault.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "model/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USUAL_DELAY (5 * NS_PER_SEC)

enum { WHOSE_SIZE = 256, HEAD_SIZE = 1024, MOST_PERIOD = 1000000 };

static const char columns_of_all[] =
	"pid,comm,segment,minor,minor_error,major,minor_rate,share,mapping,code";
static const char columns_of_one[] = "segment,minor,minor_error,major,share,mapping,code,symbol";
static const char columns_of_walks[] = "pid,comm,segment,minor,minor_error,major,walks,walk_error,"
				       "walk_rate,mapping,code";
static const char columns_of_one_with_walks[] =
	"segment,minor,minor_error,major,walks,walk_error,walk_rate,mapping,code,symbol";

static int
apply_period(void *settings, const struct command_option *option, const char *value)
{
	struct fault_options *options = settings;

	if (text_to_number(value, &options->period) < 0 || options->period < 1 ||
		options->period > MOST_PERIOD)
		return option_complain(option, value, SIZE_MAX, "not a number from 1 to 1000000");
	return 0;
}

static int
apply_keys(void *settings, const struct command_option *option, const char *value)
{
	struct fault_options *options = settings;
	const char *near;
	size_t position;
	int keys = fault_parse_keys(value, &position, &near);

	if (keys < 0)
		return option_complain_near(option, value, position, near,
			"not one of process, segment, mapping, code, symbol");
	options->keys = (unsigned)keys;
	return 0;
}

#define SETTING(member) offsetof(struct fault_options, member)

/* clang-format off */
static const struct command_option options_table[] = {
	{ "pid", 'p', "PID", "only the faults of this process, by PID or NAME, with its functions", process_apply_pids, 0, 0 },
	{ "delay", 'd', "SECONDS", "how long to sample for a report, default 5; with a command: until it ends", process_keep, 0, KEPT_DELAY },
	{ "count", 'n', "COUNT", "end after COUNT reports instead of one", process_apply_count, offsetof(struct process_options, count), 0 },
	{ "tlb", 0, NULL, "also sample TLB walks, 97 times per second", option_set_flag, SETTING(walks), 0 },
	{ "period", 0, "COUNT", "sample one of every COUNT minor faults; 1: all; default 61, more if there are very many", apply_period, 0, 0 },
	{ "by", 0, "KEY,...", "keep rows apart by process, segment, mapping, code, symbol", apply_keys, 0, 0 },
	{ "output", 0, "FILE", "write the report to FILE; default standard output, with a command standard error", option_set_text, SETTING(output), 0 },
	{ "tlb", 't', NULL, "", option_set_flag, SETTING(walks), 0, .hidden = true },
	{ "by", 'b', "KEY,...", "", apply_keys, 0, 0, .hidden = true },
	{ .name = NULL },
};
/* clang-format on */

static const struct command_option *const shared_options[] = { table_options, NULL };

/* One run of the command. */
struct run {
	const struct fault_options *options;
	struct source *source;
	struct snapshot snapshots[2];
	struct rows faults;
	struct row_list rows;
	struct output output;
	struct child child;
	bool has_child;
};

static int64_t
pid_of(const struct run *run)
{
	if (run->has_child)
		return run->child.pid;
	return run->options->process.pid_count > 0 ? run->options->process.pids[0] : 0;
}

static unsigned
bits_of(const struct run *run)
{
	unsigned bits = NEED_OVERVIEW | NEED_FAULTS | NEED_WALKS;

	if (run->options->walks)
		bits |= NEED_SAMPLED_WALKS;
	if (run->has_child && run->child.has_ended) /* there is nothing to be found in /proc */
		bits &= ~(unsigned)(NEED_PROCESSES | NEED_STAT);
	return bits;
}

static int
read_faults(struct run *run, int64_t number)
{
	struct snapshot *now = &run->snapshots[number % 2];
	const struct snapshot *before = number > 0 ? &run->snapshots[(number + 1) % 2] : NULL;
	int64_t pid = pid_of(run);
	const struct needs needs = {
		.bits = bits_of(run),
		.pids = pid > 0 ? &pid : NULL,
		.pid_count = pid > 0,
		.faults = { .pid = pid,
			.only = pid > 0 || run->has_child,
			.with_children = run->has_child,
			.together = run->has_child && !(run->options->keys & FAULT_BY_PROCESS),
			.at_exec = run->has_child,
			.period = run->options->period },
	};
	int error = run->source->read(run->source, now, before, &needs);

	if (error == 0)
		derive(now, before);
	return error;
}

static int
write_walks(char *text, size_t size, const struct system *system)
{
	char data[UNIT_FORMAT_SIZE], code[UNIT_FORMAT_SIZE], share[UNIT_FORMAT_SIZE];

	unit_format(data, UNIT_RATE, system->tlb_walk_rate, SCALE_HUMAN);
	unit_format(code, UNIT_RATE, system->code_tlb_walk_rate, SCALE_HUMAN);
	unit_format(share, UNIT_NUMBER, system->walks_per_million, SCALE_HUMAN);
	return snprintf(text, size,
		"TLB walks of the machine: data %s/s, code %s/s, in a million instructions %s\n",
		data, code, share);
}

/* What is sampled and how well. */
static void
write_head(const struct run *run, const struct snapshot *snapshot, char head[static HEAD_SIZE])
{
	const struct system *system = &snapshot->system;
	const struct sampling *sampling = &system->sampling;
	char whose[WHOSE_SIZE] = "all processes";
	int length;

	if (run->has_child)
		text_safe(whose, sizeof(whose), run->options->words[0], run->output.charset);
	else if (pid_of(run) > 0)
		snprintf(whose, sizeof(whose), "process %lld", (long long)pid_of(run));
	length = snprintf(head, HEAD_SIZE, "Page faults of %s in %.3f s", whose,
		sampling->duration == UNKNOWN ? 0 : (double)sampling->duration / NS_PER_SEC);
	if (sampling->period != UNKNOWN)
		length += snprintf(head + length, HEAD_SIZE - (size_t)length,
			": one minor fault in %lld and each major one sampled, %lld samples, "
			"%lld lost",
			(long long)sampling->period, (long long)sampling->samples,
			(long long)sampling->lost);
	length += snprintf(head + length, HEAD_SIZE - (size_t)length, "\n");
	if (system->tlb_walk_rate != UNKNOWN || run->options->walks)
		length += write_walks(head + length, HEAD_SIZE - (size_t)length, system);
	if (sampling->missing)
		snprintf(head + length, HEAD_SIZE - (size_t)length, "hint   %s\n",
			sampling->missing);
}

static int
write_report(struct run *run, int64_t number)
{
	char head[HEAD_SIZE];

	const struct process_options *options = &run->options->process;
	const struct snapshot *now = &run->snapshots[number % 2];
	const struct fault_grouping grouping = { .keys = run->options->keys,
		.pid = run->has_child       ? UNKNOWN
		       : options->pid_count ? options->pids[0]
					    : UNKNOWN,
		/* What the command met in all is the total of a report that is about all of it. */
		.minor = number == 1 ? run->child.minor : UNKNOWN,
		.major = number == 1 ? run->child.major : UNKNOWN };

	write_head(run, now, head);
	run->output.head = head;
	fault_group(&run->faults, now, &grouping);
	process_options_choose(options, run->faults.data, run->faults.count, NULL, &run->rows);
	return output_write(&run->output, now, &options->settings.processes.columns, &run->rows);
}

/* Waits for the next report. Returns whether it is the last one. */
static bool
wait_for(struct run *run, int64_t number, int64_t until)
{
	int64_t count = run->options->process.count;

	if (run->has_child)
		return child_wait(
			       &run->child, process_options_has(&run->options->process, KEPT_DELAY)
						    ? until
						    : INT64_MAX) ||
		       number == count;
	loop_wait(until, STDOUT_FILENO);
	return number >= (count ? count : 1);
}

static int
write_reports(struct run *run)
{
	int64_t next = loop_now();
	bool last = false;

	for (int64_t number = 1; !last; number++) {
		int error;

		next += run->options->process.settings.interval;
		last = wait_for(run, number, next);
		error = read_faults(run, number);
		if (error < 0)
			return command_failure_status("cannot read /proc", error);
		error = write_report(run, number);
		if (error < 0)
			return command_failure_status("write error", error);
	}
	return EXIT_SUCCESS;
}

/* The first read begins the sampling; what is asked for must be there. */
static int
begin(struct run *run)
{
	const struct process_options *options = &run->options->process;
	const struct process *process;
	int error = 0;

	/* While the first read opens the events the counts of /proc go on. */
	for (int i = 0; i < 2 && error == 0; i++)
		error = read_faults(run, 0);
	if (error < 0)
		return command_failure_status("cannot read /proc", error);
	process = snapshot_find_process(&run->snapshots[0], pid_of(run));
	if (!run->has_child && options->pid_count > 0 && !process) {
		log_error("there is no process %lld", (long long)options->pids[0]);
		return EXIT_FAILURE;
	}
	if (run->has_child && process) {
		run->child.minor_before = process->minor_faults;
		run->child.major_before = process->major_faults;
	}
	if (run->has_child)
		child_let_go(&run->child);
	return EXIT_SUCCESS;
}

static FILE *
open_output(const struct fault_options *options)
{
	FILE *file = options->words[0] ? stderr : stdout;

	if (options->output)
		file = fopen(options->output, "we");
	if (!file)
		log_error("cannot write %s: %s", options->output, strerror(errno));
	return file;
}

static int
sample(struct run *run)
{
	char **words = run->options->words;
	int status, error = source_create(PATIENCE_OF_REPORT, &run->source);

	if (error < 0)
		return command_failure_status("cannot read /proc", error);
	run->has_child = words[0] != NULL;
	if (run->has_child)
		error = child_start(words, &run->child);
	if (error < 0) {
		run->source->destroy(run->source);
		return command_failure_status("cannot start a process", error);
	}
	status = begin(run);
	if (status == EXIT_SUCCESS)
		status = write_reports(run);
	if (run->has_child)
		child_finish(&run->child);
	if (run->has_child && status == EXIT_SUCCESS)
		status = run->child.status;
	run->source->destroy(run->source);
	return status;
}

static int
run_faults(const struct fault_options *options)
{
	FILE *file = open_output(options);
	struct run run = { .options = options,
		.child = { .start_fd = -1, .pid_fd = -1, .minor = UNKNOWN, .major = UNKNOWN },
		.output = { .format = options->process.format,
			.file = file,
			.charset = charset_of_locale(),
			.scale = options->process.settings.scale,
			.width = file == stdout ? process_options_width(&options->process) : 0 } };
	int status;

	if (!file)
		return EXIT_FAILURE;
	status = sample(&run);
	for (size_t i = 0; i < 2; i++)
		snapshot_finish(&run.snapshots[i]);
	rows_finish(&run.faults);
	row_list_finish(&run.rows);
	output_finish(&run.output);
	if (options->output)
		fclose(file);
	return status;
}

/* What nobody chose is chosen for what is looked at. */
static int
complete(struct fault_options *options)
{
	struct process_options *process = &options->process;
	bool is_one = options->words[0] || process->pid_count > 0;
	const char *columns = is_one ? (options->walks ? columns_of_one_with_walks : columns_of_one)
				     : (options->walks ? columns_of_walks : columns_of_all);

	process->settings.interval = USUAL_DELAY;
	if (!options->keys)
		options->keys = is_one ? FAULT_BY_SEGMENT | FAULT_BY_MAPPING | FAULT_BY_CODE |
						 FAULT_BY_SYMBOL
				       : FAULT_BY_PROCESS | FAULT_BY_SEGMENT;
	return process_options_complete(process, &fault_table, columns, "minor");
}

/* Names and PIDs are one process, and none where a command is run. */
static bool
is_sensible(const struct fault_options *options)
{
	const struct process_options *process = &options->process;

	if (options->words[0] && process_options_are_named(process))
		command_complain(NULL, "a process and a command exclude each other");
	else if (process->pid_count + process->name_count > 1)
		command_complain(NULL, "only one process can be looked at");
	else
		return true;
	return false;
}

static int
run_with(const struct command *command, struct fault_options *options)
{
	int status;

	if (!is_sensible(options))
		return command->usage_status;
	status = process_options_find(&options->process, true);
	if (status != EXIT_SUCCESS)
		return status;
	return complete(options) < 0 ? command->usage_status : run_faults(options);
}

static void
describe(FILE *file)
{
	options_describe_columns(file, &fault_table);
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct fault_options options = { .period = 0 };
	int status, first;

	process_options_init(&options.process);
	options.process.runs_command = true;
	first = command_parse(command, argc, argv, &options, &status);
	if (first >= 0) {
		options.words = argv + first;
		status = run_with(command, &options);
	}
	process_options_finish(&options.process);
	return status;
}

const struct command command_faults = {
	.name = "faults",
	.summary = "show where page faults and TLB walks come from",
	.arguments = "[options] [PID | NAME]\n memtop faults [options] -- COMMAND [ARGUMENT...]",
	.options = options_table,
	.shared = shared_options,
	.table = &fault_table,
	.describe = describe,
	.usage_status = USAGE_STATUS,
	.take_word = process_take_word,
	.runs_command = true,
	.run = run,
};
