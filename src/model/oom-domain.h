// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/text.h"
#include "base/unit.h"
#include "model/process.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct system;

/*
 * What limits one memory control group, in bytes: UNLIMITED where nothing does, UNKNOWN what could
 * not be read.
 */
struct oom_level {
	const char *path; /* NULL: it stands above all that are visible from here */
	int64_t max, current;
	int64_t cache;                  /* of current: what the kernel takes back before it kills */
	int64_t swap_max, swap_current; /* of swap alone, in version 2 */
	int64_t both_max, both_current; /* of memory and swap together, in version 1 */
	bool swaps;                     /* what is in it may go to swap at all (swappiness) */
};

/* A level that limits nothing. */
struct oom_level oom_level_none(const char *path);

/* Within which group an OOM kill would choose. */
struct oom_domain {
	size_t level;
	int64_t headroom; /* what may still be taken before that; UNKNOWN: the level's use is */
	int64_t total;    /* of which adjustments are thousandths (mem_cgroup_get_max) */
};

/*
 * A group's memory counts against the limits of all groups above it as well, and the one that is
 * reached is the domain of the kill (mm/memcontrol.c, try_charge_memcg): that with the least
 * headroom, and of equal ones the innermost. `levels` are the group itself and then those above it,
 * outward; `system` has the machine's memory and swap. Returns false where no level has a limit
 * that this machine can reach: then the machine is the domain.
 */
bool oom_domain_find(const struct oom_level *levels, size_t count, const struct system *system,
	struct oom_domain *ret_domain);

/* Whether the scope that was read is the whole machine; so it is where none was asked for. */
bool oom_domain_is_machine(const struct system *system);

/* What oom_scope of a system says where it is no path. */
#define OOM_SCOPE_MACHINE "machine"
#define OOM_SCOPE_HIDDEN "hidden" /* a group above those that are visible from here */

/* Room for what the two below say: two names of groups, cut at 1 KiB, and the words around them. */
enum { OOM_DOMAIN_TEXT_SIZE = 2560 };

/*
 * Says in a line what ranks are about, and of how much memory an adjustment is thousandths: safe
 * for a terminal, without a line's end.
 */
void oom_domain_say(const struct system *system, enum charset charset, enum scale scale, char *text,
	size_t size);

/* The same of a limit that this leaves out. Returns false where there is none. */
bool oom_domain_note(const struct system *system, enum charset charset, enum scale scale,
	char *text, size_t size);
