// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/unit.h"
#include "model/growth.h"
#include "table/table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One process; its memory is that of all threads. Bytes, counts, nanoseconds. */
struct process {
	/* What most lists show stands together: a refresh of many rows waits for memory. */
	int64_t pid, resident, virtual, shared, anon, swap, oom_score, oom_adj;
	const char *user, *state, *comm, *command;
	int64_t minor_fault_rate, major_fault_rate, growth, cpu_share, memory_share, rank;
	int64_t start_time;  /* ticks since boot; with pid it identifies the process */
	int64_t look_time;   /* of the snapshot that last read it, or knew that it had not run */
	int64_t memory_time; /* of the snapshot that last read its memory */
	int64_t parent, uid, nice, priority, threads;
	int64_t oom_resident; /* RES as the OOM killer counts it; UNKNOWN: same as RES */
	int64_t cpu_time, age, minor_faults, major_faults;
	int64_t used, page_tables;
	/* Never NULL. */
	const struct process_place *place; /* neighbours often share one */
	const struct process_weight *weight;
	const struct process_status *status;
	const struct process_rollup *rollup;
	const struct process_extras *extras;
	uint32_t asked; /* the needs that it was read for, of PROCESS_NEEDS */
	bool is_kernel_thread;
	bool has_slept; /* it has not run since the refresh before, by its CPU clock */
	bool is_kept;   /* nothing was read: but for its parts and rates it is the row of before */
};

/* Where it runs, which follows from its cgroup. */
struct process_place {
	const char *cgroup, *unit;
	const char *container, *container_path, *pod, *pod_path; /* the paths tell them apart */
};

/* The place of a process of which nothing is known. */
extern const struct process_place process_no_place;

/* What it means to the OOM killer, by model/badness.c as is its rank (NEED_WEIGHT, NEED_RANK). */
struct process_weight {
	int64_t badness, adj_weight, frees;
	const char *protection;
};

/* The weight of a process of which it was not computed. */
extern const struct process_weight process_no_weight;

/* What only status says of its memory (NEED_STATUS): see snapshot_status(). */
struct process_status {
	int64_t file, shmem, peak, data, code, library, stack, locked, hugetlb;
};

/* The status of a process of which it was not read. */
extern const struct process_status process_no_status;

/* What smaps_rollup says (NEED_PSS), and since when: see snapshot_rollup(). */
struct process_rollup {
	int64_t pss, uss, swap_pss;
	int64_t pss_anon, pss_file, pss_shmem; /* the parts of pss */
	int64_t time, resident, cost;          /* of the read: its time, RES then, CPU time used, */
	int64_t error;                         /* and the error; 0: none */
	int64_t age;                           /* since it was read */
	int64_t stale;                         /* 1: it was read before the last refresh */
};

/* That of a process of which it was not read. */
extern const struct process_rollup process_no_rollup;

/* Values that only few processes have, or that are seldom needed: see snapshot_extras(). */
struct process_extras {
	int64_t memory_of; /* another process with the same address space (CLONE_VM) */
	const char *oom_group;
	int64_t minor_fault_count, major_fault_count; /* since the last refresh; NEED_FAULTS */
	int64_t tlb_walk_rate;                        /* if sampled */
	struct growth_summary growth;                 /* of anon + swap; NEED_GROWTH */
	const char *blocked;                          /* its files that do not answer */
	const char *fault_segment, *fault_code; /* of most of its faults since the last refresh */
	/* Data that was needed and could not be read, as NEED_ bits of PROCESS_NEEDS. */
	struct gaps {
		uint32_t refused; /* not permitted */
		uint32_t absent;  /* there is no such file */
		uint32_t silent;  /* the file does not answer */
		uint32_t failed;  /* for the reason `error`, an errno */
		int error;
	} gaps;
};

/* The extras of a process without any. */
extern const struct process_extras process_no_extras;

extern const struct row_part process_weight_part, process_status_part, process_rollup_part,
	process_extras_part;

extern const struct table process_table;

/* The same rows and columns with the name for an order of kills. */
extern const struct table candidate_table;

/*
 * The part of a command line that tells it apart: the program without its path, or the script that
 * an interpreter runs. It is the end of that text.
 */
const char *process_program(const char *command);

/* The default columns, for selection_parse(). */
extern const char process_default_columns[];

/* The same for the order of kills. */
extern const char process_kill_order_columns[];

/* The limits of a process for memory (setrlimit(2)), in display order. */
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

/* The soft limit applies; the process may raise it up to the hard one. UNKNOWN if not read. */
struct limit {
	int64_t soft, hard;
};

struct limit_description {
	const char *key; /* name in /proc/PID/limits (fs/proc/base.c, lnames) */
	const char *title, *help;
	enum unit unit;
	const char *column; /* process column with the usage; NULL: not known */
};
extern const struct limit_description limit_descriptions[LIMIT_KINDS];

/* Writes a limit for people: "unlimited", "8.0M", "-". */
void limit_format(char text[static UNIT_FORMAT_SIZE], enum limit_kind kind, int64_t limit);
