// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/map.h"
#include "base/log.h"
#include "base/text.h"
#include "collect/collect.h"
#include "command/commands.h"
#include "command/loop.h"
#include "command/process-options.h"
#include "model/derive.h"
#include "model/hint.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "model/source.h"
#include "output/explain.h"
#include "output/map-head.h"
#include "table/order.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char explained_of_process[] = "virt,res,anon,file,shmem,swap,pte,hugetlb,frees";
static const char explained_of_segments[] =
	"size,rss,pss,uss,shared_clean,shared_dirty,private_clean,private_dirty,referenced,"
	"anonymous,lazyfree,huge,swap,swap_pss,locked,mappings";

struct map_options {
	struct process_options process; /* first: some options are its */
	bool all, explain;
	int64_t diff; /* nanoseconds between two readings; 0: one is enough */
};

static int
apply_diff(void *settings, const struct command_option *option, const char *value)
{
	struct map_options *options = settings;

	if (unit_parse_interval(value, &options->diff) < 0)
		return option_complain(option, value, SIZE_MAX, "not " INTERVAL_RANGE);
	return 0;
}

#define SETTING(member) offsetof(struct map_options, member)

/* clang-format off */
static const struct command_option options_table[] = {
	{ "all", 'a', NULL, "list every mapping instead of the segments", option_set_flag, SETTING(all), 0 },
	{ "pid", 'p', "PID", "the process, by PID or NAME, instead of as a word", process_apply_pids, 0, 0 },
	{ "diff", 0, "SECONDS", "show only what has changed after SECONDS, and by how much", apply_diff, 0, 0 },
	{ "explain", 0, NULL, "explain each figure, in live numbers", option_set_flag, SETTING(explain), 0 },
	{ .name = NULL },
};
/* clang-format on */

static const struct command_option *const shared_options[] = { table_options, NULL };

/* One run of the command. */
struct run {
	const struct map_options *options;
	struct source *source;
	struct snapshot snapshots[2];
	struct rows segments[2];
	size_t now; /* which of the two is the last reading */
	struct row_list rows;
	struct output output;
};

static int64_t
pid_of(const struct run *run)
{
	return run->options->process.pids[0];
}

static int
read_map(struct run *run)
{
	int64_t pid = pid_of(run);
	struct snapshot *now = &run->snapshots[run->now];
	const struct needs needs = {
		.bits = NEED_PROCESSES | NEED_STAT | NEED_MEMORY | NEED_STATUS | NEED_SWAP |
			NEED_ROLLUP | NEED_OWNER | NEED_COMMAND | NEED_CGROUP | NEED_OOM_SCORE |
			NEED_OOM_ADJ | NEED_MEMINFO | NEED_HOST,
		.pids = &pid,
		.pid_count = 1,
		.focus = pid,
		.focus_bits = NEED_MAPPINGS | NEED_LIMITS,
		.exact = true,
	};
	int error = run->source->read(run->source, now, NULL, &needs);

	if (error < 0)
		return command_failure_status("cannot read /proc", error);
	derive(now, NULL);
	map_group(&run->segments[run->now], &now->mappings);
	return EXIT_SUCCESS;
}

/* Why there is nothing to show; false where there is something. */
static bool
complain(const struct run *run, const struct snapshot *snapshot)
{
	int64_t pid = pid_of(run);
	const struct process *process = snapshot_find_process(snapshot, pid);
	const struct hint *hint = snapshot_find_hint(snapshot, NEED_MAPPINGS);
	char text[HINT_TEXT_SIZE] = "";
	const char *cause;

	if (snapshot->mappings.count > 0)
		return false;
	if (hint)
		hint_text(hint, text);
	cause = strstr(text, ": "); /* behind what is missing */
	if (!process)
		log_error("there is no process %" PRId64, pid);
	else if (process->kernel_thread == 1)
		log_error("%" PRId64 " is a kernel thread: it has no mappings", pid);
	else if (hint && hint->error != ESRCH)
		log_error("cannot read the map of %" PRId64 "%s", pid, cause ? cause : "");
	else
		log_error("process %" PRId64 " has ended: it has no mappings", pid);
	return true;
}

/* Whether the number belongs to another process than at the reading before. */
static bool
is_another(const struct run *run)
{
	const struct process *now = snapshot_find_process(&run->snapshots[run->now], pid_of(run));
	const struct process *before =
		snapshot_find_process(&run->snapshots[!run->now], pid_of(run));

	if (!before || before->start_time == now->start_time)
		return false;
	log_error("process %" PRId64 " has ended: its number is another's", pid_of(run));
	return true;
}

static bool
has_grown(const void *of)
{
	const struct map_row *row = of;

	return row->size_grown || row->rss_grown || row->pss_grown || row->dirty_grown ||
	       row->swap_grown;
}

