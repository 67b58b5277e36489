// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/known.h"
#include "collect/exit-record.h"
#include "collect/exit-threads.h"

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/taskstats.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FAMILY = 31, MESSAGE_SIZE = 2048, PID = 4242, TID = 4244 };

/* Where the fields are, by the layout of version 15 and by that of all others. */
struct field {
	size_t size, usual, fifteen;
};
static const struct field version_field = { 2, 0, 0 }, code_field = { 4, 4, 4 },
			  flag_field = { 1, 8, 8 }, virtual_field = { 8, 72, 120 },
			  comm_field = { 32, 80, 128 }, uid_field = { 4, 120, 168 },
			  tid_field = { 4, 128, 176 }, ppid_field = { 4, 132, 180 },
			  btime_field = { 4, 136, 184 }, etime_field = { 8, 144, 192 },
			  utime_field = { 8, 152, 200 }, stime_field = { 8, 160, 208 },
			  minor_field = { 8, 168, 216 }, major_field = { 8, 176, 224 },
			  rss_field = { 8, 200, 248 }, vm_field = { 8, 208, 256 },
			  btime64_field = { 8, 344, 424 }, tgid_field = { 4, 368, 464 },
			  tgetime_field = { 8, 376, 472 }, exe_field = { 8, 392, 488 };

/* The sizes of the struct in kernels of the past. */
static const struct {
	int version;
	size_t size;
} versions[] = { { 8, 328 }, { 9, 344 }, { 10, 352 }, { 11, 368 }, { 12, 400 }, { 13, 416 },
	{ 14, 432 }, { 15, 560 }, { 16, 560 }, { 99, 700 } };

struct message {
	char bytes[MESSAGE_SIZE];
	size_t size;
};

static void
set(char *stats, int version, struct field field, uint64_t value)
{
	memcpy(stats + (version == 15 ? field.fifteen : field.usual), &value,
		field.size < sizeof(value) ? field.size : sizeof(value));
}

static void
fill_stats(char *stats, int version)
{
	size_t comm = version == 15 ? comm_field.fifteen : comm_field.usual;

	set(stats, version, version_field, (uint64_t)version);
	set(stats, version, code_field, 0x300);
	set(stats, version, virtual_field, 5000000);
	set(stats, version, uid_field, 1000);
	set(stats, version, tid_field, TID);
	set(stats, version, ppid_field, 17);
	set(stats, version, btime_field, 1000000);
	set(stats, version, etime_field, 2500000);
	set(stats, version, utime_field, 4000);
	set(stats, version, stime_field, 8000);
	set(stats, version, minor_field, 70);
	set(stats, version, major_field, 3);
	set(stats, version, rss_field, 120 * 1024);
	set(stats, version, vm_field, 200 * 1024);
	memcpy(stats + comm, "worker", 7);
	if (version >= 10)
		set(stats, version, btime64_field, 1000000);
	if (version < 12)
		return;
	set(stats, version, flag_field, 0x20);
	set(stats, version, tgid_field, PID);
	set(stats, version, tgetime_field, 9000000);
	set(stats, version, exe_field, 1);
}

/* Begins an attribute and returns the place of its length. */
static uint16_t *
begin(struct message *message, uint16_t type)
{
	struct nlattr attribute = { .nla_type = type };
	char *at = message->bytes + message->size;

	memcpy(at, &attribute, sizeof(attribute));
	message->size += sizeof(attribute);
	return (uint16_t *)(void *)at;
}

static void
end(struct message *message, uint16_t *length)
{
	*length = (uint16_t)(message->bytes + message->size - (char *)length);
	message->size = NLMSG_ALIGN(message->size);
}

/* What the kernel sends of a thread, or of all: the ID, then the struct. */
static char *
add_stats(struct message *message, uint16_t outer, uint16_t inner, uint32_t id, size_t size)
{
	uint16_t *all = begin(message, outer | NLA_F_NESTED), *part = begin(message, inner);
	char *stats;

	memcpy(message->bytes + message->size, &id, sizeof(id));
	message->size += sizeof(id);
	end(message, part);
	part = begin(message, TASKSTATS_TYPE_STATS);
	stats = message->bytes + message->size;
	message->size += size;
	end(message, part);
	end(message, all);
	return stats;
}

