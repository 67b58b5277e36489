// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/event-set.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/unit.h"
#include "sampler/perf-calls.h"
#include "sampler/record.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { WALK_FREQUENCY = 97 }; /* Hz: a hardware sample costs about 10 us */

const int64_t event_periods[EVENT_PERIODS] = { 61, 251, 1021 };

/* Inherited events cannot have PERF_SAMPLE_READ before Linux 6.13. */
bool
event_set_has_read(const struct event_set *set)
{
	return set->access == ACCESS_ALL;
}

/* What is between two readings of CLOCK_MONOTONIC is known as exactly as they are near. */
enum { NEAR_NS = 1000, MOST_COMPARISONS = 16 };

void
event_set_compare_clocks(struct event_set *set)
{
	int64_t before, after, at;

	if (!set->has_own_clock)
		return;
	for (int i = 0; i < MOST_COMPARISONS; i++) {
		before = clock_ns(CLOCK_MONOTONIC);
		at = clock_ns(CLOCK_TAI);
		after = clock_ns(CLOCK_MONOTONIC);
		if (at - set->ahead >= before && at - set->ahead <= after)
			return;
		if (after - before < NEAR_NS)
			break;
	}
	set->ahead = at - before - (after - before) / 2;
}

bool
event_set_convert_time(const struct event_set *set, struct record *record)
{
	if (!set->has_own_clock)
		return true;
	if (record->time < set->ahead)
		return false;
	record->time -= set->ahead;
	return true;
}

/*
 * PERF_SAMPLE_PERIOD is not for minor faults: with it a software event ignores its period and
 * samples every fault. Major faults are all sampled anyway, and without PERF_SAMPLE_READ their
 * period tells them from minor ones (events_kind).
 */
static uint64_t
sample_type_of(const struct event_set *set, enum fault_kind kind)
{
	if (kind == FAULT_WALK)
		return RECORD_SAMPLE_TYPE | PERF_SAMPLE_PERIOD;
	if (event_set_has_read(set))
		return RECORD_SAMPLE_TYPE | PERF_SAMPLE_READ;
	return RECORD_SAMPLE_TYPE | (kind == FAULT_MAJOR ? PERF_SAMPLE_PERIOD : 0);
}

static uint64_t
read_format_of(const struct event_set *set, enum fault_kind kind)
{
	return (set->has_lost ? PERF_FORMAT_LOST : 0) |
	       (sample_type_of(set, kind) & PERF_SAMPLE_READ ? RECORD_READ_FORMAT : 0);
}

/*
 * Only walks use a frequency: for faults the kernel's adaption of the period fails. The clock is
 * one that hardly any other program uses: so a time of another clock stands out, even of one that
 * is only some microseconds beside CLOCK_MONOTONIC. Walks, which are events of hardware, cannot
 * have it, and no event of another clock may write into their ring (kernel/events/core.c,
 * perf_event_set_output).
 */
static struct perf_event_attr
describe(const struct event_set *set, enum fault_kind kind)
{
	bool is_walk = kind == FAULT_WALK, is_minor = kind == FAULT_MINOR;
	bool is_task = set->access != ACCESS_ALL && !is_walk;
	struct perf_event_attr attributes = { .size = sizeof(attributes),
		.type = is_walk ? PERF_TYPE_HW_CACHE : PERF_TYPE_SOFTWARE,
		.config = is_walk ? PERF_COUNT_HW_CACHE_DTLB | PERF_COUNT_HW_CACHE_OP_READ << 8 |
					    PERF_COUNT_HW_CACHE_RESULT_MISS << 16
			  : is_minor ? PERF_COUNT_SW_PAGE_FAULTS_MIN
				     : PERF_COUNT_SW_PAGE_FAULTS_MAJ,
		.sample_type = sample_type_of(set, kind),
		.read_format = read_format_of(set, kind),
		.sample_id_all = 1,
		.use_clockid = 1,
		.clockid = set->target.walks ? CLOCK_MONOTONIC : CLOCK_TAI,
		.watermark = 1,
		.wakeup_watermark = (uint32_t)(set->pages * (size_t)sysconf(_SC_PAGESIZE) / 2),
		.freq = is_walk,
		.inherit = is_task,
		.exclude_kernel = set->access == ACCESS_USER,
		.disabled = is_task && set->target.on_exec,
		.enable_on_exec = is_task && set->target.on_exec,
		.mmap = is_minor,
		.mmap2 = is_minor,
		.mmap_data = is_minor,
		.comm = is_minor,
		.comm_exec = is_minor,
		.task = is_minor };

	if (is_walk)
		attributes.sample_freq = WALK_FREQUENCY;
	else if (is_minor)
		attributes.sample_period =
			(uint64_t)(set->target.period > 0 ? set->target.period : event_periods[0]);
	else
		attributes.sample_period = 1;
	return attributes;
}

/* Opens one event; the kernel's limit on frequencies may be lower than ours. */
static int
open_event(struct event_set *set, enum fault_kind kind, pid_t task, int cpu)
{
	struct perf_event_attr attributes = describe(set, kind);
	int fd = calls_open(set->calls, &attributes, task, cpu);

	while (fd == -EINVAL && kind == FAULT_WALK && attributes.sample_freq > 1) {
		attributes.sample_freq /= 2;
		fd = calls_open(set->calls, &attributes, task, cpu);
	}
	if (fd < 0)
		return fd;
	set->has_lost = attributes.read_format & PERF_FORMAT_LOST;
	set->has_own_clock = attributes.use_clockid && attributes.clockid == CLOCK_TAI;
	return fd;
}

