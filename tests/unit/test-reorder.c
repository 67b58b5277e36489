// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/clock.h"
#include "collect/perf-ring.h"
#include "sampler/process-tracker.h"
#include "sampler/record.h"
#include "sampler/reorder.h"

#include <linux/perf_event.h>
#include <string.h>

enum { RING_SIZE = 8192, RINGS = 3 };

/* A ring in memory, into which the test writes as the kernel does. */
struct memory_ring {
	struct perf_event_mmap_page control;
	char data[RING_SIZE];
	struct perf_ring ring;
};

struct sample {
	struct perf_event_header header;
	uint64_t id, ip;
	uint32_t pid, tid;
	uint64_t time, address;
	uint32_t cpu, reserved;
};

static void
write_sample(struct memory_ring *ring, uint64_t time)
{
	const struct sample sample = {
		.header = { .type = PERF_RECORD_SAMPLE,
			.misc = PERF_RECORD_MISC_USER,
			.size = sizeof(sample) },
		.pid = 7,
		.tid = 7,
		.time = time,
		.address = 1000 * time,
	};

	for (size_t i = 0; i < sizeof(sample); i++)
		ring->data[ring->control.data_head++ % RING_SIZE] = ((const char *)&sample)[i];
}

static void
begin(struct memory_ring rings[static RINGS])
{
	memset(rings, 0, RINGS * sizeof(rings[0]));
	for (size_t i = 0; i < RINGS; i++)
		rings[i].ring = (struct perf_ring){
			.fd = -1, .control = &rings[i].control, .data = rings[i].data, RING_SIZE
		};
}

static void
take_all(struct reorder_buffer *buffer, struct memory_ring rings[static RINGS])
{
	for (size_t i = 0; i < RINGS; i++)
		reorder_take(buffer, &rings[i].ring, i, NULL);
}

/* Checks that the times from `first` to `last` come in order, each from the ring it was in. */
static void
assert_given(struct reorder_buffer *buffer, int64_t first, int64_t last, int64_t until)
{
	struct record record;
	size_t ring;

	for (int64_t time = first; time <= last; time++) {
		assert_true(reorder_next(buffer, until, &record, &ring));
		assert_int_equal(record.time, time);
		assert_int_equal(record.address, 1000 * time);
		assert_int_equal(ring, time * time % RINGS);
	}
	assert_false(reorder_next(buffer, until, &record, &ring));
}

static void
records_of_all_rings_come_in_order_of_time(void **state)
{
	static struct memory_ring rings[RINGS];
	struct reorder_buffer buffer = { .bytes = NULL };

	begin(rings);
	for (int64_t time = 1; time <= 200; time++)
		write_sample(&rings[time * time % RINGS], (uint64_t)time);
	take_all(&buffer, rings);
	assert_given(&buffer, 1, 200, 1000);
	reorder_finish(&buffer);
}

/* Another CPU may still write of what came before them. */
static void
records_that_are_too_new_wait(void **state)
{
	static struct memory_ring rings[RINGS];
	struct reorder_buffer buffer = { .bytes = NULL };

	begin(rings);
	for (int64_t time = 1; time <= 60; time++)
		if (time != 42) /* is written late */
			write_sample(&rings[time * time % RINGS], (uint64_t)time);
	take_all(&buffer, rings);
	assert_given(&buffer, 1, 40, 40);
	write_sample(&rings[42 * 42 % RINGS], 42);
	for (int64_t time = 61; time <= 80; time++)
		write_sample(&rings[time * time % RINGS], (uint64_t)time);
	take_all(&buffer, rings);
	assert_given(&buffer, 41, 70, 70);
	take_all(&buffer, rings);
	assert_given(&buffer, 71, 80, 80);
	reorder_finish(&buffer);
}

/* An interrupt may write its record before the one that it interrupted. */
static void
records_of_one_ring_may_be_out_of_order(void **state)
{
	static struct memory_ring rings[RINGS];
	struct reorder_buffer buffer = { .bytes = NULL };
	static const uint64_t times[] = { 3, 6, 9, 15, 12, 18, 24, 21 };

	begin(rings);
	for (size_t i = 0; i < ARRAY_SIZE(times); i++)
		write_sample(&rings[0], times[i]);
	take_all(&buffer, rings);
	for (int64_t time = 3; time <= 24; time += 3) {
		struct record record;
		size_t ring;

		assert_true(reorder_next(&buffer, 100, &record, &ring));
		assert_int_equal(record.time, time);
	}
	reorder_finish(&buffer);
}

/* The clock of another program's event is not ours: what it makes late would wait for ever. */
static void
records_of_the_future_are_of_now(void **state)
{
	static struct memory_ring rings[RINGS];
	struct reorder_buffer buffer = { .bytes = NULL };
	struct record record;
	size_t ring;
	int64_t before = clock_ns(CLOCK_MONOTONIC);

	begin(rings);
	write_sample(&rings[0], (uint64_t)clock_ns(CLOCK_REALTIME));
	write_sample(&rings[0], 5);
	take_all(&buffer, rings);
	assert_true(reorder_next(&buffer, before, &record, &ring));
	assert_int_equal(record.time, 5);
	assert_false(reorder_next(&buffer, before - 1, &record, &ring));
	assert_true(reorder_next(&buffer, clock_ns(CLOCK_MONOTONIC), &record, &ring));
	assert_true(record.time >= before);
	reorder_finish(&buffer);
}

