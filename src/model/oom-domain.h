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
 * The limits of one memory cgroup, in bytes: UNLIMITED if there is none, UNKNOWN if it could not be
 * read.
 */
struct oom_level {
	const char *path; /* NULL: above all cgroups visible from here */
	int64_t max, current;
	int64_t cache; /* part of current that the kernel reclaims before it kills */
	int64_t swap_max, swap_current; /* swap alone, version 2 */
	int64_t both_max, both_current; /* memory and swap together, version 1 */
	bool swaps;                     /* its memory may go to swap (swappiness) */
};

/* A level without limits. */
struct oom_level oom_level_none(const char *path);

/* The cgroup within which an OOM kill would choose. */
struct oom_domain {
	size_t level;
	int64_t headroom; /* memory left before that; UNKNOWN: usage unknown */
	int64_t total;    /* adjustments are thousandths of it (mem_cgroup_get_max) */
};

/*
 * Memory of a cgroup also counts against the limits of all cgroups above it. The cgroup whose limit
 * is reached is the domain of the kill (mm/memcontrol.c, try_charge_memcg): the one with the least
 * headroom, the innermost of equals. `levels` are the cgroup itself and then its ancestors;
 * `system` has memory and swap of the machine. Returns false if this machine cannot reach any
 * limit: then the machine is the domain.
 */
bool oom_domain_find(const struct oom_level *levels, size_t count, const struct system *system,
	struct oom_domain *ret_domain);

/* Whether the scope is the whole machine, the default. */
bool oom_domain_is_machine(const struct system *system);

/* Values of oom_scope that are not a path. */
#define OOM_SCOPE_MACHINE "machine"
#define OOM_SCOPE_HIDDEN "hidden" /* a cgroup above the visible ones */

/* Size for the two functions below: two names of cgroups, cut at 1 KiB, and the text. */
enum { OOM_DOMAIN_TEXT_SIZE = 2560 };

/*
 * Writes the scope of ranks and the total of adjustments: one line without newline, safe for a
 * terminal.
 */
void oom_domain_say(const struct system *system, enum charset charset, enum scale scale, char *text,
	size_t size);

/* The same for a limit that oom_domain_say() omits. Returns false if there is none. */
bool oom_domain_note(const struct system *system, enum charset charset, enum scale scale,
	char *text, size_t size);
