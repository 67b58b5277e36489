// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sampler/permissions.h"
#include "sampler/target.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct perf_calls;
struct perf_ring;
struct record;

/*
 * The sampled events, with one ring a CPU. CPUs that are offline are left out; one that goes
 * offline is silent from then on, also when it is back: the sampler opens them anew then.
 *
 * ACCESS_ALL: all processes. ACCESS_PROCESS: the threads that process target->pid has now, with all
 * they will start; children that it has already are not seen. ACCESS_USER: the same without what
 * the kernel does for them. ACCESS_NONE: nothing, and no rings. Walks are of all processes always.
 */
struct events;

/* Never NULL. `calls`: NULL in real life. */
struct events *events_open(const struct sampling_target *target, const struct perf_calls *calls);
void events_close(struct events *events);

enum access_level events_access(const struct events *events);

/* One line: what is missing, and what would grant it; NULL: nothing is. Valid until the close. */
const char *events_missing(const struct events *events);

size_t events_pages(const struct events *events); /* of each ring: fewer where memory is short */
size_t events_ring_count(const struct events *events);
struct perf_ring *events_ring(struct events *events, size_t ring);

/*
 * An epoll descriptor that becomes readable when a ring is half full (-1: nothing is open). When
 * it was, events_acknowledge() must be called: what belongs to a process that has ended would
 * else keep it readable for ever.
 */
int events_fd(const struct events *events);
void events_acknowledge(struct events *events);

/* What a sample is of, also where it was prepared for another program's event (record.h). */
enum event_kind events_kind(const struct events *events, const struct record *sample);

/*
 * Finds out, as far as that can be told from one sample, whether it was prepared for another
 * program's event, and sets is_shared. Of ACCESS_ALL such a sample gets its right time. `now`: a
 * moment after it was written.
 */
void events_mend(struct events *events, struct record *sample, int64_t now);

/* Which event an identifier of any other record belongs to; false: none. */
bool events_find(const struct events *events, uint64_t id, enum event_kind *ret_kind);

/*
 * How many faults a sample of that time stands for. UNKNOWN for walks: their samples say it
 * themselves (record.period).
 */
int64_t events_weight(const struct events *events, size_t ring, enum event_kind kind, int64_t time);

/* The period of minor faults in a ring now. */
int64_t events_period(const struct events *events, size_t ring);

/*
 * Takes the next longer period where a ring had over 10,000 samples a second, a shorter one when
 * it is calm again. Only where the target had no period. The caller must have drained the ring:
 * a period is remembered but until the next change.
 */
void events_adapt(struct events *events, size_t ring, int64_t samples, int64_t duration_ns);

/*
 * How many samples found no room so far. What older kernels cannot be asked for is what the
 * caller has told from records of kind RECORD_LOST.
 */
int64_t events_lost(const struct events *events, enum event_kind kind);
void events_add_lost(struct events *events, enum event_kind kind, int64_t lost);
