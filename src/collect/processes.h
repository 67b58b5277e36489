// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>

struct cgroup_tree;
struct needs;
struct snapshot;

/*
 * Reads all processes, with as few files as possible. A process whose CPU clock says that it has
 * not run (schedule.h) keeps its row of the last refresh. What others change while it sleeps is
 * read on a schedule (schedule.h), of watched processes (on the screen, in focus) in every refresh.
 */
struct processes;

/*
 * `root` is a descriptor of /proc; both it and the tree must outlive this. `names` is the folder
 * below which the names of containers are found.
 */
struct processes *processes_create(int root, struct cgroup_tree *cgroups, const char *names);
void processes_destroy(struct processes *processes);

/*
 * Adds a row for each process to `now`, by ascending pid. `before` is the last snapshot filled by
 * this reader, or NULL. `swapless`: the machine has no swap. Returns 0, or -errno if the processes
 * cannot be listed.
 */
int processes_read(struct processes *processes, struct snapshot *now, const struct snapshot *before,
	const struct needs *needs, bool swapless);
