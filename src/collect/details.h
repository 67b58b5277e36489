// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "collect/users.h"
#include "model/snapshot.h"

#include <stdbool.h>

enum { PROCESS_PATH_SIZE = 48 };

/* One process that is being read. */
struct task {
	int root;                          /* descriptor of /proc */
	char directory[PROCESS_PATH_SIZE]; /* "PID" */
	struct process *row;
	struct snapshot *snapshot;
	struct users *users;
	bool swapless;   /* no process can have anything in swap: the machine has none */
	unsigned failed; /* the needs that could not be met */
	int error;       /* and the errno of the last of them */
};

/* Counts a need of this process that could not be met. */
void task_failed(struct task *task, unsigned need, int error);

/*
 * Reads what `needs` asks for beside stat, which the row already holds. What cannot be read stays
 * UNKNOWN and is counted in the snapshot's hints.
 */
void details_read(struct task *task, unsigned needs);
