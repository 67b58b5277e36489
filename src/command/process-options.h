// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/command.h"
#include "command/table-options.h"

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

/* What the options of `memtop` and `memtop batch` ask for. */
struct process_options {
	struct table_options table;
	struct process_names named;
	int64_t pss_budget; /* share of the CPU that PSS may cost, per mille */
	bool exact, lock, batch;
};

/* The options of these two besides table_option_rows; they set a struct process_options. */
extern const struct command_option process_option_rows[];

void process_options_init(struct process_options *options);

/*
 * Understands the options and finds the processes that are named: only these pass the filter.
 * Returns the exit status, and has told why it is not 0.
 */
int process_options_prepare(struct process_options *options);
void process_options_finish(struct process_options *options);

/* What PSS may cost in a refresh each `interval`, in nanoseconds; 0: whatever it takes. */
int64_t process_options_pss_budget(const struct process_options *options, int64_t interval);

/* What --help says of the columns of processes, and of the filter. */
void process_options_describe(FILE *file);
