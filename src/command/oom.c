// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/oom.h"

#include "base/log.h"
#include "base/text.h"
#include "command/process-options.h"
#include "model/badness.h"
#include "model/needs.h"
#include "model/oom-domain.h"
#include "model/oom-plan.h"
#include "model/process.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void
ask(const struct table_run *run, struct needs *needs)
{
	const struct oom_options *options = run->own;

	needs->scope = options->cgroup;
}

/* Writes the head: a prediction, its scope, and doubts about it. */
static void
write_head(struct table_run *run)
{
	const struct system *system = &run->now->system;
	const char *warning = badness_warning(system);
	const struct output *output = &run->output;
	char text[OOM_DOMAIN_TEXT_SIZE];

	oom_domain_say(system, output->charset, output->scale, text, sizeof(text));
	table_run_head(run, "Who dies first, a prediction: %s\n", text);
	if (oom_domain_note(system, output->charset, output->scale, text, sizeof(text)))
		table_run_head(run, "%s\n", text);
	if (warning)
		table_run_head(run, "warning: %s\n", warning);
}

/* Leaves out kernel threads: they are never chosen, and would fill the end of the list. */
static void
keep_candidates(struct row_list *rows, const struct badness_scope *scope)
{
	size_t count = 0;

	for (size_t i = 0; i < rows->count; i++) {
		const struct process *process = rows->rows[i];

		if (process->is_kernel_thread || !badness_is_candidate(scope, process))
			continue;
		rows->rows[count++] = process;
	}
	rows->count = count;
}

/* Returns whether the scope can be read, and reports why not. */
static bool
has_scope(const struct oom_options *options, const struct snapshot *snapshot)
{
	const struct hint *hint = snapshot_find_hint(snapshot, NEED_OOM);
	char path[512];

	if (!hint || !options->cgroup)
		return true;
	text_safe(path, sizeof(path), options->cgroup, CHARSET_ASCII);
	log_error("cannot read the memory cgroup '%s': %s", path, strerror(hint->error));
	return false;
}

/* Formats without space for a warning have it on standard error. */
static void
tell_warning(const struct table_run *run)
{
	const char *warning = badness_warning(&run->now->system);

	if (warning && run->output.format != &output_text)
		log_error("warning: %s", warning);
}

/* Reports requested processes that do not exist, one line each. */
static int
check_pids(const struct oom_options *options, const struct snapshot *snapshot)
{
	int status = EXIT_SUCCESS;

	for (size_t i = 0; i < options->named.pid_count; i++)
		if (!snapshot_find_process(snapshot, options->named.pids[i])) {
			log_error("cannot read OOM score of %lld: No such process",
				(long long)options->named.pids[i]);
			status = EXIT_FAILURE;
		}
	return status;
}

static int
list_candidates(struct table_run *run)
{
	const struct oom_options *options = run->own;
	const struct snapshot *now = run->now;
	const struct badness_scope scope = badness_scope_of(now);

	if (!has_scope(options, now))
		return EXIT_FAILURE;
	table_run_list(run, now->processes, now->process_count, NULL);
	if (options->named.pid_count == 0)
		keep_candidates(&run->rows, &scope);
	if (run->number == 1) {
		run->status = check_pids(options, now);
		tell_warning(run);
	}
	return EXIT_SUCCESS;
}

static const struct table_command order = {
	.needs = NEED_BADNESS | NEED_OOM,
	.ask = ask,
	.rows = list_candidates,
	.head = write_head,
};

/* choom's text, byte for byte. */
static int
show_process(const struct snapshot *snapshot, int64_t pid)
{
	const struct process *process = snapshot_find_process(snapshot, pid);
	const char *cause = !process ? "No such process" : "Permission denied";

	if (!process || process->oom_score == UNKNOWN || process->oom_adj == UNKNOWN) {
		log_error("cannot read OOM score of %lld: %s", (long long)pid, cause);
		return EXIT_FAILURE;
	}
	printf("pid %lld's current OOM score: %lld\n"
	       "pid %lld's current OOM score adjust value: %lld\n",
		(long long)pid, (long long)process->oom_score, (long long)pid,
		(long long)process->oom_adj);
	return EXIT_SUCCESS;
}

static void
ask_for_scores(const struct table_run *run, struct needs *needs)
{
	const struct oom_options *options = run->own;

	*needs = (struct needs){ .bits = NEED_PROCESSES | NEED_STAT | NEED_OOM_SCORE | NEED_OOM_ADJ,
		.pids = options->named.pids,
		.pid_count = options->named.pid_count };
}

static int
show_processes(struct table_run *run)
{
	const struct process_names *named = &((const struct oom_options *)run->own)->named;
	int status = table_run_read(run);

	for (size_t i = 0; status == EXIT_SUCCESS && i < named->pid_count; i++)
		if (show_process(run->now, named->pids[i]) != EXIT_SUCCESS)
			run->status = EXIT_FAILURE;
	return status;
}

static const struct table_command scores = { .ask = ask_for_scores, .show = show_processes };

static int
apply_adj(void *settings, const struct command_option *option, const char *value)
{
	struct oom_options *options = settings;

	value += *value == '+' && value[1] != '-';
	options->has_adj = true;
	return option_set_number(&options->adj, option, value, OOM_ADJ_LEAST, OOM_ADJ_MOST,
		"not a number from -1000 to 1000");
}

