// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/process-names.h"
#include "command/table-options.h"

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
