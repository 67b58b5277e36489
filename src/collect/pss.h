// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct needs;
struct snapshot;

/*
 * PSS, USS and SWAPPSS (smaps_rollup). For them the kernel walks all pages of a process, about 8 us
 * for each MiB, and holds its mmap_lock meanwhile: a separate thread reads a few in each refresh,
 * and they are kept until the next read.
 */
struct pss_reader;

/* `root` is a descriptor of /proc; it must outlive this. */
struct pss_reader *pss_reader_create(int root);
void pss_reader_destroy(struct pss_reader *reader);

/*
 * Fills the rows of `now` from `before` (NULL: nothing) and from new answers. Then reads more,
 * within needs->pss_budget: first the process in focus, and waits for it, for a second at most, and
 * not if that may take longer; then, of those never read, the visible ones and those that pass a
 * filter (needs->summed); then the visible ones, others never read, those that have changed, and
 * those older than 30 s. A walk that may take over 5 ms is only for the process in focus or every
 * 30 s. Without a budget reads everything now, or that of needs->pss_most processes.
 */
void pss_reader_read(struct pss_reader *reader, struct snapshot *now, const struct snapshot *before,
	const struct needs *needs);
