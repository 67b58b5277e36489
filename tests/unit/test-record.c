// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/unit.h"
#include "collect/perf-ring.h"
#include "sampler/record.h"

#include <linux/perf_event.h>
#include <string.h>
#include <sys/mman.h>

enum { RING_SIZE = 256 };

/* A ring in memory, into which the test writes as the kernel does. */
struct scene {
	struct perf_event_mmap_page control;
	char data[RING_SIZE];
	struct perf_ring ring;
};

static void
begin(struct scene *scene, uint64_t tail)
{
	memset(scene, 0, sizeof(*scene));
	scene->control.data_head = scene->control.data_tail = tail;
	scene->ring = (struct perf_ring){
		.fd = -1, .control = &scene->control, .data = scene->data, .size = RING_SIZE
	};
}

static void
add_bytes(struct scene *scene, const void *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		scene->data[scene->control.data_head++ % RING_SIZE] = ((const char *)bytes)[i];
}

/* A record of `size` bytes, filled with `mark`; `claimed` is the size that it says it has. */
static void
add(struct scene *scene, size_t size, size_t claimed, char mark)
{
	struct perf_event_header header = { .type = PERF_RECORD_SAMPLE, .size = (uint16_t)claimed };
	char rest[RING_SIZE];

	memset(rest, mark, sizeof(rest));
	add_bytes(scene, &header, sizeof(header));
	add_bytes(scene, rest, size - sizeof(header));
}

static size_t
take(struct scene *scene, char record[RING_SIZE], size_t size)
{
	return perf_ring_take(&scene->ring, perf_ring_head(&scene->ring), record, size);
}

static void
assert_taken(struct scene *scene, size_t size, char mark)
{
	char record[RING_SIZE];

	assert_int_equal(take(scene, record, sizeof(record)), size);
	for (size_t i = sizeof(struct perf_event_header); i < size; i++)
		assert_int_equal(record[i], mark);
}

static void
assert_empty(struct scene *scene)
{
	char record[RING_SIZE];

	assert_int_equal(take(scene, record, sizeof(record)), 0);
	assert_int_equal(scene->control.data_tail, scene->control.data_head);
}

static void
records_are_taken_in_order_and_given_back(void **state)
{
	struct scene scene;

	begin(&scene, 0);
	assert_empty(&scene);
	add(&scene, 56, 56, 'a');
	add(&scene, 64, 64, 'b');
	assert_taken(&scene, 56, 'a');
	assert_int_equal(scene.control.data_tail, 56);
	assert_taken(&scene, 64, 'b');
	assert_empty(&scene);
}

static void
a_record_over_the_end_of_the_ring_is_put_together(void **state)
{
	struct scene scene;

	for (uint64_t tail = RING_SIZE - 64; tail <= RING_SIZE; tail++) {
		begin(&scene, tail);
		add(&scene, 56, 56, 'w');
		add(&scene, 16, 16, 'x');
		assert_taken(&scene, 56, 'w');
		assert_taken(&scene, 16, 'x');
		assert_empty(&scene);
	}
	begin(&scene, UINT64_MAX - 20); /* the counters themselves wrap, too */
	add(&scene, 56, 56, 'y');
	assert_taken(&scene, 56, 'y');
	begin(&scene, 8);
	add(&scene, RING_SIZE, RING_SIZE, 'z'); /* a ring that is full */
	assert_taken(&scene, RING_SIZE, 'z');
	assert_empty(&scene);
}

static void
a_size_that_cannot_be_drops_what_is_there(void **state)
{
	static const size_t sizes[] = { 0, 1, 7, 57, RING_SIZE, UINT16_MAX };
	struct scene scene;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		begin(&scene, 200);
		add(&scene, 16, 16, 'a');
		add(&scene, 56, sizes[i], 'b');
		assert_taken(&scene, 16, 'a');
		assert_empty(&scene);
		add(&scene, 16, 16, 'c'); /* and what comes after it is read */
		assert_taken(&scene, 16, 'c');
	}
}

static void
a_head_that_cannot_be_drops_what_is_there(void **state)
{
	struct scene scene;

	begin(&scene, 8);
	add(&scene, 16, 16, 'a');
	scene.control.data_head += 4; /* half a header */
	assert_taken(&scene, 16, 'a');
	assert_empty(&scene);
	begin(&scene, 0);
	add(&scene, 16, 16, 'a');
	scene.control.data_head = RING_SIZE + 8; /* more than the ring holds */
	assert_empty(&scene);
}

static void
a_record_larger_than_the_buffer_is_left_out(void **state)
{
	struct scene scene;
	char record[RING_SIZE];

	begin(&scene, 0);
	add(&scene, 100, 100, 'l');
	add(&scene, 16, 16, 's');
	record[50] = 'k';
	assert_int_equal(take(&scene, record, 50), 16);
	assert_int_equal(record[8], 's');
	assert_int_equal(record[50], 'k');
	assert_empty(&scene);
}

