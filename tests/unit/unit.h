// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/* cmocka wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macros.h"

/* A tree like /proc in a directory of its own, for readers that take a root. */
struct tree {
	char path[64];
	int fd;
};

void tree_create(struct tree *tree);
void tree_destroy(struct tree *tree);

/* Writes a file, and the folders it stands in. */
void tree_write(const struct tree *tree, const char *path, const char *text);

/* Writes at the end of a file that is there. */
void tree_append(const struct tree *tree, const char *path, const char *text);

/* A process of the tree: its stat, statm, status, oom_score, oom_score_adj, cgroup and cmdline. */
struct tree_process {
	int pid, parent, threads, start_time;
	char state;
	const char *comm, *cmdline;
	int pages, shared_pages; /* of 100 pages of address space */
	int minor_faults;
};
void tree_write_process(const struct tree *tree, const struct tree_process *process);

/* Sets the OOM adjustment of a live process, as another one does. To raise it needs no right. */
void adjust_process(int64_t pid, int adjustment);
