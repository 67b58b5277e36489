// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct process;
struct snapshot;
struct system;

/* oom_score_adj: thousandths of the total. The kernel never kills a process with the least. */
enum { OOM_ADJ_LEAST = -1000, OOM_ADJ_MOST = 1000 };

/*
 * The kernel's OOM arithmetic (mm/oom_kill.c, oom_badness; fs/proc/base.c, proc_oom_score). It
 * counts in pages and truncates like the kernel; parameters and results are bytes. The result is
 * UNKNOWN if an input is. hugetlb pages do not count; shared memory counts for each process that
 * maps it (T40).
 */

/* The scope of an OOM kill: the whole machine, or a memory cgroup at its limit. */
struct badness_scope {
	int64_t total;      /* memory and swap in bytes; an adjustment is thousandths of it */
	const char *cgroup; /* only its members are candidates; NULL: all processes are */
	int64_t machine;    /* the total of the machine; oom_score always uses this */
	bool old_scale;     /* a kernel before 5.9: another scale of oom_score */
};

/* The scope of a snapshot. The snapshot owns the text. */
struct badness_scope badness_scope_of(const struct snapshot *snapshot);

/*
 * Why the order of kills has no meaning (vm.panic_on_oom, vm.oom_kill_allocating_task), or NULL.
 * Static text.
 */
const char *badness_warning(const struct system *system);

/* Whether the OOM killer may choose this process in the scope. */
bool badness_is_candidate(const struct badness_scope *scope, const struct process *process);

/*
 * Finds of each row of a snapshot that of the process whose address space it uses: a parent or
 * itself. Where a file says that some use each other's, it is one of these.
 */
void badness_find_owners(const struct snapshot *snapshot, size_t *ret_owners);

/* Whether a process uses the address space of its parent until exec (vfork(2)). */
bool badness_is_vfork_child(const struct process *process, const struct badness_scope *scope);

/* An adjustment in bytes. */
int64_t badness_adj_weight(int64_t adj, int64_t total);

/* The killer compares these; may be negative. `resident` is the kernel's own count (T16). */
int64_t badness_points(
	int64_t resident, int64_t swap, int64_t page_tables, int64_t adj, int64_t total);

/* The oom_score for these points (T37); `total` is the machine's. */
int64_t badness_score(int64_t points, int64_t total, bool old_scale);

/* The current points and oom_score of a process. */
int64_t badness_of(const struct process *process, int64_t total);
int64_t badness_score_of(const struct process *process, const struct badness_scope *scope);

/*
 * These depend on the kernel's release, as from uname(2): the scale of oom_score; and whether
 * oom_badness sums the counters of all CPUs, as RES does (since 7.0), or uses their cached sum, as
 * field 24 of stat does. A backport of the former sum cannot be detected: then badness is wrong by
 * the difference of RES and field 24.
 */
bool badness_has_old_scale(const char *release);
bool badness_counts_exactly(const char *release);

/*
 * Fills adj_weight and frees of all processes, or of that in focus, where it is asked for
 * (NEED_WEIGHT); needs no other process.
 */
void badness_weigh(struct snapshot *snapshot);

/*
 * Fills badness, rank and protection of all processes and the kill_order of the snapshot, which
 * needs NEED_BADNESS and all processes. Of equal processes the killer takes the one started last.
 * Processes of one address space are one candidate with one rank; so are processes killed as one
 * group (oom_group).
 */
void badness_rank(struct snapshot *snapshot);
