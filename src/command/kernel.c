// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/kernel.h"
#include "base/log.h"
#include "base/text.h"
#include "collect/collect.h"
#include "command/commands.h"
#include "command/loop.h"
#include "command/process-options.h"
#include "model/derive.h"
#include "model/order.h"
#include "model/snapshot.h"
#include "model/source.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_LATER = 64, HEAD_SIZE = 256, WORD_SIZE = 80 };

/* An option whose value names columns can be understood when the page is known. */
struct later {
	const struct command_option *option;
	const char *value;
};

struct kernel_options {
	struct process_options process; /* first: some options are its */
	bool all, has_delay;
	const struct kernel_page *page;
	struct later later[MOST_LATER];
	size_t later_count;
};

#define SETTING(member) offsetof(struct kernel_options, member)

static int
apply_delay(void *settings, const struct command_option *option, const char *value)
{
	((struct kernel_options *)settings)->has_delay = true;
	return process_apply_delay(settings, option, value);
}

static int
apply_later(void *settings, const struct command_option *option, const char *value)
{
	struct kernel_options *options = settings;

	if (options->later_count == MOST_LATER)
		return option_complain(option, value, SIZE_MAX, "given too often");
	options->later[options->later_count++] = (struct later){ option, value };
	return 0;
}

/* clang-format off */
static const struct command_option options_table[] = {
	{ "all", 'a', NULL, "show rows of 0 as well, and counters that this kernel does not have", option_set_flag, SETTING(all), 0 },
	{ "delay", 'd', "SECONDS", "a block every SECONDS", apply_delay, 0, 0 },
	{ "count", 'n', "COUNT", "end after COUNT blocks (1; with --delay: never)", process_apply_count, 0, 0 },
	{ "fields", 'F', "FIELD,...", "columns to show", apply_later, 0, 0 },
	{ "order", 'o', "FIELD", "column to sort by; + before it: largest first, -: smallest first", apply_later, 0, 0 },
	{ "filter", 0, "EXPR", "only rows for which EXPR holds", apply_later, 0, 0 },
	{ "format", 0, "FORMAT", "text, json (one object a line) or csv", process_apply_format, 0, 0 },
	{ "scale", 'e', "UNIT", "show sizes in b, k, m, g, t or p instead of the unit that fits", process_apply_scale, 0, 0 },
	{ "width", 'w', "WIDTH", "cut lines of text at WIDTH columns", process_apply_width, 0, 0 },
	{ .name = NULL },
};
/* clang-format on */

static const struct {
	const char *name;
	int (*apply)(void *settings, const struct command_option *option, const char *value);
} later_options[] = {
	{ "fields", process_apply_fields },
	{ "order", process_apply_order },
	{ "filter", process_apply_filter },
};

struct run {
	const struct kernel_options *options;
	struct source *source;
	struct snapshot snapshots[2];
	struct row_list rows;
	struct output output;
};

static void
choose_rows(struct run *run, const struct snapshot *now)
{
	const struct kernel_options *options = run->options;
	const struct kernel_rows *rows = &now->kernel[options->page->part];
	const struct kernel_part_description *part = &kernel_parts[options->page->part];

	order_build(&run->rows, part->table, rows->rows, rows->count, options->process.filter,
		&options->process.settings.processes.order);
	if (!options->all && part->is_worth_showing)
		row_list_keep(&run->rows, part->is_worth_showing);
}

static int
write_block(struct run *run, struct snapshot *now)
{
	const struct kernel_options *options = run->options;
	bool is_empty = now->kernel[options->page->part].count == 0 &&
			!snapshot_find_hint(now, kernel_parts[options->page->part].need);
	char head[HEAD_SIZE], time[UNIT_FORMAT_SIZE];

	choose_rows(run, now);
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

/* Takes the word that is no option. Returns false where it is no page, which is told. */
static bool
take_page(struct kernel_options *options, int count, char **words)
{
	const char *name = count > 0 ? words[0] : kernel_pages[0].name;
	char word[WORD_SIZE];

	options->page = kernel_find_page(name);
	if (options->page && count <= 1)
		return true;
	text_safe(word, sizeof(word), words[options->page ? 1 : 0], charset_of_locale());
	log_error("'%s' is no page: slab, zones, buddy, reclaim, swap or nodes, one of them", word);
	return false;
}

/* What waited for the page, and what nobody chose. */
static int
complete(struct kernel_options *options)
{
	struct process_options *process = &options->process;
	struct listing *listing = &process->settings.processes;
	size_t position;
	int error = 0;

	process_options_use(process, kernel_parts[options->page->part].table);
	selection_parse(&listing->columns, options->page->columns, &position);
	if (options->page->order)
		order_parse(listing->columns.table, options->page->order, &listing->order);
	for (size_t i = 0; i < options->later_count && error == 0; i++)
		for (size_t j = 0; j < sizeof(later_options) / sizeof(later_options[0]); j++)
			if (strcmp(later_options[j].name, options->later[i].option->name) == 0)
				error = later_options[j].apply(
					process, options->later[i].option, options->later[i].value);
	if (process->count == 0 && !options->has_delay)
		process->count = 1;
	return error;
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
	int status, first;

	process_options_init(&options.process);
	first = command_parse(command, argc, argv, &options, &status);
	if (first >= 0)
		status = take_page(&options, argc - first, argv + first) && complete(&options) == 0
				 ? show(&options)
				 : command->usage_status;
	process_options_finish(&options.process);
	return status;
}

const struct command command_kernel = {
	.name = "kernel",
	.summary = "what the kernel keeps: slab caches, zones, free blocks, reclaim, swap, nodes",
	.arguments = "[options] [PAGE]",
	.options = options_table,
	.table = &slab_table,
	.describe = describe,
	.usage_status = 2,
	.run = run,
};