/* The figures of the process, then those that the segments add up to. */
static int
explain_map(struct run *run)
{
	const struct output *output = &run->output;
	const struct snapshot *now = &run->snapshots[run->now];
	const struct explain_style style = { .charset = output->charset, .scale = output->scale };
	struct map_row sum = { .count = UNKNOWN };
	struct figure figure = { .table = &process_table,
		.row = snapshot_find_process(now, pid_of(run)),
		.system = &now->system };
	const struct map_total total = map_sum(&now->mappings, SEGMENT_KINDS, NULL);

	fputs(output->head, stdout);
	fputs("Of the process:\n", stdout);
	explain_write_columns(stdout, explained_of_process, &figure, &style);
	table_reset_row(&segment_table, &sum);
	sum.usage = total.usage;
	sum.count = total.mappings;
	figure.table = &segment_table;
	figure.row = &sum;
	fputs("Of all its segments:\n", stdout);
	explain_write_columns(stdout, explained_of_segments, &figure, &style);
	return fflush(stdout) == 0 ? 0 : -errno;
}

static int
write_map(struct run *run)
{
	const struct map_options *options = run->options;
	struct snapshot *now = &run->snapshots[run->now];
	const struct snapshot *before = &run->snapshots[!run->now];
	struct rows *rows = options->all ? &now->mappings : &run->segments[run->now];
	struct output *output = &run->output;
	char head[MAP_HEAD_SIZE];

	map_write_head(output, now, pid_of(run), head);
	if (output->format == &output_json)
		map_write_process(output, now, pid_of(run));
	if (options->diff)
		map_compare(rows, options->all ? &before->mappings : &run->segments[!run->now]);
	output->head = head;
	if (options->explain && output->format == &output_text)
		return explain_map(run);
	process_options_choose(&options->process, rows->data, rows->count,
		options->diff ? has_grown : NULL, &run->rows);
	command_tell_hints(output, now, NULL);
	return output_write(output, now, &options->process.settings.processes.columns, &run->rows);
}

/* Of differences the first reading is only what the second is compared with. */
static int
write_block(void *context, int64_t number)
{
	struct run *run = context;
	int error;

	run->now = (size_t)(number % 2);
	if (read_map(run) != EXIT_SUCCESS || complain(run, &run->snapshots[run->now]) ||
		is_another(run))
		return EXIT_FAILURE;
	if (run->options->diff && number == 1)
		return EXIT_SUCCESS;
	run->output.width = process_options_width(&run->options->process);
	error = write_map(run);
	return error < 0 ? command_failure_status("write error", error) : EXIT_SUCCESS;
}

static int
show(const struct map_options *options)
{
	const struct process_options *process = &options->process;
	struct run run = { .options = options, .output = process_options_output(process) };
	bool diff = options->diff > 0;
	int status, error = collect_create(NULL, &run.source);

	if (error < 0)
		return command_failure_status("cannot read /proc", error);
	status = loop_blocks(diff ? options->diff : process->settings.interval,
		process->count ? process->count + diff : 0, write_block, &run);
	for (size_t i = 0; i < 2; i++) {
		rows_finish(&run.segments[i]);
		snapshot_finish(&run.snapshots[i]);
	}
	row_list_finish(&run.rows);
	output_finish(&run.output);
	run.source->destroy(run.source);
	return status;
}

/* What nobody chose is chosen for what is looked at. */
static int
complete(struct map_options *options)
{
	const char *columns =
		options->all ? (options->diff ? map_mapping_growth_columns : map_mapping_columns)
			     : (options->diff ? map_segment_growth_columns : map_segment_columns);

	process_options_default_to_one(&options->process);
	return process_options_complete(&options->process,
		options->all ? &mapping_table : &segment_table, columns,
		options->diff ? "rss_grown" : "start");
}

static int
run_with(const struct command *command, struct map_options *options)
{
	struct process_options *process = &options->process;
	int status;

	if (process->pid_count + process->name_count != 1)
		command_complain(NULL, "one process is needed, by PID or NAME");
	else if (options->diff && process_options_has(process, KEPT_DELAY))
		command_complain(NULL, "--diff has an interval of its own: --delay excludes it");
	else if (complete(options) == 0) {
		status = process_options_find(process, true);
		return status == EXIT_SUCCESS ? show(options) : status;
	}
	return command->usage_status;
}

static void
describe(FILE *file)
{
	options_describe_columns(file, &segment_table);
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct map_options options = { .diff = 0 };
	int status;

	process_options_init(&options.process);
	if (command_parse(command, argc, argv, &options, &status) >= 0)
		status = run_with(command, &options);
	process_options_finish(&options.process);
	return status;
}

const struct command command_map = {
	.name = "map",
	.summary = "show the memory of one process by kind",
	.arguments = "[options] PID | NAME",
	.options = options_table,
	.shared = shared_options,
	.table = &segment_table,
	.describe = describe,
	.usage_status = USAGE_STATUS,
	.take_word = process_take_word,
	.run = run,
};
