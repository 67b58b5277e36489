// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "collect/schedule.h"

#include <stdbool.h>
#include <stdint.h>

struct needs;
struct process;
struct snapshot;

/* The current refresh. */
struct pass {
	struct snapshot *now;
	const struct snapshot *before; /* NULL: first refresh */
	const struct needs *needs;
	bool swapless;
	struct pass_time time;
};

/* What is known of a process beside its row of the last refresh. */
struct cached_process {
	int64_t pid, start_time, start_code, start_stack;
	int64_t exec_time; /* time of its last exec that was seen; 0: never */
	int64_t cpu_clock; /* at the last refresh; UNKNOWN: it cannot be told */
	struct schedule schedule;
	uint32_t row;     /* in the last snapshot, or NO_ROW */
	uint32_t read;    /* needs that the row was filled for (PROCESS_NEEDS), */
	uint32_t refused; /* those without permission, */
	uint32_t absent;  /* and those without a file */
	bool is_shared;   /* another process has the same address space, and may change it */
	bool is_fresh;    /* its row was read, not reused */
};

#define NO_ROW UINT32_MAX

/* The row of the last refresh, or NULL. */
const struct process *cache_old_row(const struct pass *pass, const struct cached_process *cached);

/* Adds the last refresh's row unchanged, and repeats its gaps. */
struct process *cache_reuse_row(const struct pass *pass, struct cached_process *cached);

/*
 * Copies from the old row of the same program: its PSS, and the texts of `needs` that were read for
 * it. Returns the needs met by that.
 */
uint64_t cache_reuse_names(const struct pass *pass, const struct cached_process *cached,
	struct process *row, const struct process *old, uint64_t needs);
