// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/arena.h"
#include "model/badness.h"
#include "table/table.h"

#include <stdbool.h>

struct process;
struct snapshot;

enum { OOM_LEGACY_LEAST = -17, OOM_LEGACY_MOST = 15 };

/* A change of the OOM adjustment of this process and no other that has got its number since. */
struct oom_change {
	int64_t pid, start_time; /* ticks since boot */
	int64_t from, to;
};

/*
 * Changes that belong together. What is previewed, applied and undone is the same plan. A zeroed
 * one is empty.
 */
struct oom_plan {
	struct oom_change *changes;
	size_t count, capacity;
};

/* Adds a change; a process that is in the plan already gets the new value. */
void oom_plan_add(struct oom_plan *plan, const struct process *process, int64_t to);

/* Adds a process and all below it in the snapshot. */
void oom_plan_add_tree(struct oom_plan *plan, const struct snapshot *snapshot,
	const struct process *process, int64_t to);

/*
 * Makes `inverse`, which is emptied first, the plan that undoes this one: the last change first.
 */
void oom_plan_invert(const struct oom_plan *plan, struct oom_plan *inverse);
void oom_plan_finish(struct oom_plan *plan);

/* How a process stands before the OOM killer. */
struct oom_standing {
	int64_t adj, score, badness, rank; /* badness in bytes */
	const char *protection;
};

/* What a plan does to one process: a row of oom_effect_table. */
struct oom_effect {
	const struct process *process; /* of the snapshot, as are the texts */
	int64_t pid;
	int64_t follows; /* not in the plan: a process of it that shares the address space; UNKNOWN
			  */
	struct oom_standing before, after;
	int64_t next_before, next_after; /* the pids that die first; UNKNOWN: none does */
	const char *user, *unit, *comm;
	const char *result; /* "planned"; whoever applies the plan says "done" or why not */
};

extern const struct table oom_effect_table;

/* What a plan does. A zeroed one is empty; its memory is reused. */
struct oom_preview {
	struct oom_effect *effects; /* as in the plan, then those that follow */
	size_t count, capacity;
	const struct process *first_before, *first_after; /* who dies first; NULL: nobody */
	size_t ranked_before, ranked_after;               /* how many processes have a rank */
	size_t children; /* processes below those of the plan that are not in it */
	struct arena texts;
};

/*
 * Computes what a plan would do, with the arithmetic and the order of badness_rank(): the snapshot
 * is copied, changed and ranked again. It must have been read with NEED_BADNESS; processes of the
 * plan that are not in it are left out. The snapshot must outlive the preview.
 */
void oom_preview(
	struct oom_preview *preview, const struct snapshot *snapshot, const struct oom_plan *plan);
void oom_preview_finish(struct oom_preview *preview);

/*
 * The value for -17 to 15 of the scale before 2.6.36 (oom_adj), as the kernel converts it
 * (fs/proc/base.c, oom_adj_write). It does not come back from there as it was (T36).
 */
int64_t oom_from_legacy(int64_t legacy);

enum { OOM_DROP_IN_SIZE = 1024 };

/*
 * What makes an adjustment last beyond the process: the command and the text for systemd's drop-in
 * file, several lines, safe for a terminal. Returns false where systemd has no such setting for
 * it; the text is then the reason, in one line.
 */
bool oom_drop_in(const struct process *process, int64_t adj, char text[static OOM_DROP_IN_SIZE]);
