// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EXIT_COMM_SIZE = 33 };

/*
 * What the kernel says of a thread that ends (kernel/taskstats.c, taskstats_exit; kernel/tsacct.c).
 * What its version of struct taskstats does not have is UNKNOWN.
 */
struct exit_record {
	int64_t version;       /* of the struct; 12 since Linux 5.19, 15 has a layout of its own */
	int64_t tid;           /* of the thread */
	int64_t pid;           /* of its process; before version 12 only with had_threads */
	bool ends_process;     /* it was the last thread of its process */
	bool had_threads;      /* and not its only one: the kernel adds a sum of all threads */
	bool is_kernel_thread; /* known since version 12 */
	int64_t parent, uid;   /* uid: the real user */
	int64_t second;        /* of its end, since the epoch */
	int64_t lifetime;      /* of the thread, in nanoseconds */
	int64_t process_time;  /* since its process began, in nanoseconds */
	int64_t cpu_time;      /* of the thread, in nanoseconds; known to the tick */
	int64_t all_cpu_time;  /* with had_threads: of all threads that ended before */
	int64_t minor, major;  /* faults of the thread */
	int64_t peak, peak_virtual; /* of the process, in bytes */
	int64_t code;               /* as wait(2) has it */
	char comm[EXIT_COMM_SIZE];  /* of the thread; "" if unknown */
};

/*
 * Parses a message of the generic netlink family with the number `family`. Returns whether it
 * reports the end of a thread.
 */
bool exit_record_parse(
	const void *message, size_t size, uint16_t family, struct exit_record *ret_record);
