// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What must be read for a column. A reader runs only where one of its bits is asked for. */
enum need {
	NEED_STAT = 1 << 0,       /* /proc/PID/stat; always read */
	NEED_MEMORY = 1 << 1,     /* sizes in statm, or the same from status */
	NEED_STATUS = 1 << 2,     /* the Vm and Rss lines of status */
	NEED_SWAP = 1 << 3,       /* VmSwap of status; known without reading where no swap exists */
	NEED_OWNER = 1 << 4,      /* the effective user: owner of /proc/PID */
	NEED_OOM_SCORE = 1 << 5,  /* oom_score */
	NEED_OOM_ADJ = 1 << 6,    /* oom_score_adj */
	NEED_PSS = 1 << 7,        /* smaps_rollup */
	NEED_CGROUP = 1 << 8,     /* cgroup */
	NEED_COMMAND = 1 << 9,    /* cmdline */
	NEED_MEMINFO = 1 << 10,   /* libproc2: meminfo */
	NEED_VMSTAT = 1 << 11,    /* libproc2: vmstat */
	NEED_PRESSURE = 1 << 12,  /* /proc/pressure/memory */
	NEED_HOST = 1 << 13,      /* host name, uptime */
	NEED_PROCESSES = 1 << 14, /* the list of processes at all */
	NEED_LIMITS = 1 << 15,    /* limits; only of the process in focus */
	NEED_RANK = 1 << 16,      /* all processes, also where only some are asked for by pid */
	NEED_OOM = 1 << 17,       /* sysctls of the OOM killer, the limits of the scope */
	NEED_OOM_GROUP = 1 << 18, /* memory.oom.group of the control groups */

	NEED_EVENTS = 1 << 19, /* what happened since the last refresh: kills */

	NEED_FAULTS = 1 << 20,        /* page faults by segment and code, sampled by perf events */
	NEED_WALKS = 1 << 21,         /* TLB walks of the machine, counted by perf events */
	NEED_SAMPLED_WALKS = 1 << 22, /* TLB walks by process and code, sampled */

	NEED_SELF = 1 << 23,     /* what memtop itself uses */
	NEED_MAPPINGS = 1 << 24, /* smaps; only of the process in focus */

	NEED_BUDGET = 1 << 25, /* where all of MemTotal is */
	NEED_SLABS = 1 << 26,  /* the slab caches */
	NEED_ZONES = 1 << 27,
	NEED_RECLAIM = 1 << 28, /* counters of reclaim in /proc/vmstat */
	NEED_SWAPS = 1 << 29,   /* swap devices and files */
	NEED_NODES = 1 << 30,   /* NUMA nodes */

	/* What is asked for wherever processes are shown: the list, and the totals above it. */
	NEED_OVERVIEW = NEED_STAT | NEED_PROCESSES | NEED_MEMINFO | NEED_VMSTAT | NEED_PRESSURE |
			NEED_HOST | NEED_SELF,

	/* What a process without an address space holds nothing of. */
	NEED_MEMORY_ANY = NEED_MEMORY | NEED_STATUS | NEED_SWAP | NEED_PSS,

	/* What the OOM killer looks at, and the score that shows what only the kernel knows. */
	NEED_BADNESS = NEED_STAT | NEED_PROCESSES | NEED_MEMORY | NEED_STATUS | NEED_SWAP |
		       NEED_OOM_ADJ | NEED_OOM_SCORE | NEED_MEMINFO | NEED_HOST | NEED_RANK |
		       NEED_CGROUP | NEED_OOM_GROUP,
};

/* What one refresh is asked for. */
struct needs {
	unsigned bits;
	/*
	 * Ascending; only these processes. NULL: all. With NEED_RANK the others are rows as well,
	 * read for what they count in the order of kills; whoever shows rows leaves them out
	 * (filter_add_set).
	 */
	const int64_t *pids;
	size_t pid_count;
	int64_t focus;       /* one process of which more is wanted; 0: none */
	unsigned focus_bits; /* that is: these as well */
	/* What the sampler is asked for. */
	struct fault_request {
		int64_t pid;   /* of this process symbols are read, and its faults are sampled where
				  those of all may not be; 0: of none */
		bool only;     /* those of other processes do not count */
		bool together; /* all count as those of `pid` */
		bool with_children; /* but of those that it forks from now on */
		bool at_exec;       /* it is about to run a program: nothing counts before */
		int64_t period;     /* every so manieth minor fault is a sample; 0: as it is best */
	} faults;
	/* Ascending: the processes that are on the screen, whose PSS comes first. */
	const int64_t *visible;
	size_t visible_count;
	/*
	 * Ascending: the processes that a filter lets through. Their PSS is read for the sum of it,
	 * also where no column asks for it, and before that of others.
	 */
	const int64_t *summed;
	size_t summed_count;
	int64_t pss_budget; /* CPU time for PSS, nanoseconds a refresh; 0: all of them are read
			     */
	const char *scope;  /* what ranks are about: a memory cgroup; NULL: the machine */
	bool again;         /* there will be another refresh: what makes it cheap is worth it */
	bool exact; /* read everything of every process, also where nothing seems to have changed */
};

/* Whether a process is asked for, and not only read for the rank of others. */
bool needs_has_pid(const struct needs *needs, int64_t pid);

/* What is to be read of a process: of one not asked for only what gives the others their rank. */
unsigned needs_of_process(const struct needs *needs, int64_t pid);

/* Whether a process is on the screen, or let through by the filter whose sum is shown. */
bool needs_is_visible(const struct needs *needs, int64_t pid);
bool needs_is_summed(const struct needs *needs, int64_t pid);
