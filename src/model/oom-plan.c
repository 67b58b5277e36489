// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/oom-plan.h"

#include "base/cleanup.h"
#include "base/macros.h"
#include "base/memory.h"
#include "model/process.h"
#include "model/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELD(name) offsetof(struct oom_effect, name)

/* clang-format off */
static const struct column columns[] = {
	{ "pid", "PID", NULL, "The process's number.", UNIT_ID, 7, 0, FIELD(pid) },
	{ "user", "USER", NULL, "The name of its effective user.", UNIT_TEXT, 8, 0, FIELD(user) },
	{ "unit", "UNIT", NULL, "Its systemd unit.", UNIT_TEXT, 8, 0, FIELD(unit) },
	{ "adj_before", "ADJ", NULL, "Its OOM adjustment before.", UNIT_NUMBER, 5, 0, FIELD(before.adj) },
	{ "adj_after", "->ADJ", NULL, "Its OOM adjustment after.", UNIT_NUMBER, 5, 0, FIELD(after.adj) },
	{ "oom_before", "OOM", NULL, "The kernel's OOM score before.", UNIT_NUMBER, 5, 0, FIELD(before.score) },
	{ "oom_after", "->OOM", NULL, "The kernel's OOM score after.", UNIT_NUMBER, 5, 0, FIELD(after.score) },
	{ "badness_before", "BADNESS", NULL, "What the OOM killer compares, before.", UNIT_BYTES, 7, 0, FIELD(before.badness) },
	{ "badness_after", "->BADN", NULL, "What the OOM killer compares, after.", UNIT_BYTES, 7, 0, FIELD(after.badness) },
	{ "rank_before", "RANK", NULL, "Its place in the order of kills before.", UNIT_ID, 5, 0, FIELD(before.rank) },
	{ "rank_after", "->RANK", NULL, "Its place in the order of kills after.", UNIT_ID, 6, 0, FIELD(after.rank) },
	{ "protection_before", "SKIPPED", NULL, "Why the OOM killer passes it over before.", UNIT_TEXT, 6, 0, FIELD(before.protection) },
	{ "protection_after", "->SKIPPED", NULL, "Why the OOM killer passes it over after.", UNIT_TEXT, 8, 0, FIELD(after.protection) },
	{ "next_before", "NEXT", NULL, "Which process dies first before.", UNIT_ID, 7, 0, FIELD(next_before) },
	{ "next_after", "->NEXT", NULL, "Which process dies first after.", UNIT_ID, 7, 0, FIELD(next_after) },
	{ "follows", "FOLLOWS", NULL, "The process whose address space it shares and with which it is changed.", UNIT_ID, 7, 0, FIELD(follows) },
	{ "result", "RESULT", NULL, "planned, done, or why it could not be done.", UNIT_TEXT, 7, 0, FIELD(result) },
	{ "comm", "COMM", NULL, "The kernel's name of the process.", UNIT_TEXT, 15, 0, FIELD(comm) },
};
/* clang-format on */

const struct table oom_effect_table = {
	.name = "change",
	.columns = columns,
	.column_count = ARRAY_SIZE(columns),
	.row_size = sizeof(struct oom_effect),
};

static struct oom_change *
find_change(const struct oom_plan *plan, const struct process *process)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->changes[i].pid == process->pid &&
			plan->changes[i].start_time == process->start_time)
			return &plan->changes[i];
	return NULL;
}

static void
add_change(struct oom_plan *plan, const struct oom_change *change)
{
	plan->changes = array_reserve(
		plan->changes, &plan->capacity, plan->count + 1, sizeof(plan->changes[0]));
	plan->changes[plan->count++] = *change;
}

void
oom_plan_add(struct oom_plan *plan, const struct process *process, int64_t to)
{
	struct oom_change *planned = find_change(plan, process);

	if (planned)
		planned->to = to;
	else
		add_change(plan, &(struct oom_change){ .pid = process->pid,
					 .start_time = process->start_time,
					 .from = process->oom_adj,
					 .to = to });
}

