// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/arena.h"
#include "model/badness.h"
#include "table/table.h"

#include <stdbool.h>

struct process;
struct snapshot;

enum { OOM_LEGACY_LEAST = -17, OOM_LEGACY_MOST = 15 };

/* A change of an OOM adjustment. start_time excludes a later process with the same PID. */
struct oom_change {
	int64_t pid, start_time; /* ticks since boot */
	int64_t from, to;
};

/* Changes that are previewed, applied and undone together. A zeroed plan is empty. */
struct oom_plan {
	struct oom_change *changes;
	size_t count, capacity;
};

/* Adds a change, or sets the new value if the process is already in the plan. */
void oom_plan_add(struct oom_plan *plan, const struct process *process, int64_t to);

/* Adds a process and all its descendants in the snapshot. */
void oom_plan_add_tree(struct oom_plan *plan, const struct snapshot *snapshot,
	const struct process *process, int64_t to);

/* Makes `inverse` the plan that undoes this one, the last change first. Empties it first. */
void oom_plan_invert(const struct oom_plan *plan, struct oom_plan *inverse);
void oom_plan_finish(struct oom_plan *plan);

/* The state of a process for the OOM killer. */
struct oom_standing {
	int64_t adj, score, badness, rank; /* badness in bytes */
	const char *protection;
};

/* The effect of a plan on one process: a row of oom_effect_table. */
struct oom_effect {
	const struct process *process; /* the snapshot owns it and the texts */
	int64_t pid;
	int64_t follows; /* a planned process that shares the address space, if this one is not
			    planned; or UNKNOWN */
	struct oom_standing before, after;
	int64_t next_before, next_after; /* PIDs of the first victims; UNKNOWN: none */
	const char *user, *unit, *comm;
	const char *result; /* "planned"; later "done" or the error, by the code that applies it */
};

extern const struct table oom_effect_table;

/* The effect of a plan. A zeroed one is empty; its memory is reused. */
struct oom_preview {
	struct oom_effect *effects; /* in order of the plan, then processes that follow */
	size_t count, capacity;
	const struct process *first_before, *first_after; /* the first victim; NULL: none */
	size_t ranked_before, ranked_after;               /* number of processes with a rank */
	size_t children; /* descendants of planned processes that are not in the plan */
	struct arena texts;
};

/*
 * Computes the effect of a plan with the arithmetic and order of badness_rank(): copies the
 * snapshot, changes it and ranks it again. The snapshot needs NEED_BADNESS and must outlive the
 * preview. Skips planned processes that are not in it.
 */
void oom_preview(
	struct oom_preview *preview, const struct snapshot *snapshot, const struct oom_plan *plan);
void oom_preview_finish(struct oom_preview *preview);

/*
 * Converts -17 to 15 of the scale before 2.6.36 (oom_adj) as the kernel does (fs/proc/base.c,
 * oom_adj_write). The kernel does not convert it back to the same value (T36).
 */
int64_t oom_from_legacy(int64_t legacy);
