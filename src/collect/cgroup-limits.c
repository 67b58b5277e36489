// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/cgroup-limits.h"

#include "collect/procfs.h"

#include <errno.h>
#include <string.h>

/* In version 1 no limit is the largest number of whole pages (PAGE_COUNTER_MAX). */
#define NO_LIMIT (INT64_C(1) << 62)

int64_t
cgroup_limits_number(const char *text)
{
	int64_t number;

	if (strncmp(text, "max", 3) == 0 && (text[3] == '\n' || !text[3]))
		return UNLIMITED;
	number = procfs_number(&text);
	if (*text && *text != '\n')
		return UNKNOWN;
	return number >= NO_LIMIT ? UNLIMITED : number;
}

int64_t
cgroup_limits_stat(const char *text, const char *key)
{
	size_t length = strlen(key);

	for (const char *line = text; *line; line += *line == '\n') {
		if (strncmp(line, key, length) == 0 && line[length] == ' ') {
			line += length + 1;
			return procfs_number(&line);
		}
		line = strchrnul(line, '\n');
	}
	return UNKNOWN;
}

/* A limit that has no file is none. */
static int64_t
read_limit(int directory, const char *name)
{
	char text[64];
	ssize_t length = procfs_read(directory, name, text, sizeof(text));

	if (length == -ENOENT)
		return UNLIMITED;
	return length < 0 ? UNKNOWN : cgroup_limits_number(text);
}

static int64_t
read_number(int directory, const char *name)
{
	int64_t number = read_limit(directory, name);

	return number == UNLIMITED ? UNKNOWN : number;
}

static int64_t
read_cache(int directory, int version, char text[static CGROUP_STAT_SIZE])
{
	static const char *const keys[2][3] = {
		{ "total_inactive_file", "total_active_file", "" },
		{ "inactive_file", "active_file", "slab_reclaimable" },
	};
	int64_t cache = 0;

	if (procfs_read(directory, "memory.stat", text, CGROUP_STAT_SIZE) <= 0)
		return UNKNOWN;
	for (int i = 0; i < 3; i++) {
		int64_t part = known_or_zero(cgroup_limits_stat(text, keys[version - 1][i]));

		cache = part < NO_LIMIT - cache ? cache + part : NO_LIMIT;
	}
	return cache;
}

/* The names of the files, of each version. */
static const struct {
	const char *max, *current, *swap_max, *swap_current, *both_max, *both_current;
} files[] = {
	{ "memory.limit_in_bytes", "memory.usage_in_bytes", NULL, NULL,
		"memory.memsw.limit_in_bytes", "memory.memsw.usage_in_bytes" },
	{ "memory.max", "memory.current", "memory.swap.max", "memory.swap.current", NULL, NULL },
};

struct oom_level
cgroup_limits_read(int directory, int version, int64_t swappiness, const char *path,
	char text[static CGROUP_STAT_SIZE])
{
	struct oom_level level = oom_level_none(path);

	level.max = read_limit(directory, files[version - 1].max);
	if (version == 1) {
		swappiness = read_number(directory, "memory.swappiness");
		level.both_max = read_limit(directory, files[0].both_max);
		level.both_current = read_number(directory, files[0].both_current);
	} else {
		level.swap_max = read_limit(directory, files[1].swap_max);
		level.swap_current = read_number(directory, files[1].swap_current);
	}
	level.swaps = swappiness != 0;
	if (level.max == UNLIMITED && level.both_max == UNLIMITED)
		return level;
	level.current = read_number(directory, files[version - 1].current);
	level.cache = read_cache(directory, version, text);
	return level;
}

static int64_t
stat_limit(const char *text, const char *key)
{
	int64_t limit = cgroup_limits_stat(text, key);

	return limit == UNKNOWN || limit >= NO_LIMIT ? UNLIMITED : limit;
}

struct oom_level
cgroup_limits_above(
	int directory, const struct oom_level *outermost, char text[static CGROUP_STAT_SIZE])
{
	struct oom_level above = oom_level_none(NULL);
	int64_t max, both_max;

	if (procfs_read(directory, "memory.stat", text, CGROUP_STAT_SIZE) <= 0)
		return above;
	max = stat_limit(text, "hierarchical_memory_limit");
	both_max = stat_limit(text, "hierarchical_memsw_limit");
	if (max >= outermost->max && both_max >= outermost->both_max)
		return above;
	above.max = max;
	above.both_max = both_max;
	above.swaps = outermost->swaps;
	above.current = read_number(directory, files[0].current);
	above.both_current = read_number(directory, files[0].both_current);
	above.cache = read_cache(directory, 1, text);
	return above;
}
