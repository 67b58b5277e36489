// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/map.h"
#include "base/log.h"
#include "base/text.h"
#include "command/process-options.h"
#include "command/table-command.h"
#include "model/needs.h"
#include "output/explain.h"
#include "output/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_SIZE = 512 };

static const char explained_of_process[] = "virt,res,anon,file,shmem,swap,pte,hugetlb,frees";
static const char explained_of_segments[] =
	"size,rss,pss,uss,shared_clean,shared_dirty,private_clean,private_dirty,referenced,"
	"anonymous,lazyfree,huge,swap,swap_pss,locked,mappings";

struct map_run {
	struct table_options table;
	struct process_names named;
	bool all, by_address;
	int64_t diff; /* nanoseconds between two readings; 0: one reading */
};

#define SETTING(member) offsetof(struct map_run, member)

/* clang-format off */
static const struct command_option options_table[] = {
	{ "all", 'a', NULL, "list every mapping instead of the segments", option_set_flag, SETTING(all), 0 },
	{ "by-address", 0, NULL, "from low to high addresses instead of the largest first", option_set_flag, SETTING(by_address), 0 },
	{ "pid", 'p', "PID", "the process, by PID or NAME, instead of as a word", process_names_apply, SETTING(named), 0 },
	{ "diff", 0, "SECONDS", "show only what has changed after SECONDS, and by how much", option_set_interval, SETTING(diff), 0 },
	{ "explain", 0, NULL, "explain each figure, in live numbers", option_set_flag, SETTING(table.explain), 0 },
	{ .name = NULL },
};
/* clang-format on */

static int64_t
pid_of(const struct table_run *run)
{
	const struct map_run *own = run->own;

	return own->named.pids[0];
}

static void
ask(const struct table_run *run, struct needs *needs)
{
	const struct map_run *own = run->own;

	*needs = (struct needs){
		.bits = NEED_PROCESSES | NEED_STAT | NEED_MEMORY | NEED_STATUS | NEED_SWAP |
			NEED_PSS | NEED_OWNER | NEED_COMMAND | NEED_CGROUP | NEED_OOM_SCORE |
			NEED_OOM_ADJ | NEED_MEMINFO | NEED_HOST | NEED_WEIGHT,
		.pids = own->named.pids,
		.pid_count = 1,
		.focus = pid_of(run),
		.focus_bits = NEED_MAPPINGS | NEED_LIMITS | (own->all ? NEED_EACH_MAPPING : 0),
		.exact = true,
	};
}

/* Reports why there is nothing to show; returns false if there is something. */
static bool
complain(const struct table_run *run)
{
	const struct snapshot *snapshot = run->now;
	int64_t pid = pid_of(run);
	const struct process *process = snapshot_find_process(snapshot, pid);
	const struct hint *hint = snapshot_find_hint(snapshot, NEED_MAPPINGS);
	char text[HINT_TEXT_SIZE] = "";
	const char *cause;

	if (snapshot->mappings.count > 0)
		return false;
	if (hint)
		hint_text(hint, text);
	cause = strstr(text, ": "); /* the text after the missing data */
	if (!process)
		log_error("there is no process %" PRId64, pid);
	else if (process->is_kernel_thread)
		log_error("%" PRId64 " is a kernel thread: it has no mappings", pid);
	else if (hint && hint->error != ESRCH)
		log_error("cannot read the map of %" PRId64 "%s", pid, cause ? cause : "");
	else
		log_error("process %" PRId64 " has ended: it has no mappings", pid);
	return true;
}

/* Whether the PID belongs to another process than at the last reading. */
static bool
is_another(const struct table_run *run)
{
	int64_t pid = pid_of(run);
	const struct process *now = snapshot_find_process(run->now, pid);
	const struct process *before = run->before ? snapshot_find_process(run->before, pid) : NULL;

	if (!before || before->start_time == now->start_time)
		return false;
	log_error("process %" PRId64 " has ended: its number is another's", pid);
	return true;
}

static bool
has_grown(const void *of)
{
	const struct map_row *row = of;

	return row->size_grown || row->rss_grown || row->pss_grown || row->dirty_grown ||
	       row->swap_grown;
}

/* Explains the figures of the process, then the sums of its segments. */
static void
explain_map(const struct table_run *run)
{
	const struct output *output = &run->output;
	const struct snapshot *now = run->now;
	const struct explain_style style = { .charset = output->charset, .scale = output->scale };
	struct map_row sum = { .count = UNKNOWN };
	struct figure figure = { .table = &process_table,
		.row = snapshot_find_process(now, pid_of(run)),
		.system = &now->system };
	const struct map_total total = map_sum(&now->mappings, SEGMENT_KINDS, NULL);

	fputs("Of the process:\n", stdout);
	explain_write_columns(stdout, explained_of_process, &figure, &style);
	table_reset_row(&segment_table, &sum);
	sum.usage = total.usage;
	sum.count = total.mappings;
	figure.table = &segment_table;
	figure.row = &sum;
	fputs("Of all its segments:\n", stdout);
	explain_write_columns(stdout, explained_of_segments, &figure, &style);
}

/* For differences the first reading is only compared with the second. */
static int
list_map(struct table_run *run)
{
	struct map_run *own = run->own;
	struct snapshot *now = run->now;
	struct rows *rows = &now->mappings;

	if (complain(run) || is_another(run))
		return EXIT_FAILURE;
	if (own->diff && run->number == 1)
		return TABLE_NO_BLOCK;
	if (own->diff)
		map_compare(rows, &run->before->mappings);
	return table_run_list(run, rows->data, rows->count, own->diff ? has_grown : NULL);
}

