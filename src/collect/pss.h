// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct needs;
struct snapshot;

/*
 * PSS, USS and SWAPPSS (smaps_rollup). The kernel walks all pages of a process for them, about
 * 8 us for each MiB, and holds its mmap_lock meanwhile: they are read in a thread of their own,
 * few in a refresh, and kept until their turn comes again.
 */
struct pss_reader;

/* `root` is a descriptor of /proc that stays open as long as this lives. */
struct pss_reader *pss_reader_create(int root);
void pss_reader_destroy(struct pss_reader *rollups);

/*
 * Fills the rows of `now` with what is known of them: what `before` (NULL: nothing) had, and what
 * has come since. Then asks for more, as much as needs->pss_budget allows: first the process
 * in focus, which is waited for, then of those never read the visible ones and what a filter lets
 * through (needs->summed), the visible ones, others never read, those that have changed, and what
 * is older than 30 s. A walk that may take over 5 ms is for the process in focus or 30 s
 * apart. Without a budget everything is read now.
 */
void pss_reader_read(struct pss_reader *rollups, struct snapshot *now,
	const struct snapshot *before, const struct needs *needs);
