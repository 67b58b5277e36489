// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* A command, watched from its start. */
struct child {
	int64_t pid;
	bool has_ended;
	int start_fd;                       /* written to let it begin; -1: it has begun */
	int pid_fd;                         /* readable when it has ended */
	int64_t minor_before, major_before; /* its own faults before the command began */
	int64_t minor, major; /* after its end, with those of its children; or UNKNOWN */
	int status;           /* exit status for a shell */
};

/* Becomes the command. On failure reports why and returns the exit status. */
int child_become(char **words);

/* Forks; the child waits until it is let go. Returns 0 or -errno. */
int child_start(char **words, struct child *ret_child);
void child_let_go(struct child *child);

/* Waits until the time `until` of loop_now(), or its end. Returns whether it has ended. */
bool child_wait(struct child *child, int64_t until);
void child_finish(struct child *child);
