// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "collect/procfs.h"
#include "model/process.h"
#include "model/snapshot.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cgroup_tree;
struct container_names;
struct process;

/* status has about 60 lines; with thousands of CPUs its masks are long. */
enum { PROCESS_PATH_SIZE = 48, PROCESS_TEXT_SIZE = 16 * 1024 };

/* One process to read. */
struct process_read {
	int root;                          /* descriptor of /proc */
	char directory[PROCESS_PATH_SIZE]; /* "PID" */
	char *text;                        /* space for a file: PROCESS_TEXT_SIZE bytes */
	struct process *row;
	struct snapshot *snapshot;
	struct cgroup_tree *cgroups;
	struct container_names *names;
	bool counts_exactly; /* this kernel's OOM killer counts RES as status does */
	bool swapless;       /* the machine has no swap, so no process uses any */
	uint64_t refused;    /* needs without permission, */
	uint64_t absent;     /* needs without a file, */
	uint64_t failed;     /* and needs that failed otherwise and may succeed next time */
};

/*
 * Finds a thread other than the first that still has the address space of the process with
 * directory `process`. Returns 1 and the thread's directory, 0 if there is none, or -errno if
 * unknown: -EAGAIN if there are more threads and none of the first hundred has it.
 */
int process_files_find_thread(
	int root, const char *process, char directory[static PROCESS_PATH_SIZE]);

/* Reads statm. Returns 1, 0 if the process or thread has no address space, or -errno. */
int process_files_read_sizes(int root, const char *directory, struct procfs_statm *ret_statm);
void process_set_sizes(struct process *row, const struct procfs_statm *statm);

/* Of `needs` what is read of memory here: PSS is not, and without swap SWAP is 0. */
uint64_t process_files_sizes(uint64_t needs, bool swapless);

/*
 * Reads the files for `needs`, except stat, which the row already has, and except files that may
 * block (collect/blocking-reads.h), and the names of users. Failed fields stay UNKNOWN and are
 * noted in the row.
 */
void process_files_read(struct process_read *read, uint64_t needs);

/*
 * Parses /proc/PID/limits (fs/proc/base.c, proc_pid_limits): "KEY SOFT HARD UNITS" in columns.
 * Missing limits stay as they are.
 */
void limits_parse(const char *text, struct limit limits[static LIMIT_KINDS]);

/* Reads the limits of one process below a root directory. Returns 0 or -errno. */
int limits_read(int root, int64_t pid, struct limit limits[static LIMIT_KINDS]);
