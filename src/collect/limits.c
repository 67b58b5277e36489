// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/limits.h"

#include "collect/procfs.h"

#include <stdio.h>
#include <string.h>

/* Skips blanks, then "unlimited" or a number. */
static int64_t
next_limit(const char **text)
{
	static const char unlimited[] = "unlimited";

	*text += strspn(*text, " ");
	if (strncmp(*text, unlimited, sizeof(unlimited) - 1) != 0)
		return procfs_number(text);
	*text += sizeof(unlimited) - 1;
	return UNLIMITED;
}

static enum limit_kind
kind_of(const char *line)
{
	int kind = 0;

	while (kind < LIMIT_KINDS && strncmp(line, limit_descriptions[kind].key,
					     strlen(limit_descriptions[kind].key)) != 0)
		kind++;
	return (enum limit_kind)kind;
}

void
limits_parse(const char *text, struct limit limits[static LIMIT_KINDS])
{
	for (const char *line = text; *line; line += *line == '\n') {
		enum limit_kind kind = kind_of(line);

		if (kind < LIMIT_KINDS) {
			line += strlen(limit_descriptions[kind].key);
			limits[kind].soft = next_limit(&line);
			limits[kind].hard = next_limit(&line);
		}
		line = strchrnul(line, '\n');
	}
}

int
limits_read(int root, int64_t pid, struct limit limits[static LIMIT_KINDS])
{
	char path[64], text[4096];
	ssize_t length;

	snprintf(path, sizeof(path), "%lld/limits", (long long)pid);
	length = procfs_read(root, path, text, sizeof(text));
	if (length < 0)
		return (int)length;
	limits_parse(text, limits);
	return 0;
}
