// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct perf_calls;

/*
 * The counts of all CPUs since the opening. Walks are page table walks: after a TLB miss for data
 * (reads) and for code.
 */
struct counts {
	int64_t data_walks, code_walks, cycles, instructions;
};

struct counters;

/* Never returns NULL. `calls`: NULL except in tests. */
struct counters *counters_open(const struct perf_calls *calls);
void counters_close(struct counters *counters);

/* After a change of the online CPUs: counts on the new ones, and continues from the last read. */
void counters_reopen(struct counters *counters);

/*
 * A count is UNKNOWN if the event does not exist or is forbidden, and after each pause of its
 * counter, because other programs use the counters too: then the difference to the last read is
 * unknown, but the next one may be known. `has_walked`: walks for data have been sampled since the
 * last read; if their count is unchanged, it is UNKNOWN. An offline CPU keeps its last count.
 */
void counters_read(struct counters *counters, bool has_walked, struct counts *ret_counts);

/* One line: what is missing, and the permission for it; NULL: nothing. Valid until the close. */
const char *counters_missing(const struct counters *counters);
