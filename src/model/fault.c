// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/fault.h"

#include "base/macros.h"
#include "model/needs.h"

#define FIELD(name) offsetof(struct fault, name)

const char fault_total[] = "total";
const char fault_unsampled[] = "unsampled";

/* clang-format off */
static const struct column columns[] = {
	{ "pid", "PID", NULL, "The process ID.", UNIT_ID, 7, NEED_FAULTS, FIELD(pid),
		.source = "perf events: the task" },
	{ "comm", "COMM", "name", "The kernel's name of the process.", UNIT_TEXT, 15, NEED_FAULTS, FIELD(comm),
		.source = "perf events: the task, or /proc/PID/stat: field 2" },
	{ "segment", "SEGMENT", NULL, "The part of the address space. total: all faults of the process, as /proc/PID/stat counts them. unsampled: faults that no sample can see (MAP_POPULATE, mlock).", UNIT_TEXT, 9, NEED_FAULTS, FIELD(segment),
		.source = "perf events: the address, and /proc/PID/maps", .is_constant = true },
	{ "minor", "MINF", NULL, "Minor faults since the last refresh: an estimate, exact in the row of a total.", UNIT_NUMBER, 8, NEED_FAULTS, FIELD(minor),
		.source = "perf events: minor-faults; /proc/PID/stat: field 10",
		.misread = "An estimate from one fault in {system.sampler_period}. Only the total of a process is counted." },
	{ "minor_error", "+-", NULL, "The standard error of MINF.", UNIT_NUMBER, 6, NEED_FAULTS, FIELD(minor_error),
		.source = "perf events: the square root of samples x period x (period - 1)",
		.misread = "In two of three cases the true value is nearer than this." },
	{ "major", "MAJF", NULL, "Major faults since the last refresh. Each one is sampled, unless there are too many.", UNIT_NUMBER, 6, NEED_FAULTS, FIELD(major),
		.source = "perf events: major-faults; /proc/PID/stat: field 12" },
	{ "major_error", "+-MAJF", NULL, "The standard error of MAJF.", UNIT_NUMBER, 6, NEED_FAULTS, FIELD(major_error),
		.source = "perf events: as for minor faults" },
	{ "walks", "WALKS", NULL, "Page table walks for data, if they are sampled: an estimate.", UNIT_NUMBER, 10, NEED_FAULTS, FIELD(walks),
		.source = "perf events: dTLB-load-misses" },
	{ "walk_error", "+-WALK", NULL, "The standard error of WALKS.", UNIT_NUMBER, 8, NEED_FAULTS, FIELD(walk_error),
		.source = "perf events: as for minor faults" },
	{ "minor_rate", "MINF/s", NULL, "MINF per second.", UNIT_RATE, 8, NEED_FAULTS, FIELD(minor_rate),
		.source = "perf events: minor-faults" },
	{ "minor_rate_error", "+-/s", NULL, "The standard error of MINF/s.", UNIT_RATE, 6, NEED_FAULTS, FIELD(minor_rate_error),
		.source = "perf events: as for minor faults" },
	{ "major_rate", "MAJF/s", NULL, "MAJF per second.", UNIT_RATE, 7, NEED_FAULTS, FIELD(major_rate),
		.source = "perf events: major-faults" },
	{ "walk_rate", "WALKS/s", NULL, "WALKS per second.", UNIT_RATE, 8, NEED_FAULTS, FIELD(walk_rate),
		.source = "perf events: dTLB-load-misses" },
	{ "share", "%", NULL, "Share of all faults in the table.", UNIT_PERCENT, 5, NEED_FAULTS, FIELD(share),
		.source = "perf events: minor-faults and major-faults" },
	{ "samples", "SAMPLES", NULL, "The number of samples.", UNIT_NUMBER, 7, NEED_FAULTS, FIELD(samples),
		.source = "perf events: counted" },
	{ "waits", "WAITS", NULL, "What major faults wait for: the file, or swap.", UNIT_TEXT, 8, NEED_FAULTS, FIELD(waits),
		.source = "perf events: the address of major faults, and /proc/PID/maps" },
	{ "mapping", "MAPPING", NULL, "The mapped file, or the kernel's name for the mapping. Of several, the one with most faults.", UNIT_TEXT, 16, NEED_FAULTS, FIELD(mapping), .is_path = true,
		.source = "perf events: the address, and /proc/PID/maps" },
	{ "code", "CODE", NULL, "The file with the instruction that caused the fault, or kernel: a system call that copies. Of several, the one with most faults.", UNIT_TEXT, 16, NEED_FAULTS, FIELD(code),
		.source = "perf events: the instruction, and /proc/PID/maps" },
	{ "symbol", "SYMBOL", NULL, "The function, if its name can be read; only for the process of -p. Of several, the one with most faults.", UNIT_TEXT, 16, NEED_FAULTS, FIELD(symbol),
		.source = "perf events: the instruction, and the symbols of its file" },
	{ "function", "FUNCTION", NULL, "SYMBOL as its source has it: names of C++ and Rust without parameters.", UNIT_TEXT, 16, NEED_FAULTS, FIELD(function),
		.source = "perf events: the instruction, and the symbols of its file" },
};
/* clang-format on */

const struct table fault_table = {
	.name = "fault",
	.search = "comm,segment,mapping,code,symbol,function",
	.then_by = "walks", /* rows with walks but without faults */
	.columns = columns,
	.column_count = ARRAY_SIZE(columns),
	.row_size = sizeof(struct fault),
};

struct fault *
fault_add(struct rows *rows)
{
	struct fault *row = rows_add(rows, &fault_table);

	row->minor_variance = row->major_variance = row->walk_variance = UNKNOWN;
	return row;
}
