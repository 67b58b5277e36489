// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/sampler-result.h"

#include "model/snapshot.h"

#include <stddef.h>

static const struct sampling nothing_sampled = { .duration = UNKNOWN,
	.period = UNKNOWN,
	.samples = UNKNOWN,
	.lost = UNKNOWN,
	.pages = UNKNOWN };
static const struct counts nothing_counted = { UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN };

void
sampler_result_reset(struct sampler_result *answer)
{
	fault_report_reset(&answer->report);
	answer->sampling = nothing_sampled;
	answer->counts = nothing_counted;
}

/*
 * Processes outside this pid namespace have the pid 0, like the kernel's idle task, which has no
 * faults.
 */
static const char *
name_of_zero(const struct fault *fault)
{
	return fault->segment ? "(other pid namespace)" : "(idle or other namespace)";
}

static void
add_rows(struct snapshot *now, const struct rows *faults)
{
	rows_copy(&now->faults, faults, &now->texts);
	for (size_t i = 0; i < now->faults.count; i++)
		if (fault_at(&now->faults, i)->pid == 0)
			fault_at(&now->faults, i)->comm = name_of_zero(fault_at(&now->faults, i));
}

static void
add_system(struct system *system, const struct sampler_result *answer, struct snapshot *now)
{
	system->sampling = answer->sampling;
	system->sampling.missing = arena_text(&now->texts, answer->sampling.missing);
	system->tlb_walks = answer->counts.data_walks;
	system->code_tlb_walks = answer->counts.code_walks;
	system->cycles = answer->counts.cycles;
	system->instructions = answer->counts.instructions;
}

/* Finds, for each process, the value with the most minor faults: rows are grouped by process. */
static void
mark_largest(struct snapshot *now, unsigned key, size_t from, size_t to)
{
	struct rows rows = { .count = 0 };
	int64_t largest = 0, pid = UNKNOWN;

	fault_group(&rows, now,
		&(struct fault_grouping){ FAULT_BY_PROCESS | key, UNKNOWN, UNKNOWN, UNKNOWN });
	for (size_t i = 0; i < rows.count; i++) {
		const char *row = (const char *)fault_at(&rows, i);
		struct process *process = snapshot_find_process(now, fault_at(&rows, i)->pid);

		if (fault_at(&rows, i)->pid != pid)
			largest = 0;
		pid = fault_at(&rows, i)->pid;
		if (!process || fault_at(&rows, i)->minor <= largest)
			continue;
		largest = fault_at(&rows, i)->minor;
		*(const char **)((char *)snapshot_extras(now, process) + to) =
			*(const char *const *)(row + from);
	}
	rows_finish(&rows);
}

static void
add_walk_rates(struct snapshot *now)
{
	struct rows rows = { .count = 0 };

	fault_group(&rows, now,
		&(struct fault_grouping){ FAULT_BY_PROCESS, UNKNOWN, UNKNOWN, UNKNOWN });
	for (size_t i = 0; i < rows.count; i++) {
		struct process *process = snapshot_find_process(now, fault_at(&rows, i)->pid);

		if (process && fault_at(&rows, i)->walk_rate != UNKNOWN)
			snapshot_extras(now, process)->tlb_walk_rate =
				fault_at(&rows, i)->walk_rate;
	}
	rows_finish(&rows);
}

void
sampler_result_add(const struct sampler_result *answer, struct snapshot *now)
{
	add_rows(now, &answer->report.faults);
	add_system(&now->system, answer, now);
	mark_largest(now, FAULT_BY_SEGMENT, offsetof(struct fault, segment),
		offsetof(struct process_extras, fault_segment));
	mark_largest(now, FAULT_BY_CODE, offsetof(struct fault, code),
		offsetof(struct process_extras, fault_code));
	add_walk_rates(now);
}
