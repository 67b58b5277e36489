// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/oom-domain.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* For memory.stat, which has about 60 lines. */
enum { CGROUP_STAT_SIZE = 8 * 1024 };

/*
 * Reads what limits a group of the memory controller from its folder: its limits, and where it has
 * any what it uses and how much of that is cache. `swappiness` is vm.swappiness, which counts in
 * version 2. What is not there limits nothing: the root has no files of that kind. `text` is room
 * for memory.stat.
 */
struct oom_level cgroup_limits_read(int directory, int version, int64_t swappiness,
	const char *path, char text[static CGROUP_STAT_SIZE]);

/*
 * What stands above the outermost group that is visible, as far as version 1 tells: the least limit
 * of a group and all above it (hierarchical_memory_limit). `outermost` is that group as it was read
 * from `directory`; at least as much is used above it.
 */
struct oom_level cgroup_limits_above(
	int directory, const struct oom_level *outermost, char text[static CGROUP_STAT_SIZE]);

/* A file of one number; "max", or in version 1 the largest one: UNLIMITED. */
int64_t cgroup_limits_number(const char *text);

/* The number behind a key of memory.stat; UNKNOWN where it has none. */
int64_t cgroup_limits_stat(const char *text, const char *key);
