// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>

struct cgroup_tree;
struct needs;
struct snapshot;

/*
 * Reads all processes, with as few files as possible. A process that sleeps is polled on a schedule
 * (schedule.h), by its status file only; if that is unchanged the process has not run, and the last
 * refresh's row is reused. For all others stat is read, and if it has changed the other files.
 * Watched processes (on the screen, in focus) are read in every refresh.
 */
struct processes;

/* `root` is a descriptor of /proc; both it and the tree must outlive this. */
struct processes *processes_create(int root, struct cgroup_tree *cgroups);
void processes_destroy(struct processes *processes);

/*
 * Adds a row for each process to `now`, by ascending pid. `before` is the last snapshot filled by
 * this reader, or NULL. `swapless`: the machine has no swap. Returns 0, or -errno if the processes
 * cannot be listed.
 */
int processes_read(struct processes *processes, struct snapshot *now, const struct snapshot *before,
	const struct needs *needs, bool swapless);
