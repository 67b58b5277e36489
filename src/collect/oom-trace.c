// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/oom-trace.h"

#include "base/cleanup.h"
#include "base/known.h"
#include "base/memory.h"
#include "base/scan.h"
#include "base/unit.h"
#include "collect/perf-ring.h"
#include "collect/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* A record of a kill has about 150 bytes; more CPUs would need too many descriptors. */
enum { RING_PAGES = 2, MOST_CPUS = 128, FORMAT_SIZE = 8192, RECORD_SIZE = 4096 };

static const char format_path[] = "events/oom/mark_victim/format";

/* clang-format off */
static const struct {
	const char *name;
	size_t offset;  /* of an int64_t in struct oom_task */
	int64_t factor; /* to the base unit */
} fields[MARK_FIELDS] = {
	[MARK_PID]         = { "pid",           offsetof(struct oom_task, pid), 1 },
	[MARK_COMM]        = { "comm",          0, 0 },
	[MARK_TOTAL_VM]    = { "total_vm",      offsetof(struct oom_task, virtual), 1024 },
	[MARK_ANON]        = { "anon_rss",      offsetof(struct oom_task, anon), 1024 },
	[MARK_FILE]        = { "file_rss",      offsetof(struct oom_task, file), 1024 },
	[MARK_SHMEM]       = { "shmem_rss",     offsetof(struct oom_task, shmem), 1024 },
	[MARK_UID]         = { "uid",           offsetof(struct oom_task, uid), 1 },
	[MARK_PAGE_TABLES] = { "pgtables",      offsetof(struct oom_task, page_tables), 1024 },
	[MARK_ADJ]         = { "oom_score_adj", offsetof(struct oom_task, adj), 1 },
};
/* clang-format on */

struct oom_trace {
	struct mark_format format;
	struct perf_ring *rings;
	size_t ring_count;
};

/* Parses "field:unsigned long anon_rss;	offset:24;	size:8;	signed:0;". */
static void
parse_field(const char *line, struct mark_format *format)
{
	const char *end = strchr(line, ';'), *name = end;
	const char *offset = end ? strstr(end, "offset:") : NULL;
	const char *size = offset ? strstr(offset, "size:") : NULL;
	const char *sign = size ? strstr(size, "signed:") : NULL;
	int64_t at, bytes;

	if (!sign)
		return;
	while (name > line && name[-1] != ' ')
		name--;
	at = scan_number(offset + strlen("offset:"));
	bytes = scan_number(size + strlen("size:"));
	if (at < 0 || at > RECORD_SIZE || bytes < 1 || bytes > RECORD_SIZE)
		return;
	for (size_t i = 0; i < MARK_FIELDS; i++)
		if (scan_is(name, (size_t)(end - name), fields[i].name)) {
			format->fields[i].offset = (size_t)at;
			format->fields[i].size = (size_t)bytes;
			format->fields[i].is_signed = sign[strlen("signed:")] == '1';
		}
}

int
mark_format_parse(const char *text, struct mark_format *ret_format)
{
	struct mark_format format = { .id = UNKNOWN };

	for (const char *line = text; *line; line += line[0] == '\n') {
		size_t length = strcspn(line, "\n");
		const char *key = line + strspn(line, "\t ");

		if (scan_start(key, "ID:"))
			format.id = scan_number(key + strlen("ID:"));
		else if (scan_start(key, "field:"))
			parse_field(key, &format);
		line += length;
	}
	if (format.id < 0 || format.fields[MARK_PID].size == 0)
		return -EINVAL;
	*ret_format = format;
	return 0;
}

/* A number of 1, 2, 4 or 8 bytes in this machine's byte order. */
static int64_t
number_at(const char *raw, size_t size, bool is_signed)
{
	union {
		int8_t byte;
		int16_t two;
		int32_t four;
		int64_t eight;
	} value = { .eight = 0 };
	int64_t unsigned_range = size < sizeof(value) ? INT64_C(1) << (8 * size) : 0, number;

	if (size > sizeof(value))
		return UNKNOWN;
	memcpy(&value, raw, size);
	number = size == 1   ? value.byte
		 : size == 2 ? value.two
		 : size == 4 ? value.four
		 : size == 8 ? value.eight
			     : UNKNOWN;
	return number < 0 && number != UNKNOWN && !is_signed ? number + unsigned_range : number;
}

/* The field of a text has its offset in the record and, in the upper half, its size. */
static void
take_text(const struct mark_format *format, const char *raw, size_t size, struct oom_mark *mark)
{
	size_t offset = format->fields[MARK_COMM].offset, length;
	uint32_t place;

	if (format->fields[MARK_COMM].size != sizeof(place) || offset + sizeof(place) > size)
		return;
	memcpy(&place, raw + offset, sizeof(place));
	offset = place & 0xffff;
	length = place >> 16;
	if (offset > size || length > size - offset)
		return;
	length = strnlen(raw + offset, length);
	length = length < sizeof(mark->comm) ? length : sizeof(mark->comm) - 1;
	memcpy(mark->comm, raw + offset, length);
	mark->comm[length] = '\0';
}

