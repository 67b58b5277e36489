// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/oom.h"

#include "base/log.h"
#include "model/badness.h"
#include "model/needs.h"
#include "model/oom-domain.h"

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

		if (process->kernel_thread == 1 || !badness_is_candidate(scope, process))
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

const struct table_command oom_order = {
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

const struct table_command oom_processes = { .ask = ask_for_scores, .show = show_processes };
