// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/oom.h"

#include "base/log.h"
#include "base/text.h"
#include "collect/collect.h"
#include "command/commands.h"
#include "model/derive.h"
#include "model/oom-plan.h"
#include "model/order.h"
#include "model/snapshot.h"
#include "model/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
apply_adj(void *settings, const struct command_option *option, const char *value)
{
	struct oom_options *options = settings;
	int64_t adj;

	value += *value == '+' && value[1] != '-';
	if (text_to_number(value, &adj) < 0 || adj < OOM_ADJ_LEAST || adj > OOM_ADJ_MOST)
		return option_complain(option, value, SIZE_MAX, "not a number from -1000 to 1000");
	options->adj = adj;
	options->has_adj = true;
	return 0;
}

static int
apply_legacy(void *settings, const struct command_option *option, const char *value)
{
	struct oom_options *options = settings;
	int64_t legacy;

	value += *value == '+' && value[1] != '-';
	if (text_to_number(value, &legacy) < 0 || legacy < OOM_LEGACY_LEAST ||
		legacy > OOM_LEGACY_MOST)
		return option_complain(option, value, SIZE_MAX, "not a number from -17 to 15");
	options->adj = oom_from_legacy(legacy);
	options->has_adj = true;
	log_error("%lld of the old scale is an adjustment of %lld", (long long)legacy,
		(long long)options->adj);
	return 0;
}

static int
apply_top(void *settings, const struct command_option *option, const char *value)
{
	struct oom_options *options = settings;

	if (text_to_number(value, &options->top) < 0 || options->top < 1)
		return option_complain(option, value, SIZE_MAX, "not a count of at least 1");
	return 0;
}

static int
apply_fields(void *settings, const struct command_option *option, const char *value)
{
	struct oom_options *options = settings;

	options->has_fields = true;
	return process_apply_fields(settings, option, value);
}

#define SETTING(member) offsetof(struct oom_options, member)

/* clang-format off */
static const struct command_option options_table[] = {
	{ "pid", 'p', "PID,...", "show the score and adjustment of these processes, or change them", process_apply_pids, 0, 0 },
	{ "adjust", 'n', "ADJ", "set the adjustment, -1000 to 1000; without -p start COMMAND with it", apply_adj, 0, 0 },
	{ "legacy", 0, "LEVEL", "the same on the old scale, -17 to 15, converted as the kernel does", apply_legacy, 0, 0 },
	{ "tree", 0, NULL, "change all processes below those as well", option_set_flag, SETTING(tree), 0 },
	{ "dry-run", 0, NULL, "change nothing: show rank, bytes and score before and after", option_set_flag, SETTING(dry_run), 0 },
	{ "cgroup", 0, "PATH", "who dies first when this memory cgroup is at its limit", option_set_text, SETTING(cgroup), 0 },
	{ "top", 0, "COUNT", "only the first COUNT of the order", apply_top, 0, 0 },
	{ "fields", 'F', "FIELD,...", "columns to show", apply_fields, 0, 0 },
	{ "filter", 0, "EXPR", "only processes for which EXPR holds", process_apply_filter, 0, 0 },
	{ "format", 0, "FORMAT", "text, json (one object a line) or csv", process_apply_format, 0, 0 },
	{ "scale", 'e', "UNIT", "show sizes in b, k, m, g, t or p instead of the unit that fits", process_apply_scale, 0, 0 },
	{ "width", 'w', "WIDTH", "cut lines of text at WIDTH columns", process_apply_width, 0, 0 },
	{ .name = NULL },
};
/* clang-format on */

int
oom_read(const struct needs *needs, struct snapshot *ret_snapshot, struct source **ret_source)
{
	struct snapshot snapshot = { .time = 0 };
	struct source *source;
	int error = collect_create(NULL, &source);

	if (error == 0) {
		error = source->read(source, &snapshot, NULL, needs);
		if (error < 0)
			source->destroy(source);
	}
	if (error < 0) {
		log_error("cannot read /proc: %s", strerror(-error));
		return error;
	}
	derive(&snapshot, NULL);
	*ret_snapshot = snapshot;
	*ret_source = source;
	return 0;
}

int
oom_write(struct output *output, const struct snapshot *snapshot, const struct selection *selection,
	const struct row_list *rows)
{
	int error = output_write(output, snapshot, selection, rows);

	if (error == 0 || error == -EPIPE)
		return EXIT_SUCCESS;
	log_error("write error: %s", strerror(-error));
	return EXIT_FAILURE;
}

static bool
is_about_order(const struct oom_options *options)
{
	return options->cgroup || options->top > 0 || options->has_fields ||
	       filter_needs(options->process.filter) != 0;
}

/* Which form it is, or what is wrong with the combination of options. */
static const char *
choose_form(const struct oom_options *options, int (**ret_form)(const struct oom_options *options))
{
	bool has_pids = options->process.pid_count > 0, has_words = options->words[0] != NULL;

	if (has_words && (has_pids || !options->has_adj))
		return has_pids ? "-p and a command exclude each other"
				: "a command needs the adjustment to start it with (-n)";
	if (options->has_adj && !has_pids && !has_words)
		return "-n needs processes (-p) or a command";
	if ((options->tree || options->dry_run) && (!options->has_adj || has_words))
		return "--tree and --dry-run are about changes of processes (-p and -n)";
	if (options->has_adj && is_about_order(options))
		return "--cgroup, --top, --filter and -F are about the order, not about changes";
	*ret_form =
		has_words          ? oom_start_command
		: options->has_adj ? oom_change_processes
		: has_pids && !is_about_order(options) && options->process.format == &output_text
			? oom_show_processes
			: oom_show_order;
	return NULL;
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct oom_options options = { .top = 0 };
	int (*form)(const struct oom_options *options);
	const char *complaint;
	size_t position;
	int status, first;

	process_options_init(&options.process);
	options.process.settings.processes.columns.table = &candidate_table;
	options.process.settings.processes.columns.count = 0;
	selection_parse(
		&options.process.settings.processes.columns, process_kill_order_columns, &position);
	first = command_parse(command, argc, argv, &options, &status);
	if (first >= 0) {
		options.words = argv + first;
		complaint = choose_form(&options, &form);
		if (complaint)
			log_error("%s", complaint);
		status = complaint ? command->usage_status : form(&options);
	}
	process_options_finish(&options.process);
	return status;
}

const struct command command_oom = {
	.name = "oom",
	.summary = "who dies first when memory runs out, and changing that",
	.arguments = "[options] [-n ADJ [--] COMMAND [ARGUMENT...]]",
	.options = options_table,
	.describe = process_options_describe,
	.usage_status = 2,
	.run = run,
};