/* The first event of a CPU has the ring, the others write into it. */
static int
connect_event(struct event_set *set, int fd, int number, size_t ring)
{
	int64_t period = set->target.period > 0 ? set->target.period : event_periods[0];
	struct cpu cpu = { .number = number,
		.period = period,
		.before = period,
		.since = clock_ns(CLOCK_MONOTONIC) };
	struct epoll_event wake = { .events = EPOLLIN, .data.fd = fd };
	int error;

	if (ring < set->cpu_count)
		return set->calls->control(
			fd, PERF_EVENT_IOC_SET_OUTPUT, (unsigned long)set->cpus[ring].ring.fd);
	set->denial.step = STEP_RING;
	error = set->calls->map(&cpu.ring, fd, set->pages);
	if (error < 0)
		return error;
	set->denial.step = STEP_OPEN;
	set->cpus = array_reserve(set->cpus, &set->cpu_capacity, set->cpu_count + 1, sizeof(cpu));
	set->cpus[set->cpu_count++] = cpu;
	epoll_ctl(set->fd, EPOLL_CTL_ADD, fd, &wake);
	return 0;
}

int
event_set_add(struct event_set *set, enum fault_kind kind, pid_t task, int cpu, size_t ring)
{
	struct event event = { .fd = open_event(set, kind, task, cpu), .kind = kind, .ring = ring };
	int error = event.fd < 0 ? event.fd : connect_event(set, event.fd, cpu, ring);

	if (error == 0) {
		event.values = 1 + (size_t)__builtin_popcountll(read_format_of(set, kind));
		set->calls->control(event.fd, PERF_EVENT_IOC_ID, (unsigned long)&event.id);
		set->events = array_reserve(
			set->events, &set->event_capacity, set->event_count + 1, sizeof(event));
		set->events[set->event_count++] = event;
	} else if (event.fd >= 0) {
		set->calls->close(event.fd);
	}
	return error;
}

void
event_set_drop(struct event_set *set)
{
	const struct event *event = &set->events[--set->event_count];

	/* A ring closes the descriptor of its own event. */
	if (event->fd != set->cpus[event->ring].ring.fd)
		set->calls->close(event->fd);
}

void
event_set_drop_cpus(struct event_set *set, size_t left)
{
	while (set->cpu_count > left) {
		while (set->event_count > 0 &&
			set->events[set->event_count - 1].ring == set->cpu_count - 1)
			event_set_drop(set);
		set->calls->unmap(&set->cpus[--set->cpu_count].ring);
	}
}

/*
 * The two clocks drift apart, at most 0.5 us in a millisecond; samples are up to 250 ms old. A read
 * interrupts the event's CPU and takes about 5 us. It takes more if this program waits for a CPU,
 * or its CPU pauses: then it is repeated.
 */
enum {
	VALID_NS = 10000000,
	FINE_NS = 3000,
	DRIFT_PART = 2000,
	NARROW_NS = 20000,
	MOST_READS = 16,
};

/* values[1]: see RECORD_READ_FORMAT. Returns false if the event cannot be read. */
static bool
compare(const struct event *event, const struct perf_calls *calls, struct own_clock *ret_clock)
{
	uint64_t values[EVENT_VALUES];
	int64_t before = clock_ns(CLOCK_MONOTONIC), after;

	if (calls->read(event->fd, values, event->values) < 0)
		return false;
	after = clock_ns(CLOCK_MONOTONIC);
	*ret_clock = (struct own_clock){ .low = before - (int64_t)values[1],
		.high = after - (int64_t)values[1],
		.set_at = after };
	return true;
}

/* The last interval, plus the drift since, may be narrower than the new one. */
static void
narrow(struct own_clock *now, const struct own_clock *before)
{
	int64_t drift = (now->set_at - before->set_at) / DRIFT_PART;
	int64_t low = before->low - drift, high = before->high + drift;

	if (before->set_at == 0 || low > now->high || high < now->low)
		return;
	now->low = low > now->low ? low : now->low;
	now->high = high < now->high ? high : now->high;
}

/* Compares the clocks, unless that was done shortly before `now`. */
static void
set_clock(struct event *event, const struct perf_calls *calls, int64_t now)
{
	struct own_clock best = { .set_at = 0 }, next;

	if (event->clock.set_at != 0 && now - event->clock.set_at < VALID_NS)
		return;
	for (int i = 0; i < MOST_READS && compare(event, calls, &next); i++) {
		if (best.set_at == 0 || next.high - next.low < best.high - best.low)
			best = next;
		if (best.high - best.low < NARROW_NS)
			break;
	}
	if (best.set_at == 0)
		return;
	narrow(&best, &event->clock);
	event->clock = best;
}

static bool
is_within(const struct own_clock *clock, int64_t ahead, int64_t slack)
{
	return ahead >= clock->low - slack && ahead <= clock->high + slack;
}

bool
event_mend(struct event *event, const struct perf_calls *calls, struct record *sample, int64_t now)
{
	const struct own_clock *clock = &event->clock;
	int64_t ahead;
	bool is_known;

	set_clock(event, calls, now);
	if (clock->set_at == 0 || sample->enabled == UNKNOWN)
		return sample->is_shared;
	is_known = !__builtin_sub_overflow(sample->time, sample->enabled, &ahead);
	if (!sample->is_shared && is_known && is_within(clock, ahead, FINE_NS))
		return false;
	if (__builtin_add_overflow(
		    sample->enabled, clock->low + (clock->high - clock->low) / 2, &sample->time))
		sample->time = INT64_MAX;
	return sample->is_shared || !is_known || !is_within(clock, ahead, RECORD_SLACK_NS);
}