/* A record as the kernel writes it: header, body, and the trailer of sample_id_all. */
static const uint64_t trailer[] = { 43ULL << 32 | 42, 1000, 3, 7 };

static size_t
build(char *bytes, uint32_t type, uint16_t misc, const void *body, size_t size, bool has_trailer)
{
	size_t whole =
		sizeof(struct perf_event_header) + size + (has_trailer ? sizeof(trailer) : 0);
	struct perf_event_header header = { .type = type, .misc = misc, .size = (uint16_t)whole };

	memcpy(bytes, &header, sizeof(header));
	memcpy(bytes + sizeof(header), body, size);
	if (has_trailer)
		memcpy(bytes + sizeof(header) + size, trailer, sizeof(trailer));
	return whole;
}

static void
a_sample_says_who_where_and_when(void **state)
{
	const uint64_t body[] = { 9, 0x401000, 43ULL << 32 | 42, 1000, 0x7f0000001008, 1, 4711 };
	struct record record;
	char bytes[RING_SIZE];
	size_t size = build(bytes, PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER, body, 48, false);

	assert_true(record_parse(bytes, size, &record));
	assert_int_equal(record.kind, RECORD_SAMPLE);
	assert_int_equal(record.id, 9);
	assert_int_equal(record.ip, 0x401000);
	assert_int_equal(record.pid, 42);
	assert_int_equal(record.tid, 43);
	assert_int_equal(record.time, 1000);
	assert_int_equal(record.address, 0x7f0000001008);
	assert_int_equal(record.period, UNKNOWN);
	assert_false(record.in_kernel);
	size = build(bytes, PERF_RECORD_SAMPLE, PERF_RECORD_MISC_KERNEL, body, 56, false);
	assert_true(record_parse(bytes, size, &record));
	assert_int_equal(record.period, 4711);
	assert_true(record.in_kernel);
}

/* F8: what another program wanted with the sample makes it larger. */
static void
F8_a_sample_may_be_larger_than_its_event_asked_for(void **state)
{
	uint64_t body[RING_SIZE / 16] = { 9, 0x401000, 43ULL << 32 | 42, 1000, 0x7f0000001008, 1 };
	struct record record;
	char bytes[RING_SIZE];

	body[6] = 5; /* the count */
	body[7] = 2000;
	body[8] = 77;
	for (size_t size = 48; size <= sizeof(body); size += 8) {
		size_t whole =
			build(bytes, PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER, body, size, false);

		assert_true(record_parse(bytes, whole, &record));
		assert_int_equal(record.kind, RECORD_SAMPLE);
		assert_int_equal(record.id, 9);
		assert_int_equal(record.pid, 42);
		assert_int_equal(record.address, 0x7f0000001008);
		assert_int_equal(record.own_id, size < 72 ? 0 : 77);
		assert_int_equal(record.enabled, size < 72 ? UNKNOWN : 2000);
		assert_false(record.is_shared);
	}
}

static void
a_mapping_keeps_its_file_and_rights(void **state)
{
	const uint64_t body[] = { 43ULL << 32 | 42, 0x7f0000, 0x3000, 0x1000, 2ULL << 32 | 8, 99, 1,
		(uint64_t)MAP_SHARED << 32 | PROT_READ, 0x62696c2f /* "/lib" */ };
	struct record record;
	char bytes[RING_SIZE];
	size_t size =
		build(bytes, PERF_RECORD_MMAP2, PERF_RECORD_MISC_USER, body, sizeof(body), true);

	assert_true(record_parse(bytes, size, &record));
	assert_int_equal(record.kind, RECORD_MAP);
	assert_string_equal(record.name, "/lib");
	assert_int_equal(record.map.start, 0x7f0000);
	assert_int_equal(record.map.length, 0x3000);
	assert_int_equal(record.map.offset, 0x1000);
	assert_int_equal(record.map.protection, PROT_READ);
	assert_int_equal(record.map.flags, MAP_SHARED);
	assert_int_equal(record.id, 7);
	assert_int_equal(record.time, 1000);
	size = build(
		bytes, PERF_RECORD_MMAP2, PERF_RECORD_MISC_MMAP_BUILD_ID, body, sizeof(body), true);
	assert_true(record_parse(bytes, size, &record));
	assert_string_equal(record.name, "/lib");
	assert_int_equal(record.map.protection, PROT_READ);
}

