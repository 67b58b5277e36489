// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct process;
struct snapshot;
struct system;

/* Of oom_score_adj: thousandths of the total. With the least the kernel never kills. */
enum { OOM_ADJ_LEAST = -1000, OOM_ADJ_MOST = 1000 };

/*
 * The kernel's OOM arithmetic (mm/oom_kill.c, oom_badness; fs/proc/base.c, proc_oom_score): in
 * pages and truncated as there, given and returned in bytes. Whatever is computed from something
 * UNKNOWN is UNKNOWN. hugetlb pages do not count, shared memory counts for each that maps it (T40).
 */

/* What an OOM kill is about: the whole machine, or a memory cgroup at its limit. */
struct badness_scope {
	int64_t total;      /* bytes of which an adjustment is thousandths: memory and swap */
	const char *cgroup; /* only its members are candidates; NULL: all processes are */
	int64_t machine;    /* the total of the whole machine, which oom_score is always about */
	bool old_scale;     /* oom_score is that of a kernel before 5.9 */
};

/* The scope that a snapshot is about. The text is the snapshot's. */
struct badness_scope badness_scope_of(const struct snapshot *snapshot);

/*
 * What takes the sense from the order of kills (vm.panic_on_oom, vm.oom_kill_allocating_task), or
 * NULL. Static text.
 */
const char *badness_warning(const struct system *system);

/* Whether a process is one of those of which the OOM killer would choose. */
bool badness_is_candidate(const struct badness_scope *scope, const struct process *process);

/*
 * The process whose address space a process uses: that of a parent, or its own. `snapshot` must
 * hold it.
 */
struct process *badness_owner(const struct snapshot *snapshot, const struct process *process);

/* Whether it borrows the address space of its parent until it runs exec (vfork(2)). */
bool badness_is_vfork_child(const struct process *process, const struct badness_scope *scope);

/* An adjustment as bytes. */
int64_t badness_adj_weight(int64_t adj, int64_t total);

/* What the killer compares; may be negative. `resident` is as the kernel counts it (T16). */
int64_t badness_points(
	int64_t resident, int64_t swap, int64_t page_tables, int64_t adj, int64_t total);

/* What oom_score shows for so many points (T37); `total` is the machine's. */
int64_t badness_score(int64_t points, int64_t total, bool old_scale);

/* The points and the oom_score of a process as it is now. */
int64_t badness_of(const struct process *process, int64_t total);
int64_t badness_score_of(const struct process *process, const struct badness_scope *scope);

/*
 * What depends on the kernel's release, as uname(2) gives it: the scale of oom_score, and whether
 * oom_badness sums the counters of all CPUs, as RES does (since 7.0), or takes their cached sum, as
 * field 24 of stat does. A kernel to which the former was ported back cannot be told from outside:
 * it is off by what RES and stat differ.
 */
bool badness_has_old_scale(const char *release);
bool badness_counts_exactly(const char *release);

/* Fills adj_weight and frees of all processes, which need only the process itself. */
void badness_weigh(struct snapshot *snapshot);

/*
 * Fills badness, rank and protection of all processes and the snapshot's kill_order; for that it
 * must have been read with NEED_BADNESS and all processes. Of equal ones the killer takes that
 * which started last. Processes of one address space are one candidate and share its rank; so do
 * those that are killed as one group (oom_group).
 */
void badness_rank(struct snapshot *snapshot);
