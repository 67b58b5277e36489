// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/kernel.h"
#include "base/nearest.h"
#include "collect/collect.h"
#include "command/commands.h"
#include "command/loop.h"
#include "command/process-options.h"
#include "model/derive.h"
#include "model/snapshot.h"
#include "model/source.h"
#include "table/order.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD_SIZE = 256 };

struct kernel_options {
	struct process_options process; /* first: some options are its */
	bool all;
	const struct kernel_page *page;
};

#define SETTING(member) offsetof(struct kernel_options, member)

/* clang-format off */
static const struct command_option options_table[] = {
	{ "all", 'a', NULL, "also show rows of 0, and counters that this kernel does not have", option_set_flag, SETTING(all), 0 },
	{ .name = NULL },
};
/* clang-format on */

static const struct command_option *const shared_options[] = { table_options, NULL };

struct run {
	const struct kernel_options *options;
	struct source *source;
	struct snapshot snapshots[2];
	struct row_list rows;
	struct output output;
};

static int
write_block(struct run *run, struct snapshot *now)
{
	const struct kernel_options *options = run->options;
	const struct kernel_part_description *part = &kernel_parts[options->page->part];
	const struct rows *rows = &now->kernel[options->page->part];
	bool is_empty = rows->count == 0 && !snapshot_find_hint(now, part->need);
	char head[HEAD_SIZE], time[UNIT_FORMAT_SIZE];

	process_options_choose(&options->process, rows->data, rows->count,
		options->all ? NULL : part->is_worth_showing, &run->rows);
	unit_format(time, UNIT_TIME, now->time, SCALE_HUMAN);
	snprintf(head, sizeof(head), "Kernel: %s  %s%s\n", options->page->help, time,
		is_empty ? "\nthere are none" : "");
	run->output.head = head;
	run->output.width = process_options_width(&options->process);
	return output_write(
		&run->output, now, &options->process.settings.processes.columns, &run->rows);
}

static int
read_and_write(void *context, int64_t number)
{
	struct run *run = context;
	const struct needs needs = { .bits = kernel_parts[run->options->page->part].need };
	struct snapshot *now = &run->snapshots[number % 2];
	int error = run->source->read(run->source, now, NULL, &needs);

	if (error < 0)
		return command_failure_status("cannot read /proc", error);
	if (number == 1)
		command_tell_hints(&run->output, now, NULL);
	derive(now, number > 1 ? &run->snapshots[(number + 1) % 2] : NULL);
	error = write_block(run, now);
	return error < 0 ? command_failure_status("write error", error) : EXIT_SUCCESS;
}

static int
show(const struct kernel_options *options)
{
	const struct process_options *process = &options->process;
	struct run run = { .options = options, .output = process_options_output(process) };
	int status, error = collect_create(NULL, &run.source);

	if (error < 0)
		return command_failure_status("cannot read /proc", error);
	status = loop_blocks(process->settings.interval, process->count, read_and_write, &run);
	snapshot_finish(&run.snapshots[0]);
	snapshot_finish(&run.snapshots[1]);
	row_list_finish(&run.rows);
	output_finish(&run.output);
	run.source->destroy(run.source);
	return status;
}

static int
take_page(void *settings, const char *word)
{
	struct kernel_options *options = settings;
	struct nearest nearest = { .word = word, .length = strlen(word) };
	char safe[COMMAND_WORD_SIZE];

	if (options->page)
		return command_refuse_word(settings, word);
	options->page = kernel_find_page(word);
	if (options->page)
		return 0;
	for (size_t i = 0; i < KERNEL_PAGES; i++)
		nearest_offer(&nearest, kernel_pages[i].name);
	return command_complain(nearest.name,
		"'%s' is no page; the pages are slab, zones, buddy, reclaim, swap and nodes",
		command_safe_word(word, safe));
}

static int
complete(struct kernel_options *options)
{
	if (!options->page)
		options->page = &kernel_pages[0];
	process_options_default_to_one(&options->process);
	return process_options_complete(&options->process, kernel_parts[options->page->part].table,
		options->page->columns, options->page->order);
}

static void
describe(FILE *file)
{
	fputs("\nPages:\n", file);
	for (size_t i = 0; i < KERNEL_PAGES; i++)
		fprintf(file, " %-10s %s\n", kernel_pages[i].name, kernel_pages[i].help);
	for (size_t i = 0; i < KERNEL_PARTS; i++) {
		fprintf(file, "\nOf kind %s:", kernel_parts[i].table->name);
		options_describe_columns(file, kernel_parts[i].table);
	}
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct kernel_options options = { .all = false };
	int status;

	process_options_init(&options.process);
	if (command_parse(command, argc, argv, &options, &status) >= 0)
		status = complete(&options) < 0 ? command->usage_status : show(&options);
	process_options_finish(&options.process);
	return status;
}

const struct command command_kernel = {
	.name = "kernel",
	.summary =
		"show memory of the kernel: slab caches, zones, free blocks, reclaim, swap, nodes",
	.arguments = "[options] [PAGE]",
	.options = options_table,
	.shared = shared_options,
	.table = &slab_table,
	.describe = describe,
	.usage_status = USAGE_STATUS,
	.take_word = take_page,
	.run = run,
};