static void
set_length(struct message *message)
{
	uint32_t length = (uint32_t)message->size;

	memcpy(message->bytes, &length, sizeof(length));
}

static char *
build(struct message *message, int version, size_t size)
{
	struct nlmsghdr header = { .nlmsg_type = FAMILY };
	struct genlmsghdr command = { .cmd = TASKSTATS_CMD_NEW };
	char *stats;

	*message = (struct message){ .size = NLMSG_HDRLEN + GENL_HDRLEN };
	memcpy(message->bytes, &header, sizeof(header));
	memcpy(message->bytes + NLMSG_HDRLEN, &command, sizeof(command));
	stats = add_stats(message, TASKSTATS_TYPE_AGGR_PID, TASKSTATS_TYPE_PID, TID, size);
	fill_stats(stats, version);
	set_length(message);
	return stats;
}

/* From memory that ends where the message ends, so that reading past it is noticed. */
static bool
parse(const struct message *message, struct exit_record *ret_record)
{
	char *exact = malloc(message->size ? message->size : 1);
	bool result;

	assert_non_null(exact);
	memcpy(exact, message->bytes, message->size);
	result = exit_record_parse(exact, message->size, FAMILY, ret_record);
	free(exact);
	return result;
}

/* E3 is the version 15. */
static void
each_version_of_the_struct_is_read(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
		int version = versions[i].version;
		bool has_process = version >= 12;
		struct message message;
		struct exit_record record;

		build(&message, version, versions[i].size);
		assert_true(parse(&message, &record));
		assert_int_equal(record.version, version);
		assert_int_equal(record.tid, TID);
		assert_int_equal(record.parent, 17);
		assert_int_equal(record.uid, 1000);
		assert_int_equal(record.second, 1000002);
		assert_int_equal(record.lifetime, 2500 * NS_PER_MS);
		assert_int_equal(record.cpu_time, 5 * NS_PER_MS);
		assert_int_equal(record.minor, 70);
		assert_int_equal(record.major, 3);
		assert_int_equal(record.peak, 120 << 20);
		assert_int_equal(record.peak_virtual, 200 << 20);
		assert_int_equal(record.code, 0x300);
		assert_string_equal(record.comm, "worker");
		assert_true(record.ends_process == has_process);
		assert_true(record.pid == (has_process ? PID : UNKNOWN));
		assert_true(record.process_time == (has_process ? 9 * NS_PER_SEC : UNKNOWN));
		assert_false(record.had_threads || record.is_kernel_thread);
	}
}

static void
the_sum_of_all_threads_names_the_process(void **state)
{
	struct message message;
	struct exit_record record;
	char *sum;

	build(&message, 9, 344);
	sum = add_stats(&message, TASKSTATS_TYPE_AGGR_TGID, TASKSTATS_TYPE_TGID, PID, 344);
	set(sum, 9, virtual_field, 77);
	set_length(&message);
	assert_true(parse(&message, &record));
	assert_true(record.ends_process && record.had_threads);
	assert_int_equal(record.pid, PID);
	assert_int_equal(record.all_cpu_time, 77);
}

static void
what_a_shorter_struct_lacks_is_unknown(void **state)
{
	for (size_t size = 0; size <= 400; size++) {
		struct message message;
		struct exit_record record;

		build(&message, 12, 400);
		message.size -= 400 - NLMSG_ALIGN(size);
		set_length(&message);
		((uint16_t *)(void *)message.bytes)[10] -= (uint16_t)(400 - NLMSG_ALIGN(size));
		((uint16_t *)(void *)message.bytes)[16] -= (uint16_t)(400 - size);
		assert_true(parse(&message, &record) == (size >= 132));
		if (size < 132)
			continue;
		assert_true(record.peak == (size >= 208 ? 120 << 20 : UNKNOWN));
		assert_true(record.minor == (size >= 176 ? 70 : UNKNOWN));
		assert_true(record.second == (size >= 352 ? 1000002 : UNKNOWN));
		assert_true(record.pid == (size >= 372 ? PID : UNKNOWN));
		assert_true(record.process_time == (size >= 384 ? 9 * NS_PER_SEC : UNKNOWN));
	}
}

