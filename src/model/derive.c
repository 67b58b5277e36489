// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/derive.h"

#include "base/index.h"
#include "base/known.h"
#include "base/macros.h"
#include "model/badness.h"
#include "model/needs.h"
#include "model/snapshot.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define LONGEST_READ NS_PER_SEC

/* The change between two values over `elapsed`, scaled to `span` (both nanoseconds). */
static int64_t
change(int64_t now, int64_t before, int64_t elapsed, double span)
{
	if (now == UNKNOWN || before == UNKNOWN || elapsed <= 0)
		return UNKNOWN;
	return known_rounded(((double)now - (double)before) * span / (double)elapsed);
}

/* The rate of a counter; UNKNOWN if it went back (reset, or another counter). */
static int64_t
rate(int64_t now, int64_t before, int64_t elapsed)
{
	return now < before ? UNKNOWN : change(now, before, elapsed, 1000 * NS_PER_SEC);
}

/* The growth of a counter; UNKNOWN if it went back. */
static int64_t
growth(int64_t now, int64_t before)
{
	return now == UNKNOWN || before == UNKNOWN || now < before ? UNKNOWN : now - before;
}

static int64_t
walks_per_million(const struct system *now, const struct system *before)
{
	int64_t data = growth(now->tlb_walks, before->tlb_walks);
	int64_t code = growth(now->code_tlb_walks, before->code_tlb_walks);
	int64_t instructions = growth(now->instructions, before->instructions);

	if (data == UNKNOWN || code == UNKNOWN || instructions == UNKNOWN || instructions == 0)
		return UNKNOWN;
	return known_rounded(((double)data + (double)code) * 1e6 / (double)instructions);
}

/* A counter of pages in bytes per second. */
static int64_t
bytes_rate(int64_t now, int64_t before, int64_t elapsed)
{
	double page = (double)sysconf(_SC_PAGESIZE);

	return now < before ? UNKNOWN : change(now, before, elapsed, page * NS_PER_SEC);
}

static void
derive_system(struct system *now, const struct system *before, int64_t elapsed)
{
	now->fault_rate = rate(now->faults, before->faults, elapsed);
	now->major_fault_rate = rate(now->major_faults, before->major_faults, elapsed);
	now->swap_in_rate = rate(now->pages_swapped_in, before->pages_swapped_in, elapsed);
	now->swap_out_rate = rate(now->pages_swapped_out, before->pages_swapped_out, elapsed);
	now->scan_rate = rate(now->pages_scanned, before->pages_scanned, elapsed);
	now->reclaim_rate = rate(now->pages_reclaimed, before->pages_reclaimed, elapsed);
	now->anon_refault_rate = rate(now->anon_refaults, before->anon_refaults, elapsed);
	now->swap_in_bytes_rate =
		bytes_rate(now->pages_swapped_in, before->pages_swapped_in, elapsed);
	now->swap_out_bytes_rate =
		bytes_rate(now->pages_swapped_out, before->pages_swapped_out, elapsed);
	now->reclaim_bytes_rate =
		bytes_rate(now->pages_reclaimed, before->pages_reclaimed, elapsed);
	now->tlb_walk_rate = rate(now->tlb_walks, before->tlb_walks, elapsed);
	now->code_tlb_walk_rate = rate(now->code_tlb_walks, before->code_tlb_walks, elapsed);
	now->walks_per_million = walks_per_million(now, before);
	now->self_cpu_share = change(now->self_cpu_time, before->self_cpu_time, elapsed, 1000);
}

/* A process may start while the snapshot is read. */
static int64_t
age_of(const struct process *process, int64_t time, double ticks)
{
	int64_t age;

	if (process->start_time == UNKNOWN)
		return UNKNOWN;
	age = known_rounded((double)time - (double)process->start_time / ticks * NS_PER_SEC);
	if (age >= 0)
		return age;
	return age == UNKNOWN || age < -LONGEST_READ ? UNKNOWN : 0;
}

