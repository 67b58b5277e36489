// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct perf_calls;
struct record;

/*
 * Corrects the time of samples from the time for which their own event has been enabled, which is
 * measured by the kernel's perf_clock. An own_clock has the difference between CLOCK_MONOTONIC and
 * that clock. For events of a CPU with PERF_SAMPLE_READ (record.h). A zeroed one is new.
 */
struct own_clock {
	int64_t low, high; /* bounds of the difference, nanoseconds */
	int64_t set_at;    /* of CLOCK_MONOTONIC; 0: never */
};

/* The most values in a read of an event. */
enum { OWN_CLOCK_VALUES = 4 };

/*
 * Compares the clocks by a read of the event `fd`, which gives `count` values, unless that was done
 * shortly before `now`.
 */
void own_clock_set(
	struct own_clock *clock, const struct perf_calls *calls, int fd, size_t count, int64_t now);

/*
 * Sets the time of a sample from its event if the two differ by more than 50 us, which is the
 * largest error left. Returns whether they differed.
 */
bool own_clock_mend(const struct own_clock *clock, struct record *sample);
