// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/process-names.h"
#include "command/table-options.h"

/* What the parts of `memtop oom` share. */
struct oom_options {
	struct table_options table;
	struct process_names named;
	bool has_adj, tree, dry_run;
	int64_t adj;
	const char *cgroup;
	char **words; /* a command to start, ending in NULL; or no word at all */
};

/* The forms of the command. Each returns the exit status, and has told the user why it is not 0. */
int oom_show_order(struct oom_options *options);
int oom_show_processes(struct oom_options *options);
int oom_change_processes(struct oom_options *options);
int oom_start_command(struct oom_options *options);
