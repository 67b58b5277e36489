// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/command.h"
#include "command/table-options.h"

#include <stdbool.h>
#include <stdint.h>

struct process;

/* Processes of the command line; a zeroed one has none. */
struct process_names {
	int64_t *pids; /* ascending; NULL: none */
	size_t pid_count, pid_capacity;
	char **names; /* process_names_find() finds their PIDs */
	size_t name_count, name_capacity;
	struct found_process {
		int64_t pid, start_time;
	} * found; /* the largest of each name */
	size_t found_count, found_capacity;
	const struct past_options *past; /* where names are looked for; NULL: in what lives */
	bool runs_command;               /* an unknown name may be a command */
};

/* Functions for `apply`, with a list of PID and NAME, and for `take_word`, with one of them. */
int process_names_apply(void *names, const struct command_option *option, const char *value);
int process_names_take(void *names, const char *word);

/* The number of PIDs and NAMEs. */
static inline size_t
process_names_count(const struct process_names *names)
{
	return names->pid_count + names->name_count;
}

/*
 * Finds the processes with the names, of a recording where it begins: all of them, or only the
 * `largest` by resident memory, and reports that choice. Returns the exit status, and reports names
 * that do not exist.
 */
int process_names_find(struct process_names *names, bool largest);

/* False for a process that has the PID of the largest of a name, but was started later. */
bool process_names_mean(const struct process_names *names, const struct process *process);
void process_names_finish(struct process_names *names);

/* Options of `memtop` and `memtop batch`. */
struct process_options {
	struct table_options table;
	struct process_names named;
	int64_t pss_budget; /* share of the CPU for PSS, per mille */
	bool exact, lock, batch;
};

/* These options without table_option_rows; they set a struct process_options. */
extern const struct command_option process_option_rows[];

void process_options_init(struct process_options *options);

/*
 * Parses the kept options, finds the processes, and filters for them. Returns the exit status, and
 * reports why it is not 0.
 */
int process_options_prepare(struct process_options *options);
void process_options_finish(struct process_options *options);

/* The CPU time for PSS in a refresh each `interval`, in nanoseconds; 0: no limit. */
int64_t process_options_pss_budget(const struct process_options *options, int64_t interval);

/* Writes the columns of processes and the filter syntax for --help. */
void process_options_describe(FILE *file);

/* Writes blocks of processes; see batch.c. Returns the exit status. */
int batch_run(struct process_options *options);