static void
a_message_cut_at_any_byte_is_none(void **state)
{
	struct message whole, cut;
	struct exit_record record;

	build(&whole, 16, 560);
	for (size_t size = 0; size < whole.size; size++) {
		cut = whole;
		cut.size = size;
		assert_false(parse(&cut, &record));
		if (size >= sizeof(uint32_t))
			set_length(&cut);
		parse(&cut, &record); /* what it is is not said, but nothing is read past it */
	}
	cut = whole;
	cut.bytes[4] ^= 1;
	assert_false(parse(&cut, &record));
}

static void
any_length_of_an_attribute_is_within_the_message(void **state)
{
	static const size_t places[] = { 0, 20, 24, 32 };
	struct message message;
	struct exit_record record;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		for (uint32_t length = 0; length <= UINT16_MAX; length += 1) {
			uint16_t two = (uint16_t)length;

			build(&message, 16, 560);
			memcpy(message.bytes + places[i], &two, sizeof(two));
			if (parse(&message, &record))
				assert_true(strlen(record.comm) < EXIT_COMM_SIZE);
		}
}

static void
a_name_without_an_end_is_cut(void **state)
{
	struct message message;
	struct exit_record record;
	char *stats = build(&message, 16, 560);

	memset(stats + comm_field.usual, 'x', comm_field.size);
	assert_true(parse(&message, &record));
	assert_int_equal(strlen(record.comm), 32);
}

static void
numbers_that_are_too_large_are_unknown(void **state)
{
	struct message message;
	struct exit_record record;
	char *stats = build(&message, 16, 560);

	set(stats, 16, rss_field, UINT64_MAX);
	set(stats, 16, vm_field, INT64_MAX);
	set(stats, 16, etime_field, INT64_MAX);
	set(stats, 16, minor_field, UINT64_MAX / 2 + 1);
	assert_true(parse(&message, &record));
	assert_true(record.peak == UNKNOWN && record.peak_virtual == UNKNOWN);
	assert_true(record.lifetime == UNKNOWN && record.minor == UNKNOWN);
}

/* From here on: how threads become processes. At 1000 s of the clock, listening since 10 s. */
static const struct exit_clock now = { 1000 * NS_PER_SEC + 1, 100 * NS_PER_SEC, 99 * NS_PER_SEC };
static const int64_t since = 10 * NS_PER_SEC;

static struct exit_record
record_of(int64_t pid, int64_t tid)
{
	struct exit_record record = { .version = 16,
		.tid = tid,
		.pid = pid,
		.parent = 1,
		.uid = 0,
		.second = 1000,
		.lifetime = NS_PER_SEC,
		.process_time = 5 * NS_PER_SEC,
		.cpu_time = 3 * NS_PER_MS,
		.all_cpu_time = UNKNOWN,
		.minor = 100,
		.major = 1,
		.peak = 1 << 20,
		.peak_virtual = 2 << 20,
		.code = 0 };

	snprintf(record.comm, sizeof(record.comm), "%s", pid == tid ? "leader" : "helper");
	return record;
}

static struct exit_record
last_of(int64_t pid, int64_t tid)
{
	struct exit_record record = record_of(pid, tid);

	record.ends_process = record.had_threads = true;
	record.all_cpu_time = 50 * NS_PER_MS;
	return record;
}

static bool
is_gone(int64_t pid)
{
	return pid != 3;
}

static bool
take(struct exit_threads *threads, struct exit_record record, struct ended *ret_ended)
{
	return exit_threads_take(threads, &record, &now, ret_ended);
}

/* The only process that has ended. */
static struct ended
only(struct exit_threads *threads)
{
	struct ended ended, other;

	assert_true(exit_threads_look(threads, now.monotonic, is_gone));
	assert_true(exit_threads_next(threads, &ended));
	assert_false(exit_threads_next(threads, &other));
	assert_false(exit_threads_look(threads, now.monotonic, is_gone));
	return ended;
}

static void
a_process_of_one_thread_is_known_at_once(void **state)
{
	struct exit_threads *threads = exit_threads_create(since);
	struct exit_record record = record_of(7, 7);
	struct ended ended;

	record.code = 9;
	record.ends_process = true;
	assert_true(take(threads, record, &ended));
	assert_int_equal(ended.row.pid, 7);
	assert_int_equal(ended.row.minor_faults, 100);
	assert_int_equal(ended.row.cpu_time, 3 * NS_PER_MS);
	assert_int_equal(ended.row.signal, 9);
	assert_true(ended.row.status == UNKNOWN);
	assert_int_equal(ended.row.ended, now.time);
	assert_int_equal(ended.row.started, now.time - 5 * NS_PER_SEC);
	assert_string_equal(ended.comm, "leader");
	assert_false(exit_threads_look(threads, now.monotonic, is_gone));
	exit_threads_destroy(threads);
}

