// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/unit.h"
#include "table/table.h"

#include <stddef.h>
#include <stdint.h>

/* One process. Threads are not rows: what they hold is the process's. Bytes, counts, nanoseconds.
 */
struct process {
	int64_t pid, parent, uid, nice, priority, threads;
	int64_t start_time;    /* ticks since boot: with pid the identity */
	int64_t look_time;     /* of the snapshot for which it was last looked at */
	int64_t kernel_thread; /* 1 for a kernel thread */
	int64_t oom_resident;  /* RES as the OOM killer counts it; UNKNOWN: as RES is counted */
	int64_t cpu_time, cpu_share, age;
	int64_t virtual, resident, shared, anon, file, shmem, swap, used, memory_share, peak;
	int64_t data, code, library, stack, locked, page_tables, hugetlb;
	int64_t oom_score, oom_adj;
	int64_t minor_faults, major_faults, minor_fault_rate, major_fault_rate, growth;
	int64_t memory_of; /* another process whose address space this one uses (CLONE_VM) */
	int64_t badness, rank, adj_weight, frees; /* by model/badness.c, as is protection */
	const char *user, *state, *cgroup, *unit, *comm, *command, *protection, *oom_group;
	const struct process_extras *extras; /* never NULL */
	/* What was asked for and could not be read, as NEED_ bits: PROCESS_NEEDS has all. */
	struct gaps {
		uint32_t refused; /* not permitted */
		uint32_t absent;  /* there is no such file */
		uint32_t silent;  /* the file does not answer */
		uint32_t failed;  /* for the reason `error`, an errno */
		int error;
	} gaps;
};

/* Notes a gap; `error` is a -errno. That a process has ended while it was read is none: it will be
 * gone. */
void process_note_gap(struct process *process, uint64_t need, int error);

/* What few processes have, or all only where it is asked for: see snapshot_extras(). */
struct process_extras {
	struct process_rollup {
		int64_t pss, uss, swap_pss;
		int64_t time, resident, cost; /* of its reading: when, RES then, CPU time, */
		int64_t error;                /* and why nothing is known; 0: it is */
	} rollup;
	int64_t pss_age;                              /* since that was read */
	int64_t pss_stale;                            /* 1: it was read before the last refresh */
	int64_t minor_fault_count, major_fault_count; /* since the last refresh; NEED_FAULTS */
	int64_t tlb_walk_rate;                        /* where it is sampled */
	const char *blocked; /* its files that have been asked and have not answered */
	const char *fault_segment, *fault_code; /* of most of its faults since the last refresh */
};

/* Those of a process of which none is known. */
extern const struct process_extras process_no_extras;

extern const struct table process_table;

/* The same rows and columns under the name that they have in an order of kills. */
extern const struct table candidate_table;

/* The columns shown when nobody chose any, as selection_parse() takes them. */
extern const char process_default_columns[];

/* The same for the order in which the OOM killer would take them. */
extern const char process_kill_order_columns[];

/* No limit at all. */
#define UNLIMITED INT64_MAX

/* The limits of a process that bound its memory (setrlimit(2)), in the order they are shown. */
enum limit_kind {
	LIMIT_ADDRESS_SPACE,
	LIMIT_DATA,
	LIMIT_STACK,
	LIMIT_LOCKED,
	LIMIT_MESSAGE_QUEUES,
	LIMIT_PROCESSES,
	LIMIT_OPEN_FILES,
	LIMIT_KINDS,
};

/* The soft limit holds; the process itself may raise it up to the hard one. UNKNOWN if not read. */
struct limit {
	int64_t soft, hard;
};

struct limit_description {
	const char *key; /* as /proc/PID/limits calls it (fs/proc/base.c, lnames) */
	const char *title, *help;
	enum unit unit;
	const char *column; /* of a process: what is used of it; NULL: not known */
};
extern const struct limit_description limit_descriptions[LIMIT_KINDS];

/* Writes a limit for people: "unlimited", "8.0M", "-". */
void limit_format(char text[static UNIT_FORMAT_SIZE], enum limit_kind kind, int64_t limit);
