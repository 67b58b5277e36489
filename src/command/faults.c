// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/log.h"
#include "base/macros.h"
#include "command/child.h"
#include "command/loop.h"
#include "command/process-options.h"
#include "command/table-command.h"
#include "model/fault-group.h"
#include "model/needs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USUAL_DELAY (5 * NS_PER_SEC)

enum { WHOSE_SIZE = 256, MOST_PERIOD = 1000000 };

struct faults {
	struct table_options table;
	struct process_names named;
	bool walks;
	int64_t period;     /* 0: automatic */
	unsigned keys;      /* what separates rows; 0: automatic */
	const char *path;   /* the file for the report; NULL: see open_output() */
	int64_t pid;        /* the process, or the command; 0: all */
	struct child child; /* the command, if there is one */
	bool has_child;
	struct rows rows;
};

/* Of all processes or of one, without and with walks. */
static const char *const usual_columns[2][2] = {
	{ "pid,comm,segment,minor,minor_error,major,minor_rate,share,mapping,code",
		"pid,comm,segment,minor,minor_error,major,walks,walk_error,walk_rate,mapping,"
		"code" },
	{ "segment,minor,minor_error,major,share,mapping,code,function",
		"segment,minor,minor_error,major,walks,walk_error,walk_rate,mapping,code,"
		"function" },
};

static int
apply_period(void *member, const struct command_option *option, const char *value)
{
	return option_set_number(
		member, option, value, 1, MOST_PERIOD, "not a number from 1 to 1000000");
}

static int
apply_keys(void *member, const struct command_option *option, const char *value)
{
	const char *near;
	size_t position;
	int keys = fault_parse_keys(value, &position, &near);

	if (keys < 0)
		return option_complain_at(option, value, position, near,
			"not one of process, segment, mapping, code, symbol");
	*(unsigned *)member = (unsigned)keys;
	return 0;
}

#define SETTING(member) offsetof(struct faults, member)

/* clang-format off */
static const struct command_option options_table[] = {
	{ "pid", 'p', "PID", "only the faults of this process, by PID or NAME, with its functions", process_names_apply, SETTING(named), 0 },
	{ "delay", 'd', "SECONDS", "how long to sample for a report, default 5; with a command: until it ends", table_options_keep, SETTING(table), KEPT_DELAY },
	{ "count", 'n', "COUNT", "end after COUNT reports instead of one", option_set_count, SETTING(table.count), 0 },
	{ "tlb", 0, NULL, "also sample TLB walks, 97 times per second", option_set_flag, SETTING(walks), 0 },
	{ "period", 0, "COUNT", "sample one of every COUNT minor faults; 1: all; default 61, more if there are very many", apply_period, SETTING(period), 0 },
	{ "by", 0, "KEY,...", "keep rows apart by process, segment, mapping, code, symbol", apply_keys, SETTING(keys), 0 },
	{ "output", 0, "FILE", "write the report to FILE; default standard output, with a command standard error", option_set_text, SETTING(path), 0 },
	{ "tlb", 't', NULL, "", option_set_flag, SETTING(walks), 0, .hidden = true },
	{ "by", 'b', "KEY,...", "", apply_keys, SETTING(keys), 0, .hidden = true },
	{ .name = NULL },
};
/* clang-format on */

static uint64_t
bits_of(const struct faults *own)
{
	uint64_t bits = NEED_OVERVIEW | NEED_FAULTS | NEED_WALKS;

	if (own->walks)
		bits |= NEED_SAMPLED_WALKS;
	if (own->has_child && own->child.has_ended) /* its process is gone from /proc */
		bits &= ~NEED_PROCESSES;
	return bits;
}

static void
ask(const struct table_run *run, struct needs *needs)
{
	const struct faults *own = run->own;

	*needs = (struct needs){
		.bits = bits_of(own),
		.pids = own->pid > 0 ? &own->pid : NULL,
		.pid_count = own->pid > 0,
		.faults = { .pid = own->pid,
			.only = own->pid > 0,
			.with_children = own->has_child,
			.together = own->has_child && !(own->keys & FAULT_BY_PROCESS),
			.at_exec = own->has_child,
			.period = own->period },
	};
}