/* Whether a process is a descendant. A chain of parents is never longer than the list. */
static bool
is_below(const struct snapshot *snapshot, const struct process *process, int64_t ancestor)
{
	for (size_t i = 0; process && i < snapshot->process_count; i++) {
		if (process->parent == ancestor)
			return true;
		process = snapshot_find_process(snapshot, process->parent);
	}
	return false;
}

void
oom_plan_add_tree(struct oom_plan *plan, const struct snapshot *snapshot,
	const struct process *process, int64_t to)
{
	oom_plan_add(plan, process, to);
	for (size_t i = 0; i < snapshot->process_count; i++)
		if (is_below(snapshot, &snapshot->processes[i], process->pid))
			oom_plan_add(plan, &snapshot->processes[i], to);
}

void
oom_plan_invert(const struct oom_plan *plan, struct oom_plan *inverse)
{
	inverse->count = 0;
	for (size_t i = plan->count; i-- > 0;) {
		struct oom_change change = plan->changes[i];

		change.from = plan->changes[i].to;
		change.to = plan->changes[i].from;
		add_change(inverse, &change);
	}
}

void
oom_plan_finish(struct oom_plan *plan)
{
	free(plan->changes);
	*plan = (struct oom_plan){ .changes = NULL };
}

static struct oom_standing
standing_of(const struct process *process)
{
	return (struct oom_standing){ .adj = process->oom_adj,
		.score = process->oom_score,
		.badness = process->weight->badness,
		.rank = process->rank,
		.protection = process->weight->protection };
}

/*
 * Sets the future score. It stays 0 if the kernel passes the process over for another reason than
 * its adjustment.
 */
static void
adjust(struct process *process, int64_t to, const struct badness_scope *scope)
{
	bool was_open =
		process->oom_score > 0 || (process->oom_adj == OOM_ADJ_LEAST && process->pid != 1);

	process->oom_adj = to;
	if (to == OOM_ADJ_LEAST)
		process->oom_score = 0;
	else if (was_open)
		process->oom_score = badness_score_of(process, scope);
}

/*
 * Returns a copy with the plan applied; it has only the inputs of ranks. Its new texts are in the
 * preview's arena.
 */
static struct snapshot
carry_out(const struct snapshot *snapshot, struct oom_preview *preview)
{
	const struct badness_scope scope = badness_scope_of(snapshot);
	size_t size = snapshot->process_count * sizeof(snapshot->processes[0]);
	struct snapshot copy = { .system = snapshot->system,
		.processes = xmalloc(size + 1),
		.process_count = snapshot->process_count };

	memcpy(copy.processes, snapshot->processes, size);
	arena_reset(&preview->texts);
	copy.texts = preview->texts;
	for (size_t i = 0; i < copy.process_count; i++)
		copy.processes[i].weight = &process_no_weight; /* that of now stays as it is */
	for (size_t i = 0; i < preview->count; i++) {
		const struct oom_effect *effect = &preview->effects[i];

		adjust(&copy.processes[effect->process - snapshot->processes], effect->after.adj,
			&scope);
	}
	badness_rank(&copy);
	return copy;
}

static const struct process *
first_of(const struct snapshot *snapshot)
{
	return snapshot->kill_count > 0 ? snapshot->kill_order[0] : NULL;
}

static struct oom_effect *
add_effect(struct oom_preview *preview, const struct process *process, int64_t to)
{
	preview->effects = array_reserve(preview->effects, &preview->capacity, preview->count + 1,
		sizeof(preview->effects[0]));
	preview->effects[preview->count] = (struct oom_effect){
		.process = process,
		.pid = process->pid,
		.follows = UNKNOWN,
		.before = standing_of(process),
		.after = { .adj = to },
		.user = process->user,
		.unit = process->place->unit,
		.comm = process->comm,
		.result = "planned",
	};
	return &preview->effects[preview->count++];
}

/* The plan for one row of the snapshot. */
struct mark {
	bool planned;
	int64_t leader; /* a planned process that uses this address space; 0: none */
};

