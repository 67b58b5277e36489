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
	bool has_run;      /* since its stat was read; without a CPU clock: as far as was seen */
	bool has_run_since_names;
	bool is_shared; /* another process has the same address space, and may change it */
	bool is_fresh;  /* its stat was read in this refresh */
};

#define NO_ROW UINT32_MAX

/* By ascending pid. A zeroed struct is empty. */
struct process_cache {
	struct cached_process *list;
	size_t count, capacity;
};

/* Forgets the processes that are not in a list of all; adds those of a list that are new. */
void process_cache_drop_gone(struct process_cache *cache, const int64_t *pids, size_t count);
void process_cache_add_new(struct process_cache *cache, const int64_t *pids, size_t count);

/* Returns NULL if the process is not known. */
struct cached_process *process_cache_find(const struct process_cache *cache, int64_t pid);

/* The row of the last refresh, or NULL. */
const struct process *cache_old_row(const struct pass *pass, const struct cached_process *cached);

/*
 * Adds a copy of the last refresh's row; of what is `due` to be read again it has neither texts nor
 * gaps.
 */
struct process *cache_reuse_row(
	const struct pass *pass, const struct cached_process *cached, uint64_t due);
