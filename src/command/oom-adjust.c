// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/oom.h"

#include "act/oom.h"
#include "base/log.h"
#include "command/child.h"
#include "model/needs.h"
#include "model/oom-lasting.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* A change of processes in progress. */
struct work {
	const struct oom_options *options;
	const struct snapshot *snapshot;
	struct oom_plan plan;
	struct oom_preview preview;
	int status;
};

static void
fail(struct work *work, int64_t pid, int error)
{
	char text[OOM_ERROR_SIZE];

	oom_error_text(pid, error, text);
	log_error("%s", text);
	work->status = EXIT_FAILURE;
}

static void
make_plan(struct work *work)
{
	const struct oom_options *options = work->options;

	for (size_t i = 0; i < options->named.pid_count; i++) {
		int64_t pid = options->named.pids[i];
		const struct process *process = snapshot_find_process(work->snapshot, pid);

		if (!process)
			fail(work, pid, -ESRCH);
		else if (!process_names_mean(&options->named, process))
			fail(work, pid, -ESTALE);
		else if (options->tree)
			oom_plan_add_tree(&work->plan, work->snapshot, process, options->adj);
		else
			oom_plan_add(&work->plan, process, options->adj);
	}
}

/*
 * The preview has the effects of the plan in its order, then the effects on processes that share
 * memory. A failed change leaves all its effects unchanged.
 */
static void
set_result(struct work *work, size_t number, int error)
{
	const struct oom_change *change = &work->plan.changes[number];

	work->preview.effects[number].before.adj = change->from;
	for (size_t i = 0; i < work->preview.count; i++) {
		struct oom_effect *effect = &work->preview.effects[i];

		if (i != number && effect->follows != change->pid)
			continue;
		effect->result = error < 0 ? oom_error_cause(error) : "done";
		if (error < 0)
			effect->after = effect->before;
	}
}

/* choom's text, byte for byte. */
static void
say_changed(const struct oom_change *change)
{
	printf("pid %lld's OOM score adjust value changed from %lld to %lld\n",
		(long long)change->pid, (long long)change->from, (long long)change->to);
}

static void
carry_out(struct work *work)
{
	bool is_text = work->options->table.format == &output_text;

	for (size_t i = 0; i < work->plan.count; i++) {
		struct oom_change *change = &work->plan.changes[i];
		int error = oom_apply(change);

		set_result(work, i, error);
		if (error < 0)
			fail(work, change->pid, error);
		else if (is_text)
			say_changed(change);
	}
}

static int
write_rows(struct table_run *run, const struct work *work)
{
	const struct order as_they_are = { .column = NULL };
	struct selection all = { .table = &oom_effect_table };
	int error;

	for (size_t i = 0; i < oom_effect_table.column_count; i++)
		selection_add(&all, &oom_effect_table.columns[i]);
	order_build(&run->rows, &oom_effect_table, work->preview.effects, work->preview.count, NULL,
		&as_they_are);
	error = output_write(&run->output, run->now, &all, &run->rows);
	selection_finish(&all);
	return error < 0 ? command_failure_status("write error", error) : EXIT_SUCCESS;
}

/* A name has at most 255 bytes, each escaped to at most four; other texts are cut. */
enum { NAME_SIZE = 4 * 255 + 1 };

static const char *
safe(const char *text, char copy[static NAME_SIZE])
{
	text_safe(copy, NAME_SIZE, text ? text : "-", charset_of_locale());
	return copy;
}

static void
print_standing(const struct work *work, const char *label, const struct oom_standing *standing,
	size_t ranked)
{
	enum scale scale = work->options->table.scale;
	char adj[UNIT_FORMAT_SIZE], score[UNIT_FORMAT_SIZE], badness[UNIT_FORMAT_SIZE];
	char reason[NAME_SIZE];

	unit_format(adj, UNIT_NUMBER, standing->adj, scale);
	unit_format(score, UNIT_NUMBER, standing->score, scale);
	unit_format(badness, UNIT_BYTES, standing->badness, scale);
	printf("%s  adj %5s  score %4s  badness %7s  ", label, adj, score, badness);
	if (standing->rank != UNKNOWN)
		printf("rank %lld of %zu\n", (long long)standing->rank, ranked);
	else if (standing->protection)
		printf("never killed: %s\n", safe(standing->protection, reason));
	else
		puts("rank -");
}

