// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "base/unit.h"
#include "collect/perf-ring.h"
#include "sampler/record.h"

#include <linux/perf_event.h>

enum { RING_SIZE = 4096, RECORD_SIZE = 1024 };

static void
check_record(const char *bytes, size_t size)
{
	struct record record;

	if (!record_parse(bytes, size, &record))
		return;
	CHECK(record.kind <= RECORD_OTHER);
	CHECK(record.time >= 0);
	CHECK(record.pid >= 0 || record.pid == UNKNOWN);
	CHECK(record.period >= 0 || record.period == UNKNOWN);
	CHECK(record.enabled >= 0 || record.enabled == UNKNOWN);
	CHECK(!record.is_shared && (record.own_id == 0 || record.enabled != UNKNOWN));
	CHECK((record.kind == RECORD_LOST) == (record.lost != UNKNOWN));
	if (record.kind == RECORD_MAP || record.kind == RECORD_COMM)
		CHECK(record.name > bytes && record.name + strlen(record.name) < bytes + size);
}

/* Where the reader stands in a ring (two bytes), then what the kernel has written from there. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char bytes[RING_SIZE];
	uint64_t tail = size < 2 ? 0 : data[0] | (uint64_t)data[1] << 8;
	uint64_t length = size < 2 ? 0 : size - 2, taken = 0;
	struct perf_event_mmap_page control = { .data_tail = tail, .data_head = tail + length };
	struct perf_ring ring = { .control = &control, .data = bytes, .size = RING_SIZE };
	char record[RECORD_SIZE];
	size_t one;

	for (size_t i = 0; i < length; i++)
		bytes[(tail + i) % RING_SIZE] = (char)data[2 + i];
	while ((one = perf_ring_take(&ring, perf_ring_head(&ring), record, sizeof(record))) > 0) {
		char *exact = malloc(one); /* so that reading past its end is noticed */

		CHECK(exact);
		memcpy(exact, record, one);
		check_record(exact, one);
		free(exact);
		taken += one;
		CHECK(one <= sizeof(record) && control.data_tail - tail >= taken);
	}
	CHECK(taken <= length && control.data_tail == control.data_head);
	return 0;
}
