// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/badness.h"

#include "base/index.h"
#include "base/known.h"
#include "base/memory.h"
#include "base/sort.h"
#include "base/text.h"
#include "model/needs.h"
#include "model/oom-domain.h"
#include "model/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char vfork_child[] = "vfork child";

static int64_t
page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

int64_t
badness_adj_weight(int64_t adj, int64_t total)
{
	int64_t page = page_size();

	if (total == UNKNOWN)
		return UNKNOWN;
	return known_product(adj, total / page / OOM_ADJ_MOST * page);
}

int64_t
badness_points(int64_t resident, int64_t swap, int64_t page_tables, int64_t adj, int64_t total)
{
	int64_t page = page_size(), weight = badness_adj_weight(adj, total);

	if (resident == UNKNOWN || swap == UNKNOWN || page_tables == UNKNOWN || weight == UNKNOWN)
		return UNKNOWN;
	return known_sum(known_pages(resident / page + swap / page + page_tables / page), weight);
}

int64_t
badness_score(int64_t points, int64_t total, bool old_scale)
{
	int64_t page = page_size(), share;

	if (points == UNKNOWN || total == UNKNOWN || total < page)
		return UNKNOWN;
	if (old_scale && points < page)
		points = page; /* a candidate never had 0 */
	share = points / page * 1000 / (total / page);
	return old_scale ? share : (1000 + share) * 2 / 3;
}

int64_t
badness_of(const struct process *process, int64_t total)
{
	int64_t resident =
		process->oom_resident == UNKNOWN ? process->resident : process->oom_resident;

	return badness_points(
		resident, process->swap, process->page_tables, process->oom_adj, total);
}

int64_t
badness_score_of(const struct process *process, const struct badness_scope *scope)
{
	return badness_score(badness_of(process, scope->machine), scope->machine, scope->old_scale);
}

static bool
is_before(const char *release, int major, int minor)
{
	int found_major, found_minor;

	if (!release || sscanf(release, "%d.%d", &found_major, &found_minor) != 2)
		return false;
	return found_major < major || (found_major == major && found_minor < minor);
}

bool
badness_has_old_scale(const char *release)
{
	return is_before(release, 5, 9);
}

bool
badness_counts_exactly(const char *release)
{
	return !is_before(release, 7, 0);
}

struct badness_scope
badness_scope_of(const struct snapshot *snapshot)
{
	const struct system *system = &snapshot->system;
	bool known = system->total != UNKNOWN && system->swap_total != UNKNOWN;
	int64_t machine = known ? system->total + system->swap_total : UNKNOWN;

	bool is_group = system->oom_scope && *system->oom_scope == '/';

	return (struct badness_scope){ .total = system->oom_limit != UNKNOWN ? system->oom_total
									     : machine,
		.machine = machine,
		.cgroup = is_group ? system->oom_scope : NULL,
		.old_scale = badness_has_old_scale(system->kernel) };
}

const char *
badness_warning(const struct system *system)
{
	bool is_machine = oom_domain_is_machine(system);

	if (system->panic_on_oom == 2 || (system->panic_on_oom == 1 && is_machine))
		return "vm.panic_on_oom is set: the machine stops, and no process is killed";
	if (system->kill_allocating_task > 0 && is_machine)
		return "vm.oom_kill_allocating_task is set: the process that asks for memory is "
		       "killed, whatever the order";
	return NULL;
}

bool
badness_is_candidate(const struct badness_scope *scope, const struct process *process)
{
	return !scope->cgroup ||
	       (process->place->cgroup && text_is_below(process->place->cgroup, scope->cgroup));
}

static void
weigh(struct snapshot *snapshot, struct process *process, const struct badness_scope *scope)
{
	const struct process_rollup *rollup = process->rollup;
	bool exact = rollup->uss != UNKNOWN && rollup->swap_pss != UNKNOWN;
	int64_t memory = exact ? rollup->uss : process->anon;
	int64_t swap = exact ? rollup->swap_pss : process->swap;
	struct process_weight *weight = snapshot_weight(snapshot, process);

	weight->adj_weight = badness_adj_weight(process->oom_adj, scope->total);
	weight->frees = known_sum(known_sum(memory, swap), process->page_tables);
}

