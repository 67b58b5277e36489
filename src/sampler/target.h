// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is sampled. */
enum event_kind {
	EVENT_MINOR, /* a page fault that was served without waiting */
	EVENT_MAJOR, /* one that waited for a disk */
	EVENT_WALK,  /* a walk of the page tables after a miss in the data TLB */
	EVENT_KINDS,
};

/* Of which processes, and how much. */
struct sampling_target {
	int64_t pid;    /* 0: all processes. Else the one to fall back to where all are forbidden */
	int64_t period; /* every Nth minor fault; 0: 61, and what events_adapt() makes of it */
	bool of_all;    /* the faults of all are asked for: that pid has ended is no reason */
	bool walks;     /* sample TLB walks, too: that costs, and needs the rights for all */
	bool on_exec;   /* pid is a stopped child: only it and its children, from its exec on */
	size_t pages;   /* of each ring, a power of two; 0: 64 */
};
