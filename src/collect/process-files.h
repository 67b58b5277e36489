// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "collect/process-cache.h"
#include "model/snapshot.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cgroup_tree;
struct process;

/* status has about 60 lines; a machine with thousands of CPUs has long masks in it. */
enum { PROCESS_PATH_SIZE = 48, PROCESS_TEXT_SIZE = 16 * 1024 };

/* One process that is being read. */
struct process_read {
	int root; /* descriptor of /proc */
	int64_t pid;
	char directory[PROCESS_PATH_SIZE]; /* "PID" */
	char *text; /* PROCESS_TEXT_SIZE bytes, for a file that is being read */
	struct fd_cache *fd_cache;
	struct cached_fds *fds; /* what is kept of it; NULL: of a thread, of which nothing is */
	struct process *row;
	struct snapshot *snapshot;
	struct users *users;
	struct cgroup_tree *cgroups;
	bool counts_exactly; /* the OOM killer of this kernel counts RES as status has it */
	bool swapless;       /* no process can have anything in swap: the machine has none */
	bool hashes_status;  /* status is read also where statm is enough, and kept in: */
	struct status_hash status_hash;
	uint64_t refused; /* the needs that are not permitted, */
	uint64_t absent;  /* those whose file does not exist, */
	uint64_t failed;  /* and those that failed otherwise and may succeed next time */
};

/*
 * Finds a thread other than the first that still has the address space of the process whose
 * directory is given. Returns 1 with the thread's, 0 where there is none, or -errno where that
 * cannot be told: -EAGAIN where none of the first hundred has it, of more.
 */
int process_files_find_thread(
	int root, const char *process, char directory[static PROCESS_PATH_SIZE]);

/*
 * Reads what `needs` asks for beside stat, which the row already holds, and beside what may not
 * answer (collect/blocking-reads.h). What cannot be read stays UNKNOWN and is noted in the row.
 */
void process_files_read(struct process_read *task, uint64_t needs);

/*
 * The parent whose address space a process uses, or UNKNOWN: one made with CLONE_VM but without
 * CLONE_THREAD (also by vfork) shows the same memory as its parent (T25). Where their stacks begin
 * at the same address kcmp(2) is asked; where that is refused it stays UNKNOWN.
 */
int64_t sharing_owner(
	const struct process *process, int64_t stack, bool has_parent, int64_t parent_stack);

/* Names of users, each asked for once: a name service may be slow. A zeroed one is empty. */
struct users {
	struct user *list;
	size_t count, capacity;
};

/* The name of a user, or its number as text. It lives until users_finish(). */
const char *users_name(struct users *users, int64_t uid);
void users_finish(struct users *users);
