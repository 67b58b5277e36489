// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct events;
struct perf_ring;
struct record;

/*
 * Sorts the records of several rings by time. Each CPU writes its own ring, and a process may map a
 * file on one CPU and have the fault on another. A zeroed one is empty.
 */
struct reorder_buffer {
	char *bytes; /* the records, in order of arrival */
	size_t byte_count, byte_capacity;
	struct reorder_record {
		int64_t time;
		size_t place; /* in the bytes */
		uint32_t ring;
		uint16_t size;
		bool is_shared, is_sample;
	} * records, *spare;
	size_t count, capacity, spare_capacity;
	size_t first;   /* the first one not returned yet */
	int64_t *after; /* of each ring: the time of its last record that is no sample */
	size_t ring_count;
};

/*
 * Takes all records of a ring up to now, and sorts them in with the waiting ones. `events` corrects
 * the times (NULL: only the place in the ring does).
 */
void reorder_take(struct reorder_buffer *buffer, struct perf_ring *ring, size_t number,
	struct events *events);

/* Gives the next record that is not later than `until`; its name is valid until the next take. */
bool reorder_next(
	struct reorder_buffer *buffer, int64_t until, struct record *ret_record, size_t *ret_ring);

void reorder_finish(struct reorder_buffer *buffer);
