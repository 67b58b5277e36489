// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Where a process stands among the control groups. Both point into the parsed text. */
struct cgroup {
	const char *path; /* of the memory controller in version 1, of the one tree in version 2 */
	size_t path_length;
	int version;
	const char *unit; /* of the machine's systemd or of a user's, or NULL */
	size_t unit_length;
};

/* Parses /proc/PID/cgroup (cgroups(7)). Returns 0, or -EINVAL where it names no path. */
int cgroup_parse(const char *text, struct cgroup *ret_cgroup);

/*
 * Whether the path may be that of any group: for a thread that has ended version 1 shows "/",
 * wherever it was (kernel/cgroup/cgroup.c, proc_cgroup_show).
 */
bool cgroup_says_nothing(const struct cgroup *cgroup);