static void
derive_sums(struct process *process, const struct system *system)
{
	process->used = UNKNOWN;
	process->memory_share = UNKNOWN;
	process->cpu_share = UNKNOWN;
	process->minor_fault_rate = UNKNOWN;
	process->major_fault_rate = UNKNOWN;
	process->growth = UNKNOWN;
	if (process->resident == UNKNOWN)
		return;
	process->used = known_sum(process->resident, process->swap);
	process->memory_share = known_share(process->resident, system->total);
}

/*
 * A process that was not read keeps its last rates. So does one that was read before a moment ago,
 * between two refreshes: a rate over a moment says little. `interval`: since the refresh before; 0:
 * this is none, and `before` had its rates at `last`.
 */
static void
derive_rates(struct process *now, const struct process *before, int64_t interval, int64_t last)
{
	int64_t elapsed = known_difference(now->look_time, before->look_time);
	bool is_short = interval == 0 ? before->look_time >= last
				      : elapsed < interval / 2 && before->cpu_share != UNKNOWN;

	if (elapsed == 0 || is_short) {
		now->cpu_share = before->cpu_share;
		now->minor_fault_rate = before->minor_fault_rate;
		now->major_fault_rate = before->major_fault_rate;
		return;
	}
	now->cpu_share = change(now->cpu_time, before->cpu_time, elapsed, 1000);
	now->minor_fault_rate = rate(now->minor_faults, before->minor_faults, elapsed);
	now->major_fault_rate = rate(now->major_faults, before->major_faults, elapsed);
}

/*
 * Where its sizes were read, they may have changed long before this refresh. Where they were not,
 * it has not grown if it has not run; else that is not known, and its last rate stays. `interval`:
 * since the refresh before; 0: this is none.
 */
static int64_t
resident_growth(const struct process *now, const struct process *before, int64_t interval)
{
	bool is_read = now->memory_time != before->memory_time;
	int64_t elapsed = is_read          ? known_difference(now->memory_time, before->memory_time)
			  : now->has_slept ? interval
					   : known_difference(now->look_time, before->look_time);

	if (interval == 0 || elapsed == 0)
		return before->growth;
	return change(now->resident, before->resident, elapsed, 60 * NS_PER_SEC);
}

/*
 * All faults of a process that is new since the last refresh count. `before` is the row of its PID:
 * where only its sizes were read then, or nothing, it may be new or not.
 */
static void
count_faults(struct snapshot *now, struct process *process, const struct process *before)
{
	struct process_extras *extras = snapshot_extras(now, process);
	bool is_new = !before ||
		      (before->start_time != UNKNOWN && before->start_time != process->start_time);

	extras->minor_fault_count = is_new ? process->minor_faults
					   : growth(process->minor_faults, before->minor_faults);
	extras->major_fault_count = is_new ? process->major_faults
					   : growth(process->major_faults, before->major_faults);
}

static void
keep_total(struct snapshot *now, const struct snapshot *before, const struct column *column)
{
	void *field = (char *)&now->system + column->offset;
	const char *text;

	if (column->unit != UNIT_TEXT) {
		*(int64_t *)field = column_number(column, &before->system);
		return;
	}
	text = column_text(column, &before->system);
	*(const char **)field = column->is_constant ? text : arena_text(&now->texts, text);
}

/* Whether another control group is the scope of ranks: all about the one before is wrong now. */
static bool
has_other_scope(const struct snapshot *now, const struct snapshot *before)
{
	const char *asked = now->system.oom_asked, *old = before->system.oom_asked;

	return now->bits & NEED_OOM &&
	       (asked && old ? strcmp(asked, old) != 0 : asked != NULL || old != NULL);
}

/* Known totals stay, with their rates and the texts that belong to them. */
static void
keep_totals(struct snapshot *now, const struct snapshot *before)
{
	uint64_t other = has_other_scope(now, before) ? NEED_OOM : 0;

	for (size_t i = 0; i < system_table.column_count; i++) {
		const struct column *column = &system_table.columns[i];

		if (!column->part && !(column->need & other) &&
			column_is_known(column, &before->system))
			keep_total(now, before, column);
	}
	if (before->system.last_kill_time != UNKNOWN)
		now->system.last_kill_doubt = before->system.last_kill_doubt;
}