void
badness_weigh(struct snapshot *snapshot)
{
	const struct badness_scope scope = badness_scope_of(snapshot);
	struct process *focus = snapshot_find_process(snapshot, snapshot->focus);

	if (!(snapshot->bits & NEED_WEIGHT)) {
		if (focus && snapshot->focus_bits & NEED_WEIGHT)
			weigh(snapshot, focus, &scope);
		return;
	}
	for (size_t i = 0; i < snapshot->process_count; i++)
		weigh(snapshot, &snapshot->processes[i], &scope);
}

/*
 * Why the killer passes a process over, if the process itself shows it. Only the kernel knows
 * processes in vfork(2) and processes already killed (MMF_OOM_SKIP): their oom_score is 0 although
 * the sum is larger. The same is true for the init of the machine, but not for that of a container.
 */
static const char *
own_protection(const struct process *process, const struct badness_scope *scope)
{
	bool is_zombie = process->state && strchr("ZX", *process->state);
	bool is_passed_over = process->oom_score == 0 && badness_score_of(process, scope) > 1;

	if (process->is_kernel_thread)
		return "kernel thread";
	if (process->pid == 1 && process->oom_score <= 0)
		return "init";
	if (process->oom_adj == OOM_ADJ_LEAST)
		return "adj -1000";
	if (process->virtual == 0)
		return is_zombie ? "zombie" : "ending";
	if (is_passed_over)
		return process->extras->memory_of == UNKNOWN ? "passed over by the kernel"
							     : vfork_child;
	return NULL;
}

bool
badness_is_vfork_child(const struct process *process, const struct badness_scope *scope)
{
	return own_protection(process, scope) == vfork_child;
}

/* Each step halves the way for all that come after; in a circle, until it has one row. */
static size_t
last_owner(size_t *owners, size_t row)
{
	while (owners[row] != row) {
		owners[row] = owners[owners[row]];
		row = owners[row];
	}
	return row;
}

void
badness_find_owners(const struct snapshot *snapshot, size_t *ret_owners)
{
	for (size_t i = 0; i < snapshot->process_count; i++) {
		int64_t pid = snapshot->processes[i].extras->memory_of;
		const struct process *owner =
			pid == UNKNOWN ? NULL : snapshot_find_process(snapshot, pid);

		ret_owners[i] = owner ? (size_t)(owner - snapshot->processes) : i;
	}
	for (size_t i = 0; i < snapshot->process_count; i++)
		ret_owners[i] = last_owner(ret_owners, i);
}

static struct process *
owner_of(const struct snapshot *snapshot, const struct process *process)
{
	return &snapshot->processes[snapshot->ranking.owners[process - snapshot->processes]];
}

static void
protect_with_owner(struct snapshot *snapshot, struct process *process, const struct process *owner)
{
	char text[48];
	int length = snprintf(text, sizeof(text), "shares memory with %lld", (long long)owner->pid);

	snapshot_weight(snapshot, process)->protection =
		arena_copy(&snapshot->texts, text, (size_t)length);
}

static void
add_candidate(struct snapshot *snapshot, struct process *process)
{
	snapshot->kill_order = array_reserve(snapshot->kill_order, &snapshot->kill_capacity,
		snapshot->kill_count + 1, sizeof(snapshot->kill_order[0]));
	snapshot->kill_order[snapshot->kill_count++] = process;
}

static void
judge(struct snapshot *snapshot, struct process *process, const struct badness_scope *scope)
{
	const struct process *owner = owner_of(snapshot, process);
	struct process_weight *weight = snapshot_weight(snapshot, process);

	weight->badness = UNKNOWN;
	process->rank = UNKNOWN;
	weight->protection = own_protection(process, scope);
	if (!weight->protection && owner->oom_adj == OOM_ADJ_LEAST)
		protect_with_owner(snapshot, process, owner);
	if (weight->protection || !badness_is_candidate(scope, process))
		return;
	weight->badness = badness_of(process, scope->total);
	if (weight->badness != UNKNOWN && (owner == process || !badness_is_candidate(scope, owner)))
		add_candidate(snapshot, process);
}

/*
 * The kernel tries processes in order of start and takes the last of equal ones
 * (oom_evaluate_task). Sorting a second time by rank brings those that die together next to each
 * other.
 */
