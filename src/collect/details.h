// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "collect/glance.h"
#include "collect/kept.h"
#include "collect/users.h"
#include "model/snapshot.h"

#include <stdbool.h>

struct cgroup_tree;

/* status has about 60 lines; a machine with thousands of CPUs has long masks in it. */
enum { PROCESS_PATH_SIZE = 48, PROCESS_TEXT_SIZE = 16 * 1024 };

/* One process that is being read. */
struct task {
	int root; /* descriptor of /proc */
	int64_t pid;
	char directory[PROCESS_PATH_SIZE]; /* "PID" */
	char *text; /* PROCESS_TEXT_SIZE bytes, for a file that is being read */
	struct keeper *keeper;
	struct kept *kept; /* what is kept of it; NULL: of a thread, of which nothing is */
	struct process *row;
	struct snapshot *snapshot;
	struct users *users;
	struct cgroup_tree *cgroups;
	bool counts_exactly; /* the OOM killer of this kernel counts RES as status has it */
	bool swapless;       /* no process can have anything in swap: the machine has none */
	bool glances;        /* status is read also where statm is enough, and kept in: */
	struct glance glance;
	unsigned refused; /* the needs that are not permitted, */
	unsigned absent;  /* those whose file does not exist, */
	unsigned failed;  /* and those that failed otherwise and may succeed next time */
};

/*
 * Finds a thread other than the first that still has the address space of the process whose
 * directory is given. Returns 1 with the thread's, 0 where there is none, or -errno where that
 * cannot be told: -EAGAIN where none of the first hundred has it, of more.
 */
int details_find_thread(int root, const char *process, char directory[static PROCESS_PATH_SIZE]);

/*
 * Reads what `needs` asks for beside stat, which the row already holds, and beside what may not
 * answer (collect/aside.h). What cannot be read stays UNKNOWN and is noted in the row.
 */
void details_read(struct task *task, unsigned needs);
