// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "base/known.h"
#include "collect/exit-record.h"
#include "collect/exit-threads.h"

enum { FAMILY = 31 };

static bool
is_gone(int64_t pid)
{
	return pid % 2 == 0;
}

static void
check_ended(const struct ended *ended)
{
	CHECK(ended->row.pid > 0 && strlen(ended->comm) < EXIT_COMM_SIZE);
	CHECK(ended->row.status == UNKNOWN || ended->row.signal == UNKNOWN);
	CHECK(ended->row.peak > 0 || ended->row.peak == UNKNOWN);
	CHECK(ended->row.cpu_time >= 0 || ended->row.cpu_time == UNKNOWN);
	CHECK(ended->row.minor_faults >= 0 || ended->row.minor_faults == UNKNOWN);
}

static void
take(struct exit_threads *threads, const struct exit_record *record, int64_t second)
{
	const int64_t time = second * 1000000000;
	const struct exit_clock clock = { time + 1000000, time, time - 1 };
	struct ended ended;

	CHECK(record->tid > 0 && (record->pid > 0 || record->pid == UNKNOWN));
	CHECK(strlen(record->comm) < EXIT_COMM_SIZE);
	if (exit_threads_take(threads, record, &clock, &ended))
		check_ended(&ended);
	exit_threads_look(threads, time, is_gone);
	while (exit_threads_next(threads, &ended))
		check_ended(&ended);
}

/* Messages, each after two bytes with its size. A size of 0 stands for lost messages. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct exit_threads *threads = exit_threads_create(0);

	for (int64_t second = 1; size >= 2; second++) {
		size_t length = data[0] | (size_t)data[1] << 8;
		struct exit_record record;
		char *exact; /* so that reading past its end is noticed */

		length = length < size - 2 ? length : size - 2;
		exact = text_of(data + 2, length);
		exact = realloc(exact, length > 0 ? length : 1);
		if (length == 0)
			exit_threads_lose(threads, second * 1000000000);
		else if (exact && exit_record_parse(exact, length, FAMILY, &record))
			take(threads, &record, second);
		free(exact);
		data += 2 + length;
		size -= 2 + length;
	}
	exit_threads_destroy(threads);
	return 0;
}
