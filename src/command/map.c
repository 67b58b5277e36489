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
#include "model/order.h"
#include "model/snapshot.h"
#include "model/source.h"
#include "output/explain.h"
#include "output/map-head.h"

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
	int64_t pid;
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
	{ "diff", 'd', "SECONDS", "show only what has changed after SECONDS, and by how much", apply_diff, 0, 0 },
	{ "explain", 0, NULL, "show what each figure is and how it comes about, in live numbers", option_set_flag, SETTING(explain), 0 },
	{ "fields", 'F', "FIELD,...", "columns to show", process_apply_fields, 0, 0 },
	{ "order", 'o', "FIELD", "column to sort by; + before it: largest first, -: smallest first", process_apply_order, 0, 0 },
	{ "filter", 0, "EXPR", "only rows for which EXPR holds", process_apply_filter, 0, 0 },
	{ "format", 0, "FORMAT", "text, json (one object a line) or csv", process_apply_format, 0, 0 },
	{ "scale", 'e', "UNIT", "show sizes in b, k, m, g, t or p instead of the unit that fits", process_apply_scale, 0, 0 },
	{ "width", 'w', "WIDTH", "cut lines of text at WIDTH columns", process_apply_width, 0, 0 },
	{ .name = NULL },
};
/* clang-format on */

/* One run of the command. */
struct run {
	const struct map_options *options;
	struct source *source;
	struct snapshot snapshots[2];
	struct map_rows segments[2];
};

static int
read_map(struct run *run, size_t number)
{
	int64_t pid = run->options->pid;
	struct snapshot *now = &run->snapshots[number];
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

	if (error < 0) {
		log_error("cannot read /proc: %s", strerror(-error));
		return error;
	}
	derive(now, NULL);
	map_group(&run->segments[number], &now->mappings);
	return 0;
}

