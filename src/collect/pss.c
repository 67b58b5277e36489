// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/pss.h"

#include "base/macros.h"
#include "base/memory.h"
#include "collect/blocking-reads.h"
#include "model/needs.h"
#include "model/snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB (1 << 20)

/* Estimates for a process not measured yet: a walk, and each MiB of 4 KiB pages, in nanoseconds. */
#define COST_OF_WALK 20000
#define COST_OF_MIB 8000

#define DEAR_COST (5 * NS_PER_MS)

/* A refresh waits no longer for walks: the next ones look for their answers. */
#define MOST_WAIT (1000 * NS_PER_MS)
#define OLDEST (30000 * NS_PER_MS)

/* From this age on it is read again as the budget permits, so that not all expire at once. */
#define OLD (20000 * NS_PER_MS)

enum { HANGS = 3, HANGS_OF_ALL = 32 };

/* Highest first. */
enum priority {
	PRIORITY_FOCUS,
	PRIORITY_VISIBLE, /* visible, and never read */
	PRIORITY_SUMMED,  /* passes a filter, and never read */
	PRIORITY_SEEN,    /* visible, and read before */
	PRIORITY_UNREAD,
	PRIORITY_CHANGED,
	PRIORITY_OLD,
	NO_PRIORITY
};

struct candidate {
	enum priority priority;
	int64_t weight; /* within a priority the largest first */
	int64_t cost;   /* predicted, nanoseconds */
	const struct process *process;
};

struct pss_reader {
	int root;
	struct blocking_reads *reads;
	struct candidate *candidates; /* a binary heap: who comes first is the first */
	size_t count, capacity;
	int64_t allowance; /* nanoseconds left to spend; negative after an expensive walk */
};

struct pss_reader *
pss_reader_create(int root)
{
	struct pss_reader *reader = xcalloc(1, sizeof(*reader));

	reader->root = root;
	reader->reads = blocking_reads_create(root);
	return reader;
}

void
pss_reader_destroy(struct pss_reader *reader)
{
	if (!reader)
		return;
	blocking_reads_destroy(reader->reads);
	free(reader->candidates);
	free(reader);
}

static bool
holds_nothing(const struct process *process)
{
	return process->virtual == 0;
}

static void
take_answer(struct pss_reader *reader, const struct blocking_read *read, struct snapshot *now)
{
	struct process *row = snapshot_find_process(now, read->pid);

	reader->allowance -= read->cpu_time;
	if (!row || row->start_time != read->start_time || read->error == -EAGAIN)
		return;
	*snapshot_rollup(now, row) = (struct process_rollup){ .pss = read->pss,
		.uss = read->uss,
		.swap_pss = read->swap_pss,
		.pss_anon = read->pss_anon,
		.pss_file = read->pss_file,
		.pss_shmem = read->pss_shmem,
		.time = read->time,
		.resident = row->resident,
		.cost = read->cpu_time,
		.error = -read->error,
		.age = UNKNOWN,
		.stale = UNKNOWN };
}

/* Takes each answer once, so that the next batch can begin. */
static void
take_answers(struct pss_reader *reader, struct snapshot *now)
{
	size_t count;
	const struct blocking_read *reads = blocking_reads_results(reader->reads, &count);

	for (size_t i = 0; i < count; i++)
		take_answer(reader, &reads[i], now);
	blocking_reads_reset(reader->reads);
}

/* Estimates from the time of the last walk, and from the size now. */
static int64_t
predicted_cost(const struct process *process)
{
	const struct process_rollup *last = process->rollup;
	int64_t resident = known_or_zero(process->resident);

	if (last->cost <= 0)
		return COST_OF_WALK + resident / MIB * COST_OF_MIB;
	if (last->resident <= 0 || resident <= last->resident)
		return last->cost;
	return (int64_t)((double)last->cost * (double)resident / (double)last->resident);
}

static int64_t
change_since(const struct process *process)
{
	int64_t last = process->rollup->resident;

	return process->resident == UNKNOWN || last == UNKNOWN ? 0
							       : llabs(process->resident - last);
}

static bool
is_column_wanted(const struct needs *needs, int64_t pid)
{
	return needs_of_process(needs, pid) & NEED_PSS;
}

