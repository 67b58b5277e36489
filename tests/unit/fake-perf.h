// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sampler/perf-calls.h"

#include <linux/perf_event.h>
#include <stdbool.h>

enum { FAKE_FDS = 1024 };

/* A kernel of our own: how it answers, and what was asked of it. */
extern struct fake_kernel {
	int64_t cpus, paranoid, seccomp;
	int open_error;     /* of every open; 0: none */
	int all_error;      /* of opens for all tasks */
	int kernel_error;   /* of opens of one task that do not leave out the kernel */
	int hardware_error; /* of opens of hardware events */
	int map_error;
	bool has_no_lost;  /* PERF_FORMAT_LOST is not known */
	size_t known_size; /* of the attributes; 0: any */
	uint64_t top_frequency;
	uint64_t offline;  /* CPUs */
	size_t most_pages; /* of one ring; 0: any */
	int most_fds;      /* 0: any */

	int open_fds, rings, opens;
	int most_open;
	struct perf_event_attr attributes[FAKE_FDS]; /* by descriptor */
	int cpu[FAKE_FDS], output[FAKE_FDS];
	pid_t task[FAKE_FDS];
	bool is_open[FAKE_FDS];
	uint64_t period[FAKE_FDS];
	uint64_t values[4]; /* what a read gives, of the first as many as were asked for */
} fake_kernel;

extern const struct perf_calls fake_perf;

/* Two CPUs, level 2, all is permitted. */
void fake_perf_reset(void);