static void
print_effect(const struct work *work, const struct oom_effect *effect)
{
	char comm[NAME_SIZE], user[NAME_SIZE], unit[NAME_SIZE];

	printf("OOM priority of %lld %s (user %s, unit %s)", (long long)effect->pid,
		safe(effect->comm, comm), safe(effect->user, user), safe(effect->unit, unit));
	if (effect->follows != UNKNOWN)
		printf(", which shares the memory of %lld and changes with it",
			(long long)effect->follows);
	putchar('\n');
	print_standing(work, "now", &effect->before, work->preview.ranked_before);
	print_standing(work, "new", &effect->after, work->preview.ranked_after);
	if (effect->process->is_kernel_thread)
		puts("     a kernel thread: this would be refused");
}

static void
print_first(const struct work *work, const char *label, const struct process *process)
{
	enum scale scale = work->options->table.scale;
	char comm[NAME_SIZE], frees[UNIT_FORMAT_SIZE];

	if (!process) {
		printf("%s: nobody\n", label);
		return;
	}
	unit_format(frees, UNIT_BYTES, process->weight->frees, scale);
	printf("%s: %lld %s (frees about %s)\n", label, (long long)process->pid,
		safe(process->comm, comm), frees);
}

static void
print_lasting(const struct oom_effect *effect)
{
	char text[OOM_LASTING_SIZE];

	oom_lasting_text(effect->process, effect->after.adj, text);
	printf("to make it last: %s", text);
}

static void
print_preview(const struct work *work)
{
	const struct oom_preview *preview = &work->preview;
	bool lowers = false;

	for (size_t i = 0; i < preview->count; i++) {
		print_effect(work, &preview->effects[i]);
		lowers = lowers || preview->effects[i].after.adj < preview->effects[i].before.adj;
	}
	if (preview->count == 0)
		return;
	print_first(work, "dies first now", preview->first_before);
	print_first(work, "dies first then", preview->first_after);
	printf("children started from then on inherit it; %zu running below keep theirs%s\n",
		preview->children, preview->children > 0 ? " (--tree changes them)" : "");
	if (lowers && !oom_may_lower())
		puts("lowering may need CAP_SYS_RESOURCE, which this process lacks");
	if (preview->count == 1)
		print_lasting(&preview->effects[0]);
	puts("nothing was changed");
}

static void
ask(const struct table_run *run, struct needs *needs)
{
	*needs = (struct needs){ .bits = NEED_BADNESS | NEED_OWNER };
}

static int
change_processes(struct table_run *run)
{
	const struct oom_options *options = run->own;
	struct work work = { .options = options, .status = EXIT_SUCCESS };
	int status = table_run_read(run);

	if (status != EXIT_SUCCESS)
		return status;
	work.snapshot = run->now;
	make_plan(&work);
	oom_preview(&work.preview, run->now, &work.plan);
	if (!options->dry_run)
		carry_out(&work);
	if (options->table.format != &output_text)
		status = write_rows(run, &work);
	else if (options->dry_run)
		print_preview(&work);
	oom_preview_finish(&work.preview);
	oom_plan_finish(&work.plan);
	return status == EXIT_SUCCESS ? work.status : status;
}

const struct table_command oom_changes = { .ask = ask, .show = change_processes };

/* The adjustment is inherited and kept over exec. Returns only on failure. */
int
oom_start_command(const struct oom_options *options, char **words)
{
	struct oom_change change;
	int error = oom_look_up(getpid(), &change);

	if (error == 0) {
		change.to = options->adj;
		error = oom_apply(&change);
	}
	if (error < 0) {
		char text[OOM_ERROR_SIZE];

		oom_error_text(getpid(), error, text);
		log_error("%s", text);
		return EXIT_FAILURE;
	}
	return child_become(words);
}
