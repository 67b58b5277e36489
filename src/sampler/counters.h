// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct perf_calls;

/*
 * What the processor's counters say of all CPUs together, since they were opened. Walks are walks
 * of the page tables: after a miss in the TLBs for data (of reads) and for code.
 */
struct counts {
	int64_t data_walks, code_walks, cycles, instructions;
};

struct counters;

/* Never NULL. `calls`: NULL in real life. */
struct counters *counters_open(const struct perf_calls *calls);
void counters_close(struct counters *counters);

/* Where other CPUs are online now: counts on these, and goes on from the last read. */
void counters_reopen(struct counters *counters);

/*
 * A count is UNKNOWN where the event does not exist or is forbidden, and in each read before which
 * it did not count all the time, because others use the counters, too: then the difference to the
 * read before is not known, but that of the next two may be. `has_walked`: whether walks for data
 * have been sampled since then; their count is UNKNOWN where it stood still all the same. A CPU
 * that went offline keeps its last count. Returns false where nothing is counted.
 */
bool counters_read(struct counters *counters, bool has_walked, struct counts *ret_counts);

/* One line: what is missing, and what would grant it; NULL: nothing is. Valid until the close. */
const char *counters_missing(const struct counters *counters);
