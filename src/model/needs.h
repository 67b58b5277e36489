// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/moment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The data that a column needs. A reader runs only if one of its bits is set. */
/* clang-format off */

#define NEED_BIT(number) (UINT64_C(1) << (number))
#define NEED_STAT          NEED_BIT(0)  /* /proc/PID/stat; read once of each, and after an exec */
#define NEED_MEMORY        NEED_BIT(1)  /* sizes in statm, or the same from status */
#define NEED_STATUS        NEED_BIT(2)  /* the Vm and Rss lines of status */
#define NEED_SWAP          NEED_BIT(3)  /* VmSwap of status; without swap known to be 0 */
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
#define NEED_PROCESSES     NEED_BIT(14) /* the list of processes */
#define NEED_LIMITS        NEED_BIT(15) /* limits; only for the process in focus */
#define NEED_RANK          NEED_BIT(16) /* all processes, even if only some PIDs were chosen */
#define NEED_OOM           NEED_BIT(17) /* sysctls of the OOM killer, the limits of the scope */
#define NEED_OOM_GROUP     NEED_BIT(18) /* memory.oom.group of the control groups */
#define NEED_EVENTS        NEED_BIT(19) /* events since the last refresh: kills */
#define NEED_FAULTS        NEED_BIT(20) /* page faults by segment and code, sampled by perf events */
#define NEED_WALKS         NEED_BIT(21) /* TLB walks of the machine, counted by perf events */
#define NEED_SAMPLED_WALKS NEED_BIT(22) /* TLB walks by process and code, sampled */
#define NEED_SELF          NEED_BIT(23) /* CPU time and memory of memtop itself */
#define NEED_MAPPINGS      NEED_BIT(24) /* smaps, by segment; only for the process in focus */
#define NEED_BUDGET        NEED_BIT(25) /* the division of MemTotal */
#define NEED_CONTAINER     NEED_BIT(26) /* container and pod, from cgroup, with their names */
#define NEED_ZONES         NEED_BIT(27)
#define NEED_RECLAIM       NEED_BIT(28) /* counters of reclaim in /proc/vmstat */
#define NEED_SWAPS         NEED_BIT(29) /* swap devices and files */
#define NEED_NODES         NEED_BIT(30) /* NUMA nodes */
#define NEED_EACH_MAPPING  NEED_BIT(31) /* with NEED_MAPPINGS: a row for each, not for each segment */
#define NEED_VERDICT       NEED_BIT(32) /* whether memory is well */
#define NEED_LIMIT         NEED_BIT(33) /* the cgroup that is nearest to its limit */
#define NEED_COURSE        NEED_BIT(34) /* what only readings of some minutes tell */
#define NEED_SLABS         NEED_BIT(35) /* the slab caches */
#define NEED_EXITS         NEED_BIT(38) /* processes that ended since the last refresh */
#define NEED_GROWTH        NEED_BIT(37) /* how the memory of processes has grown */
#define NEED_OWN_LIMIT     NEED_BIT(36) /* the limit that memtop's own cgroup reaches first */

#define NEED_WEIGHT        NEED_BIT(49) /* ADJ in bytes, what a kill would free: nothing to read */
#define NEED_HISTORY       NEED_BIT(48) /* of a recording: memory in use over the day, and RES of the process in focus */
#define NEED_INCIDENTS     NEED_BIT(39) /* kills since boot, or the incidents of a recording */

/* Of the memory cgroups. Each file costs as much as the first: only what is shown is read. */
#define NEED_CHARGE          NEED_BIT(40) /* the groups, and how much each is charged for */
#define NEED_CHARGE_STAT     NEED_BIT(41) /* memory.stat: of what it consists */
#define NEED_CHARGE_KERNEL   NEED_BIT(42) /* kernel memory, sockets: in memory.stat or files of their own */
#define NEED_CHARGE_MAX      NEED_BIT(43) /* the limit that is in effect */
#define NEED_CHARGE_EVENTS   NEED_BIT(44) /* how often limits were reached, kills */
#define NEED_CHARGE_PRESSURE NEED_BIT(45) /* memory.pressure */
#define NEED_CHARGE_OWN_MAX  NEED_BIT(46) /* which groups have a limit of their own */
#define NEED_CHARGE_REST     NEED_BIT(47) /* all other files */
/* clang-format on */

#define CHARGE_NEEDS                                                                               \
	(NEED_CHARGE | NEED_CHARGE_STAT | NEED_CHARGE_KERNEL | NEED_CHARGE_MAX |                   \
		NEED_CHARGE_EVENTS | NEED_CHARGE_PRESSURE | NEED_CHARGE_OWN_MAX |                  \
		NEED_CHARGE_REST)

/* What a verdict is made of. */
#define VERDICT_NEEDS                                                                              \
	(NEED_VERDICT | NEED_COURSE | NEED_LIMIT | NEED_PROCESSES | NEED_MEMORY | NEED_MEMINFO |   \
		NEED_VMSTAT | NEED_PRESSURE)