/* Why there is nothing to show; false where there is something. */
static bool
complain(const struct run *run, const struct snapshot *snapshot)
{
	int64_t pid = run->options->pid;
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

/* Whether the number belongs to another process than at the first reading. */
static bool
is_another(const struct run *run)
{
	const struct process *first = snapshot_find_process(&run->snapshots[0], run->options->pid);
	const struct process *now = snapshot_find_process(&run->snapshots[1], run->options->pid);

	if (first->start_time == now->start_time)
		return false;
	log_error("process %" PRId64 " has ended: its number is another's", run->options->pid);
	return true;
}

static bool
has_grown(const void *of)
{
	const struct map_row *row = of;

	return row->size_grown || row->rss_grown || row->pss_grown || row->dirty_grown ||
	       row->swap_grown;
}

static int
write_rows(const struct map_options *options, struct output *output,
	const struct snapshot *snapshot, const struct map_rows *rows)
{
	const struct listing *listing = &options->process.settings.processes;
	struct row_list list = { .count = 0 };
	int error;

	order_build(&list, listing->columns.table, rows->rows, rows->count, options->process.filter,
		&listing->order);
	if (options->diff)
		row_list_keep(&list, has_grown);
	command_tell_hints(output, snapshot, NULL);
	error = output_write(output, snapshot, &listing->columns, &list);
	row_list_finish(&list);
	if (error == 0 || error == -EPIPE)
		return EXIT_SUCCESS;
	log_error("write error: %s", strerror(-error));
	return EXIT_FAILURE;
}

/* The figures of the process, then those that the segments add up to. */
static int
explain_map(const struct run *run, const struct output *output, const char *head)
{
	const struct snapshot *now = &run->snapshots[0];
	const struct explain_style style = { .charset = output->charset, .scale = output->scale };
	struct map_row sum = { .count = UNKNOWN };
	struct figure figure = { .table = &process_table,
		.row = snapshot_find_process(now, run->options->pid),
		.system = &now->system };
	const struct map_total total = map_sum(&now->mappings, SEGMENT_KINDS, NULL);

	fputs(head, stdout);
	fputs("Of the process:\n", stdout);
	explain_write_columns(stdout, explained_of_process, &figure, &style);
	table_reset_row(&segment_table, &sum);
	sum.usage = total.usage;
	sum.count = total.mappings;
	figure.table = &segment_table;
	figure.row = &sum;
	fputs("Of all its segments:\n", stdout);
	explain_write_columns(stdout, explained_of_segments, &figure, &style);
	return fflush(stdout) == 0 ? EXIT_SUCCESS : command_failure_status("write error", -errno);
}

static int
write_map(struct run *run)
{
	const struct map_options *options = run->options;
	size_t last = options->diff ? 1 : 0;
	struct snapshot *now = &run->snapshots[last];
	struct map_rows *rows = options->all ? &now->mappings : &run->segments[last];
	struct output output = process_options_output(&options->process);
	char head[MAP_HEAD_SIZE];
	int status;

	map_write_head(&output, now, options->pid, head);
	if (output.format == &output_json)
		map_write_process(&output, now, options->pid);
	if (options->diff)
		map_compare(rows, options->all ? &run->snapshots[0].mappings : &run->segments[0]);
	output.head = head;
	if (options->explain && output.format == &output_text)
		return explain_map(run, &output, head);
	status = write_rows(options, &output, now, rows);
	output_finish(&output);
	return status;
}

static int
read_and_write(struct run *run)
{
	int64_t start = loop_now();

	if (read_map(run, 0) < 0 || complain(run, &run->snapshots[0]))
		return EXIT_FAILURE;
	if (!run->options->diff)
		return write_map(run);
	if (!loop_wait(start + run->options->diff, STDOUT_FILENO))
		return EXIT_SUCCESS;
	if (read_map(run, 1) < 0 || complain(run, &run->snapshots[1]) || is_another(run))
		return EXIT_FAILURE;
	return write_map(run);
}

static int
show(const struct map_options *options)
{
	struct run run = { .options = options };
	int status, error = collect_create(NULL, &run.source);

	if (error < 0) {
		log_error("cannot read /proc: %s", strerror(-error));
		return EXIT_FAILURE;
	}
	status = read_and_write(&run);
	for (size_t i = 0; i < 2; i++) {
		map_rows_finish(&run.segments[i]);
		snapshot_finish(&run.snapshots[i]);
	}
	run.source->destroy(run.source);
	return status;
}

/* What nobody chose is chosen for what is looked at. */
static void
complete(struct map_options *options)
{
	struct listing *listing = &options->process.settings.processes;
	const char *usual = options->diff ? map_segment_growth_columns : map_segment_columns;
	const char *usual_of_all = options->diff ? map_mapping_growth_columns : map_mapping_columns;
	size_t position;

	listing->columns.table = options->all ? &mapping_table : &segment_table;
	if (listing->columns.count == 0)
		selection_parse(&listing->columns, options->all ? usual_of_all : usual, &position);
	if (!listing->order.column && options->diff)
		listing->order = order_of(table_find(&segment_table, "rss_grown", 9));
	else if (!listing->order.column)
		listing->order = order_of(table_find(&segment_table, "start", 5));
}

/* Takes the one word that is no option. Returns what is wrong with it. */
static const char *
take_pid(struct map_options *options, int count, char **words)
{
	if (count != 1)
		return "one process number is needed";
	if (text_to_number(words[0], &options->pid) < 0 || options->pid < 1 ||
		options->pid > INT32_MAX)
		return "not a process number";
	return NULL;
}

static int
run_with(const struct command *command, struct map_options *options, int count, char **words)
{
	const char *complaint = take_pid(options, count, words);
	char safe[80];

	complete(options);
	if (!complaint)
		return show(options);
	text_safe(safe, sizeof(safe), count == 1 ? words[0] : "", charset_of_locale());
	log_error("%s%s%s%s", *safe ? "'" : "", safe, *safe ? "': " : "", complaint);
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
	struct process_options *process = &options.process;
	int status, first;

	process_options_init(process);
	process_options_use(process, &segment_table);
	first = command_parse(command, argc, argv, &options, &status);
	if (first >= 0)
		status = run_with(command, &options, argc - first, argv + first);
	process_options_finish(process);
	return status;
}

const struct command command_map = {
	.name = "map",
	.summary = "what the address space of a process is made of",
	.arguments = "[options] PID",
	.options = options_table,
	.table = &segment_table,
	.describe = describe,
	.usage_status = 2,
	.run = run,
};
