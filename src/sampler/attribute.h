// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/arena.h"
#include "model/fault-group.h"
#include "model/fault.h"
#include "model/needs.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct events;

/*
 * What the samples of the rings stand for: how many faults and walks of which process, in which
 * segment, by which code. The program's own do not count.
 */
struct attribution;

/* Mappings and binaries are looked for below `root`, a descriptor of /proc, which is borrowed. */
struct attribution *attribution_create(int root);
void attribution_destroy(struct attribution *attribution);

/* Which processes count from now on. */
void attribution_watch(struct attribution *attribution, const struct fault_request *request);

/*
 * Empties the rings and counts what happened up to `until` (nanoseconds of CLOCK_MONOTONIC, a
 * moment before the call). What is later waits for the next call: another CPU may still write of
 * something that came before it. Adapts the periods.
 */
void attribution_drain(struct attribution *attribution, struct events *events, int64_t until);

/* What was counted since the last report. */
struct fault_report {
	struct rows faults;
	struct arena texts; /* of the rows */
	int64_t samples, period;
	bool has_walks; /* whether walks are among the samples */
	/* Whether some may be of another process or mapping: another program samples the same. */
	bool has_doubts;
};

/* Makes the report, in the memory of an older or zeroed one, and counts anew. */
void attribution_report(struct attribution *attribution, struct fault_report *report);

/* One line about what could not be found out; NULL: none. Valid until the next drain. */
const char *attribution_trouble(const struct attribution *attribution);

/* One line about what may be wrong in a report; NULL: nothing. It is static. */
const char *fault_report_doubt(const struct fault_report *report);
void fault_report_finish(struct fault_report *report);
