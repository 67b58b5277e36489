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
drop_given(struct reorder_buffer *buffer)
{
	char *bytes;
	size_t used = 0;

	if (buffer->first == 0)
		return;
	if (buffer->first == buffer->count) {
		buffer->byte_count = buffer->count = buffer->first = 0;
		return;
	}
	bytes = xmalloc(buffer->byte_count);
	for (size_t i = buffer->first; i < buffer->count; i++) {
		struct reorder_record record = buffer->records[i];

		memcpy(bytes + used, buffer->bytes + record.place, record.size);
		record.place = used;
		used += (record.size + ALIGNMENT - 1U) / ALIGNMENT * ALIGNMENT;
		buffer->records[i - buffer->first] = record;
	}
	free(buffer->bytes);
	buffer->bytes = bytes;
	buffer->byte_capacity = buffer->byte_count;
	buffer->byte_count = used;
	buffer->count -= buffer->first;
	buffer->first = 0;
}

/* Corrects the time of a sample from its place in the ring. */
static void
move_to(struct reorder_record *sample, int64_t time)
{
	sample->is_shared |= llabs(sample->time - time) > RECORD_SLACK_NS;
	sample->time = time;
}

/* Samples in a ring are almost in order: the new one moves past few others. */
static void
insert(struct reorder_buffer *buffer, size_t start, const struct reorder_record *record)
{
	size_t at = buffer->count;

	buffer->records = array_reserve(
		buffer->records, &buffer->capacity, buffer->count + 1, sizeof(buffer->records[0]));
	while (at > start && buffer->records[at - 1].time > record->time) {
		buffer->records[at] = buffer->records[at - 1];
		at--;
	}
	buffer->records[at] = *record;
	buffer->count++;
}

/* Merges the new records with the sorted ones before them. */
static void
merge_run(struct reorder_buffer *buffer, size_t start)
{
	struct reorder_record *records = buffer->records;
	size_t left = 0, right = start, count = 0;

	if (start == 0 || start == buffer->count || records[start - 1].time <= records[start].time)
		return;
	buffer->spare = array_reserve(
		buffer->spare, &buffer->spare_capacity, start, sizeof(buffer->spare[0]));
	memcpy(buffer->spare, records, start * sizeof(records[0]));
	while (left < start) {
		bool is_later =
			right == buffer->count || buffer->spare[left].time <= records[right].time;

		records[count++] = is_later ? buffer->spare[left++] : records[right++];
	}
}

/*
 * Moves samples of the ring that wait since an earlier take, and that would come after a record
 * which the kernel wrote behind them.
 */
static void
move_waiting(struct reorder_buffer *buffer, size_t start, const struct reorder_record *record)
{
	struct reorder_record *records = buffer->records;
	size_t from = start, earlier;

	while (from > buffer->first && records[from - 1].time > record->time)
		from--;
	earlier = from;
	for (size_t i = from; i < start; i++) {
		struct reorder_record moved = records[i];

		if (!moved.is_sample || moved.ring != record->ring)
			continue;
		move_to(&moved, record->time);
		memmove(&records[earlier + 1], &records[earlier],
			(i - earlier) * sizeof(records[0]));
		records[earlier++] = moved;
	}
}

/*
 * The time of a sample may be from another program's clock (record.h), other records have the right
 * time. So a sample must be between the records around it, and not later than now.
 */
static void
put_in_order(struct reorder_buffer *buffer, size_t start, struct reorder_record *record)
{
	int64_t *after = &buffer->after[record->ring];

	if (record->is_sample) {
		if (record->time < *after)
			move_to(record, *after);
	} else {
		for (size_t i = buffer->count; i > start; i--) {
			if (buffer->records[i - 1].time <= record->time)
				break;
			move_to(&buffer->records[i - 1], record->time);
		}
		move_waiting(buffer, start, record);
		*after = record->time;
	}
	insert(buffer, start, record);
}

/* Describes the record at the end of the bytes. */
static struct reorder_record
describe(const struct reorder_buffer *buffer, const struct record *record, size_t ring, size_t size,
	int64_t now)
{
	struct reorder_record described = { .time = record->time,
		.place = buffer->byte_count,
		.ring = (uint32_t)ring,
		.size = (uint16_t)size,
		.is_shared = record->is_shared,
		.is_sample = record->kind == RECORD_SAMPLE };

	if (described.time > now)
		move_to(&described, now);
	return described;
}

static void
add_ring(struct reorder_buffer *buffer)
{
	buffer->after =
		xreallocarray(buffer->after, buffer->ring_count + 1, sizeof(buffer->after[0]));
	buffer->after[buffer->ring_count++] = 0;
}

void
reorder_take(
	struct reorder_buffer *buffer, struct perf_ring *ring, size_t number, struct events *events)
{
	uint64_t head = perf_ring_head(ring);
	int64_t now = clock_ns(CLOCK_MONOTONIC);
	struct reorder_record described;
	struct record record;
	size_t size, start;

	drop_given(buffer);
	start = buffer->count;
	while (buffer->ring_count <= number)
		add_ring(buffer);
	for (;;) {
		buffer->bytes = array_reserve(buffer->bytes, &buffer->byte_capacity,
			buffer->byte_count + LARGEST_RECORD, 1);
		size = perf_ring_take(
			ring, head, buffer->bytes + buffer->byte_count, LARGEST_RECORD);
		if (size == 0)
			break;
		if (!record_parse(buffer->bytes + buffer->byte_count, size, &record))
			continue;
		if (events)
			events_mend(events, &record, now);
		described = describe(buffer, &record, number, size, now);
		put_in_order(buffer, start, &described);
		buffer->byte_count += (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	}
	merge_run(buffer, start);
}

bool
reorder_next(
	struct reorder_buffer *buffer, int64_t until, struct record *ret_record, size_t *ret_ring)
{
	const struct reorder_record *next;

	if (buffer->first == buffer->count || buffer->records[buffer->first].time > until)
		return false;
	next = &buffer->records[buffer->first];
	buffer->first++;
	*ret_ring = next->ring;
	if (!record_parse(buffer->bytes + next->place, next->size, ret_record))
		return false;
	ret_record->time = next->time;
	ret_record->is_shared = next->is_shared;
	return true;
}

void
reorder_finish(struct reorder_buffer *buffer)
{
	free(buffer->bytes);
	free(buffer->records);
	free(buffer->spare);
	free(buffer->after);
	*buffer = (struct reorder_buffer){ .bytes = NULL };
}