/* E2. */
static void
threads_are_summed_also_those_that_come_after_the_last_one(void **state)
{
	struct exit_threads *threads = exit_threads_create(since);
	struct ended ended;

	assert_false(take(threads, record_of(7, 8), &ended));
	assert_false(exit_threads_look(threads, now.monotonic, is_gone));
	assert_false(take(threads, last_of(7, 9), &ended));
	assert_false(take(threads, record_of(7, 7), &ended));
	ended = only(threads);
	assert_int_equal(ended.row.pid, 7);
	assert_int_equal(ended.row.minor_faults, 300);
	assert_int_equal(ended.row.major_faults, 3);
	assert_int_equal(ended.row.cpu_time, 9 * NS_PER_MS);
	assert_int_equal(ended.row.status, 0);
	assert_string_equal(ended.comm, "leader");
	exit_threads_destroy(threads);
}

static void
a_process_that_may_send_more_waits_for_a_second(void **state)
{
	struct exit_threads *threads = exit_threads_create(since);
	struct ended ended;

	take(threads, last_of(3, 3), &ended);
	assert_true(exit_threads_look(threads, now.monotonic, is_gone));
	assert_false(exit_threads_next(threads, &ended));
	assert_true(exit_threads_look(threads, now.monotonic + MOST_EXIT_WAIT, is_gone));
	assert_true(exit_threads_next(threads, &ended));
	assert_int_equal(ended.row.pid, 3);
	exit_threads_destroy(threads);
}

static void
faults_are_unknown_where_threads_may_have_ended_before(void **state)
{
	struct exit_threads *threads = exit_threads_create(95 * NS_PER_SEC);
	struct ended ended;

	take(threads, record_of(7, 8), &ended);
	take(threads, last_of(7, 7), &ended);
	ended = only(threads);
	assert_true(ended.row.minor_faults == UNKNOWN && ended.row.major_faults == UNKNOWN);
	assert_int_equal(ended.row.cpu_time, 50 * NS_PER_MS);
	assert_int_equal(ended.row.peak, 1 << 20);
	take(threads, last_of(7, 7), &ended);
	take(threads, record_of(7, 8), &ended);
	assert_true(only(threads).row.cpu_time == UNKNOWN); /* the kernel's sum may lack it */
	exit_threads_destroy(threads);
}

static void
lost_records_leave_sums_unknown(void **state)
{
	struct exit_threads *threads = exit_threads_create(since);
	struct ended ended;

	take(threads, record_of(7, 8), &ended);
	take(threads, last_of(20, 20), &ended);
	exit_threads_lose(threads, now.monotonic);
	ended = only(threads);
	assert_int_equal(ended.row.pid, 20);
	assert_true(ended.row.minor_faults == UNKNOWN && ended.row.cpu_time == UNKNOWN);
	take(threads, last_of(7, 7), &ended);
	assert_true(only(threads).row.minor_faults == UNKNOWN);
	exit_threads_destroy(threads);
}

/* E5. */
static void
codes_that_differ_leave_the_status_unknown(void **state)
{
	struct exit_threads *threads = exit_threads_create(since);
	struct exit_record last = last_of(7, 9);
	struct ended ended;

	take(threads, record_of(7, 7), &ended);
	last.code = 0x300;
	take(threads, last, &ended);
	ended = only(threads);
	assert_true(ended.row.status == UNKNOWN && ended.row.signal == UNKNOWN);
	take(threads, last, &ended);
	ended = only(threads);
	assert_true(ended.row.status == UNKNOWN && ended.comm[0] == '\0');
	exit_threads_destroy(threads);
}

static void
a_pid_that_is_used_again_begins_anew(void **state)
{
	struct exit_threads *threads = exit_threads_create(since);
	struct exit_clock before = { now.time - 20 * NS_PER_SEC, now.monotonic - 20 * NS_PER_SEC,
		now.empty - 20 * NS_PER_SEC };
	struct exit_record stray = record_of(7, 8);
	struct ended ended;

	stray.second -= 20;
	assert_false(exit_threads_take(threads, &stray, &before, &ended));
	take(threads, record_of(7, 9), &ended);
	take(threads, last_of(7, 7), &ended);
	assert_int_equal(only(threads).row.minor_faults, 200);
	exit_threads_destroy(threads);
}

