// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/exit.h"

#include "base/macros.h"
#include "model/needs.h"

#define FIELD(name) offsetof(struct process_exit, name)

/* clang-format off */
static const struct column columns[] = {
	{ "pid", "PID", NULL, "The process ID that it had.", UNIT_ID, 7, NEED_EXITS, FIELD(pid) },
	{ "ppid", "PPID", NULL, "The process ID of its parent when it ended.", UNIT_ID, 7, NEED_EXITS, FIELD(parent) },
	{ "user", "USER", NULL, "The real user, by name.", UNIT_TEXT, 8, NEED_EXITS, FIELD(user) },
	{ "uid", "UID", NULL, "The real user, by number.", UNIT_ID, 6, NEED_EXITS, FIELD(uid) },
	{ "started", "STARTED", NULL, "When it started, if its lifetime is known.", UNIT_TIME, 19, NEED_EXITS, FIELD(started) },
	{ "ended", "ENDED", NULL, "When it ended: up to 0.1 seconds late, where no CPU is free up to a second.", UNIT_TIME, 19, NEED_EXITS, FIELD(ended) },
	{ "lifetime", "LIFETIME", NULL, "How long it lived. Time in which the machine was suspended does not count.", UNIT_SPAN, 8, NEED_EXITS, FIELD(lifetime) },
	{ "peak", "PEAK", NULL, "The highest RES of its last program.", UNIT_BYTES, 7, NEED_EXITS, FIELD(peak),
		.source = "taskstats: hiwater_rss",
		.misread = "A child of vfork that ends before it starts a program shows the peak of its parent: it had the parent's memory." },
	{ "peak_virt", "PEAKVIRT", NULL, "The highest VIRT of its last program.", UNIT_BYTES, 8, NEED_EXITS, FIELD(peak_virtual),
		.source = "taskstats: hiwater_vm" },
	{ "minflt", "MINFLT", NULL, "Page faults served from memory, of all threads. Unknown if some of its threads ended before memtop looked.", UNIT_NUMBER, 10, NEED_EXITS, FIELD(minor_faults),
		.source = "taskstats: ac_minflt of its threads" },
	{ "majflt", "MAJFLT", NULL, "Page faults that waited for a device, of all threads. Unknown as MINFLT is.", UNIT_NUMBER, 8, NEED_EXITS, FIELD(major_faults),
		.source = "taskstats: ac_majflt of its threads" },
	{ "cputime", "TIME", "time+", "CPU time used by all threads. In JSON and CSV: seconds.", UNIT_DURATION, 9, NEED_EXITS, FIELD(cpu_time),
		.source = "taskstats: cpu_run_virtual_total of its threads",
		.misread = "The kernel brings it up to date at each tick: up to 10 ms of each thread can be missing." },
	{ "status", "STATUS", NULL, "Its exit status: 0 is success. Unknown if a signal has ended it.", UNIT_NUMBER, 6, NEED_EXITS, FIELD(status),
		.source = "taskstats: ac_exitcode" },
	{ "signal", "SIGNAL", NULL, "The signal that has ended it: 9 is also that of the OOM killer. Unknown if there was none.", UNIT_NUMBER, 6, NEED_EXITS, FIELD(signal),
		.source = "taskstats: ac_exitcode" },
	{ "comm", "COMM", "name", "The kernel's name of the process, at most 15 bytes.", UNIT_TEXT, 15, NEED_EXITS, FIELD(comm),
		.source = "taskstats: ac_comm of its first thread" },
};
/* clang-format on */

const struct table exit_table = {
	.name = "exit",
	.search = "comm",
	.columns = columns,
	.column_count = ARRAY_SIZE(columns),
	.row_size = sizeof(struct process_exit),
};
