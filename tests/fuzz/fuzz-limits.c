// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "collect/cgroup.h"
#include "model/system.h"

/*
 * The files of a group and those above it, one behind the other: six of one number, a line each,
 * then memory.stat up to an empty line. The first group is the machine: memory and swap.
 */
enum { MOST_LEVELS = 8 };

static int64_t
next_number(char **text)
{
	char *line = *text, *end = strchr(line, '\n');
	int64_t number;

	if (end)
		*end = '\0';
	number = cgroup_limits_number(line);
	*text = end ? end + 1 : line + strlen(line);
	CHECK(number == UNKNOWN || number == UNLIMITED ||
		(number >= 0 && number < INT64_C(1) << 62));
	return number;
}

static int64_t
use_of(int64_t number)
{
	return number == UNLIMITED ? UNKNOWN : number;
}

static struct oom_level
next_level(char **text)
{
	struct oom_level level = oom_level_none("/");
	char *end;

	level.max = next_number(text);
	level.current = use_of(next_number(text));
	level.swap_max = next_number(text);
	level.swap_current = use_of(next_number(text));
	level.both_max = next_number(text);
	level.both_current = use_of(next_number(text));
	level.swaps = (uintptr_t)level.current % 2;
	end = strstr(*text, "\n\n");
	if (end)
		*end = '\0';
	level.cache = cgroup_limits_stat(*text, "inactive_file");
	CHECK(level.cache == UNKNOWN || level.cache >= 0);
	*text = end ? end + 2 : *text + strlen(*text);
	return level;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = text_of(data, size), *at = text;
	struct oom_level levels[MOST_LEVELS];
	struct oom_domain domain;
	struct system system;
	size_t count = 0;

	system.total = use_of(next_number(&at));
	system.swap_total = use_of(next_number(&at));
	system.swap_free = use_of(next_number(&at));
	while (*at && count < MOST_LEVELS)
		levels[count++] = next_level(&at);
	if (oom_domain_find(levels, count, &system, &domain)) {
		CHECK(domain.level < count);
		CHECK(domain.headroom == UNKNOWN || domain.headroom >= 0);
		CHECK(domain.total == UNKNOWN || domain.total >= levels[domain.level].max);
	}
	free(text);
	return 0;
}
