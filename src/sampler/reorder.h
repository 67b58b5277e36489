// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct events;
struct perf_ring;
struct record;

/*
 * Records of several rings on their way into one order of time. Each CPU writes its own ring, and
 * a process that has mapped a file on one may meet the fault on another. A zeroed one is empty.
 */
struct reorder_buffer {
	char *bytes; /* of the records, as they came */
	size_t byte_count, byte_capacity;
	struct reorder_record {
		int64_t time;
		size_t place; /* in the bytes */
		uint32_t ring;
		uint16_t size;
		bool is_shared;
	} * records, *spare;
	size_t count, capacity, spare_capacity;
	size_t first; /* the first that has not been given */
};

/*
 * Takes all that a ring holds now, none of it later than now, and brings it into order with what
 * waits. Times of samples are mended by their events (NULL: by their place in the ring alone).
 */
void reorder_take(struct reorder_buffer *pending, struct perf_ring *ring, size_t number,
	struct events *events);

/* Gives the next record that is not later than `until`; its name lives until the next take. */
bool reorder_next(
	struct reorder_buffer *pending, int64_t until, struct record *ret_record, size_t *ret_ring);

void reorder_finish(struct reorder_buffer *pending);
