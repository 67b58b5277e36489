// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/process-options.h"

/* What the parts of `memtop oom` share. */
struct oom_options {
	struct process_options process; /* first: some options are its */
	bool has_adj, tree, dry_run;
	int64_t adj;
	const char *cgroup;
	char **words; /* a command to start, ending in NULL; or no word at all */
};

/* The forms of the command. Each returns the exit status, and has told the user why it is not 0. */
int oom_show_order(const struct oom_options *options);
int oom_show_processes(const struct oom_options *options);
int oom_change_processes(const struct oom_options *options);
int oom_start_command(const struct oom_options *options);

struct needs;
struct snapshot;
struct source;

/*
 * Reads once. Returns 0 with a snapshot and its source, which the caller destroys, or tells the
 * user and returns -errno.
 */
int oom_read(const struct needs *needs, struct snapshot *ret_snapshot, struct source **ret_source);
