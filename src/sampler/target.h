// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which processes to sample, and how much. */
struct sampling_target {
	int64_t pid;    /* 0: all processes; else the fallback if these are forbidden */
	int64_t period; /* every Nth minor fault; 0: 61, changed by events_adapt() */
	bool of_all;    /* all faults are wanted: the end of process pid is not the cause */
	bool walks;     /* sample TLB walks too: expensive, and needs the permission for all */
	bool on_exec;   /* pid is a stopped child: only it and its children, from its exec on */
	size_t pages;   /* of each ring, a power of two; 0: 64 */
};
