// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Records that the kernel writes into a ring of perf events (include/uapi/linux/perf_event.h). */
enum record_kind {
	RECORD_SAMPLE,
	RECORD_MAP,
	RECORD_COMM,
	RECORD_FORK,
	RECORD_EXIT,
	RECORD_LOST,
	RECORD_OTHER,
};

/*
 * The sample_type of all events whose records are read here, with sample_id_all. An event may also
 * use PERF_SAMPLE_PERIOD, or PERF_SAMPLE_READ with RECORD_READ_FORMAT, but not both.
 *
 * If one fault is a sample of several events, the kernel (6.3 and later, kernel/events/core.c,
 * perf_prepare_sample) prepares the sample once, for the first event. All other events get its
 * identifier, its time on its clock, its process in its PID namespace, and a size with its call
 * chain. The first event may be another program's. The values of PERF_SAMPLE_READ are always those
 * of the event itself.
 */
#define RECORD_SAMPLE_TYPE                                                                         \
	(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME |            \
		PERF_SAMPLE_ADDR | PERF_SAMPLE_CPU)
#define RECORD_READ_FORMAT (PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_ID)

/*
 * A sample whose time differs by more from its place in the ring, or from what the kernel says of
 * its event, was prepared for an event with another clock: by another program.
 */
enum { RECORD_SLACK_NS = 25000 };

/* One record. Fields that its kind does not have are UNKNOWN, 0, false or "". */
struct record {
	enum record_kind kind;
	uint64_t id;      /* of the event, as in PERF_EVENT_IOC_ID */
	int64_t time;     /* nanoseconds of CLOCK_MONOTONIC */
	int64_t pid, tid; /* UNKNOWN: it has ended */

	uint64_t ip, address; /* of a sample */
	/*
	 * Optional fields of a sample. They are valid only if the event asked for them. UNKNOWN or
	 * 0: absent.
	 */
	int64_t period;
	int64_t enabled; /* nanoseconds since the event was enabled */
	uint64_t own_id;
	bool in_kernel; /* of a sample: the instruction was in the kernel */
	bool is_shared; /* of a sample: prepared for another program; not set by record_parse() */

	struct record_map {
		uint64_t start, length, offset;
		uint32_t protection, flags; /* PROT_*, MAP_* */
		bool in_kernel;
	} map;

	int64_t parent; /* fork: the process that forked; equal to pid for a thread */
	bool is_exec;   /* comm: the name is from an exec */
	int64_t lost;   /* lost: the number of lost records */

	/* map: the file, or the kernel's name; comm: the name. In the caller's bytes. */
	const char *name;
};

/*
 * Parses one record from perf_ring_take(). Returns false, without changing *ret_record, if its size
 * does not fit its kind or its name has no end.
 */
bool record_parse(const void *bytes, size_t size, struct record *ret_record);
