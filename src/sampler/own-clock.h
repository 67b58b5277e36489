// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct perf_calls;
struct record;

/*
 * The time of samples by what their own event says: how long it has been enabled. The clock of
 * that is the kernel's (perf_clock); an own_clock knows by how much CLOCK_MONOTONIC is ahead of
 * it. For events of a CPU with PERF_SAMPLE_READ (record.h). A zeroed one is new.
 */
struct own_clock {
	int64_t low, high; /* nanoseconds between which the difference lies */
	int64_t set_at;    /* of CLOCK_MONOTONIC; 0: never */
};

/* The most values that a read of an event gives. */
enum { OWN_CLOCK_VALUES = 4 };

/*
 * Compares the clocks by reading the event `fd`, which gives `count` values, unless that was done
 * shortly before `now`.
 */
void own_clock_set(
	struct own_clock *clock, const struct perf_calls *calls, int fd, size_t count, int64_t now);

/*
 * Gives a sample the time that its event says, unless it has that already. Returns whether the
 * time was another's: by more than 50 us, which is the most by which it may still be wrong.
 */
bool own_clock_mend(const struct own_clock *clock, struct record *sample);
