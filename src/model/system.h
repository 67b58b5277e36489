// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/text.h"
#include "table/table.h"

/* What the sampler did for a snapshot. The texts belong to it. */
struct sampling {
	const char *access;    /* whose faults are sampled; NULL: there is no sampler */
	const char *missing;   /* one line: what is missing, and what would grant it; or NULL */
	int64_t duration;      /* that the rows of faults are about */
	int64_t period;        /* every so manieth minor fault is a sample: the largest in use */
	int64_t samples, lost; /* lost: those that found no room */
	int64_t pages;         /* of each ring */
	int64_t own_pid;       /* of the process that samples, whose faults do not count */
};

/* The totals of the machine. Bytes and counts; the text belongs to the snapshot. */
struct system {
	int64_t uptime, process_count;
	const char *host, *kernel;

	/* /proc/meminfo as libproc2 has it; used, buff_cache and swap_used are its sums */
	int64_t total, used, free, shared, buffers, cache, buff_cache, available;
	int64_t low_total, low_used, low_free, high_total, high_used, high_free;
	int64_t swap_total, swap_used, swap_free, swap_cached;
	int64_t commit_limit, committed;
	int64_t page_cache, anon, slab_reclaimable, slab_unreclaimable, kernel_stack, page_tables;
	int64_t per_cpu, hugetlb, dirty, writeback;
	/* the same by system_split(), so that all memory is in one part */
	int64_t file_cache, kernel_memory, other;

	/* /proc/vmstat, since boot */
	int64_t faults, major_faults, pages_swapped_in, pages_swapped_out, pages_scanned,
		pages_reclaimed, oom_kills;
	/* the same, by model/derive.c */
	int64_t fault_rate, major_fault_rate, swap_in_rate, swap_out_rate, scan_rate, reclaim_rate;
	int64_t swap_in_bytes_rate, swap_out_bytes_rate, reclaim_bytes_rate;

	/* the last of oom_kills, by collect/last-kill.c; UNKNOWN and NULL where it is not known */
	int64_t last_kill_time; /* nanoseconds since the epoch */
	const char *last_kill_comm;

	/* what the processors counted since the sampler began, all CPUs together */
	int64_t tlb_walks, code_tlb_walks, cycles, instructions;
	/* since the last refresh, by model/derive.c */
	int64_t tlb_walk_rate, code_tlb_walk_rate, walks_per_million;

	struct sampling sampling;

	/* what an OOM kill would be about, by collect/oom-scope.c; oom_total by model/derive.c too
	 */
	int64_t oom_limit, oom_headroom, oom_total, kill_allocating_task, panic_on_oom;
	int64_t oom_hidden;    /* 1: of the groups above those that are visible nothing is known */
	const char *oom_asked; /* the memory cgroup that was asked about */
	const char *oom_scope; /* OOM_SCOPE_MACHINE or _HIDDEN, or the path of a memory cgroup */
	/* of the program itself, where no group was asked about */
	const char *own_cgroup;
	int64_t own_limit;

	/* /proc/pressure/memory */
	int64_t some_avg10, some_avg60, some_avg300, some_total;
	int64_t full_avg10, full_avg60, full_avg300, full_total;

	/* of this program, by collect/self.c; its share of one CPU by model/derive.c */
	int64_t self_cpu_share, self_cpu_time, self_resident;
};

extern const struct table system_table;

/*
 * Splits MemTotal into anon, file_cache, shared, kernel_memory, hugetlb, free and other: fills
 * those that are sums. What is unknown of them is in other.
 */
void system_split(struct system *system);

/* Makes each sum or difference UNKNOWN of which a part is. */
void system_check_sums(struct system *system);

/*
 * How many kills since boot, and the last of them: "34, last 06:53 worker", of another day than
 * that of `now` (nanoseconds since the epoch) "34, last 2026-11-26 worker". Safe for a terminal.
 */
enum { SYSTEM_TEXT_SIZE = 128 };
void system_kills_text(char text[static SYSTEM_TEXT_SIZE], const struct system *system, int64_t now,
	enum charset charset);

/*
 * How the totals stand on lines when they are shown as text: a label, then names with their values
 * and what stands behind those.
 */
struct system_line {
	const char *label;
	struct system_item {
		const char *label, *column, *behind;
		/* what stands in the place of the column's value; or NULL */
		void (*write)(char text[static SYSTEM_TEXT_SIZE], const struct system *system,
			int64_t now, enum charset charset);
	} items[10];
};
extern const struct system_line system_lines[];
extern const size_t system_line_count;
