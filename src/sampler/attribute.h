// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/arena.h"
#include "model/fault-group.h"
#include "model/needs.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct events;

/*
 * Counts the samples of the rings: the faults and walks of each process, by segment and code. This
 * program's own are left out.
 */
struct attribution;

/* Reads mappings and binaries below `root`, a descriptor of /proc, which is borrowed. */
struct attribution *attribution_create(int root);
void attribution_destroy(struct attribution *attribution);

/* Sets which processes are counted from now on. */
void attribution_watch(struct attribution *attribution, const struct fault_request *request);

/*
 * Empties the rings and counts all up to `until` (nanoseconds of CLOCK_MONOTONIC, a moment before
 * the call). Later records wait for the next call: another CPU may still write an earlier one.
 * Adapts the periods.
 */
void attribution_drain(struct attribution *attribution, struct events *events, int64_t until);

/* The counts since the last report. */
struct fault_report {
	struct rows faults;
	struct arena texts; /* of the rows */
	int64_t samples, period;
	bool has_walks;    /* whether walks are among the samples */
	const char *doubt; /* one line about possible errors; NULL: none. It is static. */
};

/* Makes the report, in the memory of an older or zeroed one, and resets the counts. */
void attribution_report(struct attribution *attribution, struct fault_report *report);

/* One line about unknown mappings or functions; NULL: none. Valid until the next drain. */
const char *attribution_trouble(const struct attribution *attribution);

/* Empties it and keeps its memory. */
void fault_report_reset(struct fault_report *report);
void fault_report_finish(struct fault_report *report);
