// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/reorder.h"

#include "base/clock.h"
#include "base/memory.h"
#include "collect/perf-ring.h"
#include "sampler/events.h"
#include "sampler/record.h"

#include <stdlib.h>
#include <string.h>

/* The size of a record has 16 bits (struct perf_event_header). */
enum { LARGEST_RECORD = 1 << 16, ALIGNMENT = 8 };

/* Removes records that were returned. Bytes and records have no common order, so all are copied. */
static void
drop_given(struct reorder_buffer *pending)
{
	char *bytes;
	size_t used = 0;

	if (pending->first == 0)
		return;
	if (pending->first == pending->count) {
		pending->byte_count = pending->count = pending->first = 0;
		return;
	}
	bytes = xmalloc(pending->byte_count);
	for (size_t i = pending->first; i < pending->count; i++) {
		struct reorder_record record = pending->records[i];

		memcpy(bytes + used, pending->bytes + record.place, record.size);
		record.place = used;
		used += (record.size + ALIGNMENT - 1U) / ALIGNMENT * ALIGNMENT;
		pending->records[i - pending->first] = record;
	}
	free(pending->bytes);
	pending->bytes = bytes;
	pending->byte_capacity = pending->byte_count;
	pending->byte_count = used;
	pending->count -= pending->first;
	pending->first = 0;
}

/* A sample that is out of order by more than this was prepared for an event with another clock. */
enum { SLACK_NS = 50000 };

/* Corrects the time of a sample from its place in the ring. */
static void
move_to(struct reorder_record *sample, int64_t time)
{
	sample->is_shared |= llabs(sample->time - time) > SLACK_NS;
	sample->time = time;
}

/* Samples in a ring are almost in order: the new one moves past few others. */
static void
insert(struct reorder_buffer *pending, size_t start, const struct reorder_record *record)
{
	size_t at = pending->count;

	pending->records = array_reserve(pending->records, &pending->capacity, pending->count + 1,
		sizeof(pending->records[0]));
	while (at > start && pending->records[at - 1].time > record->time) {
		pending->records[at] = pending->records[at - 1];
		at--;
	}
	pending->records[at] = *record;
	pending->count++;
}

/* Merges the new records with the sorted ones before them. */
static void
merge_run(struct reorder_buffer *pending, size_t start)
{
	struct reorder_record *records = pending->records;
	size_t left = 0, right = start, count = 0;

	if (start == 0 || start == pending->count || records[start - 1].time <= records[start].time)
		return;
	pending->spare = array_reserve(
		pending->spare, &pending->spare_capacity, start, sizeof(pending->spare[0]));
	memcpy(pending->spare, records, start * sizeof(records[0]));
	while (left < start) {
		bool is_later =
			right == pending->count || pending->spare[left].time <= records[right].time;

		records[count++] = is_later ? pending->spare[left++] : records[right++];
	}
}

/*
 * The time of a sample may be from another program's clock (record.h), other records have the right
 * time. So a sample must be between the records around it, and not later than now.
 */
static void
put_in_order(struct reorder_buffer *pending, size_t start, int64_t *after,
	struct reorder_record *record, bool is_sample)
{
	if (is_sample && record->time < *after)
		move_to(record, *after);
	for (size_t i = pending->count; !is_sample && i > start; i--) {
		if (pending->records[i - 1].time <= record->time)
			break;
		move_to(&pending->records[i - 1], record->time);
	}
	if (!is_sample)
		*after = record->time;
	insert(pending, start, record);
}

/* Describes the record at the end of the bytes. */
static struct reorder_record
describe(const struct reorder_buffer *pending, const struct record *record, size_t ring,
	size_t size, int64_t now)
{
	struct reorder_record described = { .time = record->time,
		.place = pending->byte_count,
		.ring = (uint32_t)ring,
		.size = (uint16_t)size,
		.is_shared = record->is_shared };

	if (described.time > now)
		move_to(&described, now);
	return described;
}

void
reorder_take(struct reorder_buffer *pending, struct perf_ring *ring, size_t number,
	struct events *events)
{
	uint64_t head = perf_ring_head(ring);
	int64_t now = clock_ns(CLOCK_MONOTONIC), after = 0;
	struct reorder_record described;
	struct record record;
	size_t size, start;

	drop_given(pending);
	start = pending->count;
	for (;;) {
		pending->bytes = array_reserve(pending->bytes, &pending->byte_capacity,
			pending->byte_count + LARGEST_RECORD, 1);
		size = perf_ring_take(
			ring, head, pending->bytes + pending->byte_count, LARGEST_RECORD);
		if (size == 0)
			break;
		if (!record_parse(pending->bytes + pending->byte_count, size, &record))
			continue;
		if (events && record.kind == RECORD_SAMPLE)
			events_mend(events, &record, now);
		described = describe(pending, &record, number, size, now);
		put_in_order(pending, start, &after, &described, record.kind == RECORD_SAMPLE);
		pending->byte_count += (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	}
	merge_run(pending, start);
}

bool
reorder_next(
	struct reorder_buffer *pending, int64_t until, struct record *ret_record, size_t *ret_ring)
{
	const struct reorder_record *next;

	if (pending->first == pending->count || pending->records[pending->first].time > until)
		return false;
	next = &pending->records[pending->first];
	pending->first++;
	*ret_ring = next->ring;
	if (!record_parse(pending->bytes + next->place, next->size, ret_record))
		return false;
	ret_record->time = next->time;
	ret_record->is_shared = next->is_shared;
	return true;
}

void
reorder_finish(struct reorder_buffer *pending)
{
	free(pending->bytes);
	free(pending->records);
	free(pending->spare);
	*pending = (struct reorder_buffer){ .bytes = NULL };
}
