// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>

struct cgroup_tree;
struct needs;
struct snapshot;

/*
 * Reads all processes, and as little of each as can tell what it is now. A
 * process that sleeps is polled on a schedule (schedule.h), by its status file only; where that is
 * as before it has not run, and last refresh's row stands. Of all others stat is read, and where
 * something has changed the rest. What is watched (on the screen, in focus) is read in every
 * refresh.
 */
struct processes;

/* `root` is a descriptor of /proc that stays open as long as this lives; so does the tree. */
struct processes *processes_create(int root, struct cgroup_tree *cgroups);
void processes_destroy(struct processes *processes);

/*
 * Adds a row for each process to `now`, by ascending pid. `before` is the snapshot filled last by
 * this one, or NULL. `swapless`: the machine has no swap. Returns 0, or -errno where the list of
 * processes cannot be read.
 */
int processes_read(struct processes *processes, struct snapshot *now, const struct snapshot *before,
	const struct needs *needs, bool swapless);
