// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/kernel.h"
#include "base/nearest.h"
#include "command/table-command.h"
#include "model/needs.h"

#include <string.h>

struct kernel_options {
	struct table_options table;
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

static const struct kernel_page *
page_of(const struct table_run *run)
{
	const struct kernel_options *own = run->own;

	return own->page ? own->page : &kernel_pages[0];
}

static int
prepare(struct table_run *run)
{
	const struct kernel_page *page = page_of(run);

	return table_options_complete(
		run->options, kernel_parts[page->part].table, page->columns, page->order);
}

static void
ask(const struct table_run *run, struct needs *needs)
{
	needs->bits |= kernel_parts[page_of(run)->part].need;
}

static int
list_page(struct table_run *run)
{
	const struct kernel_options *own = run->own;
	enum kernel_part part = page_of(run)->part;

	const struct rows *rows = &run->now->kernel[part];

	return table_run_list(run, rows->data, rows->count,
		own->all ? NULL : kernel_parts[part].is_worth_showing);
}

static void
write_head(struct table_run *run)
{
	const struct kernel_page *page = page_of(run);
	bool is_empty = run->now->kernel[page->part].count == 0 &&
			!snapshot_find_hint(run->now, kernel_parts[page->part].need);
	char time[UNIT_FORMAT_SIZE];

	unit_format(time, UNIT_TIME, run->now->time, SCALE_HUMAN);
	table_run_head(
		run, "Kernel: %s  %s%s\n", page->help, time, is_empty ? "\nthere are none" : "");
}

static const struct table_command lists = {
	.prepare = prepare,
	.ask = ask,
	.rows = list_page,
	.head = write_head,
};

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

static void
describe(FILE *file)
{
	fputs("\nPages:\n", file);
	for (size_t i = 0; i < KERNEL_PAGES; i++)
		fprintf(file, " %-10s %s\n", kernel_pages[i].name, kernel_pages[i].help);
	for (size_t i = 0; i < KERNEL_PARTS; i++) {
		fprintf(file, "\nOf kind %s:", kernel_parts[i].table->name);
		command_describe_columns(kernel_parts[i].table, file);
	}
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct kernel_options own = { .all = false };

	return table_command_run(command, &lists, &own, &own.table, argc, argv);
}

const struct command command_kernel = {
	.name = "kernel",
	.summary =
		"show memory of the kernel: slab caches, zones, free blocks, reclaim, swap, nodes",
	.arguments = "[options] [PAGE]",
	.options = options_table,
	.shared = { { table_option_rows, SETTING(table) },
		{ past_option_rows, SETTING(table.past) } },
	.table = &slab_table,
	.describe = describe,
	.usage_status = USAGE_STATUS,
	.take_word = take_page,
	.run = run,
};
