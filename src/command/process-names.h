// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/command.h"

#include <stdbool.h>
#include <stdint.h>

/* Processes that the command line names; a zeroed one names none. */
struct process_names {
	int64_t *pids; /* ascending; NULL: none */
	size_t pid_count, pid_capacity;
	char **names; /* process_names_find() makes PIDs of them */
	size_t name_count, name_capacity;
	bool runs_command; /* a name that is not found may have been meant as one */
};

/* A value of `apply`, and one of `take_word`: a list of PID and NAME; one of them. */
int process_names_apply(void *names, const struct command_option *option, const char *value);
int process_names_take(void *names, const char *word);

/* How many are named, by PID or NAME. */
static inline size_t
process_names_count(const struct process_names *names)
{
	return names->pid_count + names->name_count;
}

/*
 * Finds the processes that are named: of several with the same name all, or the `largest` by
 * resident memory, which is told. Returns the exit status, and has told what could not be found.
 */
int process_names_find(struct process_names *names, bool largest);
void process_names_finish(struct process_names *names);
