// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What must be read for a column. A reader runs only where one of its bits is asked for. */
/* clang-format off */

#define NEED_BIT(number) (UINT64_C(1) << (number))
#define NEED_STAT          NEED_BIT(0)  /* /proc/PID/stat; always read */
#define NEED_MEMORY        NEED_BIT(1)  /* sizes in statm, or the same from status */
#define NEED_STATUS        NEED_BIT(2)  /* the Vm and Rss lines of status */
#define NEED_SWAP          NEED_BIT(3)  /* VmSwap of status; known without reading where no swap exists */
#define NEED_OWNER         NEED_BIT(4)  /* the effective user: owner of /proc/PID */
#define NEED_OOM_SCORE     NEED_BIT(5)  /* oom_score */
#define NEED_OOM_ADJ       NEED_BIT(6)  /* oom_score_adj */
#define NEED_PSS           NEED_BIT(7)  /* smaps_rollup */
#define NEED_CGROUP        NEED_BIT(8)  /* cgroup */
#define NEED_COMMAND       NEED_BIT(9)  /* cmdline */
#define NEED_MEMINFO       NEED_BIT(10) /* libproc2: meminfo */
#define NEED_VMSTAT        NEED_BIT(11) /* libproc2: vmstat */
#define NEED_PRESSURE      NEED_BIT(12) /* /proc/pressure/memory */
#define NEED_HOST          NEED_BIT(13) /* host name, uptime */
#define NEED_PROCESSES     NEED_BIT(14) /* the list of processes at all */
#define NEED_LIMITS        NEED_BIT(15) /* limits; only of the process in focus */
#define NEED_RANK          NEED_BIT(16) /* all processes, also where only some are asked for by pid */
#define NEED_OOM           NEED_BIT(17) /* sysctls of the OOM killer, the limits of the scope */
#define NEED_OOM_GROUP     NEED_BIT(18) /* memory.oom.group of the control groups */
#define NEED_EVENTS        NEED_BIT(19) /* what happened since the last refresh: kills */
#define NEED_FAULTS        NEED_BIT(20) /* page faults by segment and code, sampled by perf events */
#define NEED_WALKS         NEED_BIT(21) /* TLB walks of the machine, counted by perf events */
#define NEED_SAMPLED_WALKS NEED_BIT(22) /* TLB walks by process and code, sampled */
#define NEED_SELF          NEED_BIT(23) /* what memtop itself uses */
#define NEED_MAPPINGS      NEED_BIT(24) /* smaps; only of the process in focus */
#define NEED_BUDGET        NEED_BIT(25) /* where all of MemTotal is */
#define NEED_SLABS         NEED_BIT(26) /* the slab caches */
#define NEED_ZONES         NEED_BIT(27)
#define NEED_RECLAIM       NEED_BIT(28) /* counters of reclaim in /proc/vmstat */
#define NEED_SWAPS         NEED_BIT(29) /* swap devices and files */
#define NEED_NODES         NEED_BIT(30) /* NUMA nodes */
/* clang-format on */

/* What is asked for wherever processes are shown: the list, and the totals above it. */
#define NEED_OVERVIEW                                                                              \
	(NEED_STAT | NEED_PROCESSES | NEED_MEMINFO | NEED_VMSTAT | NEED_PRESSURE | NEED_HOST |     \
		NEED_SELF)

/* What is read of one process: each has a few of these masks, so they fit into 32 bits. */
#define PROCESS_NEEDS UINT64_C(0xffffffff)

/* What a process without an address space holds nothing of. */
#define NEED_MEMORY_ANY (NEED_MEMORY | NEED_STATUS | NEED_SWAP | NEED_PSS)

/* What the OOM killer looks at, and the score that shows what only the kernel knows. */
#define NEED_BADNESS                                                                               \
	(NEED_STAT | NEED_PROCESSES | NEED_MEMORY | NEED_STATUS | NEED_SWAP | NEED_OOM_ADJ |       \
		NEED_OOM_SCORE | NEED_MEMINFO | NEED_HOST | NEED_RANK | NEED_CGROUP |              \
		NEED_OOM_GROUP)

/* What one refresh is asked for. */
struct needs {
	uint64_t bits;
	/*
	 * Ascending; only these processes. NULL: all. With NEED_RANK the others are rows as well,
	 * read for what they count in the order of kills; whoever shows rows leaves them out
	 * (filter_add_set).
	 */
	const int64_t *pids;
	size_t pid_count;
	int64_t focus;       /* one process of which more is wanted; 0: none */
	uint64_t focus_bits; /* that is: these as well */
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
	bool will_repeat;   /* there will be another refresh: what makes it cheap is worth it */
	bool exact; /* read everything of every process, also where nothing seems to have changed */
};

/* Whether a process is asked for, and not only read for the rank of others. */
bool needs_has_pid(const struct needs *needs, int64_t pid);

/* What is to be read of a process: of one not asked for only what gives the others their rank. */
uint64_t needs_of_process(const struct needs *needs, int64_t pid);

/* Whether a process is on the screen, or let through by the filter whose sum is shown. */
bool needs_is_visible(const struct needs *needs, int64_t pid);
bool needs_is_summed(const struct needs *needs, int64_t pid);