/* In recordings of different versions of the program other counters may stand there. */
static bool
is_same_counter(const struct reclaim *a, const struct reclaim *b)
{
	return a->counter && b->counter && strcmp(a->counter, b->counter) == 0;
}

/* Each snapshot has the same counters in the same order, or none. */
static void
derive_reclaim(struct snapshot *now, const struct snapshot *before, int64_t elapsed)
{
	struct rows *rows = &now->kernel[KERNEL_RECLAIM];
	const struct rows *old = &before->kernel[KERNEL_RECLAIM];
	struct reclaim *counters = rows->data;
	const struct reclaim *old_counters = old->data;

	for (size_t i = 0; i < rows->count && i < old->count; i++)
		if (!is_same_counter(&counters[i], &old_counters[i]))
			continue;
		else if (now->only_missing)
			counters[i] = old_counters[i];
		else
			counters[i].rate = rate(counters[i].count, old_counters[i].count, elapsed);
}

/* What was known before a reading of what was missing stays, with the time it was read. */
static void
keep_charge(struct cgroup_charge *now, const struct cgroup_charge *before)
{
	now->high_rate = before->high_rate;
	now->kill_rate = before->kill_rate;
	if (before->high_events != UNKNOWN)
		now->high_events = before->high_events;
	if (before->kills != UNKNOWN)
		now->kills = before->kills;
}

static void
derive_charges(struct snapshot *now, const struct snapshot *before, int64_t elapsed)
{
	struct index index = { .heads = NULL };

	if (!(now->bits & NEED_CHARGE_EVENTS))
		return;
	charge_index(&index, &before->charges);
	for (size_t i = 0; i < now->charges.count; i++) {
		struct cgroup_charge *charge = charge_at(&now->charges, i);
		const struct cgroup_charge *old =
			charge_find(&index, &before->charges, charge->path, strlen(charge->path));

		if (!old || old->inode != charge->inode)
			continue;
		if (now->only_missing) {
			keep_charge(charge, old);
			continue;
		}
		charge->high_rate = rate(charge->high_events, old->high_events, elapsed);
		charge->kill_rate = rate(charge->kills, old->kills, elapsed);
	}
	index_finish(&index);
}

void
derive(struct snapshot *now, const struct snapshot *before)
{
	int64_t elapsed = before ? now->monotonic - before->monotonic : 0;
	double ticks = (double)sysconf(_SC_CLK_TCK); /* ticks per second */
	size_t match = 0;

	if (now->only_missing) {
		keep_totals(now, before);
		elapsed = 0;
	} else if (before) {
		derive_system(&now->system, &before->system, elapsed);
	}
	if (before) {
		derive_reclaim(now, before, elapsed);
		derive_charges(now, before, elapsed);
	}
	for (size_t i = 0; i < now->process_count; i++) {
		struct process *process = &now->processes[i];
		const struct process *old = NULL;

		process->age = age_of(process, now->start_clock, ticks);
		derive_sums(process, &now->system);
		while (before && match < before->process_count &&
			before->processes[match].pid < process->pid)
			match++;
		if (before && match < before->process_count)
			old = &before->processes[match];
		if (old && old->pid != process->pid)
			old = NULL;
		if (old && old->start_time == process->start_time) {
			derive_rates(process, old, elapsed, before->monotonic);
			process->growth = resident_growth(process, old, elapsed);
		}
		if (before && now->bits & NEED_FAULTS)
			count_faults(now, process, old);
	}
	badness_weigh(now);
	if (now->system.oom_limit == UNKNOWN)
		now->system.oom_total = badness_scope_of(now).total;
	if (now->bits & NEED_RANK)
		badness_rank(now);
}