static int
compare_candidates(const void *a, const void *b)
{
	const struct process *left = *(struct process *const *)a,
			     *right = *(struct process *const *)b;

	if (left->rank != right->rank)
		return left->rank < right->rank ? -1 : 1;
	if (left->weight->badness != right->weight->badness)
		return left->weight->badness > right->weight->badness ? -1 : 1;
	if (left->start_time != right->start_time)
		return left->start_time > right->start_time ? -1 : 1;
	return left->pid > right->pid ? -1 : 1;
}

/* The group of a name, or NULL. */
static const struct oom_group *
find_oom_group(const struct ranking *ranking, const char *name, uint64_t hash)
{
	uint32_t row = index_first(&ranking->index, hash);

	while (row != INDEX_END && strcmp(ranking->groups[row].name, name) != 0)
		row = index_next(&ranking->index, row);
	return row == INDEX_END ? NULL : &ranking->groups[row];
}

static void
add_oom_group(struct ranking *ranking, const struct oom_group *group, uint64_t hash)
{
	ranking->groups = array_reserve(ranking->groups, &ranking->group_capacity,
		ranking->index.count + 1, sizeof(ranking->groups[0]));
	ranking->groups[ranking->index.count] = *group;
	index_add(&ranking->index, hash);
}

/* Gives each candidate a rank, the same to a group that is killed together. */
static void
number_candidates(struct snapshot *snapshot)
{
	struct ranking *ranking = &snapshot->ranking;
	int64_t rank = 0;

	for (size_t i = 0; i < snapshot->kill_count; i++) {
		struct process *process = snapshot->kill_order[i];
		const char *name = process->extras->oom_group;
		uint64_t hash = index_mix_text(0, name);
		const struct oom_group *group = name ? find_oom_group(ranking, name, hash) : NULL;

		process->rank = group ? group->rank : ++rank;
		if (name && !group)
			add_oom_group(ranking, &(struct oom_group){ name, rank }, hash);
	}
}

static void
sort_candidates(struct snapshot *snapshot)
{
	size_t count = snapshot->kill_count;

	snapshot->kill_order = array_reserve(snapshot->kill_order, &snapshot->kill_capacity,
		2 * count, sizeof(snapshot->kill_order[0]));
	if (count > 1)
		sort_merge(snapshot->kill_order, snapshot->kill_order + count, count,
			sizeof(snapshot->kill_order[0]), compare_candidates);
}

/* The rank of a group that is killed together. */
static int64_t
rank_of_group(const struct ranking *ranking, const char *name)
{
	const struct oom_group *found =
		name ? find_oom_group(ranking, name, index_mix_text(0, name)) : NULL;

	return found ? found->rank : UNKNOWN;
}

/*
 * A process that is not chosen also dies with another process of its address space (mm/oom_kill.c,
 * __oom_kill_process), and with its group unless its adjustment is -1000 (oom_kill_memcg_member).
 */
static void
share_fate(struct snapshot *snapshot, struct process *process)
{
	int64_t rank = owner_of(snapshot, process)->rank;

	if (process->rank != UNKNOWN || process->is_kernel_thread || process->virtual == 0 ||
		(process->pid == 1 && process->oom_score <= 0))
		return;
	if (rank == UNKNOWN && process->oom_adj != OOM_ADJ_LEAST)
		rank = rank_of_group(&snapshot->ranking, process->extras->oom_group);
	if (rank == UNKNOWN)
		return;
	process->rank = rank;
	snapshot_weight(snapshot, process)->protection = NULL;
}

static void
prepare(struct snapshot *snapshot)
{
	struct ranking *ranking = &snapshot->ranking;

	ranking->owners = array_reserve(ranking->owners, &ranking->owner_capacity,
		snapshot->process_count, sizeof(ranking->owners[0]));
	badness_find_owners(snapshot, ranking->owners);
	index_reset(&ranking->index);
}

void
badness_rank(struct snapshot *snapshot)
{
	const struct badness_scope scope = badness_scope_of(snapshot);

	snapshot->kill_count = 0;
	prepare(snapshot);
	for (size_t i = 0; i < snapshot->process_count; i++)
		judge(snapshot, &snapshot->processes[i], &scope);
	sort_candidates(snapshot);
	number_candidates(snapshot);
	if (snapshot->ranking.index.count > 0)
		sort_candidates(snapshot);
	for (size_t i = 0; i < snapshot->process_count; i++)
		share_fate(snapshot, &snapshot->processes[i]);
}
