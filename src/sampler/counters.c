// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/counters.h"

#include "base/macros.h"
#include "base/memory.h"
#include "base/unit.h"
#include "sampler/perf-calls.h"
#include "sampler/permissions.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stddef.h>
#include <stdlib.h>

#define MISSES(cache)                                                                              \
	((cache) | PERF_COUNT_HW_CACHE_OP_READ << 8 | PERF_COUNT_HW_CACHE_RESULT_MISS << 16)

/* Four: a processor has few more, and with too many a counter shows 0 but claims to run. */
/* clang-format off */
static const struct {
	uint32_t type;
	uint64_t config;
	size_t offset;     /* of an int64_t in struct counts */
	bool is_never_idle; /* it changes between any two reads */
} kinds[] = {
	{ PERF_TYPE_HW_CACHE, MISSES(PERF_COUNT_HW_CACHE_DTLB), offsetof(struct counts, data_walks), false },
	{ PERF_TYPE_HW_CACHE, MISSES(PERF_COUNT_HW_CACHE_ITLB), offsetof(struct counts, code_walks), false },
	{ PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, offsetof(struct counts, cycles), true },
	{ PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, offsetof(struct counts, instructions), true },
};
/* clang-format on */
enum { KINDS = ARRAY_SIZE(kinds) };

/* The values of a read (PERF_FORMAT_TOTAL_TIME_*). */
enum { VALUE, ENABLED, RUNNING, VALUES };

struct counter {
	int fd;
	uint64_t values[VALUES];
};

struct counters {
	const struct perf_calls *calls;
	struct counted {
		struct counter *counters; /* one for each CPU that is online */
		size_t count, capacity;
		int64_t sum;  /* of the last read */
		int64_t base; /* the sum of closed counters */
	} kinds[KINDS];
	char missing[DENIAL_SENTENCE_SIZE];
};

static void
close_kind(const struct perf_calls *calls, struct counted *counted)
{
	while (counted->count > 0)
		calls->close(counted->counters[--counted->count].fd);
}

/* Opens on all CPUs or on none: a sum of some CPUs would be wrong. */
static int
open_kind(struct counters *counters, size_t kind)
{
	struct counted *counted = &counters->kinds[kind];
	int64_t all = counters->calls->cpus();

	for (int cpu = 0; cpu < all; cpu++) {
		struct perf_event_attr attributes = { .size = sizeof(attributes),
			.type = kinds[kind].type,
			.config = kinds[kind].config,
			.read_format =
				PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING };
		struct counter counter = { .fd = calls_open(
						   counters->calls, &attributes, -1, cpu) };

		if (counter.fd == -ENODEV)
			continue;
		if (counter.fd < 0) {
			close_kind(counters->calls, counted);
			return counter.fd;
		}
		counted->counters = array_reserve(
			counted->counters, &counted->capacity, counted->count + 1, sizeof(counter));
		counted->counters[counted->count++] = counter;
	}
	return counted->count > 0 ? 0 : -ENODEV;
}

/* Returns 0 or the first error. */
static int
open_kinds(struct counters *counters)
{
	int first = 0;

	for (size_t i = 0; i < KINDS; i++) {
		int error = open_kind(counters, i);

		first = first < 0 ? first : error;
		if (error == -EMFILE) { /* the rest of the program needs descriptors too */
			for (size_t j = 0; j < i; j++)
				close_kind(counters->calls, &counters->kinds[j]);
			break;
		}
	}
	return first;
}

struct counters *
counters_open(const struct perf_calls *calls)
{
	struct counters *counters = xcalloc(1, sizeof(*counters));
	int error;

	counters->calls = calls ? calls : &perf_calls_real;
	error = open_kinds(counters);
	if (error < 0)
		denial_sentence(&(struct denial){ .step = STEP_COUNTERS, .error = -error },
			counters->calls, counters->missing);
	return counters;
}

void
counters_reopen(struct counters *counters)
{
	for (size_t i = 0; i < KINDS; i++) {
		counters->kinds[i].base = counters->kinds[i].sum;
		close_kind(counters->calls, &counters->kinds[i]);
	}
	open_kinds(counters);
}

void
counters_close(struct counters *counters)
{
	if (!counters)
		return;
	for (size_t i = 0; i < KINDS; i++) {
		close_kind(counters->calls, &counters->kinds[i]);
		free(counters->kinds[i].counters);
	}
	free(counters);
}

/* Whether a counter ran all the time since its last read. */
static bool
is_whole(size_t kind, const uint64_t before[VALUES], const uint64_t after[VALUES])
{
	uint64_t enabled = after[ENABLED] - before[ENABLED];
	uint64_t running = after[RUNNING] - before[RUNNING];

	if (running < enabled)
		return false;
	return !kinds[kind].is_never_idle || running == 0 || after[VALUE] != before[VALUE];
}

/*
 * The sum of all CPUs. Reads all of them, for the difference at the next read. If walks were
 * sampled and the sum is unchanged, the walks were not counted: an emulator may have one counter
 * for an event that is opened twice, and claim that both run.
 */
static int64_t
read_kind(struct counters *counters, size_t kind, bool has_walked)
{
	struct counted *counted = &counters->kinds[kind];
	bool is_known = counted->count > 0;
	bool is_moving = has_walked && kinds[kind].offset == offsetof(struct counts, data_walks);
	int64_t sum = counted->base;

	for (size_t i = 0; i < counted->count; i++) {
		struct counter *counter = &counted->counters[i];
		uint64_t values[VALUES];

		if (counters->calls->read(counter->fd, values, VALUES) == 0) {
			is_known &= is_whole(kind, counter->values, values);
			for (size_t j = 0; j < VALUES; j++)
				counter->values[j] = values[j];
		}
		sum += (int64_t)counter->values[VALUE];
	}
	is_known &= !is_moving || sum != counted->sum;
	counted->sum = sum;
	return is_known ? sum : UNKNOWN;
}

void
counters_read(struct counters *counters, bool has_walked, struct counts *ret_counts)
{
	for (size_t i = 0; i < KINDS; i++)
		*(int64_t *)((char *)ret_counts + kinds[i].offset) =
			read_kind(counters, i, has_walked);
}

const char *
counters_missing(const struct counters *counters)
{
	return counters->missing[0] ? counters->missing : NULL;
}
