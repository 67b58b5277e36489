// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "collect/container.h"
#include "model/oom-domain.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The control group of a process. Both texts point into the parsed text. */
struct cgroup {
	const char *path; /* version 1: of the memory controller; version 2: of the only tree */
	size_t path_length;
	int version;
	const char *unit; /* of the machine's systemd or of a user's, or NULL */
	size_t unit_length;
	struct container container; /* of that path, or else of systemd's */
};

/* Parses /proc/PID/cgroup (cgroups(7)). Returns 0, or -EINVAL if it has no path. */
int cgroup_parse(const char *text, struct cgroup *ret_cgroup);

/*
 * Whether the path may be wrong: version 1 shows "/" for every thread that has ended
 * (kernel/cgroup/cgroup.c, proc_cgroup_show).
 */
bool cgroup_says_nothing(const struct cgroup *cgroup);

/*
 * From here on a number of version 1 means no limit: it shows the largest number of whole pages
 * (PAGE_COUNTER_MAX). No size is that large.
 */
#define CGROUP_NO_LIMIT (INT64_C(1) << 62)

/* For memory.stat, which has about 60 lines. */
enum { CGROUP_STAT_SIZE = 8 * 1024 };

/*
 * Reads a group's limits from its folder and, if it has any, its use and its cache. `swappiness` is
 * vm.swappiness, used for version 2. A missing file means no limit: the root has no such files.
 * `text` is space for memory.stat.
 */
struct oom_level cgroup_limits_read(int directory, int version, int64_t swappiness,
	const char *path, char text[static CGROUP_STAT_SIZE]);

/* Its memory in use, in bytes, or UNKNOWN. */
int64_t cgroup_current(int directory, int version);

/*
 * The limits above the outermost visible group, as far as version 1 shows them: the least limit of
 * a group and all above it (hierarchical_memory_limit). `outermost` is that group as read from
 * `directory`; the groups above use at least as much.
 */
struct oom_level cgroup_limits_above(
	int directory, const struct oom_level *outermost, char text[static CGROUP_STAT_SIZE]);

/*
 * Parses a file with one number. Returns UNLIMITED for "max" and for the largest number of version
 * 1.
 */
int64_t cgroup_limits_number(const char *text);

/* The number behind a key of memory.stat, or UNKNOWN. */
int64_t cgroup_limits_stat(const char *text, const char *key);
