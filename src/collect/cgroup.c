// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/cgroup.h"

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
	size_t length = strlen(name);

	while (at < end) {
		const char *comma = memchr(at, ',', (size_t)(end - at));
		size_t size = (size_t)((comma ? comma : end) - at);

		if (size == length && memcmp(at, name, length) == 0)
			return true;
		at += size + 1;
	}
	return false;
}

static bool
is_unit(const char *name, size_t length)
{
	static const char *const endings[] = { ".service", ".scope", ".socket", ".mount", ".swap" };

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t ending = strlen(endings[i]);

		if (length > ending && memcmp(name + length - ending, endings[i], ending) == 0)
			return true;
	}
	return false;
}

static void
find_unit(const struct line *line, struct cgroup *cgroup)
{
	size_t end = line->path_length;

	while (end > 0) {
		size_t start = end;

		while (start > 0 && line->path[start - 1] != '/')
			start--;
		if (is_unit(line->path + start, end - start)) {
			cgroup->unit = line->path + start;
			cgroup->unit_length = end - start;
			return;
		}
		end = start > 0 ? start - 1 : 0;
	}
}

int
cgroup_parse(const char *text, struct cgroup *ret_cgroup)
{
	struct cgroup cgroup = { .path = NULL };
	bool has_memory = false;

	while (*text) {
		size_t length = strcspn(text, "\n");
		struct line line;

		if (parse_line(text, length, &line)) {
			bool memory = has_controller(&line, "memory");

			if (memory || (line.controllers_length == 0 && !has_memory)) {
				cgroup.path = line.path;
				cgroup.path_length = line.path_length;
				has_memory = memory;
			}
			if (line.controllers_length == 0 || has_controller(&line, "name=systemd"))
				find_unit(&line, &cgroup);
		}
		text += length + (text[length] == '\n');
	}
	if (!cgroup.path)
		return -EINVAL;
	*ret_cgroup = cgroup;
	return 0;
}
