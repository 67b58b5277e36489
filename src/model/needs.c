// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/needs.h"

#include "base/sort.h"

#include <assert.h>
#include <stdlib.h>

static_assert(((NEED_STAT | NEED_MEMORY_ANY | NEED_OWNER | NEED_OOM_SCORE | NEED_OOM_ADJ |
		       NEED_CGROUP | NEED_CONTAINER | NEED_COMMAND | NEED_LIMITS | NEED_MAPPINGS) &
		      ~PROCESS_NEEDS) == 0,
	"rows have room for what is read of a process");

static bool
has_number(const int64_t *numbers, size_t count, int64_t number)
{
	return numbers && bsearch(&number, numbers, count, sizeof(number), compare_int64);
}

bool
needs_has_pid(const struct needs *needs, int64_t pid)
{
	return !needs->pids || has_number(needs->pids, needs->pid_count, pid);
}

uint64_t
needs_of_process(const struct needs *needs, int64_t pid)
{
	uint64_t bits = needs->bits;

	if (!needs_has_pid(needs, pid))
		return bits & NEED_BADNESS & PROCESS_NEEDS;
	if (pid == needs->focus)
		bits |= needs->focus_bits;
	if (needs->near_bits && has_number(needs->near, needs->near_count, pid))
		bits |= needs->near_bits;
	if (bits & (NEED_COMMAND | NEED_OOM_SCORE | NEED_FAULTS)) /* these follow from it too */
		bits |= NEED_STAT;
	return bits & PROCESS_NEEDS;
}

bool
needs_is_visible(const struct needs *needs, int64_t pid)
{
	return has_number(needs->visible, needs->visible_count, pid);
}

bool
needs_is_summed(const struct needs *needs, int64_t pid)
{
	return has_number(needs->summed, needs->summed_count, pid);
}