/* The needs of each list of processes: the list and the totals above it. */
#define NEED_OVERVIEW                                                                              \
	(NEED_PROCESSES | NEED_MEMINFO | NEED_VMSTAT | NEED_PRESSURE | NEED_HOST | NEED_SELF |     \
		NEED_OWN_LIMIT)

/* What the sampler counts from one refresh to the next. */
#define NEED_SAMPLED (NEED_FAULTS | NEED_WALKS | NEED_SAMPLED_WALKS)

/* The needs of one process: each process has a few such masks, so they have 32 bits. */
#define PROCESS_NEEDS UINT64_C(0xffffffff)

/* A process without an address space has none of these. */
#define NEED_MEMORY_ANY (NEED_MEMORY | NEED_STATUS | NEED_SWAP | NEED_PSS)

/* What nobody asks of a row that is not seen, unless it is sorted or filtered by that. */
#define SEEN_NEEDS (NEED_STAT | NEED_COMMAND | NEED_OWNER | NEED_OOM_SCORE | NEED_OOM_ADJ)

/* The inputs of the OOM killer, and the score with facts that only the kernel knows. */
#define NEED_BADNESS                                                                               \
	(NEED_STAT | NEED_PROCESSES | NEED_MEMORY | NEED_STATUS | NEED_SWAP | NEED_OOM_ADJ |       \
		NEED_OOM_SCORE | NEED_MEMINFO | NEED_HOST | NEED_RANK | NEED_WEIGHT |              \
		NEED_CGROUP | NEED_OOM_GROUP)

/* Beside what the kernel charges, PSS is read of so many processes; a hint says so (hint.c). */
enum { NEEDS_MOST_PSS = 1000 };

/* The request for one refresh. */
struct needs {
	uint64_t bits;
	/*
	 * Ascending; only these processes. NULL: all. With NEED_RANK the others are rows as well,
	 * read for the order of kills; the code that shows rows filters them (filter_add_set).
	 */
	const int64_t *pids;
	size_t pid_count;
	bool slabs_by_turns; /* see slab_read(): for who reads for months, and shows none */
	int64_t focus;       /* a process with additional needs; 0: none */
	int64_t focus_start; /* its start time: in a recording others have had its PID */
	uint64_t focus_bits; /* the additional needs */
	/* The request to the sampler. */
	struct fault_request {
		int64_t pid;   /* symbols are read for this process, and its faults are sampled if
				  those of all may not be; 0: none */
		bool only;     /* other processes do not count */
		bool together; /* all processes count as `pid` */
		bool with_children; /* children that it forks from now on count too */
		bool at_exec;       /* it is about to exec: nothing counts before */
		int64_t period;     /* samples one of so many minor faults; 0: automatic */
	} faults;
	/* Ascending: the processes on the screen; their PSS is read first. */
	const int64_t *visible;
	size_t visible_count;
	/*
	 * Ascending: these, and those of the screens before and after, so that a page further all
	 * is there. They alone have the further needs `near_bits`, SEEN_NEEDS at most.
	 */
	const int64_t *near;
	size_t near_count;
	uint64_t near_bits;
	/*
	 * Ascending: the processes that match the filter. Their PSS is read for its sum, even
	 * without a PSS column, and before that of others.
	 */
	const int64_t *summed;
	size_t summed_count;
	int64_t pss_budget; /* CPU time for PSS in nanoseconds a refresh; 0: no limit */
	size_t pss_most; /* without a budget: of so many processes, the largest first; 0: of all */
	const char *const *groups; /* cgroups whose limits are asked for, by name or path */
	size_t group_count;
	/* Only the charge of this cgroup and those above it; "": memtop's own. NULL: of all. */
	const char *charge_of;
	const char *scope;    /* the scope of ranks: a memory cgroup; NULL: the machine */
	struct moment moment; /* of a recording: the sample */
	int64_t interval; /* the usual time between two refreshes, in nanoseconds; for a verdict */
	bool exact;       /* read all of each process, even if nothing seems to have changed */
	/*
	 * Reads only what the last snapshot lacks, for a column that is wanted between two
	 * refreshes. All else stays as it was, so that rates are always over whole intervals.
	 */
	bool only_missing;
	/*
	 * With only_missing: all that is missing is data of rows on the screen. The new snapshot
	 * has only these rows, for snapshot_take_rows(): nothing else is read or copied.
	 */
	bool rows_only;
	/*
	 * To find out which processes are the largest, such as those on the first screen: only
	 * VIRT, RES and SHR are read, and NEED_OOM_SCORE. The rest of a row is unknown, unless the
	 * process has no memory.
	 */
	bool sizes_only;
};

/* Whether a process is chosen, and not only read for the rank of others. */
bool needs_has_pid(const struct needs *needs, int64_t pid);

/* The needs of a process; if it is not chosen, only for the rank of others. */
uint64_t needs_of_process(const struct needs *needs, int64_t pid);

/* Whether a process is on the screen, or matches the filter whose sum is shown. */
bool needs_is_visible(const struct needs *needs, int64_t pid);
bool needs_is_summed(const struct needs *needs, int64_t pid);