static void
write_walks(struct table_run *run)
{
	const struct system *system = &run->now->system;
	char data[UNIT_FORMAT_SIZE], code[UNIT_FORMAT_SIZE], share[UNIT_FORMAT_SIZE];

	unit_format(data, UNIT_RATE, system->tlb_walk_rate, SCALE_HUMAN);
	unit_format(code, UNIT_RATE, system->code_tlb_walk_rate, SCALE_HUMAN);
	unit_format(share, UNIT_NUMBER, system->walks_per_million, SCALE_HUMAN);
	table_run_head(run,
		"TLB walks of the machine: data %s/s, code %s/s, in a million instructions %s\n",
		data, code, share);
}

/* Writes what is sampled, and how well. */
static void
write_head(struct table_run *run)
{
	const struct faults *own = run->own;
	const struct system *system = &run->now->system;
	const struct sampling *sampling = &system->sampling;
	char whose[WHOSE_SIZE] = "all processes";

	if (own->has_child)
		text_safe(whose, sizeof(whose), run->words[0], run->output.charset);
	else if (own->pid > 0)
		snprintf(whose, sizeof(whose), "process %lld", (long long)own->pid);
	table_run_head(run, "Page faults of %s in %.3f s", whose,
		sampling->duration == UNKNOWN ? 0 : (double)sampling->duration / NS_PER_SEC);
	if (sampling->period != UNKNOWN)
		table_run_head(run,
			": one minor fault in %lld and each major one sampled, %lld samples, "
			"%lld lost",
			(long long)sampling->period, (long long)sampling->samples,
			(long long)sampling->lost);
	table_run_head(run, "\n");
	if (system->tlb_walk_rate != UNKNOWN || own->walks)
		write_walks(run);
	if (sampling->missing)
		table_run_head(run, "hint   %s\n", sampling->missing);
}

static int
list_faults(struct table_run *run)
{
	struct faults *own = run->own;
	const struct fault_grouping grouping = { .keys = own->keys,
		.pid = own->pid > 0 && !own->has_child ? own->pid : UNKNOWN,
		/* The command's total, for a report of its whole run. */
		.minor = run->number == 1 ? own->child.minor : UNKNOWN,
		.major = run->number == 1 ? own->child.major : UNKNOWN };

	fault_group(&own->rows, run->now, &grouping);
	return table_run_list(run, own->rows.data, own->rows.count, NULL);
}

/* The head has the hints; the report itself may go to standard error. */
static int
write_report(struct table_run *run)
{
	return output_write(&run->output, run->now, &run->options->columns, &run->rows);
}

/* Waits for the next report. Returns whether it is the last one. */
static bool
wait_for(struct table_run *run, int64_t until)
{
	struct faults *own = run->own;
	int64_t count = run->options->count;

	if (!own->has_child) {
		loop_wait(until, STDOUT_FILENO);
		return run->number >= count;
	}
	if (!table_options_has(run->options, KEPT_DELAY))
		until = INT64_MAX;
	return child_wait(&own->child, until) || run->number == count;
}

static int
write_reports(struct table_run *run)
{
	int64_t next = loop_now();
	int status = EXIT_SUCCESS;
	bool is_last = false;

	for (run->number = 1; !is_last && !run->ended && status == EXIT_SUCCESS; run->number++) {
		next += run->options->interval;
		is_last = wait_for(run, next);
		status = table_run_block(run);
	}
	return status;
}

/* Starts the sampling with a first read, and checks that the process exists. */
static int
begin(struct table_run *run)
{
	struct faults *own = run->own;
	const struct process *process;
	int status = EXIT_SUCCESS;

	/* While the first read opens the events, the counts of /proc continue: reads them again. */
	for (int i = 0; i < 2 && status == EXIT_SUCCESS; i++) {
		run->now = NULL;
		status = table_run_read(run);
	}
	if (status != EXIT_SUCCESS)
		return status;
	process = snapshot_find_process(run->now, own->pid);
	if (own->pid > 0 && !own->has_child && !process) {
		log_error("there is no process %lld", (long long)own->pid);
		return EXIT_FAILURE;
	}
	if (own->has_child && process) {
		own->child.minor_before = process->minor_faults;
		own->child.major_before = process->major_faults;
	}
	if (own->has_child)
		child_let_go(&own->child);
	return EXIT_SUCCESS;
}

