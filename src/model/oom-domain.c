// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/oom-domain.h"

#include "model/system.h"

#include <stdio.h>
#include <string.h>

enum { SHOWN_PATH = 1024 };

struct oom_level
oom_level_none(const char *path)
{
	return (struct oom_level){ .path = path,
		.max = UNLIMITED,
		.current = UNKNOWN,
		.cache = UNKNOWN,
		.swap_max = UNLIMITED,
		.swap_current = UNKNOWN,
		.both_max = UNLIMITED,
		.both_current = UNKNOWN };
}

static bool
is_limit(int64_t max)
{
	return max != UNLIMITED && max != UNKNOWN;
}

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The room below a limit; 0 if usage is above a lowered limit. */
static int64_t
room_below(int64_t max, int64_t current)
{
	if (!is_limit(max))
		return UNLIMITED;
	if (current == UNKNOWN)
		return UNKNOWN;
	return current < max ? max - current : 0;
}

/* How much of a level can still go to swap: limited by all levels above it and the machine. */
static int64_t
swap_room(const struct oom_level *levels, size_t count, size_t level, const struct system *system)
{
	int64_t room = known_or_zero(system->swap_free);

	if (!levels[level].swaps)
		return 0;
	for (size_t i = level; i < count; i++)
		room = least(room,
			room_below(levels[i].swap_max, known_or_zero(levels[i].swap_current)));
	return room;
}

static int64_t
plus(int64_t room, int64_t more)
{
	return room == UNLIMITED || room == UNKNOWN || room > UNLIMITED - more ? room : room + more;
}

static int64_t
headroom_of(const struct oom_level *levels, size_t count, size_t level, const struct system *system)
{
	const struct oom_level *at = &levels[level];
	int64_t cache = least(known_or_zero(at->cache), known_or_zero(at->current));
	int64_t memory = plus(room_below(at->max, at->current), cache);
	int64_t both = plus(room_below(at->both_max, at->both_current), cache);

	return least(plus(memory, swap_room(levels, count, level, system)), both);
}

/* A limit above the memory of the machine is never reached. */
static bool
can_be_met(const struct oom_level *level, const struct system *system)
{
	if (system->total == UNKNOWN)
		return is_limit(level->max) || is_limit(level->both_max);
	return (is_limit(level->max) && level->max <= system->total) ||
	       (is_limit(level->both_max) &&
		       level->both_max <= plus(system->total, known_or_zero(system->swap_total)));
}

/*
 * The limit plus swap: in version 1 the rest of the limit of both, and never more than the
 * machine's swap.
 */
static int64_t
total_of(const struct oom_level *level, const struct system *system)
{
	int64_t swap = level->swap_max;

	if (!is_limit(level->max) || system->swap_total == UNKNOWN)
		return UNKNOWN;
	if (is_limit(level->both_max))
		swap = level->both_max > level->max ? level->both_max - level->max : 0;
	if (!level->swaps)
		return level->max;
	return plus(
		level->max, is_limit(swap) ? least(swap, system->swap_total) : system->swap_total);
}

/* Compares the limits if the headroom is unknown. */
static bool
is_nearer(const struct oom_level *level, int64_t headroom, const struct oom_level *best,
	int64_t best_headroom)
{
	if (headroom == UNKNOWN && best_headroom == UNKNOWN)
		return level->max < best->max;
	if (headroom == UNKNOWN || best_headroom == UNKNOWN)
		return best_headroom == UNKNOWN;
	return headroom < best_headroom;
}

bool
oom_domain_find(const struct oom_level *levels, size_t count, const struct system *system,
	struct oom_domain *ret_domain)
{
	bool found = false;
	struct oom_domain domain = { .level = 0 };

	for (size_t i = 0; i < count; i++) {
		int64_t headroom;

		if (!can_be_met(&levels[i], system))
			continue;
		headroom = headroom_of(levels, count, i, system);
		if (found &&
			!is_nearer(&levels[i], headroom, &levels[domain.level], domain.headroom))
			continue;
		domain = (struct oom_domain){
			.level = i, .headroom = headroom, .total = total_of(&levels[i], system)
		};
		found = true;
	}
	if (found)
		*ret_domain = domain;
	return found;
}

bool
oom_domain_is_machine(const struct system *system)
{
	return !system->oom_scope || strcmp(system->oom_scope, OOM_SCOPE_MACHINE) == 0;
}

/* The text about the chosen group, before the total. */
static const char *
relation_of(const struct system *system)
{
	if (oom_domain_is_machine(system))
		return system->oom_hidden == 1
			       ? ", no limit is visible from here: the machine, memory and swap "
			       : ", no limit on it or above it: the machine, memory and swap ";
	if (strcmp(system->oom_scope, OOM_SCOPE_HIDDEN) == 0)
		return ", would be killed by a limit above what is visible from here, with swap ";
	if (system->oom_limit == UNKNOWN)
		return ", which cannot be read: the machine's ";
	return ", with swap ";
}

void
oom_domain_say(const struct system *system, enum charset charset, enum scale scale, char *text,
	size_t size)
{
	char asked[SHOWN_PATH], domain[SHOWN_PATH], limit[UNIT_FORMAT_SIZE],
		total[UNIT_FORMAT_SIZE];
	bool is_group = system->oom_scope && *system->oom_scope == '/';

	unit_format(total, UNIT_BYTES, system->oom_total, scale);
	if (!system->oom_asked) {
		snprintf(text, size, "the machine, memory and swap %s", total);
		return;
	}
	text_safe(asked, sizeof(asked), system->oom_asked, charset);
	if (!is_group || strcmp(system->oom_scope, system->oom_asked) == 0) {
		snprintf(text, size, "memory cgroup %s%s%s", asked, relation_of(system), total);
		return;
	}
	text_safe(domain, sizeof(domain), system->oom_scope, charset);
	unit_format(limit, UNIT_BYTES, system->oom_limit, scale);
	snprintf(text, size,
		"memory cgroup %s, would be killed within %s (%s), its ancestor, with swap %s",
		asked, domain, limit, total);
}

bool
oom_domain_note(const struct system *system, enum charset charset, enum scale scale, char *text,
	size_t size)
{
	char own[SHOWN_PATH], limit[UNIT_FORMAT_SIZE];

	if (system->own_cgroup && system->own.max != UNKNOWN) {
		text_safe(own, sizeof(own), system->own_cgroup, charset);
		unit_format(limit, UNIT_BYTES, system->own.max, scale);
		snprintf(text, size,
			"A limit of %s applies to memtop's own memory cgroup %s: "
			"--cgroup shows who dies there.",
			limit, own);
		return true;
	}
	if (system->oom_hidden != 1 || system->oom_limit == UNKNOWN ||
		(system->oom_scope && strcmp(system->oom_scope, OOM_SCOPE_HIDDEN) == 0))
		return false;
	snprintf(text, size,
		"Limits of the groups above / are not visible from here: a lower one may apply.");
	return true;
}