static void
say_bytes(struct table_run *run, const char *label, int64_t bytes)
{
	char number[UNIT_FORMAT_SIZE];

	unit_format(number, UNIT_BYTES, bytes, run->output.scale);
	table_run_head(run, "%s%s", label, number);
}

static void
say_part(struct table_run *run, const char *label, const struct map_total *part)
{
	say_bytes(run, label, part->usage.size);
	say_bytes(run, " (RSS ", part->usage.rss);
	table_run_head(run, ")");
}

static void
say_role(struct table_run *run, const char *label, const char *role)
{
	const struct map_total total = map_sum(&run->now->mappings, SEGMENT_ANON, role);

	if (total.mappings > 0)
		say_part(run, label, &total);
}

static void
say_process(struct table_run *run, const struct process *process)
{
	char name[NAME_SIZE];

	text_safe(
		name, sizeof(name), process->command ? process->command : "-", run->output.charset);
	table_run_head(run, "Map of process %" PRId64 ": %s\n", process->pid, name);
	say_bytes(run, "size ", process->virtual);
	say_bytes(run, "  RSS ", process->resident);
	say_bytes(run, "  PSS ", process->rollup->pss);
	say_bytes(run, "  USS ", process->rollup->uss);
	say_bytes(run, "  swap ", process->swap);
	say_bytes(run, "  page tables ", process->page_tables);
	table_run_head(run, "  mappings %" PRId64 "\n",
		map_sum(&run->now->mappings, SEGMENT_KINDS, NULL).mappings);
}

static void
say_kinds(struct table_run *run)
{
	char text[MAP_KINDS_SIZE];

	map_kinds_text(text, &run->now->mappings, run->output.scale);
	if (*text)
		table_run_head(run, "RSS by kind: %s\n", text);
}

static void
say_private(struct table_run *run)
{
	const struct rows *rows = &run->now->mappings;
	const struct map_total heap = map_sum(rows, SEGMENT_HEAP, NULL);
	const struct map_total anon = map_sum(rows, SEGMENT_ANON, NULL);
	const struct map_total stack = map_sum(rows, SEGMENT_STACK, NULL);
	char limit[UNIT_FORMAT_SIZE];

	say_part(run, "by brk ", &heap);
	say_part(run, "  by mmap ", &anon);
	say_role(run, ", in it arenas ", map_role_arena);
	say_role(run, ", thread stacks ", map_role_stack);
	limit_format(limit, LIMIT_STACK, run->now->limits[LIMIT_STACK].soft);
	say_part(run, "\nstack ", &stack);
	table_run_head(run, " of at most %s\n", limit);
}

/* ~FREES of the process. */
static void
say_gain(struct table_run *run, const struct process *process)
{
	say_bytes(run, "a kill would free about ", process->weight->frees);
	say_bytes(run, ": private ", process->rollup->uss);
	say_bytes(run, " + swap ", process->rollup->swap_pss);
	say_bytes(run, " + page tables ", process->page_tables);
	table_run_head(run, "\n");
}

/* Command, totals, brk and mmap, the stack and its limit, and the memory that its end would free.
 */
static void
write_head(struct table_run *run)
{
	const struct process *process = snapshot_find_process(run->now, pid_of(run));

	if (!process)
		return;
	say_process(run, process);
	say_kinds(run);
	say_private(run);
	say_gain(run, process);
}

/* For JSON the process itself is the head, with all its columns. */
static void
write_process(const struct table_run *run)
{
	const struct process *process = snapshot_find_process(run->now, pid_of(run));
	struct json_t *object;

	if (!process)
		return;
	object = json_begin(process_table.name, run->now->time);
	json_columns(object, &process_table, run->now->bits, process);
	json_end(run->output.file, object);
}

static int
write_map(struct table_run *run)
{
	if (run->output.format == &output_json)
		write_process(run);
	return table_run_write(run);
}

static const char *
default_order(const struct map_run *own)
{
	if (own->by_address)
		return "start";
	return own->diff ? "rss_grown" : own->all ? "start" : "rss";
}

/* Sets the defaults, which depend on what is shown. */
static int
complete(struct map_run *own)
{
	struct table_options *table = &own->table;
	const char *columns =
		own->all ? (own->diff ? map_mapping_growth_columns : map_mapping_columns)
			 : (own->diff ? map_segment_growth_columns : map_segment_columns);
	int error = table_options_complete(
		table, own->all ? &mapping_table : &segment_table, columns, default_order(own));

	if (own->diff) {
		table->interval = own->diff;
		table->count = (table->count > 0 ? table->count : 1) + 1;
	}
	return error;
}

static int
prepare(struct table_run *run)
{
	struct map_run *own = run->own;

	if (process_names_count(&own->named) != 1)
		return command_complain(NULL, "one process is needed, by PID or NAME");
	if (own->diff && table_options_has(run->options, KEPT_DELAY))
		return command_complain(
			NULL, "--diff has an interval of its own: --delay excludes it");
	if (complete(own) < 0)
		return -EINVAL;
	return process_names_find(&own->named, true);
}

static const struct table_command lists = {
	.has_no_rates = true,
	.prepare = prepare,
	.ask = ask,
	.rows = list_map,
	.head = write_head,
	.explain = explain_map,
	.write = write_map,
};

static int
run(const struct command *command, int argc, char **argv)
{
	struct map_run own = { .diff = 0 };
	int status = table_command_run(command, &lists, &own, &own.table, argc, argv);

	process_names_finish(&own.named);
	return status;
}

const struct command command_map = {
	.name = "map",
	.summary = "show the memory of one process by kind",
	.arguments = "[options] PID | NAME",
	.options = options_table,
	.shared = { { table_option_rows, SETTING(table) } },
	.table = &segment_table,
	.usage_status = USAGE_STATUS,
	.take_word = process_names_take,
	.word_offset = SETTING(named),
	.run = run,
};
