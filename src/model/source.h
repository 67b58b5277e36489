// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct needs;
struct snapshot;

/* Whatever fills snapshots: the running kernel, later also a recording. */
struct source {
	/*
	 * Fills `now`. `before` is what this source filled last, or NULL: what has not changed
	 * since may be taken from there. Rows that cannot be read stay UNKNOWN and are counted in
	 * the hints. Returns 0, or -errno where nothing at all could be read.
	 */
	int (*read)(struct source *source, struct snapshot *now, const struct snapshot *before,
		const struct needs *needs);
	void (*destroy)(struct source *source);
};
