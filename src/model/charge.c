// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/charge.h"

#include "base/index.h"
#include "base/known.h"
#include "model/oom-domain.h"
#include "model/system.h"

#include <stdbool.h>
#include <string.h>

const struct cgroup_charge charge_unknown = {
	.parent = UNKNOWN,
	.depth = UNKNOWN,
	.inode = UNKNOWN,
	.current = UNKNOWN,
	.workset = UNKNOWN,
	.anon = UNKNOWN,
	.file = UNKNOWN,
	.shmem = UNKNOWN,
	.kernel = UNKNOWN,
	.sock = UNKNOWN,
	.zswap = UNKNOWN,
	.kernel_is_sum = UNKNOWN,
	.swap = UNKNOWN,
	.peak = UNKNOWN,
	.max = UNKNOWN,
	.high = UNKNOWN,
	.low = UNKNOWN,
	.min = UNKNOWN,
	.swap_max = UNKNOWN,
	.limit = UNKNOWN,
	.hierarchical = UNKNOWN,
	.effective = UNKNOWN,
	.headroom = UNKNOWN,
	.full = UNKNOWN,
	.full_workset = UNKNOWN,
	.cache = UNKNOWN,
	.available = UNKNOWN,
	.high_events = UNKNOWN,
	.max_events = UNKNOWN,
	.ooms = UNKNOWN,
	.kills = UNKNOWN,
	.group_kills = UNKNOWN,
	.own_kills = UNKNOWN,
	.high_rate = UNKNOWN,
	.kill_rate = UNKNOWN,
	.psi_some = UNKNOWN,
	.psi_full = UNKNOWN,
	.pids = UNKNOWN,
	.dying = UNKNOWN,
	.removed = UNKNOWN,
	.below = UNKNOWN,
};

const struct table charge_table = {
	.name = "charge",
	.row_size = sizeof(struct cgroup_charge),
};

struct cgroup_charge *
charge_add(struct rows *charges)
{
	struct cgroup_charge *charge = rows_add(charges, &charge_table);

	*charge = charge_unknown;
	return charge;
}

static int64_t
room_below(int64_t max, int64_t current)
{
	if (max == UNLIMITED)
		return UNLIMITED;
	if (max == UNKNOWN || current == UNKNOWN)
		return UNKNOWN;
	return current < max ? known_difference(max, current) : 0;
}

/* UNKNOWN is the least of all. */
static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/*
 * Without hierarchy (memory.use_hierarchy, before Linux 5.11) the groups above limit nothing: then
 * the limit that the kernel states is above theirs.
 */
static bool
is_limited_from(const struct cgroup_charge *above, int64_t hierarchical)
{
	return above && (hierarchical == UNKNOWN || above->effective >= hierarchical);
}

/* How full the own limit is. */
static void
fill_own(struct cgroup_charge *charge)
{
	int64_t max = charge->limit;
	bool is_limited = max != UNKNOWN && max != UNLIMITED;

	charge->full = is_limited ? known_share(charge->current, max) : UNKNOWN;
	charge->full_workset = is_limited ? known_share(charge->workset, max) : UNKNOWN;
	if (max == 0)
		charge->full = 1000; /* nothing fits into it */
}

void
charge_limit(struct cgroup_charge *charge, const struct cgroup_charge *above)
{
	int64_t max = charge->limit, hierarchical = charge->hierarchical;

	charge->effective = max;
	charge->headroom = room_below(max, charge->current);
	charge->available = room_below(max, known_difference(charge->current, charge->cache));
	charge->limited_by = max == UNKNOWN || max == UNLIMITED ? NULL : charge->path;
	fill_own(charge);
	if (is_limited_from(above, hierarchical)) {
		if (above->effective < max)
			charge->limited_by = above->limited_by;
		if (above->headroom < charge->headroom) {
			charge->full = above->full;
			charge->full_workset = above->full_workset;
		}
		charge->effective = least(max, above->effective);
		charge->headroom = least(charge->headroom, above->headroom);
		charge->available = least(charge->available, above->available);
	}
	if (hierarchical == UNKNOWN || charge->effective == UNKNOWN ||
		hierarchical >= charge->effective)
		return;
	charge->effective = hierarchical;
	charge->limited_by = OOM_SCOPE_HIDDEN;
	charge->headroom = charge->available = UNKNOWN; /* what it uses is hidden too */
	charge->full = charge->full_workset = UNKNOWN;
}

