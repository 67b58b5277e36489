// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/hand-over.h"

#include "model/snapshot.h"

#include <string.h>

static const struct sampling nothing_sampled = { .duration = UNKNOWN,
	.period = UNKNOWN,
	.samples = UNKNOWN,
	.lost = UNKNOWN,
	.pages = UNKNOWN };

void
sampler_answer_reset(struct sampler_answer *answer)
{
	arena_reset(&answer->report.texts);
	answer->report.faults.count = 0;
	answer->report.has_walks = false;
	answer->sampling = nothing_sampled;
	answer->has_counts = false;
}

/*
 * Processes that this pid namespace does not have come with the number 0, as the kernel's idle
 * task does, which meets no faults.
 */
static const char *
name_of_zero(const struct fault *fault)
{
	return fault->segment ? "(other pid namespace)" : "(idle or other namespace)";
}

static void
add_row(struct snapshot *now, const struct fault *fault)
{
	struct fault *row = snapshot_add_fault(now);

	*row = *fault;
	row->comm = fault->pid == 0 ? name_of_zero(fault) : arena_text(&now->texts, fault->comm);
	row->mapping = arena_text(&now->texts, fault->mapping);
	row->code = arena_text(&now->texts, fault->code);
	row->symbol = arena_text(&now->texts, fault->symbol);
	row->waits = arena_text(&now->texts, fault->waits);
}

static void
add_system(struct system *system, const struct sampler_answer *answer, struct snapshot *now)
{
	system->sampling = answer->sampling;
	system->sampling.missing = arena_text(&now->texts, answer->sampling.missing);
	if (!answer->has_counts)
		return;
	system->tlb_walks = answer->counts.data_walks;
	system->code_tlb_walks = answer->counts.code_walks;
	system->cycles = answer->counts.cycles;
	system->instructions = answer->counts.instructions;
}

/* The value with the most minor faults of each process: rows stand together by process. */
static void
mark_largest(struct snapshot *now, unsigned key, size_t from, size_t to)
{
	struct fault_rows rows = { .count = 0 };
	int64_t largest = 0, pid = UNKNOWN;

	fault_group(&rows, now,
		&(struct fault_grouping){ FAULT_BY_PROCESS | key, UNKNOWN, UNKNOWN, UNKNOWN });
	for (size_t i = 0; i < rows.count; i++) {
		const char *row = (const char *)&rows.rows[i];
		struct process *process = snapshot_find_process(now, rows.rows[i].pid);

		if (rows.rows[i].pid != pid)
			largest = 0;
		pid = rows.rows[i].pid;
		if (!process || rows.rows[i].minor <= largest)
			continue;
		largest = rows.rows[i].minor;
		*(const char **)((char *)snapshot_extras(now, process) + to) =
			*(const char *const *)(row + from);
	}
	fault_rows_finish(&rows);
}

static void
add_walk_rates(struct snapshot *now)
{
	struct fault_rows rows = { .count = 0 };

	fault_group(&rows, now,
		&(struct fault_grouping){ FAULT_BY_PROCESS, UNKNOWN, UNKNOWN, UNKNOWN });
	for (size_t i = 0; i < rows.count; i++) {
		struct process *process = snapshot_find_process(now, rows.rows[i].pid);

		if (process && rows.rows[i].walk_rate != UNKNOWN)
			snapshot_extras(now, process)->tlb_walk_rate = rows.rows[i].walk_rate;
	}
	fault_rows_finish(&rows);
}

void
sampler_answer_add(const struct sampler_answer *answer, struct snapshot *now)
{
	for (size_t i = 0; i < answer->report.faults.count; i++)
		add_row(now, &answer->report.faults.rows[i]);
	add_system(&now->system, answer, now);
	mark_largest(now, FAULT_BY_SEGMENT, offsetof(struct fault, segment),
		offsetof(struct process_extras, fault_segment));
	mark_largest(now, FAULT_BY_CODE, offsetof(struct fault, code),
		offsetof(struct process_extras, fault_code));
	add_walk_rates(now);
}

void
sampler_answer_finish(struct sampler_answer *answer)
{
	fault_report_finish(&answer->report);
}