/* Whether an ancestor is in the plan. The count guards against an endless chain of parents. */
static bool
is_below_planned(
	const struct snapshot *snapshot, const struct mark *marks, const struct process *process)
{
	for (size_t i = 0; i < snapshot->process_count; i++) {
		process = snapshot_find_process(snapshot, process->parent);
		if (!process)
			return false;
		if (marks[process - snapshot->processes].planned)
			return true;
	}
	return false;
}

static void
add_planned(struct oom_preview *preview, const struct snapshot *snapshot,
	const struct oom_plan *plan, const size_t *owners, struct mark *marks)
{
	const struct badness_scope scope = badness_scope_of(snapshot);

	for (size_t i = 0; i < plan->count; i++) {
		const struct oom_change *change = &plan->changes[i];
		const struct process *process = snapshot_find_process(snapshot, change->pid);

		if (!process || process->start_time != change->start_time)
			continue;
		add_effect(preview, process, change->to);
		marks[process - snapshot->processes].planned = true;
		if (!badness_is_vfork_child(process, &scope))
			marks[owners[process - snapshot->processes]].leader = change->pid;
	}
}

/*
 * The kernel changes all processes of an address space together (fs/proc/base.c, __set_oom_adj),
 * except between vfork(2) and exec.
 */
static void
add_followers(struct oom_preview *preview, const struct snapshot *snapshot, const size_t *owners,
	const struct mark *marks)
{
	const struct badness_scope scope = badness_scope_of(snapshot);

	for (size_t i = 0; i < snapshot->process_count; i++) {
		const struct process *process = &snapshot->processes[i];
		int64_t leader = marks[owners[i]].leader;
		const struct process *planned;

		if (marks[i].planned || leader == 0 || badness_is_vfork_child(process, &scope))
			continue;
		planned = snapshot_find_process(snapshot, leader);
		for (size_t j = 0; j < preview->count; j++)
			if (preview->effects[j].process == planned) {
				add_effect(preview, process, preview->effects[j].after.adj)
					->follows = leader;
				break;
			}
	}
}

static void
list_effects(
	struct oom_preview *preview, const struct snapshot *snapshot, const struct oom_plan *plan)
{
	_cleanup_free_ struct mark *marks = xcalloc(snapshot->process_count + 1, sizeof(*marks));
	_cleanup_free_ size_t *owners = xcalloc(snapshot->process_count + 1, sizeof(owners[0]));

	badness_find_owners(snapshot, owners);
	preview->count = 0;
	preview->children = 0;
	add_planned(preview, snapshot, plan, owners, marks);
	add_followers(preview, snapshot, owners, marks);
	for (size_t i = 0; i < snapshot->process_count; i++)
		if (!marks[i].planned && is_below_planned(snapshot, marks, &snapshot->processes[i]))
			preview->children++;
}

void
oom_preview(
	struct oom_preview *preview, const struct snapshot *snapshot, const struct oom_plan *plan)
{
	struct snapshot after;
	const struct process *first;

	list_effects(preview, snapshot, plan);
	after = carry_out(snapshot, preview);
	first = first_of(&after);
	preview->first_before = first_of(snapshot);
	preview->first_after = first ? &snapshot->processes[first - after.processes] : NULL;
	preview->ranked_before = snapshot->kill_count;
	preview->ranked_after = after.kill_count;
	for (size_t i = 0; i < preview->count; i++) {
		struct oom_effect *effect = &preview->effects[i];

		effect->after =
			standing_of(&after.processes[effect->process - snapshot->processes]);
		effect->next_before = preview->first_before ? preview->first_before->pid : UNKNOWN;
		effect->next_after = first ? first->pid : UNKNOWN;
	}
	preview->texts = after.texts; /* the texts of `protection` are in it */
	after.texts = (struct arena){ .first = NULL };
	snapshot_finish(&after);
}

void
oom_preview_finish(struct oom_preview *preview)
{
	free(preview->effects);
	arena_finish(&preview->texts);
	*preview = (struct oom_preview){ .effects = NULL };
}

int64_t
oom_from_legacy(int64_t legacy)
{
	return legacy == OOM_LEGACY_MOST ? OOM_ADJ_MOST : legacy * OOM_ADJ_MOST / -OOM_LEGACY_LEAST;
}