/* The length of the path of the group above one of this length; 0: it is outermost. */
static size_t
length_above(const char *path, size_t length)
{
	if (*path != '/' || length <= 1)
		return 0;
	while (path[--length] != '/')
		;
	return length > 0 ? length : 1;
}

/* The group above one of this path, which is among the rows before it; NULL: it is outermost. */
static const struct cgroup_charge *
find_above(const struct index *index, const struct rows *charges, const char *path)
{
	size_t length = length_above(path, strlen(path));

	return length > 0 ? charge_find(index, charges, path, length) : NULL;
}

const struct cgroup_charge *
charge_find_nearest(const struct index *index, const struct rows *charges, const char *path)
{
	const struct cgroup_charge *charge = NULL;

	for (size_t length = strlen(path); length > 0 && !charge;
		length = length_above(path, length))
		charge = charge_find(index, charges, path, length);
	return charge;
}

static void
drop_without_path(struct rows *charges)
{
	size_t kept = 0;

	for (size_t i = 0; i < charges->count; i++)
		if (charge_at(charges, i)->path)
			*charge_at(charges, kept++) = *charge_at(charges, i);
	charges->count = kept;
}

void
charge_complete(struct rows *charges)
{
	struct index index = { .heads = NULL };

	drop_without_path(charges);
	for (size_t i = 0; i < charges->count; i++) {
		struct cgroup_charge *charge = charge_at(charges, i);
		const struct cgroup_charge *above = find_above(&index, charges, charge->path);

		charge->parent = above ? above - charge_at(charges, 0) : UNKNOWN;
		charge->depth = above ? above->depth + 1 : 0;
		charge_limit(charge, above);
		index_add(&index, index_mix_text(0, charge->path));
	}
	index_finish(&index);
}

/* What is left of a limit and of the machine's part. */
static int64_t
within(int64_t room, int64_t machine)
{
	return room == UNKNOWN || machine == UNKNOWN ? UNKNOWN : least(room, machine);
}

void
charge_as_totals(const struct cgroup_charge *charge, struct system *totals)
{
	const struct system machine = *totals;
	struct system *t = totals;

	if (charge->depth != 0 || charge->effective != UNLIMITED) {
		table_reset_row(&system_table, t);
		t->total = within(charge->effective, machine.total);
		t->used = within(charge->workset, t->total);
		t->free = within(charge->headroom, machine.free);
		t->available = within(charge->available, machine.available);
		t->shared = charge->shmem;
		t->buff_cache = t->cache = within(charge->file, t->total);
		t->buffers = 0;
		t->anon = charge->anon;
		t->kernel_memory = charge->kernel;
		t->swap_total = within(charge->swap_max, machine.swap_total);
		t->swap_used = within(charge->swap, t->swap_total);
		t->swap_free =
			within(known_difference(t->swap_total, t->swap_used), machine.swap_free);
	}
	t->own_cgroup = charge->path;
	t->own = (struct nearest_limit){ charge->limited_by,
		charge->effective == UNLIMITED ? UNKNOWN : charge->effective,
		charge->available == UNLIMITED ? UNKNOWN : charge->available };
}

void
charge_index(struct index *index, const struct rows *charges)
{
	for (size_t i = 0; i < charges->count; i++)
		index_add(index, index_mix_text(0, charge_at(charges, i)->path));
}

const struct cgroup_charge *
charge_find(const struct index *index, const struct rows *charges, const char *path, size_t length)
{
	for (uint32_t row = index_first(index, index_mix_bytes(0, path, length)); row != INDEX_END;
		row = index_next(index, row)) {
		const struct cgroup_charge *charge = charge_at(charges, row);

		if (strncmp(charge->path, path, length) == 0 && !charge->path[length])
			return charge;
	}
	return NULL;
}