bool
mark_parse(
	const struct mark_format *format, const char *raw, size_t size, struct oom_mark *ret_mark)
{
	struct oom_mark mark = { .time = UNKNOWN,
		.victim = { .swap = UNKNOWN, .badness = UNKNOWN },
		.asked_pid = UNKNOWN };
	struct oom_task *victim = &mark.victim;

	for (size_t i = 0; i < MARK_FIELDS; i++) {
		size_t offset = format->fields[i].offset, length = format->fields[i].size;
		int64_t number = UNKNOWN;

		if (i == MARK_COMM)
			continue;
		if (length > 0 && offset <= size && length <= size - offset)
			number = number_at(raw + offset, length, format->fields[i].is_signed);
		*(int64_t *)((char *)victim + fields[i].offset) =
			known_product(number, fields[i].factor);
	}
	victim->resident = known_sum(known_sum(victim->anon, victim->file), victim->shmem);
	take_text(format, raw, size, &mark);
	if (victim->pid <= 0)
		return false;
	*ret_mark = mark;
	return true;
}

/* Mounts a private tracefs, which is not visible in the file tree. */
static int
open_detached(void)
{
	_cleanup_close_ int context = (int)syscall(SYS_fsopen, "tracefs", FSOPEN_CLOEXEC);
	int fd;

	if (context < 0 || syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	fd = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, 0);
	return fd < 0 ? -errno : fd;
}

static int
read_format(struct mark_format *ret_format)
{
	_cleanup_free_ char *text = xmalloc(FORMAT_SIZE);
	_cleanup_close_ int mounted = open("/sys/kernel/tracing", O_PATH | O_CLOEXEC);
	_cleanup_close_ int detached = -1;
	ssize_t length =
		mounted < 0 ? -ENOENT : procfs_read(mounted, format_path, text, FORMAT_SIZE);

	if (length < 0) {
		detached = open_detached();
		length = detached < 0 ? detached
				      : procfs_read(detached, format_path, text, FORMAT_SIZE);
	}
	return length < 0 ? (int)length : mark_format_parse(text, ret_format);
}

static int
open_ring(int64_t id, int cpu, struct perf_ring *ret_ring)
{
	struct perf_event_attr attributes = { .type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attributes),
		.config = (uint64_t)id,
		.sample_period = 1,
		.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_RAW,
		.use_clockid = 1,
		.clockid = CLOCK_MONOTONIC };
	int fd = perf_open(&attributes, -1, cpu);
	int error = fd < 0 ? fd : perf_ring_map(ret_ring, fd, RING_PAGES);

	if (fd >= 0 && error < 0)
		close(fd);
	return error;
}

int
oom_trace_open(struct oom_trace **ret_trace)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	struct oom_trace *trace;
	struct mark_format format;
	int error = read_format(&format);

	if (error == 0 && (cpus < 1 || cpus > MOST_CPUS))
		error = -EMFILE;
	if (error < 0)
		return error;
	trace = xmalloc(sizeof(*trace));
	*trace = (struct oom_trace){ .format = format,
		.rings = xcalloc((size_t)cpus, sizeof(struct perf_ring)) };
	for (int cpu = 0; cpu < cpus && error == 0; cpu++) {
		error = open_ring(format.id, cpu, &trace->rings[trace->ring_count]);
		trace->ring_count += error == 0;
		error = error == -ENODEV ? 0 : error; /* the CPU is offline */
	}
	if (error < 0) {
		oom_trace_close(trace);
		return error;
	}
	*ret_trace = trace;
	return 0;
}

void
oom_trace_close(struct oom_trace *trace)
{
	if (!trace)
		return;
	for (size_t i = 0; i < trace->ring_count; i++)
		perf_ring_close(&trace->rings[i]);
	free(trace->rings);
	free(trace);
}

/* A sample before its raw bytes, as sample_type defines it. */
struct sample {
	struct perf_event_header header;
	uint32_t pid, tid;
	uint64_t time;
	uint32_t raw_size;
} __attribute__((packed));

static bool
parse_record(
	const struct oom_trace *trace, const char *record, size_t size, struct oom_mark *ret_mark)
{
	struct sample sample;

	if (size < sizeof(sample))
		return false;
	memcpy(&sample, record, sizeof(sample));
	if (sample.header.type != PERF_RECORD_SAMPLE || sample.raw_size > size - sizeof(sample) ||
		!mark_parse(&trace->format, record + sizeof(sample), sample.raw_size, ret_mark))
		return false;
	ret_mark->time = (int64_t)sample.time;
	ret_mark->asked_pid = sample.pid > 0 ? (int64_t)sample.pid : UNKNOWN;
	if (sample.pid > 0 && ret_mark->victim.pid == (int64_t)sample.tid)
		ret_mark->victim.pid = (int64_t)sample.pid;
	return true;
}

bool
oom_trace_next(struct oom_trace *trace, struct oom_mark *ret_mark)
{
	char record[RECORD_SIZE];
	size_t size;

	for (size_t i = 0; i < trace->ring_count; i++) {
		struct perf_ring *ring = &trace->rings[i];
		uint64_t head = perf_ring_head(ring);

		while ((size = perf_ring_take(ring, head, record, sizeof(record))) > 0)
			if (parse_record(trace, record, size, ret_mark))
				return true;
	}
	return false;
}