static void
kernel_threads_and_threads_of_no_known_process_are_no_rows(void **state)
{
	struct exit_threads *threads = exit_threads_create(since);
	struct exit_record record = record_of(7, 7);
	struct ended ended;

	record.ends_process = record.is_kernel_thread = true;
	assert_false(take(threads, record, &ended));
	record = record_of(UNKNOWN, 7);
	record.version = 9;
	record.process_time = UNKNOWN;
	assert_false(take(threads, record, &ended));
	assert_false(exit_threads_look(threads, now.monotonic, is_gone));
	exit_threads_destroy(threads);
}

static void
of_an_old_kernel_the_process_with_threads_is_a_row(void **state)
{
	struct exit_threads *threads = exit_threads_create(since);
	struct exit_record record = last_of(7, 9);
	struct ended ended;

	record.version = 9;
	record.process_time = UNKNOWN;
	take(threads, record, &ended);
	ended = only(threads);
	assert_int_equal(ended.row.peak, 1 << 20);
	assert_true(ended.row.lifetime == UNKNOWN && ended.row.started == UNKNOWN);
	assert_true(ended.row.cpu_time == UNKNOWN && ended.row.minor_faults == UNKNOWN);
	exit_threads_destroy(threads);
}

static void
a_record_that_waited_has_the_second_of_its_end(void **state)
{
	struct exit_threads *threads = exit_threads_create(since);
	struct exit_record record = record_of(7, 7);
	struct ended ended;

	record.ends_process = true;
	record.second = 990;
	assert_true(take(threads, record, &ended));
	assert_int_equal(ended.row.ended, 991 * NS_PER_SEC - 1);
	record.second = 1001;
	assert_true(take(threads, record, &ended));
	assert_int_equal(ended.row.ended, 1001 * NS_PER_SEC);
	exit_threads_destroy(threads);
}

static void
no_more_processes_are_followed_than_the_bound(void **state)
{
	struct exit_threads *threads = exit_threads_create(since);
	struct ended ended;
	size_t count = 0;

	for (int64_t pid = 10; pid < 10 + 2 * MOST_EXIT_PROCESSES; pid++)
		take(threads, record_of(pid, pid + 100000), &ended);
	for (int64_t pid = 100000; pid < 100000 + 2 * MOST_EXIT_PROCESSES; pid++)
		count += take(threads, last_of(pid, pid), &ended);
	exit_threads_look(threads, now.monotonic, is_gone);
	while (exit_threads_next(threads, &ended))
		count++;
	assert_int_equal(count, 2 * MOST_EXIT_PROCESSES);
	exit_threads_destroy(threads);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_version_of_the_struct_is_read),
		cmocka_unit_test(the_sum_of_all_threads_names_the_process),
		cmocka_unit_test(what_a_shorter_struct_lacks_is_unknown),
		cmocka_unit_test(a_message_cut_at_any_byte_is_none),
		cmocka_unit_test(any_length_of_an_attribute_is_within_the_message),
		cmocka_unit_test(a_name_without_an_end_is_cut),
		cmocka_unit_test(numbers_that_are_too_large_are_unknown),
		cmocka_unit_test(a_process_of_one_thread_is_known_at_once),
		cmocka_unit_test(threads_are_summed_also_those_that_come_after_the_last_one),
		cmocka_unit_test(a_process_that_may_send_more_waits_for_a_second),
		cmocka_unit_test(faults_are_unknown_where_threads_may_have_ended_before),
		cmocka_unit_test(lost_records_leave_sums_unknown),
		cmocka_unit_test(codes_that_differ_leave_the_status_unknown),
		cmocka_unit_test(a_pid_that_is_used_again_begins_anew),
		cmocka_unit_test(kernel_threads_and_threads_of_no_known_process_are_no_rows),
		cmocka_unit_test(of_an_old_kernel_the_process_with_threads_is_a_row),
		cmocka_unit_test(a_record_that_waited_has_the_second_of_its_end),
		cmocka_unit_test(no_more_processes_are_followed_than_the_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
