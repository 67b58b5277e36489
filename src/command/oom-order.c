// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/oom.h"

#include "base/log.h"
#include "base/memory.h"
#include "collect/collect.h"
#include "command/loop.h"
#include "model/badness.h"
#include "model/derive.h"
#include "model/needs.h"
#include "model/oom-domain.h"
#include "model/snapshot.h"
#include "model/source.h"
#include "table/order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Two lines about the scope and a warning. */
enum { HEAD_SIZE = 2 * OOM_DOMAIN_TEXT_SIZE + 256 };

static struct needs
needs_of(const struct oom_options *options)
{
	return (struct needs){
		.bits = NEED_BADNESS | NEED_OOM | filter_needs(options->process.filter) |
			selection_needs(&options->process.settings.processes.columns),
		.scope = options->cgroup
	};
}

/* What stands above the table: that it is a prediction, of what, and what is against it. */
static void
write_head(
	char head[static HEAD_SIZE], const struct snapshot *snapshot, const struct output *output)
{
	const char *warning = badness_warning(&snapshot->system);
	char text[OOM_DOMAIN_TEXT_SIZE];
	int length;

	oom_domain_say(&snapshot->system, output->charset, output->scale, text, sizeof(text));
	length = snprintf(head, HEAD_SIZE, "Who dies first, a prediction: %s\n", text);
	if (oom_domain_note(&snapshot->system, output->charset, output->scale, text, sizeof(text)))
		length += snprintf(head + length, HEAD_SIZE - (size_t)length, "%s\n", text);
	if (warning)
		snprintf(head + length, HEAD_SIZE - (size_t)length, "warning: %s\n", warning);
}

/* Kernel threads are never chosen and would only fill the end of the list. */
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

/* What is wrong with the scope or with the processes asked for: an exit status. */
static int
check_hints(const struct oom_options *options, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->hint_count; i++) {
		const struct hint *hint = &snapshot->hints[i];
		char path[512];

		if (hint->need != NEED_OOM || !options->cgroup)
			continue;
		text_safe(path, sizeof(path), options->cgroup, CHARSET_ASCII);
		log_error("cannot read the memory cgroup '%s': %s", path, strerror(hint->error));
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

/* What a format has no place for is said on standard error. */
static void
tell(const struct output *output, const struct snapshot *snapshot, const struct row_list *rows)
{
	const char *warning = badness_warning(&snapshot->system);

	if (warning && output->format != &output_text)
		log_error("warning: %s", warning);
	command_tell_hints(output, snapshot, rows);
}

/* Processes asked for that are not there: one line each. */
static int
check_pids(const struct oom_options *options, const struct snapshot *snapshot)
{
	int status = EXIT_SUCCESS;

	for (size_t i = 0; i < options->process.pid_count; i++)
		if (!snapshot_find_process(snapshot, options->process.pids[i])) {
			log_error("cannot read OOM score of %lld: No such process",
				(long long)options->process.pids[i]);
			status = EXIT_FAILURE;
		}
	return status;
}

/* One run of the command. */
struct run {
	const struct oom_options *options;
	struct source *source;
	struct snapshot snapshots[2];
	struct row_list rows;
	struct output output;
	int status; /* of processes that are not there */
	char *head; /* HEAD_SIZE bytes, for what stands above the table */
};

static void
choose_rows(struct run *run, const struct snapshot *now)
{
	const struct process_options *process = &run->options->process;
	const struct badness_scope scope = badness_scope_of(now);
	struct process_options all = *process;

	all.top = 0; /* it is about those that can be killed */
	process_options_choose(&all, now->processes, now->process_count, NULL, &run->rows);
	if (process->pid_count == 0)
		keep_candidates(&run->rows, &scope);
	if (process->top > 0 && (uint64_t)process->top < run->rows.count)
		run->rows.count = (size_t)process->top;
}

static int
write_block(void *context, int64_t number)
{
	struct run *run = context;
	const struct needs needs = needs_of(run->options);
	struct snapshot *now = &run->snapshots[number % 2];
	struct output *output = &run->output;
	int error = run->source->read(run->source, now, NULL, &needs);

	if (error < 0)
		return command_failure_status("cannot read /proc", error);
	derive(now, number > 1 ? &run->snapshots[(number + 1) % 2] : NULL);
	if (check_hints(run->options, now) != EXIT_SUCCESS)
		return EXIT_FAILURE;
	choose_rows(run, now);
	if (number == 1) {
		run->status = check_pids(run->options, now);
		tell(output, now, &run->rows);
	}
	write_head(run->head, now, output);
	output->head = run->head;
	output->width = process_options_width(&run->options->process);
	error = output_write(
		output, now, &run->options->process.settings.processes.columns, &run->rows);
	return error < 0 ? command_failure_status("write error", error) : EXIT_SUCCESS;
}

int
oom_show_order(const struct oom_options *options)
{
	const struct process_options *process = &options->process;
	struct run run = { .options = options, .output = process_options_output(process) };
	int status, error = collect_create(NULL, &run.source);

	if (error < 0)
		return command_failure_status("cannot read /proc", error);
	if (process->pid_count > 0)
		filter_add_set(process->filter, table_column(&candidate_table, "pid"),
			process->pids, process->pid_count);
	run.head = xmalloc(HEAD_SIZE);
	status = loop_blocks(process->settings.interval, process->count, write_block, &run);
	snapshot_finish(&run.snapshots[0]);
	snapshot_finish(&run.snapshots[1]);
	row_list_finish(&run.rows);
	output_finish(&run.output);
	free(run.head);
	run.source->destroy(run.source);
	return status == EXIT_SUCCESS ? run.status : status;
}

/* As choom shows it, byte for byte. */
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

int
oom_show_processes(const struct oom_options *options)
{
	const struct needs needs = { .bits = NEED_PROCESSES | NEED_STAT | NEED_OOM_SCORE |
					     NEED_OOM_ADJ,
		.pids = options->process.pids,
		.pid_count = options->process.pid_count };
	struct snapshot snapshot;
	struct source *source;
	int status = EXIT_SUCCESS;

	if (oom_read(&needs, &snapshot, &source) < 0)
		return EXIT_FAILURE;
	for (size_t i = 0; i < options->process.pid_count; i++)
		if (show_process(&snapshot, options->process.pids[i]) != EXIT_SUCCESS)
			status = EXIT_FAILURE;
	snapshot_finish(&snapshot);
	source->destroy(source);
	return status;
}