static bool
is_wanted(const struct needs *needs, int64_t pid)
{
	return is_column_wanted(needs, pid) || needs_is_summed(needs, pid);
}

static enum priority
priority_of_unread(const struct needs *needs, int64_t pid)
{
	return needs_is_visible(needs, pid)  ? PRIORITY_VISIBLE
	       : needs_is_summed(needs, pid) ? PRIORITY_SUMMED
					     : PRIORITY_UNREAD;
}

static struct candidate
candidate_of(const struct process *process, const struct snapshot *now, const struct needs *needs)
{
	struct candidate candidate = { .cost = predicted_cost(process), .process = process };
	const struct process_rollup *last = process->rollup;
	bool unread = last->time == UNKNOWN;
	int64_t change = change_since(process);
	int64_t age = unread ? OLDEST : now->monotonic - last->time;

	candidate.weight = unread ? process->resident : age;
	if (process->pid == needs->focus)
		candidate.priority = PRIORITY_FOCUS;
	else if (!unread && age < OLDEST && (candidate.cost > DEAR_COST || last->error))
		candidate.priority = NO_PRIORITY;
	else if (unread)
		candidate.priority = priority_of_unread(needs, process->pid);
	else if (needs_is_visible(needs, process->pid))
		candidate.priority = PRIORITY_SEEN;
	else if (age >= OLD)
		candidate.priority = PRIORITY_OLD;
	else
		candidate.priority = change > 0 ? PRIORITY_CHANGED : NO_PRIORITY;
	if (candidate.priority == PRIORITY_CHANGED)
		candidate.weight = change;
	return candidate;
}

static bool
is_before(const struct candidate *a, const struct candidate *b)
{
	if (a->priority != b->priority)
		return a->priority < b->priority;
	return a->weight != b->weight ? a->weight > b->weight : a->process < b->process;
}

/* Moves a candidate down until it is before those below it. */
static void
sift_down(struct pss_reader *reader, size_t place)
{
	struct candidate *candidates = reader->candidates, moved = candidates[place];
	size_t below;

	while ((below = 2 * place + 1) < reader->count) {
		if (below + 1 < reader->count &&
			is_before(&candidates[below + 1], &candidates[below]))
			below++;
		if (!is_before(&candidates[below], &moved))
			break;
		candidates[place] = candidates[below];
		place = below;
	}
	candidates[place] = moved;
}

static void
drop_first(struct pss_reader *reader)
{
	reader->candidates[0] = reader->candidates[--reader->count];
	if (reader->count > 0)
		sift_down(reader, 0);
}

static void
find_candidates(struct pss_reader *reader, const struct snapshot *now, const struct needs *needs)
{
	reader->count = 0;
	for (size_t i = 0; i < now->process_count; i++) {
		const struct process *process = &now->processes[i];
		struct candidate candidate = candidate_of(process, now, needs);

		if (!is_wanted(needs, process->pid) || holds_nothing(process) ||
			process->state == NULL ||
			blocking_reads_is_blocked(reader->reads, process->pid, BLOCKING_PSS) ||
			(candidate.priority == NO_PRIORITY && needs->pss_budget > 0))
			continue;
		reader->candidates = array_reserve(reader->candidates, &reader->capacity,
			reader->count + 1, sizeof(candidate));
		reader->candidates[reader->count++] = candidate;
	}
	reader->candidates = array_fit(reader->candidates, &reader->capacity, reader->count,
		sizeof(reader->candidates[0]));
	for (size_t i = reader->count / 2; i-- > 0;)
		sift_down(reader, i);
}

/* If the first thread has ended, another thread has the memory (T26). */
static void
ask(struct pss_reader *reader, const struct process *process)
{
	struct blocking_read read = {
		.pid = process->pid, .start_time = process->start_time, .file = BLOCKING_PSS
	};
	char thread[PROCESS_PATH_SIZE];

	snprintf(read.directory, sizeof(read.directory), "%lld", (long long)process->pid);
	if (*process->state == 'Z' && process->threads > 1 &&
		process_files_find_thread(reader->root, read.directory, thread) > 0)
		memcpy(read.directory, thread, sizeof(thread));
	blocking_reads_add(reader->reads, &read);
}

