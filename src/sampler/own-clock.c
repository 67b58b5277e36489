// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/own-clock.h"

#include "base/clock.h"
#include "base/unit.h"
#include "sampler/perf-calls.h"
#include "sampler/record.h"

/*
 * The two clocks drift apart, at most 0.5 us in a millisecond; samples are up to 250 ms old. A read
 * interrupts the event's CPU and takes about 5 us. It takes more if this program waits for a CPU,
 * or its CPU pauses: then it is repeated.
 */
enum {
	VALID_NS = 10000000,
	SLACK_NS = 50000,
	DRIFT_PART = 2000,
	NARROW_NS = 20000,
	MOST_READS = 16,
};

/* values[1]: see RECORD_READ_FORMAT. Returns false if the event cannot be read. */
static bool
compare(const struct perf_calls *calls, int fd, size_t count, struct own_clock *ret_clock)
{
	uint64_t values[OWN_CLOCK_VALUES];
	int64_t before = clock_ns(CLOCK_MONOTONIC), after;

	if (calls->read(fd, values, count) < 0)
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

void
own_clock_set(
	struct own_clock *clock, const struct perf_calls *calls, int fd, size_t count, int64_t now)
{
	struct own_clock best = { .set_at = 0 }, next;

	if (clock->set_at != 0 && now - clock->set_at < VALID_NS)
		return;
	for (int i = 0; i < MOST_READS && compare(calls, fd, count, &next); i++) {
		if (best.set_at == 0 || next.high - next.low < best.high - best.low)
			best = next;
		if (best.high - best.low < NARROW_NS)
			break;
	}
	if (best.set_at == 0)
		return;
	narrow(&best, clock);
	*clock = best;
}

bool
own_clock_mend(const struct own_clock *clock, struct record *sample)
{
	int64_t ahead;

	if (clock->set_at == 0 || sample->enabled == UNKNOWN)
		return false;
	if (!__builtin_sub_overflow(sample->time, sample->enabled, &ahead) &&
		ahead >= clock->low - SLACK_NS && ahead <= clock->high + SLACK_NS)
		return false;
	if (__builtin_add_overflow(
		    sample->enabled, clock->low + (clock->high - clock->low) / 2, &sample->time))
		sample->time = INT64_MAX;
	return true;
}