static int
apply_legacy(void *settings, const struct command_option *option, const char *value)
{
	struct oom_options *options = settings;
	int64_t legacy;

	value += *value == '+' && value[1] != '-';
	if (option_set_number(&legacy, option, value, OOM_LEGACY_LEAST, OOM_LEGACY_MOST,
		    "not a number from -17 to 15") < 0)
		return -EINVAL;
	options->adj = oom_from_legacy(legacy);
	options->has_adj = true;
	log_error("%lld of the old scale is an adjustment of %lld", (long long)legacy,
		(long long)options->adj);
	return 0;
}

/* As in choom, words after the adjustment are a command, before it processes. */
static int
take_word(void *settings, const char *word)
{
	struct oom_options *options = settings;

	return options->has_adj ? 1 : process_names_take(&options->named, word);
}

#define SETTING(member) offsetof(struct oom_options, member)

/* clang-format off */
static const struct command_option options_table[] = {
	{ "pid", 'p', "PID,...", "show the score and adjustment of these processes, by PID or NAME, or change them", process_names_apply, SETTING(named), 0 },
	{ "adjust", 'n', "ADJ", "set the adjustment, -1000 to 1000; without -p start COMMAND with it", apply_adj, 0, 0 },
	{ "legacy", 0, "LEVEL", "the same on the old scale, -17 to 15, converted as the kernel does", apply_legacy, 0, 0 },
	{ "tree", 0, NULL, "also change all their child processes", option_set_flag, SETTING(tree), 0 },
	{ "dry-run", 0, NULL, "change nothing: show rank, bytes and score before and after", option_set_flag, SETTING(dry_run), 0 },
	{ "cgroup", 0, "PATH", "which process is killed first when this memory cgroup is at its limit", option_set_text, SETTING(cgroup), 0 },
	{ .name = NULL },
};
/* clang-format on */

static bool
is_about_order(const struct oom_options *options)
{
	const unsigned about_order =
		1u << KEPT_DELAY | 1u << KEPT_FIELDS | 1u << KEPT_ORDER | 1u << KEPT_FILTER;

	return options->cgroup || options->table.top > 0 || options->table.count > 0 ||
	       options->table.given & about_order;
}

/* Whether the command line has only options of choom: then errors have its status. */
static bool
is_as_choom(const struct oom_options *options)
{
	return !is_about_order(options) && !options->tree && !options->dry_run;
}

/* The error in the combination of options, or NULL. */
static const char *
complaint_about(const struct oom_options *options, bool has_words)
{
	bool is_named = process_names_count(&options->named) > 0;

	if (has_words && (is_named || !options->has_adj))
		return is_named ? "a process and a command exclude each other"
				: "a command needs the adjustment to start it with (-n)";
	if (options->table.past.is_asked && (options->has_adj || has_words))
		return "what is recorded cannot be changed";
	if (options->has_adj && !is_named && !has_words)
		return "-n needs processes (-p) or a command";
	if ((options->tree || options->dry_run) && (!options->has_adj || has_words))
		return "--tree and --dry-run are about changes of processes (-p and -n)";
	if (options->has_adj && is_about_order(options))
		return "-d, --count, -F, -o, --filter, --top and --cgroup are about the order, not "
		       "about changes";
	return NULL;
}

static const struct table_command *
form_of(const struct oom_options *options)
{
	if (options->has_adj)
		return &oom_changes;
	return process_names_count(&options->named) > 0 && !is_about_order(options) &&
			       !options->table.past.is_asked &&
			       options->table.format == &output_text
		       ? &scores
		       : &order;
}

static int
prepare(struct table_run *run)
{
	struct oom_options *options = run->own;
	struct process_names *named = &options->named;
	const char *complaint = complaint_about(options, run->words[0]);
	int status;

	if (complaint) {
		command_complain(NULL, "%s", complaint);
		return is_as_choom(options) ? -EINVAL : USAGE_STATUS;
	}
	run->command = form_of(options);
	if (table_options_complete(
		    run->options, &candidate_table, process_kill_order_columns, "rank") < 0)
		return USAGE_STATUS;
	if (run->words[0])
		return oom_start_command(options, run->words);
	named->past = &options->table.past;
	status = process_names_find(named, options->has_adj);
	if (status == EXIT_SUCCESS)
		table_options_filter_pids(run->options, named->pids, named->pid_count);
	return status;
}

static const struct table_command lists = { .prepare = prepare };

static int
run(const struct command *command, int argc, char **argv)
{
	struct oom_options options = { .named = { .runs_command = true } };
	int status = table_command_run(command, &lists, &options, &options.table, argc, argv);

	process_names_finish(&options.named);
	return status;
}

const struct command command_oom = {
	.name = "oom",
	.summary = "show which process is killed first when memory runs out, and change it",
	.arguments = "[options] [PID | NAME]...\n memtop oom -p PID -n ADJ\n"
		     " memtop oom -n ADJ [--] COMMAND [ARGUMENT...]",
	.options = options_table,
	.shared = { { table_option_rows, SETTING(table) },
		{ past_option_rows, SETTING(table.past) } },
	.describe = process_options_describe,
	.usage_status = EXIT_FAILURE, /* as choom */
	.take_word = take_word,
	.runs_command = true,
	.run = run,
};