/* The command uses standard output, so the report uses standard error. */
static bool
open_output(const struct faults *own, struct table_run *run)
{
	if (run->words[0])
		run->output.file = stderr;
	if (own->path)
		run->output.file = fopen(own->path, "we");
	if (!run->output.file)
		log_error("cannot write %s: %s", own->path, strerror(errno));
	return run->output.file != NULL;
}

static int
sample(struct table_run *run)
{
	struct faults *own = run->own;
	int status, error;

	own->has_child = run->words[0] != NULL;
	if (own->has_child) {
		error = child_start(run->words, &own->child);
		if (error < 0)
			return command_failure_status("cannot start a process", error);
		own->pid = own->child.pid;
	}
	status = begin(run);
	if (status == EXIT_SUCCESS)
		status = write_reports(run);
	if (own->has_child)
		child_finish(&own->child);
	return own->has_child && status == EXIT_SUCCESS ? own->child.status : status;
}

static int
show(struct table_run *run)
{
	const struct faults *own = run->own;
	int status;

	if (!open_output(own, run))
		return EXIT_FAILURE;
	status = sample(run);
	if (own->path)
		fclose(run->output.file);
	return status;
}

/* Sets the defaults, which depend on what is sampled. Scripts compare symbols, people read
 * functions. */
static int
complete(struct faults *own, bool is_one)
{
	int error;

	own->table.interval = USUAL_DELAY;
	if (!own->keys)
		own->keys = is_one ? FAULT_BY_SEGMENT | FAULT_BY_MAPPING | FAULT_BY_CODE |
					     FAULT_BY_SYMBOL
				   : FAULT_BY_PROCESS | FAULT_BY_SEGMENT;
	error = table_options_complete(
		&own->table, &fault_table, usual_columns[is_one][own->walks], "minor");
	if (error == 0 && is_one && own->table.format != &output_text &&
		!table_options_has(&own->table, KEPT_FIELDS))
		selection_add(&own->table.columns, table_column(&fault_table, "symbol"));
	return error;
}

/* Allows one process, by PID or NAME, or a command. */
static int
prepare(struct table_run *run)
{
	struct faults *own = run->own;
	size_t named = process_names_count(&own->named);
	int status;

	if (run->words[0] && named > 0)
		return command_complain(NULL, "a process and a command exclude each other");
	if (named > 1)
		return command_complain(NULL, "only one process can be looked at");
	status = process_names_find(&own->named, true);
	if (status != EXIT_SUCCESS)
		return status;
	if (named > 0)
		own->pid = own->named.pids[0];
	return complete(own, run->words[0] || named > 0);
}

static const struct table_command lists = {
	.patience = PATIENCE_OF_REPORT,
	.carries = true,
	.prepare = prepare,
	.ask = ask,
	.rows = list_faults,
	.head = write_head,
	.write = write_report,
	.show = show,
};

static int
run(const struct command *command, int argc, char **argv)
{
	struct faults own = { .named = { .runs_command = true },
		.child = { .start_fd = -1, .pid_fd = -1, .minor = UNKNOWN, .major = UNKNOWN } };
	int status = table_command_run(command, &lists, &own, &own.table, argc, argv);

	rows_finish(&own.rows);
	process_names_finish(&own.named);
	return status;
}

const struct command command_faults = {
	.name = "faults",
	.summary = "show where page faults and TLB walks come from",
	.arguments = "[options] [PID | NAME]\n memtop faults [options] -- COMMAND [ARGUMENT...]",
	.options = options_table,
	.shared = { { table_option_rows, SETTING(table) } },
	.table = &fault_table,
	.usage_status = USAGE_STATUS,
	.take_word = process_names_take,
	.word_offset = SETTING(named),
	.runs_command = true,
	.run = run,
};
