// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/cgroup.h"

#include "base/macros.h"
#include "base/scan.h"
#include "collect/procfs.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* One line: "HIERARCHY:CONTROLLER,CONTROLLER:PATH". */
struct line {
	const char *controllers, *path;
	size_t controllers_length, path_length;
};

static bool
parse_line(const char *text, size_t length, struct line *ret_line)
{
	const char *first = memchr(text, ':', length), *second;

	if (!first)
		return false;
	first++;
	second = memchr(first, ':', length - (size_t)(first - text));
	if (!second)
		return false;
	*ret_line = (struct line){ .controllers = first,
		.controllers_length = (size_t)(second - first),
		.path = second + 1,
		.path_length = length - (size_t)(second + 1 - text) };
	return true;
}

static bool
has_controller(const struct line *line, const char *name)
{
	const char *at = line->controllers, *end = at + line->controllers_length;

	while (at < end) {
		const char *comma = memchr(at, ',', (size_t)(end - at));
		size_t size = (size_t)((comma ? comma : end) - at);

		if (scan_is(at, size, name))
			return true;
		at += size + 1;
	}
	return false;
}

static bool
is_unit(const struct path_name *name)
{
	static const char *const endings[] = { ".service", ".scope", ".socket", ".mount", ".swap" };

	for (size_t i = 0; i < ARRAY_SIZE(endings); i++)
		if (path_name_ends(name, endings[i]))
			return true;
	return false;
}

/* Slices only group the units; ".." leads out of a cgroup namespace. */
static bool
is_above_units(const struct path_name *name)
{
	return path_name_ends(name, ".slice") ||
	       (name->length == 2 && path_name_begins(name, ".."));
}

/*
 * A pod that its runtime has put below its own service: either as a tree, or with the name
 * "SLICE:PREFIX:ID", which is meant for systemd but was taken for a path.
 */
static bool
is_pod(const struct path_name *name)
{
	return path_name_begins(name, "kubepods") || memmem(name->text, name->length, ".slice:", 7);
}

/*
 * Finds the unit of the machine's own systemd: the first name that is no slice. Below
 * user@UID.service the systemd of that user has its own units. Names further down belong to others,
 * and those in a container to its own systemd. If the first name is no unit, there is none.
 */
static void
find_unit(const struct line *line, const struct container *container, struct cgroup *cgroup)
{
	const char *at = line->path;
	const char *end = at + (container->kind ? container->end : line->path_length);
	struct path_name name, unit = { .text = NULL };
	bool is_found = false;

	while (path_next(&at, end, &name)) {
		if (unit.text && path_name_ends(&unit, ".service") && is_pod(&name))
			return;
		if (is_found || is_above_units(&name))
			continue;
		if (is_unit(&name))
			unit = name;
		is_found = !path_name_begins(&name, "user@") || !path_name_ends(&name, ".service");
	}
	if (!unit.text)
		return;
	cgroup->unit = unit.text;
	cgroup->unit_length = unit.length;
}

static void
take_line(const struct line *line, struct cgroup *cgroup, struct container *of_systemd)
{
	bool has_memory = has_controller(line, "memory");
	bool is_path = has_memory || (line->controllers_length == 0 && cgroup->version != 1);
	bool is_of_systemd = line->controllers_length == 0 || has_controller(line, "name=systemd");
	struct container container;

	if (!is_path && !is_of_systemd)
		return;
	container = container_parse(line->path, line->path_length);
	if (is_path) {
		cgroup->path = line->path;
		cgroup->path_length = line->path_length;
		cgroup->version = has_memory ? 1 : 2;
		cgroup->container = container;
	}
	if (is_of_systemd) {
		find_unit(line, &container, cgroup);
		*of_systemd = container.kind ? container : *of_systemd;
	}
}

int
cgroup_parse(const char *text, struct cgroup *ret_cgroup)
{
	struct cgroup cgroup = { .path = NULL };
	struct container of_systemd = { .kind = NULL };

	while (*text) {
		size_t length = strcspn(text, "\n");
		struct line line;

		if (parse_line(text, length, &line))
			take_line(&line, &cgroup, &of_systemd);
		text += length + (text[length] == '\n');
	}
	if (!cgroup.path)
		return -EINVAL;
	if (!cgroup.container.kind && !cgroup.container.pod)
		cgroup.container = of_systemd;
	*ret_cgroup = cgroup;
	return 0;
}

bool
cgroup_says_nothing(const struct cgroup *cgroup)
{
	return cgroup->version == 1 && cgroup->path_length == 1;
}

int64_t
cgroup_limits_number(const char *text)
{
	int64_t number;

	if (strncmp(text, "max", 3) == 0 && (text[3] == '\n' || !text[3]))
		return UNLIMITED;
	number = procfs_number(&text);
	if (*text && *text != '\n')
		return UNKNOWN;
	return number >= CGROUP_NO_LIMIT ? UNLIMITED : number;
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

/* Without its file there is no limit. */
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

		cache = part < CGROUP_NO_LIMIT - cache ? cache + part : CGROUP_NO_LIMIT;
	}
	return cache;
}

/* File names of version 1 and version 2. */
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

int64_t
cgroup_current(int directory, int version)
{
	return read_number(directory, files[version - 1].current);
}

static int64_t
stat_limit(const char *text, const char *key)
{
	int64_t limit = cgroup_limits_stat(text, key);

	return limit == UNKNOWN || limit >= CGROUP_NO_LIMIT ? UNLIMITED : limit;
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
