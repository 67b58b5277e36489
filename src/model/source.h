// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>

struct needs;
struct snapshot;

/* A source of snapshots: the running kernel, or a recording. */
struct source {
	/*
	 * Fills `now`. `before` is the last snapshot of this source that was not rows_only, or
	 * NULL; unchanged data may be copied from it. Rows that cannot be read stay UNKNOWN and
	 * count in the hints. Returns 0, or -errno if nothing could be read; of a recording
	 * -ENODATA: there is no such moment.
	 */
	int (*read)(struct source *source, struct snapshot *now, const struct snapshot *before,
		const struct needs *needs);
	void (*destroy)(struct source *source);
	/* Of a recording: the sample before the last one that was read, or NULL; or `last`. */
	const struct snapshot *(*before)(struct source *source, const struct snapshot *last);
	bool is_recording;
};
