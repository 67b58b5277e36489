// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "collect/perf-ring.h"
#include "model/fault.h"
#include "sampler/permissions.h"
#include "sampler/target.h"

/* Primes: a power of two would sample the same places of a loop over pages again and again. */
enum { EVENT_PERIODS = 3 };
extern const int64_t event_periods[EVENT_PERIODS];

/* The most values in a read of an event. */
enum { EVENT_VALUES = 4 };

/*
 * The difference between CLOCK_MONOTONIC and the kernel's perf_clock, which measures for how long
 * an event has been enabled. A zeroed one is unknown.
 */
struct own_clock {
	int64_t low, high; /* bounds of the difference, nanoseconds */
	int64_t set_at;    /* of CLOCK_MONOTONIC; 0: never */
};

struct event {
	int fd;
	uint64_t id;
	enum fault_kind kind;
	size_t ring;
	size_t values;          /* values of a read; the last one counts lost samples */
	struct own_clock clock; /* of events with PERF_SAMPLE_READ */
};

struct cpu {
	struct perf_ring ring;
	int number;
	size_t step;                     /* in event_periods[] */
	int64_t period, before, changed; /* the period, and the one of samples before `changed` */
	int64_t samples, since;          /* its load: the samples since a time */
};

struct record;

/* The open events. They are closed in reverse order. */
struct event_set {
	struct sampling_target target;
	const struct perf_calls *calls;
	enum access_level access;
	size_t pages;
	int fd;               /* of epoll */
	struct event *events; /* events of faults CPU by CPU, then those of walks */
	size_t event_count, event_capacity;
	struct cpu *cpus;
	size_t cpu_count, cpu_capacity;
	bool has_lost;        /* PERF_FORMAT_LOST */
	bool has_own_clock;   /* the events have CLOCK_TAI, */
	int64_t ahead;        /* which is so far ahead of CLOCK_MONOTONIC; 0: not compared */
	struct denial denial; /* its step: whether the event or its ring failed */
};

/*
 * Opens an event on a CPU, which writes into the ring of that number. Its first event adds the CPU
 * and the ring, whose number is the count of those before. Returns 0 or -errno.
 */
int event_set_add(struct event_set *set, enum fault_kind kind, pid_t task, int cpu, size_t ring);

/* Whether the samples of faults have PERF_SAMPLE_READ. */
bool event_set_has_read(const struct event_set *set);

/* Compares the clock of events with CLOCK_MONOTONIC. Somebody may set it. */
void event_set_compare_clocks(struct event_set *set);

/*
 * Makes the time of a record one of CLOCK_MONOTONIC. Returns false if it is of another clock than
 * that of the events: then it stays as it was.
 */
bool event_set_convert_time(const struct event_set *set, struct record *record);

/* Closes the last event, but not a ring that it has. */
void event_set_drop(struct event_set *set);

/* Closes all CPUs except the first `left`, with their events, which must be the last ones. */
void event_set_drop_cpus(struct event_set *set, size_t left);

/*
 * Sets the time of a sample from the time for which its own event had been enabled, if it is of
 * another clock (is_shared), or the two differ by some microseconds: without a clock of our own
 * that may be one of another clock, too. For events with PERF_SAMPLE_READ. `now`: a moment after
 * the sample. Returns whether it is surely of another clock.
 */
bool event_mend(
	struct event *event, const struct perf_calls *calls, struct record *sample, int64_t now);