/* An exit: of the records that are no samples the shortest. */
static void
write_exit(struct memory_ring *ring, uint64_t time)
{
	const struct {
		struct perf_event_header header;
		uint32_t pid, parent, tid, parent_tid;
		uint64_t moment;
		uint32_t trailer_pid, trailer_tid;
		uint64_t time;
		uint32_t cpu, reserved;
		uint64_t id;
	} record = { .header = { .type = PERF_RECORD_EXIT, .size = sizeof(record) },
		.pid = 7,
		.tid = 7,
		.moment = time,
		.time = time };

	for (size_t i = 0; i < sizeof(record); i++)
		ring->data[ring->control.data_head++ % RING_SIZE] = ((const char *)&record)[i];
}

/* Takes after each `part` records. */
static void
assert_samples_are_between(size_t part)
{
	static struct memory_ring rings[RINGS];
	static const struct {
		bool is_sample;
		int64_t written, right;
		bool is_shared;
	} cases[] = {
		{ true, 400000, 400000, false },
		{ true, 900000, 500000, true }, /* ahead of its time */
		{ false, 500000, 500000, false },
		{ true, 3, 500000, true }, /* behind its time */
		{ true, 510000, 510000, false },
		{ true, 520000, 515000, false }, /* not by much */
		{ false, 515000, 515000, false },
		{ true, 500000, 515000, false },
	};
	struct reorder_buffer buffer = { .bytes = NULL };
	struct record record;
	size_t ring;

	begin(rings);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		(cases[i].is_sample ? write_sample : write_exit)(
			&rings[1], (uint64_t)cases[i].written);
		if ((i + 1) % part == 0)
			take_all(&buffer, rings);
	}
	take_all(&buffer, rings);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_true(reorder_next(&buffer, 1000000, &record, &ring));
		assert_int_equal(record.kind, cases[i].is_sample ? RECORD_SAMPLE : RECORD_EXIT);
		assert_int_equal(record.time, cases[i].right);
		assert_int_equal(record.is_shared, cases[i].is_shared);
		if (cases[i].is_sample)
			assert_int_equal(record.address, 1000 * cases[i].written);
	}
	assert_false(reorder_next(&buffer, 1000000, &record, &ring));
	reorder_finish(&buffer);
}

/*
 * F8: the time of a sample may be by another program's clock, of other records it is right. What
 * is wrong by more than RECORD_SLACK_NS is not by the order in which interrupts are written. It
 * does not matter what of them was taken at once.
 */
static void
F8_a_sample_lies_between_the_records_around_it(void **state)
{
	for (size_t part = 1; part <= 8; part++)
		assert_samples_are_between(part);
}

static struct record
fork_of(int64_t parent, int64_t pid)
{
	return (struct record){ .kind = RECORD_FORK, .pid = pid, .tid = pid, .parent = parent };
}

static struct record
comm_of(int64_t pid, const char *name, bool is_exec)
{
	return (struct record){
		.kind = RECORD_COMM, .pid = pid, .tid = pid, .name = name, .is_exec = is_exec
	};
}

static void
apply(struct process_tracker *tracker, struct record record)
{
	process_tracker_apply(tracker, &record);
}

static void
descendants_are_relatives_from_the_exec_on(void **state)
{
	struct process_tracker *tracker = process_tracker_create(-1);

	process_tracker_watch(tracker, 100, true);
	apply(tracker, fork_of(100, 101));
	apply(tracker, comm_of(100, "memtop", false));
	assert_false(process_tracker_has(tracker, 100));
	apply(tracker, comm_of(100, "make", true));
	assert_true(process_tracker_has(tracker, 100));
	assert_false(process_tracker_has(tracker, 101)); /* forked before */
	apply(tracker, fork_of(100, 102));
	apply(tracker, fork_of(102, 103));
	apply(tracker, fork_of(55, 104));
	assert_true(process_tracker_has(tracker, 103));
	assert_false(process_tracker_has(tracker, 104));
	process_tracker_destroy(tracker);
}

static void
names_outlive_their_processes_until_a_trim(void **state)
{
	struct process_tracker *tracker = process_tracker_create(-1);
	struct record end = { .kind = RECORD_EXIT, .pid = 201, .tid = 201 };

	process_tracker_watch(tracker, 200, false);
	apply(tracker, comm_of(200, "a shell", false));
	apply(tracker, fork_of(200, 201));
	assert_string_equal(process_tracker_comm(tracker, 201), "a shell");
	apply(tracker, comm_of(201, "0123456789abcdefghij", true));
	apply(tracker, end);
	assert_string_equal(process_tracker_comm(tracker, 201), "0123456789abcde");
	process_tracker_trim(tracker, 0);
	assert_null(process_tracker_comm(tracker, 201));
	assert_string_equal(process_tracker_comm(tracker, 200), "a shell");
	process_tracker_destroy(tracker);
}

/* T30: the number of one that has ended is given to another. */
static void
a_number_that_comes_again_is_another_process(void **state)
{
	struct process_tracker *tracker = process_tracker_create(-1);
	struct record end = { .kind = RECORD_EXIT, .pid = 301, .tid = 301 };

	process_tracker_watch(tracker, 300, false);
	apply(tracker, fork_of(300, 301));
	assert_true(process_tracker_has(tracker, 301));
	apply(tracker, end);
	apply(tracker, fork_of(999, 301));
	assert_false(process_tracker_has(tracker, 301));
	assert_null(process_tracker_comm(tracker, 301));
	process_tracker_destroy(tracker);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_of_all_rings_come_in_order_of_time),
		cmocka_unit_test(records_that_are_too_new_wait),
		cmocka_unit_test(records_of_one_ring_may_be_out_of_order),
		cmocka_unit_test(records_of_the_future_are_of_now),
		cmocka_unit_test(F8_a_sample_lies_between_the_records_around_it),
		cmocka_unit_test(descendants_are_relatives_from_the_exec_on),
		cmocka_unit_test(names_outlive_their_processes_until_a_trim),
		cmocka_unit_test(a_number_that_comes_again_is_another_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
