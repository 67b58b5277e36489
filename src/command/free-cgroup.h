// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct system;

/*
 * Fills the totals of a memory cgroup (model/charge.h, charge_as_totals), by its name or the path
 * of its folder; "": memtop's own. Texts of the totals are valid until the next read. Returns 0, or
 * tells the user and returns -errno.
 */
int free_cgroup_read(const char *cgroup, struct system *ret_totals);

/* Ends the reading, of which there is one. */
void free_cgroup_end(void);
