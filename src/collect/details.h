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
	bool swapless;    /* no process can have anything in swap: the machine has none */
	unsigned refused; /* the needs that are not permitted, */
	unsigned absent;  /* those whose file does not exist, */
	unsigned failed;  /* and those that failed otherwise and may succeed next time */
};

/*
 * Reads what `needs` asks for beside stat, which the row already holds. What cannot be read stays
 * UNKNOWN and is counted in the snapshot's hints.
 */
void details_read(struct task *task, unsigned needs);
