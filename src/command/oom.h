// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/process-options.h"
#include "command/table-command.h"

/* Shared by the parts of `memtop oom`. */
struct oom_options {
	struct table_options table;
	struct process_names named;
	bool has_adj, tree, dry_run;
	int64_t adj;
	const char *cgroup;
};

/* The form of the command that changes processes; see oom-adjust.c. */
extern const struct table_command oom_changes;

/* Starts the command. On failure reports why and returns the exit status. */
int oom_start_command(const struct oom_options *options, char **words);