/*
 * Visible processes may use half of the budget even while the allowance is negative. Returns the
 * predicted cost.
 */
static int64_t
ask_within_budget(struct pss_reader *reader, int64_t budget)
{
	int64_t left, spent = 0;

	reader->allowance += budget;
	if (reader->allowance > 2 * budget)
		reader->allowance = 2 * budget;
	left = reader->allowance;
	for (; reader->count > 0; drop_first(reader)) {
		const struct candidate *candidate = &reader->candidates[0];
		int64_t most = candidate->priority > PRIORITY_SEEN || left > budget / 2
				       ? left
				       : budget / 2;

		if (candidate->priority != PRIORITY_FOCUS && spent >= most)
			break;
		spent += candidate->cost;
		ask(reader, candidate->process);
	}
	return spent;
}

static void
note_blocked(struct snapshot *now, struct process *row)
{
	struct process_extras *extras = snapshot_extras(now, row);

	extras->blocked = extras->blocked ? "cmdline smaps_rollup" : "smaps_rollup";
}

/* Notes missing figures of a wanted column in each refresh. */
static void
tell_of(struct pss_reader *reader, struct snapshot *now, const struct snapshot *before,
	const struct needs *needs, struct process *row)
{
	int64_t time = row->rollup->time;
	struct process_rollup *rollup;

	if (time == UNKNOWN && !holds_nothing(row))
		return;
	rollup = snapshot_rollup(now, row);
	if (holds_nothing(row)) {
		rollup->pss = rollup->uss = rollup->swap_pss = 0;
		rollup->pss_anon = rollup->pss_file = rollup->pss_shmem = 0;
	}
	if (time == UNKNOWN)
		return;
	if (rollup->pss != UNKNOWN) {
		rollup->age = now->monotonic > time ? now->monotonic - time : 0;
		rollup->stale = before && time < before->monotonic;
	}
	if (!is_column_wanted(needs, row->pid))
		return;
	if (blocking_reads_is_blocked(reader->reads, row->pid, BLOCKING_PSS)) {
		snapshot_note_gap(now, row, NEED_PSS, -ETIMEDOUT);
		note_blocked(now, row);
	} else if (rollup->error > 0) {
		snapshot_note_gap(now, row, NEED_PSS, -(int)rollup->error);
	}
}

static void
tell(struct pss_reader *reader, struct snapshot *now, const struct snapshot *before,
	const struct needs *needs)
{
	for (size_t i = 0; i < now->process_count; i++)
		if (is_wanted(needs, now->processes[i].pid))
			tell_of(reader, now, before, needs, &now->processes[i]);
}

static void
read_all(struct pss_reader *reader, struct snapshot *now, size_t most)
{
	for (size_t i = 0; reader->count > 0 && (most == 0 || i < most); i++) {
		ask(reader, reader->candidates[0].process);
		drop_first(reader);
	}
	blocking_reads_submit(reader->reads);
	blocking_reads_wait(reader->reads, HANGS_OF_ALL, INT64_MAX);
	take_answers(reader, now);
	reader->allowance = 0;
}

static void
read_some(struct pss_reader *reader, struct snapshot *now, const struct needs *needs)
{
	bool has_focus = reader->count > 0 && reader->candidates[0].priority == PRIORITY_FOCUS;
	int64_t cost = ask_within_budget(reader, needs->pss_budget);

	blocking_reads_submit(reader->reads);
	if (!has_focus || cost > MOST_WAIT)
		return;
	if (blocking_reads_wait(reader->reads, HANGS, MOST_WAIT))
		take_answers(reader, now);
}

void
pss_reader_read(struct pss_reader *reader, struct snapshot *now, const struct snapshot *before,
	const struct needs *needs)
{
	bool all = needs->pss_budget == 0;

	if (all)
		blocking_reads_wait(reader->reads, HANGS, INT64_MAX);
	if (blocking_reads_poll(reader->reads)) {
		take_answers(reader, now);
		find_candidates(reader, now, needs);
		if (all)
			read_all(reader, now, needs->pss_most);
		else
			read_some(reader, now, needs);
	}
	tell(reader, now, before, needs);
}
