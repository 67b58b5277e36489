// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/fault.h"
#include "sampler/permissions.h"
#include "sampler/target.h"

#include <stddef.h>
#include <stdint.h>

struct perf_calls;
struct perf_ring;
struct record;

/*
 * The sampled events, with one ring for each CPU that is online. A CPU that goes offline gives no
 * more events, even when it is back: then the sampler reopens them.
 *
 * ACCESS_ALL: all processes. ACCESS_PROCESS: the present threads of process target->pid, and all
 * that they start; its present children are left out. ACCESS_USER: the same without faults in the
 * kernel. ACCESS_NONE: nothing, and no rings. Walks are always of all processes.
 */
struct events;

/* Never returns NULL. `calls`: NULL except in tests. */
struct events *events_open(const struct sampling_target *target, const struct perf_calls *calls);
void events_close(struct events *events);

enum access_level events_access(const struct events *events);

/* One line: what is missing, and the permission for it; NULL: nothing. Valid until the close. */
const char *events_missing(const struct events *events);

size_t events_pages(const struct events *events); /* of each ring: fewer if memory is short */
size_t events_ring_count(const struct events *events);
struct perf_ring *events_ring(struct events *events, size_t ring);

/*
 * An epoll descriptor that is readable when a ring is half full (-1: no events). Call
 * events_acknowledge() each time: else the events of processes that have ended keep it readable for
 * ever.
 */
int events_fd(const struct events *events);
void events_acknowledge(struct events *events);

/* The kind of a sample, even if it was prepared for another program's event (record.h). */
enum fault_kind events_kind(const struct events *events, const struct record *sample);

/* Call it before the records of the rings are mended. */
void events_compare_clocks(struct events *events);

/*
 * Makes the time of a record one of CLOCK_MONOTONIC. Checks, as far as one sample allows, whether
 * it was prepared for another program's event, and sets is_shared. With ACCESS_ALL it also corrects
 * the time of such a sample. `now`: a moment after it was written.
 */
void events_mend(struct events *events, struct record *record, int64_t now);

/* The number of faults or walks that a sample of a ring stands for, or UNKNOWN. */
int64_t events_weight(const struct events *events, size_t ring, const struct record *sample);

/* The current period of minor faults in a ring. */
int64_t events_period(const struct events *events, size_t ring);

/* Counts a sample of a ring for events_adapt(). */
void events_count(struct events *events, size_t ring);

/*
 * Ten times a second, increases the period if a ring had over 10,000 samples a second, and
 * decreases it when there are few again. Does nothing if the target has a period. The caller must
 * have drained the rings up to `now`: only one earlier period is kept.
 */
void events_adapt(struct events *events, int64_t now);

/*
 * The number of lost samples so far. Older kernels have no count: there it is the sum of
 * events_add_lost(), from records of kind RECORD_LOST.
 */
int64_t events_lost(const struct events *events);
void events_add_lost(struct events *events, const struct record *record);
