// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/arena.h"
#include "model/group.h"
#include "table/rows.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * The largest groups of a kind, refresh after refresh, and one row "other" for the rest. Names that
 * come and go are made one: "session-12.scope" is in "session-*.scope". So the number of names is
 * bounded, and few of them change: a group leaves only when it has 20 % less than the least that
 * is shown. A zeroed one is empty.
 */
struct group_top {
	struct rows rows;      /* struct group, the largest first; valid as long as the groups */
	struct arena texts[2]; /* names of this refresh, and of the one before */
	size_t refresh;
	const char **shown; /* names of the refresh before */
	size_t shown_count, shown_capacity;
};

/*
 * Takes the groups of one refresh. Sums that are only upper bounds are unknown in its rows, and so
 * is what the kernel charges, where a name may stand for several groups.
 */
void group_top_take(struct group_top *top, const struct groups *groups, size_t most);

/* Whether any group has a name; else no process of the machine is in such a group. */
bool group_top_has_names(const struct group_top *top);
void group_top_finish(struct group_top *top);

/* The name under which a group of a kind counts. Returns whether it is another one. */
enum { GROUP_TOP_NAME_SIZE = 256 };
bool group_top_name(char name[static GROUP_TOP_NAME_SIZE], enum group_kind kind, const char *group);
