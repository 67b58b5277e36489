// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/text.h"
#include "table/table.h"

/* The result of the sampler for a snapshot, which owns the texts. */
struct sampling {
	const char *access;    /* permissions: whose faults are sampled; NULL: no sampler */
	const char *missing;   /* one line: missing permission and remedy; or NULL */
	int64_t duration;      /* sampling time of the fault rows */
	int64_t period;        /* one of so many minor faults is sampled; the largest in use */
	int64_t samples, lost; /* lost: the ring was full */
	int64_t pages;         /* size of each ring */
	int64_t own_pid;       /* PID of the sampling process, whose faults do not count */
};

/*
 * The memory cgroup that is nearest to its limit: of the machine, by collect/nearest-limit.c, or of
 * those above a process, by collect/oom-scope.c. Bytes.
 */
struct nearest_limit {
	const char *cgroup; /* NULL: no limit applies, or none is visible */
	int64_t max, headroom;
};

/* What model/verdict.c says about the memory of the machine. */
struct verdict {
	const char *state;                   /* one of verdict_states; NULL: not asked for */
	const char *state_now;               /* the same without regard to kills */
	int64_t since, since_now;            /* when they began, nanoseconds since the epoch */
	int64_t use_growth;                  /* of memory and swap in use, bytes per minute */
	int64_t gone, gone_least, gone_most; /* nanoseconds until all is used up, at this rate */
	int64_t kills;                       /* 1: there was one within the last ten minutes */
	const char *who; /* of state_now: a process, or another user of memory; NULL: no one */
	int64_t who_pid, who_use, who_growth; /* bytes, bytes per minute */
};

/* The totals of the machine. Bytes and counts; the snapshot owns the texts. */
struct system {
	int64_t uptime, process_count;
	int64_t load; /* thousandths */
	const char *host, *kernel;

	/* /proc/meminfo from libproc2, which computes used, buff_cache and swap_used */
	int64_t total, used, free, shared, buffers, cache, buff_cache, available;
	int64_t low_total, low_used, low_free, high_total, high_used, high_free;
	int64_t swap_total, swap_used, swap_free, swap_cached;
	int64_t commit_limit, committed;
	int64_t page_cache, anon, slab_reclaimable, slab_unreclaimable, kernel_stack, page_tables;
	int64_t per_cpu, hugetlb, dirty, writeback;
	/* computed by system_split(), so that each page is in one part */
	int64_t file_cache, kernel_memory, other;

	/* /proc/vmstat, since boot */
	int64_t faults, major_faults, pages_swapped_in, pages_swapped_out, pages_scanned,
		pages_reclaimed, anon_refaults, oom_kills;
	int64_t memory_changes; /* sum of counters, for the collector: see vmstat_changes() */
	/* rates by model/derive.c */
	int64_t fault_rate, major_fault_rate, swap_in_rate, swap_out_rate, scan_rate, reclaim_rate,
		anon_refault_rate;
	int64_t swap_in_bytes_rate, swap_out_bytes_rate, reclaim_bytes_rate;

	/* the last of oom_kills, by collect/last-kill.c; UNKNOWN and NULL if not known */
	int64_t last_kill_time;  /* nanoseconds since the epoch */
	int64_t last_kill_doubt; /* it may have been earlier by so much; 0: it was not */
	const char *last_kill_comm;

	/* counts of all CPUs since the sampler began */
	int64_t tlb_walks, code_tlb_walks, cycles, instructions;
	/* since the last refresh, by model/derive.c */
	int64_t tlb_walk_rate, code_tlb_walk_rate, walks_per_million;

	struct sampling sampling;
	struct nearest_limit nearest;
	struct verdict verdict;

	/* the scope of an OOM kill, by collect/oom-scope.c; oom_total also by model/derive.c */
	int64_t oom_limit, oom_headroom, oom_total, kill_allocating_task, panic_on_oom;
	int64_t oom_hidden;       /* 1: the cgroups above the visible ones are unknown */
	const char *oom_asked;    /* the chosen memory cgroup */
	const char *oom_scope;    /* OOM_SCOPE_MACHINE or _HIDDEN, or the path of a memory cgroup */
	const char *own_cgroup;   /* of memtop itself, if it has a limit: */
	struct nearest_limit own; /* the one that it reaches first */

	/* /proc/pressure/memory */
	int64_t some_avg10, some_avg60, some_avg300, some_total;
	int64_t full_avg10, full_avg60, full_avg300, full_total;

	/* of memtop, by collect/self.c; self_cpu_share by model/derive.c */
	int64_t self_cpu_share, self_cpu_time, self_resident;
};

extern const struct table system_table;

/* The figure at an offset. */
static inline int64_t
system_figure(const struct system *system, size_t offset)
{
	return *(const int64_t *)((const char *)system + offset);
}

/*
 * Splits MemTotal into anon, file_cache, shared, kernel_memory, hugetlb, free and other; computes
 * the sums among them. Unknown parts are in `other`.
 */
void system_split(struct system *system);

/* Sets a sum or difference to UNKNOWN if an operand is. */
void system_check_sums(struct system *system);

/*
 * The number of kills since boot and the last one: "34, last 06:53 worker", or with a date if it
 * was not on the day of `now` (nanoseconds since the epoch): "34, last 2026-11-26 worker". Safe for
 * a terminal.
 */
enum { SYSTEM_TEXT_SIZE = 512 };
void system_kills_text(char text[static SYSTEM_TEXT_SIZE], const struct system *system, int64_t now,
	enum charset charset);

/*
 * "12.0M left of 512M in /a/b", or "" without a limit. What others use of a limit that is hidden is
 * not known: "at most 12.0M left of 512M above what is visible".
 */
void system_limit_text(char text[static SYSTEM_TEXT_SIZE], const struct nearest_limit *limit,
	enum charset charset);

/* The same of memtop's own cgroup, in a text of the totals. */
void system_own_limit_text(char text[static SYSTEM_TEXT_SIZE], const struct system *system,
	int64_t now, enum charset charset);

/* "ok, 19.6G available, steady": the verdict in a text of the totals. */
void system_verdict_text(char text[static SYSTEM_TEXT_SIZE], const struct system *system,
	int64_t now, enum charset charset);

/* The lines of the totals in a text: a label, then names with their values and a suffix. */
struct system_line {
	const char *label;
	uint64_t need;         /* only if that was asked for */
	const char *condition; /* only if this column is known; or NULL */
	struct system_item {
		const char *label, *column, *behind;
		/* writes another text instead of the value; or NULL */
		void (*write)(char text[static SYSTEM_TEXT_SIZE], const struct system *system,
			int64_t now, enum charset charset);
	} items[10];
};
extern const struct system_line system_lines[];
extern const size_t system_line_count;
