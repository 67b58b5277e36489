// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>

struct needs;
struct snapshot;

/*
 * Reads all processes. stat is read of each in every refresh, through a descriptor that is kept
 * where the limit allows. The other files are read when stat has changed, otherwise every fourth
 * refresh in turn and at least every 5 seconds. Names that cost a file (COMMAND, CGROUP) are read
 * once, again when stat shows an exec, and every 32nd refresh or 30 seconds.
 */
struct processes;

/* `root` is a descriptor of /proc that stays open as long as this lives. */
struct processes *processes_create(int root);
void processes_destroy(struct processes *processes);

/*
 * Adds a row for each process to `now`, by ascending pid. `before` is the snapshot filled last by
 * this one, or NULL. `swapless`: the machine has no swap. Returns 0, or -errno where the list of
 * processes cannot be read.
 */
int processes_read(struct processes *processes, struct snapshot *now, const struct snapshot *before,
	const struct needs *needs, bool swapless);
