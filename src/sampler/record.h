// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the kernel writes into a ring of perf events (include/uapi/linux/perf_event.h). */
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
 * The sample_type of all events whose records are read here, with sample_id_all. An event may ask
 * for PERF_SAMPLE_PERIOD or for PERF_SAMPLE_READ with RECORD_READ_FORMAT as well, not for both.
 *
 * Where one fault is a sample of several events, the kernel (6.3 and later, kernel/events/core.c,
 * perf_prepare_sample) prepares the sample once, as the first event wants it. All other events get
 * its identifier, its time by its clock, its process as its PID namespace numbers it, and a size
 * with room for its call chain. That event may be of another program. The values of
 * PERF_SAMPLE_READ are always those of the event itself.
 */
#define RECORD_SAMPLE_TYPE                                                                         \
	(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME |            \
		PERF_SAMPLE_ADDR | PERF_SAMPLE_CPU)
#define RECORD_READ_FORMAT (PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_ID)

/* One record. What its kind does not have is UNKNOWN, 0, false or "". */
struct record {
	enum record_kind kind;
	uint64_t id;           /* of the event, as PERF_EVENT_IOC_ID tells it */
	int64_t time;          /* nanoseconds of CLOCK_MONOTONIC */
	int64_t pid, tid, cpu; /* the process and thread it is about; UNKNOWN: it has ended */

	uint64_t ip, address; /* of a sample */
	/*
	 * Of a sample: what stands where one would find it. Only who knows what the event asked for
	 * can tell whether it is that. UNKNOWN or 0: there is nothing.
	 */
	int64_t period;
	int64_t enabled; /* nanoseconds since the event was enabled */
	uint64_t own_id;
	bool in_kernel; /* of a sample: the instruction was the kernel's */
	bool is_shared; /* of a sample: prepared for another program; record_parse() cannot know */

	struct record_map {
		uint64_t start, length, offset, inode; /* inode 0: there is no file, or not told */
		uint32_t major, minor, protection, flags; /* PROT_*, MAP_* */
		bool in_kernel;
	} map;

	int64_t parent; /* fork: the process that forked; equal to pid where it is but a thread */
	bool is_exec;   /* comm: the name came with a new program */
	int64_t lost;   /* lost: how many records found no room */

	/* map: the file, or what the kernel calls it; comm: the name. In the caller's bytes. */
	const char *name;
};

/*
 * Reads one record as perf_ring_take() gives it. Returns false, and leaves *ret_record as it is,
 * where its size does not fit its kind or its name has no end.
 */
bool record_parse(const void *bytes, size_t size, struct record *ret_record);
