// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The kernel's tracepoint oom:mark_victim (include/trace/events/oom.h), with a perf event on each
 * CPU. Leaves no mount.
 */
struct oom_trace;

/*
 * One victim of the OOM killer. Before Linux 6.8 only pid and asked_pid are known.
 * If the first thread has ended and another process caused the kill, pid is that of a living
 * thread.
 */
struct oom_mark {
	int64_t time; /* nanoseconds of CLOCK_MONOTONIC */
	struct oom_task victim;
	int64_t asked_pid; /* the process whose request caused the kill */
	char comm[64];     /* of the victim; "" if unknown */
};

/*
 * Returns 0 or -errno: -EACCES or -EPERM if CAP_SYS_ADMIN (for tracefs, if it is not mounted) or
 * CAP_PERFMON is missing.
 */
int oom_trace_open(struct oom_trace **ret_trace);
void oom_trace_close(struct oom_trace *trace);

/* Gives the next victim since the opening, each once. Makes no system call. */
bool oom_trace_next(struct oom_trace *trace, struct oom_mark *ret_mark);

/* The layout of a record: tracefs's file "format". */
enum mark_field {
	MARK_PID,
	MARK_COMM,
	MARK_TOTAL_VM,
	MARK_ANON,
	MARK_FILE,
	MARK_SHMEM,
	MARK_UID,
	MARK_PAGE_TABLES,
	MARK_ADJ,
	MARK_FIELDS,
};

struct mark_format {
	int64_t id;
	struct {
		size_t offset, size; /* size 0: this kernel does not have it */
		bool is_signed;
	} fields[MARK_FIELDS];
};

/* Returns 0, or -EINVAL without an id or a pid. */
int mark_format_parse(const char *text, struct mark_format *ret_format);

/* Parses the raw bytes of a record. Returns whether it names a process. */
bool mark_parse(
	const struct mark_format *format, const char *raw, size_t size, struct oom_mark *ret_mark);
