// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/event.h"

#include <stdbool.h>

/* One OOM kill in a log, with the data to explain it. */

enum oom_killer { OOM_BY_KERNEL, OOM_BY_SYSTEMD_OOMD, OOM_BY_EARLYOOM };

/* The limit that was reached (CONSTRAINT_ of the kernel, mm/oom_kill.c). */
enum oom_limit {
	OOM_LIMIT_UNKNOWN,
	OOM_LIMIT_MACHINE,   /* all memory and swap */
	OOM_LIMIT_CGROUP,    /* the limit of a memory cgroup */
	OOM_LIMIT_CPUSET,    /* the memory nodes of a cpuset */
	OOM_LIMIT_MEMPOLICY, /* the memory nodes of a policy, mbind(2) */
};

enum oom_outcome {
	OOM_KILLED,
	OOM_UNSEEN, /* the log ends or another report begins before the victim */
	OOM_NOBODY, /* there was no process to kill */
	OOM_PANIC,  /* the kernel stopped the machine */
};

/* A zone of a node: its free bytes, the part of these only for movable pages, and its reserve. */
struct oom_zone {
	char name[16];
	int64_t node, free, min, cma;
};

enum { OOM_CANDIDATES = 16, OOM_ZONES = 16 };

/* Owns its texts. Bytes and counts; UNKNOWN or NULL if not in the log. */
struct oom_kill {
	enum oom_killer killer;
	enum oom_limit limited_by;
	enum oom_outcome outcome;
	int64_t time;   /* nanoseconds since the epoch */
	int64_t uptime; /* nanoseconds of the kernel's clock, which starts at boot */
	int64_t report; /* number of the report in the log; processes killed together share it */

	struct oom_task victim;
	int64_t rank;  /* of the victim, by badness; 1 is the first */
	int64_t score; /* the kernel's, 0 to about 1333 */
	const char *cgroup;
	int64_t chosen_pid; /* until Linux 5.1: the chosen parent, which was spared */
	const char *chosen_comm;
	const char *group;   /* the cgroup with memory.oom.group that was killed as a whole */
	int64_t killed_with; /* 1: another process of the group; its report has the rest */
	int64_t reaped;      /* 1: its memory was freed at once, 0: that failed */
	const char *signal, *reason;  /* from a daemon */
	int64_t processes;            /* processes that died in a unit, from systemd */
	int64_t reaped_only;          /* 1: the log has only the reaper's line */
	int64_t lines_not_understood; /* in its report */

	/* the process that asked for memory */
	int64_t asked_pid, asked_adj, order;
	int64_t limit_lowered; /* 1: it did not ask for memory but lowered the limit */
	int64_t kills_asker;   /* 1: vm.oom_kill_allocating_task: no comparison */
	const char *asked_comm, *gfp;

	/* the limit */
	int64_t total; /* an adjustment of 1000 counts this much: RAM and swap, or the limit */
	int64_t limit, usage, fail_count, swap_limit, swap_usage;
	const char *limit_cgroup, *nodemask, *cpuset, *mems_allowed;

	/* the use of memory: of the cgroup with the limit, else of the machine */
	int64_t memory_anon, memory_file, memory_shmem, slab_reclaimable, slab_unreclaimable;
	int64_t memory_page_tables, kernel_stack, hugetlb, free, ram, swap_total, swap_free;
	int64_t memory_unevictable, memory_unnamed; /* `unnamed`: RAM in no other figure */
	struct oom_zone *zones; /* at most OOM_ZONES, of the nodes in the report */
	size_t zone_count;

	/* the compared processes: number, number protected by -1000, and the first ones */
	int64_t tasks, protected_tasks;
	struct oom_task *candidates; /* at most OOM_CANDIDATES, by descending badness */
	size_t candidate_count;
	struct oom_task largest; /* by resident and swapped memory, including protected ones */
};

/* Whether only some memory nodes could serve the request. */
static inline bool
oom_is_of_nodes(const struct oom_kill *kill)
{
	return kill->limited_by == OOM_LIMIT_CPUSET || kill->limited_by == OOM_LIMIT_MEMPOLICY;
}

/* The columns of a kill and of a candidate in JSON. */
extern const struct table oom_kill_table, oom_task_table;

/* For machines; NULL for OOM_LIMIT_UNKNOWN. */
extern const char *const oom_killer_names[], *const oom_limit_names[], *const oom_outcome_names[];

/* oom_kill_init() sets all to UNKNOWN; oom_kill_finish() frees what the kill owns. */
void oom_kill_init(struct oom_kill *kill);
void oom_kill_finish(struct oom_kill *kill);

/*
 * What an event says of a kill, as far as a log would say it. It owns its texts: after
 * oom_kill_init(), until oom_kill_finish().
 */
void oom_kill_of_event(struct oom_kill *kill, const struct event *event);

/* Frees a task's text. */
void oom_task_finish(struct oom_task *task);

/* Fills what is unknown of a task with what is known. Borrows the text. */
void oom_task_complete(struct oom_task *task, const struct oom_task *known);

/* Replaces a text of a kill or candidate with a copy of `length` bytes. */
void oom_set_text(const char **text, const char *value, size_t length);
