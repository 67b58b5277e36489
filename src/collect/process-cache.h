// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct needs;
struct process;
struct snapshot;

/* Which refresh it is. */
struct pass_time {
	int64_t now; /* when it is read: nanoseconds of CLOCK_BOOTTIME */
	unsigned refresh;
	bool is_fast;     /* see schedule_is_fast() */
	int64_t interval; /* nanoseconds since the refresh before; 0: there is none */
};

/* The current refresh. */
struct pass {
	struct snapshot *now;
	const struct snapshot *before; /* NULL: first refresh */
	const struct needs *needs;
	bool swapless;
	bool has_clock; /* CPU clocks show which processes have run */
	struct pass_time time;
};

/* What is known of a process beside its row of the last refresh. */
struct cached_process {
	int64_t pid, start_time, start_code, start_stack;
	int64_t exec_time; /* time of its last exec that was seen; 0: never */
	int64_t cpu_clock; /* at the last refresh, where there are such clocks */
	uint32_t row;      /* in the last snapshot, or NO_ROW */
	uint32_t read;     /* needs that the row was filled for (PROCESS_NEEDS), */
	uint32_t refused;  /* those without permission, */
	uint32_t absent;   /* and those without a file */
	bool has_run; /* since the last refresh; without a CPU clock: as far as stat has shown */
	bool has_run_since_stat, has_run_since_names;
	bool is_doubtful; /* its PID was listed, or its clock went back: it may be another one */
	bool is_shared;   /* another process has the same address space, and may change it */
	bool is_fresh;    /* its stat was read in this refresh */
};

#define NO_ROW UINT32_MAX

/* By ascending pid. A zeroed struct is empty. */
struct process_cache {
	struct cached_process *list;
	size_t count, capacity;
};

/*
 * Forgets the processes that are not in a list of all. Adds those of a list that are new; the
 * others of it are doubtful.
 */
void process_cache_drop_gone(struct process_cache *cache, const int64_t *pids, size_t count);
void process_cache_add_new(struct process_cache *cache, const int64_t *pids, size_t count);

/* Returns NULL if the process is not known. */
struct cached_process *process_cache_find(const struct process_cache *cache, int64_t pid);

/*
 * Finds out which processes that were read share the address space of their parent, for
 * `memory_of`; each row has the same index as its cached process. A process made with CLONE_VM but
 * without CLONE_THREAD (also by vfork) shows the same memory as its parent (T25). If their stacks
 * begin at the same address, kcmp(2) decides; if that is refused it is UNKNOWN.
 */
void process_cache_find_sharing(struct process_cache *cache, struct snapshot *now);

/* The row of the last refresh, or NULL. */
const struct process *cache_old_row(const struct pass *pass, const struct cached_process *cached);

/*
 * Adds a copy of the last refresh's row; of what is `due` to be read again it has neither texts nor
 * gaps.
 */
struct process *cache_reuse_row(
	const struct pass *pass, const struct cached_process *cached, uint64_t due);