static void
a_fork_of_a_thread_is_told_from_one_of_a_process(void **state)
{
	const uint64_t process[] = { 42ULL << 32 | 50, 43ULL << 32 | 50, 900 };
	const uint64_t thread[] = { 42ULL << 32 | 42, 43ULL << 32 | 51, 900 };
	struct record record;
	char bytes[RING_SIZE];
	size_t size = build(bytes, PERF_RECORD_FORK, 0, process, sizeof(process), true);

	assert_true(record_parse(bytes, size, &record));
	assert_int_equal(record.kind, RECORD_FORK);
	assert_int_equal(record.pid, 50);
	assert_int_equal(record.parent, 42);
	assert_int_equal(record.time, 900);
	size = build(bytes, PERF_RECORD_FORK, 0, thread, sizeof(thread), true);
	assert_true(record_parse(bytes, size, &record));
	assert_int_equal(record.pid, record.parent);
	assert_int_equal(record.tid, 51);
	size = build(bytes, PERF_RECORD_EXIT, 0, process, sizeof(process), true);
	assert_true(record_parse(bytes, size, &record));
	assert_int_equal(record.kind, RECORD_EXIT);
	assert_int_equal(record.pid, 50);
}

static void
a_name_tells_an_exec_and_a_loss_its_event(void **state)
{
	const uint64_t comm[] = { 43ULL << 32 | 42, 0x74726f73 /* "sort" */ }, lost[] = { 9, 1234 };
	struct record record;
	char bytes[RING_SIZE];
	size_t size = build(bytes, PERF_RECORD_COMM, PERF_RECORD_MISC_COMM_EXEC, comm, 16, true);

	assert_true(record_parse(bytes, size, &record));
	assert_int_equal(record.kind, RECORD_COMM);
	assert_true(record.is_exec);
	assert_string_equal(record.name, "sort");
	size = build(bytes, PERF_RECORD_COMM, 0, comm, 16, true);
	assert_true(record_parse(bytes, size, &record));
	assert_false(record.is_exec);
	size = build(bytes, PERF_RECORD_LOST, 0, lost, 16, true);
	assert_true(record_parse(bytes, size, &record));
	assert_int_equal(record.kind, RECORD_LOST);
	assert_int_equal(record.id, 9);
	assert_int_equal(record.lost, 1234);
	size = build(bytes, PERF_RECORD_THROTTLE, 0, lost, 16, true);
	assert_true(record_parse(bytes, size, &record));
	assert_int_equal(record.kind, RECORD_OTHER);
	assert_int_equal(record.time, 1000);
}

static void
a_record_of_another_size_is_refused(void **state)
{
	static const struct {
		uint32_t type;
		size_t size;
		bool has_trailer;
	} cases[] = {
		{ PERF_RECORD_SAMPLE, 40, false },
		{ PERF_RECORD_MMAP2, 64, true }, /* no name */
		{ PERF_RECORD_MMAP, 32, true },
		{ PERF_RECORD_COMM, 8, true },
		{ PERF_RECORD_COMM, 24, true }, /* its name has no end */
		{ PERF_RECORD_COMM, 16, false },
		{ PERF_RECORD_FORK, 16, true },
		{ PERF_RECORD_EXIT, 32, true },
		{ PERF_RECORD_LOST, 8, true },
		{ PERF_RECORD_THROTTLE, 24, false },
	};
	struct record record = { .kind = RECORD_OTHER, .id = 5 };
	char bytes[RING_SIZE], body[RING_SIZE];

	memset(body, 'x', sizeof(body));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t size =
			build(bytes, cases[i].type, 0, body, cases[i].size, cases[i].has_trailer);

		assert_false(record_parse(bytes, size, &record));
		assert_int_equal(record.id, 5);
	}
	build(bytes, PERF_RECORD_SAMPLE, 0, body, 48, false);
	assert_false(record_parse(bytes, 48, &record)); /* the header says 56 */
	assert_false(record_parse(bytes, 7, &record));
	assert_false(record_parse(bytes, 0, &record));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_taken_in_order_and_given_back),
		cmocka_unit_test(a_record_over_the_end_of_the_ring_is_put_together),
		cmocka_unit_test(a_size_that_cannot_be_drops_what_is_there),
		cmocka_unit_test(a_head_that_cannot_be_drops_what_is_there),
		cmocka_unit_test(a_record_larger_than_the_buffer_is_left_out),
		cmocka_unit_test(a_sample_says_who_where_and_when),
		cmocka_unit_test(F8_a_sample_may_be_larger_than_its_event_asked_for),
		cmocka_unit_test(a_mapping_keeps_its_file_and_rights),
		cmocka_unit_test(a_fork_of_a_thread_is_told_from_one_of_a_process),
		cmocka_unit_test(a_name_tells_an_exec_and_a_loss_its_event),
		cmocka_unit_test(a_record_of_another_size_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
