// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/process-options.h"

/* What `memtop faults` is asked for. */
struct fault_options {
	struct process_options process; /* first: some options are its; its table is fault_table */
	bool walks;
	int64_t period;     /* 0: as it is best */
	unsigned keys;      /* what rows are kept apart by; 0: as it is best */
	const char *output; /* the file for the report; NULL: see fault_run() */
	char **words;       /* a command to start, ending in NULL; or no word at all */
};

/* A command that is watched from its start. */
struct child {
	int64_t pid;
	bool has_ended;
	int start_fd;                       /* written to let it begin; -1: it has */
	int pid_fd;                         /* readable when it has ended */
	int64_t minor_before, major_before; /* faults of its own before it began */
	int64_t minor, major; /* with those of its own children, when it has ended; or UNKNOWN */
	int status;           /* for a shell */
};

/* Forks; the child waits until it is let go. Returns 0 or -errno. */
int child_start(char **words, struct child *ret_child);
void child_let_go(struct child *child);

/* Waits until a moment of loop_now() or its end. Returns whether it has ended. */
bool child_wait(struct child *child, int64_t until);
void child_finish(struct child *child);
